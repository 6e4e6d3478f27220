// The floor under files without rules: a word that looks like a name, that the pick brings, that the line has nowhere,
// and that the source had before the fix. Words of prose are no names, so this asks for capitals or underscores inside.
import type { World } from "./language.ts";
import type { Finding } from "./delta.ts";
import { isGenerated, isTest, isVendored } from "./skip.ts";

/** Text for people: what it speaks of need not be there. */
const PROSE =
  /(^|\/)(docs?|documentation|changelogs?|changes|news|releasenotes|\.?mailmap)(\/|\.|$)|\.(md|rst|txt|adoc|po|pot|svg|csv|tsv|html?|tex|ipynb|json|lock|sum|diff|patch|orig|rej|pyi)$/i;

/** `snake_case`, `camelCase` and `UPPER_CASE` of some length. */
const NAME = /(?<![\w$])(?=\w*(?:[a-z]_[a-z]|[a-z][A-Z][a-z]|[A-Z]_[A-Z]))[A-Za-z]\w{6,60}(?![\w$])/g;

/** A word in fewer files of the source is likely its own. */
const SPREAD = 2;
const MAX_WORDS = 40;

export function isLexical(path: string): boolean {
  return !PROSE.test(path) && !isVendored(path) && !isGenerated(path);
}

/** Findings of one file. `parent` is the source before the fix. */
export async function lexical(
  path: string,
  trees: { readonly target: World; readonly merged: World; readonly parent: World },
): Promise<Finding[]> {
  const { target, merged, parent } = trees;
  const [before, after] = await Promise.all([target.text(path), merged.text(path)]);
  if (after === null || after.includes("\0")) return [];
  const known = new Set(before?.split("\n"));
  const found = new Map<string, number>();
  for (const [n, line] of after.split("\n").entries()) {
    if (known.has(line) || /^\s*(#|\/\/|--|;)/.test(line)) continue;
    for (const [word] of line.matchAll(NAME)) if (!found.has(word)) found.set(word, n + 1);
  }
  const findings = await Promise.all(
    [...found].slice(0, MAX_WORDS).map(async ([name, line]): Promise<Finding | null> => {
      if ((await target.mentions(name)).length > 0) return null;
      const there = (await parent.mentions(name)).filter((other) => other !== path && isLexical(other));
      // The merged tree may bring it itself, in a file that is new.
      const brought = (await merged.mentions(name)).filter((other) => other !== path);
      const [home] = there.filter((other) => !isTest(other));
      if (there.length < SPREAD || home === undefined || brought.length > 0) return null;
      return {
        rule: "lexical",
        use: { path, line, name, of: null },
        definition: { path: home, line: 1, name, of: null },
        detail: `${name} stands nowhere on the line`,
        near: null,
        stranded: false,
      };
    }),
  );
  return findings.filter((one) => one !== null);
}
