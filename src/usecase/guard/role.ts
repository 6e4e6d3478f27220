// What a ref is to the guard, by its name: from the server's own refs and configuration, never from what is pushed.
// Pure.
import type { Config } from "../../config/schema.ts";
import { lineOfLog } from "../../ledger/place.ts";
import { detectLines, type DetectedLine } from "../../line/detect.ts";
import { detectMain } from "../../line/main-branch.ts";
import { HEADS, TAGS, type RefRecord } from "../../line/ref.ts";
import { policyOf } from "../../line/settings.ts";
import { isPlainPrefix, parseTag } from "../../line/tag.ts";
import { inSeries } from "../../line/version.ts";
import type { PolicySettings } from "../../policy/settings.ts";
import { shadowOf, type Names } from "./shadow.ts";
import type { Update } from "./updates.ts";

/** The server before the push. */
export interface ServerRefs {
  /** Of `refs/heads` and `refs/tags`. */
  readonly refs: readonly RefRecord[];
  readonly config: Pick<Config, "lines" | "remotes" | "policy" | "main">;
  /** Short name of the default branch; null in an empty repository. */
  readonly main: string | null;
  /** Where HEAD points, `refs/heads/…`. */
  readonly head: string | null;
  readonly detected: readonly DetectedLine[];
}

/** An open line stands for whatever comes next in its series (`2.x`), so main may hold its releases. */
export interface GuardedLine extends DetectedLine {
  readonly policy: PolicySettings;
}

export type Role =
  | { readonly kind: "line"; readonly line: GuardedLine }
  /** The default branch: policy is read from it, and sources are trusted for being on it. */
  | { readonly kind: "main" }
  /** A release tag, and the line of its series; null if no line has it. */
  | {
      readonly kind: "release";
      readonly name: string;
      readonly line: GuardedLine | null;
      readonly policy: PolicySettings;
    }
  /** The log of a line, or of keys where `line` is empty. */
  | { readonly kind: "log"; readonly line: string }
  | { readonly kind: "replacement" }
  | { readonly kind: "remote" }
  | { readonly kind: "shadow"; readonly why: string }
  | { readonly kind: "free" };

/** Tells for each update what it would move. Lines that the push itself makes are lines already. */
export function roleReader(server: ServerRefs, updates: readonly Update[]): (update: Update) => Role {
  const { refs, config, main, detected } = server;
  const lines = [...detected, ...newLines(server, updates)].map((line): GuardedLine => ({
    ...line,
    policy: policyOf(config, line.name),
  }));
  const byRefname = new Map(lines.map((line) => [line.refname, line]));
  const prefixes = new Set(detected.map(({ tagPrefix }) => tagPrefix));
  const isRelease = (name: string): boolean => {
    const version = parseTag(name);
    return (
      version !== null && version.numbers.length > 1 && (isPlainPrefix(version.prefix) || prefixes.has(version.prefix))
    );
  };
  // Where lines are called `2.7.1`, so may new ones be.
  const longest = Math.max(
    2,
    ...detected.filter(({ pattern }) => pattern === "<version>").map(({ version }) => version.length),
  );
  const isReleaseName = (name: string): boolean => {
    const { numbers, suffix } = parseTag(name) ?? { numbers: [], suffix: "" };
    return isRelease(name) && numbers.length > longest && PRERELEASE.test(suffix);
  };
  const lineOf = (name: string): GuardedLine | null => {
    const version = parseTag(name);
    const fitting = lines.filter(
      (line) =>
        version !== null &&
        line.version.length > 0 &&
        line.tagPrefix === version.prefix &&
        inSeries(version.numbers, line.version),
    );
    return fitting.sort((a, b) => b.version.length - a.version.length)[0] ?? null;
  };
  const usurper = newMain(server, updates);
  const usurped = (refname: string): string | null => {
    if (refname === usurper) return "would become the branch that policy is read from";
    return KEPT.test(refname) ? "has a name that ledgers need" : null;
  };
  const names = namesOf(
    refs,
    updates,
    [...lines.map(({ name }) => name), ...(main === null ? [] : [main])],
    isReleaseName,
  );
  return ({ refname, from, to }) => {
    if (refname.startsWith("refs/replace/")) return { kind: "replacement" };
    if (refname.startsWith("refs/remotes/")) return { kind: "remote" };
    const log = lineOfLog(refname);
    if (log !== null) return { kind: "log", line: log };
    const why = to === null ? null : (usurped(refname) ?? shadowOf(refname, from === null, names));
    if (why !== null) return { kind: "shadow", why };
    const line = byRefname.get(refname);
    if (line !== undefined) return { kind: "line", line };
    if (main !== null && refname === `${HEADS}${main}`) return { kind: "main" };
    const tag = refname.startsWith(TAGS) ? refname.slice(TAGS.length) : "";
    if (!isRelease(tag)) return { kind: "free" };
    const of = lineOf(tag);
    return { kind: "release", name: tag, line: of, policy: of?.policy ?? policyOf(config, "") };
  };
}

/** What stands behind the version in the name of a release; anything else is somebody's topic. */
const PRERELEASE = /^(?:[-.]?(?:alpha|beta|a|b|rc|pre|dev|post)[-.]?\d*)?$/i;

/** Names that would be in the way of logs: where there is a ref `a`, there is no `a/b`. */
const KEPT = /^refs\/(?:morello(?:\/|$)|heads\/morello-(?:ledger|trust)(?:\/|$))/;

/** The branch that would be taken for the main one if it were there; null if it stays the one it is. */
function newMain({ refs, config, main, head }: ServerRefs, updates: readonly Update[]): string | null {
  if (main === null) return null;
  const found = detectMain({ refs: [...refs, ...refsMade(updates)], head, config, bare: true });
  return found === null || found.name === main ? null : found.refname;
}

function refsMade(updates: readonly Update[]): RefRecord[] {
  return updates.flatMap(({ refname, from, to }) =>
    from === null && to !== null && /^refs\/(?:heads|tags)\//.test(refname)
      ? [{ refname, oid: to, peeled: null, committerTime: 0, upstream: null, symref: null }]
      : [],
  );
}

/** What would be a line if it were there: a push that makes a line is held to what lines are held to. */
function newLines({ refs, config, main, detected }: ServerRefs, updates: readonly Update[]): DetectedLine[] {
  const made = refsMade(updates);
  if (made.length === 0) return [];
  const known = new Set(detected.map(({ refname }) => refname));
  return detectLines({ refs: [...refs, ...made], config, main }).filter(({ refname }) => !known.has(refname));
}

function namesOf(
  refs: readonly RefRecord[],
  updates: readonly Update[],
  guardedNames: readonly string[],
  isReleaseName: Names["isReleaseName"],
): Names {
  const all = [
    ...refs.map(({ refname }) => refname),
    ...updates.flatMap(({ refname, to }) => (to === null ? [] : refname)),
  ];
  const short = (prefix: string): Set<string> =>
    new Set(all.filter((refname) => refname.startsWith(prefix)).map((refname) => refname.slice(prefix.length)));
  const branches = short(HEADS);
  const logs = [...branches].filter((name) => name.startsWith("morello-"));
  return { branches, tags: short(TAGS), guarded: [...guardedNames, ...logs], isReleaseName };
}
