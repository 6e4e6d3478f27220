// What people have said about two commits: the same fix, or not. Kept beside the journal, one file a pair, since no
// cache could make it again.
import type { Repository } from "../git/repository.ts";
import { listState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

export interface PersonJudgement {
  readonly schema: string;
  readonly kind: "judgement";
  /** Object IDs in ascending order: which of them is the source does not matter. */
  readonly commits: readonly [string, string];
  readonly same: boolean;
  readonly reason: string;
  /** `Name <email>` of who said so. */
  readonly by: string;
  /** Unix seconds. */
  readonly time: number;
}

const directory = (repository: Repository): string => statePath(repository, "judgements");

const pair = (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a]);

const pathOf = (repository: Repository, a: string, b: string): string =>
  statePath(repository, "judgements", `${pair(a, b).join("-")}.json`);

/** Records a judgement in place of an earlier one about the same commits. */
export function recordJudgement(
  repository: Repository,
  [a, b]: readonly [string, string],
  said: Pick<PersonJudgement, "same" | "reason" | "by" | "time">,
): void {
  const judgement: PersonJudgement = { schema: STATE_SCHEMA, kind: "judgement", commits: pair(a, b), ...said };
  writeState(pathOf(repository, a, b), judgement);
}

/** Takes a judgement back; nothing happens if there is none. */
export function forgetJudgement(repository: Repository, [a, b]: readonly [string, string]): void {
  removeState(pathOf(repository, a, b));
}

export interface Judgements {
  /** What was said about two commits, if anything. */
  readonly about: (a: string, b: string) => PersonJudgement | null;
  /** Commits that are the same fix as this one, by what was said. */
  readonly sameAs: (commit: string) => string[];
}

/** Reads all judgements. Throws `state-invalid`. */
export function readJudgements(repository: Repository): Judgements {
  const all = listState<PersonJudgement>(directory(repository));
  return {
    about: (a, b) => all.find(({ commits }) => commits.join() === pair(a, b).join()) ?? null,
    sameAs: (commit) =>
      all.flatMap(({ commits, same }) =>
        same && commits.includes(commit) ? commits.filter((one) => one !== commit) : [],
      ),
  };
}
