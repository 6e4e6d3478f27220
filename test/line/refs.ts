// Ref lists for tests: one short line a ref.
import type { RefRecord } from "../../src/line/ref.ts";

export const NOW = Date.UTC(2025, 5, 30) / 1000;
export const DAY = 86_400;

/** A stable, readable object ID for a name. */
export function oidOf(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(40, "0").slice(0, 40);
}

/**
 * `main`, `origin/main` (any name that starts with a listed remote), `tag:v1.0`, each with ` -> <symref>` or
 * ` ^<upstream>` behind it where wanted. The object ID comes from the whole name; times are all NOW.
 */
export function refs(names: readonly string[], remotes: readonly string[] = ["origin"]): RefRecord[] {
  return names.map((text) => {
    const [, name = "", symref, upstream] = /^(\S+)(?: -> (\S+))?(?: \^(\S+))?$/.exec(text)!;
    const remote = remotes.some((each) => name.startsWith(`${each}/`));
    const refname = name.startsWith("tag:")
      ? `refs/tags/${name.slice(4)}`
      : `refs/${remote ? "remotes" : "heads"}/${name}`;
    return {
      refname,
      oid: oidOf(name),
      peeled: null,
      committerTime: NOW,
      upstream: upstream ?? null,
      symref: symref ?? null,
    };
  });
}

export function tags(...names: string[]): string[] {
  return names.map((name) => `tag:${name}`);
}

/** Splits a list written as text. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
