import { globMatcher } from "../../line/glob.ts";
import type { ChangedFile } from "../../patch/changed-file.ts";
import { pickedFrom } from "../picked.ts";
import type { CommitRule } from "../rule.ts";

/** Files in which the version is one value among others: only lines that set it count. */
const HOLDS_MORE = /\.(?:json|toml|ya?ml|cfg|ini|xml|gradle|cmake|txt)$/i;
const SETS_VERSION = /^\s*["'<]?(?:project[_.]?)?version["'>]?\s*[:=>]/i;

export const versionFiles: CommitRule = {
  id: "version-files",
  about: "commit",
  description: "Picks leave the version alone: releases set it (policy.versionFiles).",
  severity: "warning",
  hint: "take the version out of the pick; morello release LINE sets it",
  needs: ["files"],
  check: ({ classed, files }, { settings }) => {
    if (pickedFrom(classed) === null) return [];
    const touched = files.filter((file) => isVersionFile(file.path, settings.versionFiles) && setsVersion(file));
    if (touched.length === 0) return [];
    const paths = touched.map(({ path, hunks }) => ({ path, line: hunks[0]?.line ?? 0 }));
    return [{ message: `the pick changes the version in ${paths.map(({ path }) => path).join(", ")}`, paths }];
  },
};

function isVersionFile(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => globMatcher(pattern)(path));
}

function setsVersion({ path, hunks }: ChangedFile): boolean {
  if (!HOLDS_MORE.test(path)) return true;
  return hunks.some(({ removed, added }) => [...removed, ...added].some((line) => SETS_VERSION.test(line)));
}
