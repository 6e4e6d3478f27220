// What a computation of picks is given, and the state of each line on its way.
import type { Sides } from "../../apply/decide.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Line } from "../../wire/line.ts";
import type { PickOptions, PickOutcome, PlannedPick, Source } from "../../wire/plan.ts";

export type Already = Extract<PickOutcome, { kind: "already-there" }>;
export type There = ReadonlyMap<string, ReadonlyMap<string, Already>>;

export interface Computation {
  /** Newest first. */
  readonly lines: readonly Line[];
  /** Parents first. */
  readonly sources: readonly Source[];
  /** The source commits of each line, by its name, where they are not all of them. */
  readonly only?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Commits that lines have: `there.get(line.name)?.get(source.commit)`. */
  readonly there: There;
  /** Every line there is, newest first: where `via: nearest` looks. */
  readonly newer: readonly Line[];
  readonly committer: Identity;
  readonly options: PickOptions;
  /** Nothing will be applied: outcomes known from earlier runs do, and no objects are made for them. */
  readonly lookOnly?: boolean;
  /** Asked before a clean pick counts, line after line; a pick that is not approved is left out of the series. */
  readonly approve?: (line: Line, pick: PlannedPick, before: string, after: string) => Promise<boolean>;
}

/** A line on its way: where the picks so far have brought it. */
export interface Track {
  readonly line: Line;
  tip: string;
  tree: string;
  failure: string | null;
  readonly picks: PlannedPick[];
  /** Trees before and after each clean pick, by source commit. */
  readonly steps: Map<string, { readonly before: string; readonly after: string }>;
  /** The merges that were made. */
  readonly questions: { readonly source: string; readonly sides: Sides }[];
}

export type Question =
  | { readonly kind: "settled"; readonly from: string; readonly outcome: PickOutcome }
  | { readonly kind: "merge"; readonly from: string; readonly sides: Sides };

/** What is picked onto a line, in order. */
export function sourcesOf({ sources, only }: Pick<Computation, "sources" | "only">, line: Line): readonly Source[] {
  const wanted = only?.get(line.name);
  return wanted === undefined ? sources : sources.filter(({ commit }) => wanted.has(commit));
}

export function stops(outcome: PickOutcome): boolean {
  return outcome.kind === "conflict" || outcome.kind === "refused" || outcome.kind === "not-applicable";
}
