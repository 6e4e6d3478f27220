// The commits since a line's last release -> what a release tells of: reverts within it cancelled, a pick and its
// source one entry, the level that decides the next version. Pure.
import { conventionalOf } from "../message/conventional.ts";
import { fixReason, type FixWords } from "../message/fix.ts";
import { claimsOf } from "../message/claims.ts";
import { pullOf } from "../message/pull.ts";
import { subjectOf } from "../object/text.ts";
import type { ReleaseEntry } from "../wire/release.ts";
import type { Level } from "./version.ts";

/** A commit of the line that is no merge. */
export interface ReleasedCommit {
  readonly commit: string;
  /** Bytes as latin1, or text. */
  readonly message: string;
  /** The commit that it carries, followed to where the fix was made first; null for one made on the line. */
  readonly source: string | null;
  /** Tags of other lines that hold the same fix, oldest version first. */
  readonly alsoIn: readonly string[];
}

export interface Changes {
  /** In the order given, each fix once. */
  readonly entries: readonly ReleaseEntry[];
  /** Pairs of a revert and what it takes back, both since the last release: neither is told of. */
  readonly cancelled: readonly { readonly commit: string; readonly revert: string }[];
  readonly level: Level;
}

/** @param commits oldest first */
export function changesOf(commits: readonly ReleasedCommit[], words: FixWords): Changes {
  const cancelled = cancelReverts(commits);
  const gone = new Set(cancelled.flatMap(({ commit, revert }) => [commit, revert]));
  const byFix = new Map<string, ReleaseEntry>();
  for (const commit of commits) {
    if (gone.has(commit.commit)) continue;
    const key = commit.source ?? commit.commit;
    const before = byFix.get(key);
    byFix.set(key, before === undefined ? entryOf(commit, words) : { ...before, commit: commit.commit });
  }
  const entries = [...byFix.values()].map((entry) =>
    entry.source !== null && byFix.get(entry.source)?.commit === entry.source ? { ...entry, source: null } : entry,
  );
  return { entries, cancelled, level: levelOf(entries) };
}

/** The newest revert counts first, so that a revert of a revert leaves what was there. */
function cancelReverts(commits: readonly ReleasedCommit[]): { commit: string; revert: string }[] {
  const gone = new Set<string>();
  const pairs: { commit: string; revert: string }[] = [];
  for (const [at, { commit: revert, message }] of [...commits.entries()].toReversed()) {
    if (gone.has(revert)) continue;
    const { reverts, reapplies } = claimsOf(message);
    for (const id of [...reverts, ...reapplies]) {
      const names = (oid: string | null): boolean => oid?.startsWith(id) === true;
      const taken = commits
        .slice(0, at)
        .findLast(({ commit, source }) => !gone.has(commit) && (names(commit) || names(source)));
      if (taken === undefined) continue;
      pairs.push({ commit: taken.commit, revert });
      gone.add(taken.commit).add(revert);
    }
  }
  return pairs.toReversed();
}

/** What forges write when they merge: the title stands below. Merges that were picked are commits like others. */
const MERGED = /^Merge (?:pull request #\d+ from \S+|branch '[^\n]*' into \S+)\n\n(\S[^\n]*)([^]*)$/;

function entryOf({ commit, message, source, alsoIn }: ReleasedCommit, words: FixWords): ReleaseEntry {
  const subject = subjectOf(message);
  const [, mergedTitle, below = ""] = MERGED.exec(message) ?? [];
  const own = mergedTitle === undefined ? message : `${mergedTitle}\n\n${below}`;
  const { type, scope, description, breaking } = conventionalOf(own);
  const group = groupOf(own, type, words);
  // A first word that is no type (`loader: limit the queue`) is part of what the subject says.
  const typed = group !== "other" && group !== "revert" ? isType(type, words) : isOtherType(type);
  return {
    commit,
    source,
    subject,
    group,
    scope: typed ? scope : null,
    title: withoutPull(typed ? description : subjectOf(own)),
    breaking,
    pull: pullOf(subject),
    alsoIn: [...alsoIn],
  };
}

/** Types of Conventional Commits that are neither feature nor fix, as commitlint's conventional configuration has them. */
const OTHER_TYPES = /^(?:build|chore|ci|docs?|perf|refactor|revert|style|tests?|deps)$/;

function isOtherType(type: string | null): boolean {
  return type !== null && OTHER_TYPES.test(type);
}

function isType(type: string | null, { types }: FixWords): boolean {
  return type !== null && (type === "feat" || type === "feature" || isOtherType(type) || types.includes(type));
}

function groupOf(message: string, type: string | null, words: FixWords): ReleaseEntry["group"] {
  const subject = subjectOf(message);
  if (type === "feat" || type === "feature") return "feature";
  if (type === "perf") return "performance";
  if (type === "revert" || /^Revert\b/.test(subject)) return "revert";
  if (type === "docs" || type === "doc") return "documentation";
  return fixReason(message, words) === null ? "other" : "fix";
}

/** The pull request is told beside the title. */
function withoutPull(title: string): string {
  return title.replace(/ *\((?:[\w.-]+\/[\w.-]+)?#\d{1,7}\)$/, "");
}

function levelOf(entries: readonly ReleaseEntry[]): Level {
  if (entries.some(({ breaking }) => breaking)) return "breaking";
  return entries.some(({ group }) => group === "feature") ? "feature" : "patch";
}
