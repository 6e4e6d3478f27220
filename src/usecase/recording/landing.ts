// What a run lands on a line, and the records that say so. Pure: objects are made by whoever appends.
import type { Draft } from "../../ledger/append.ts";
import type { LandedClass, Reach } from "../../wire/class.ts";
import type { EngineVersion } from "../../wire/record.ts";

/** One source commit as it lands. */
export interface LandedPick {
  readonly source: string;
  /** The commit whose patch is carried. */
  readonly from: string;
  readonly base: string;
  readonly commit: string;
  readonly tree: string;
  readonly class: LandedClass;
  /** Paths that were in conflict, as git quotes them. */
  readonly conflicted: readonly string[];
  readonly reason: string | null;
  readonly reach: Reach;
  /** The commit that took an earlier landing out again, where it is known. */
  readonly revertedBy: string | null;
}

export interface Landing {
  readonly line: string;
  /** Full refname of the branch. */
  readonly target: string;
  readonly base: string;
  readonly result: string;
  readonly resultTree: string;
  readonly picks: readonly LandedPick[];
  /** Keys of the records that this relies on. */
  readonly approvals: readonly string[];
  readonly waivers: readonly string[];
  readonly verify: { readonly command: string; readonly kind: string } | null;
}

/** Names the settings of `git/scratch.ts`: another value may give other trees. */
const MERGE_SETTINGS = "renames; directoryRenames=conflict; renameLimit=7000; attributes of the onto tree";

export function engineOf(git: string): EngineVersion {
  return { git, settings: MERGE_SETTINGS };
}

export function sourcesOf({ picks }: Pick<Landing, "picks">): string[] {
  return picks.map(({ source }) => source);
}

/** What is about to be done, for a clone that finds it and nothing more. */
export function intentDraft(landing: Landing): Draft {
  const { target, base, result, resultTree } = landing;
  const sources = sourcesOf(landing);
  return {
    kind: "intent",
    target,
    sources,
    body: { base, result, resultTree, transaction: null },
    parents: [result, ...sources],
  };
}

/** One for each source commit. */
export function landedDrafts({ target, picks, approvals, waivers, verify }: Landing, engine: EngineVersion): Draft[] {
  return picks.map(({ source, from, base, commit, tree, conflicted, reason, reach, ...pick }) => ({
    kind: "landed",
    target,
    sources: [source],
    body: {
      base,
      commit,
      tree,
      from,
      class: pick.class,
      conflicted: [...conflicted],
      reason,
      reach: reach === "trusted" || reach === "recorded" ? reach : "unmerged",
      approvals: [...approvals],
      waivers: [...waivers],
      verify,
      engine,
    },
    parents: [commit, source],
  }));
}

/** A landing that is no longer there: what comes next is a new attempt. */
export function revertedDraft(
  target: string,
  sources: readonly string[],
  commit: string,
  revert: string | null,
  reason: string,
): Draft {
  return {
    kind: "reverted",
    target,
    sources,
    body: { commit, revert, reason },
    parents: [commit, ...(revert === null ? [] : [revert])],
  };
}
