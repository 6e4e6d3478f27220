// A plan as a computation: the same questions once more, answered from the repository and not from the file.
import type { Line } from "../wire/line.ts";
import type { PickOutcome, Plan, PlannedLine } from "../wire/plan.ts";
import type { Computation } from "./computation.ts";

type Already = Extract<PickOutcome, { kind: "already-there" }>;

/** What computes the plan again. `lineOf` gives a planned line as it stands now. */
export function computationOf(plan: Plan, lineOf: (planned: PlannedLine) => Line = ({ line }) => line): Computation {
  const made = new Set(
    plan.lines.flatMap(({ picks }) => picks.flatMap(({ outcome }) => (outcome.kind === "clean" ? outcome.commit : []))),
  );
  const standing = new Map<string, ReadonlyMap<string, Already>>();
  const newer: Line[] = [];
  for (const planned of plan.lines) {
    const line = lineOf(planned);
    const carried = sourceLine(line, planned, made);
    standing.set(line.name, alreadyThere(planned));
    standing.set(carried.line.name, carried.standing);
    newer.push(carried.line, line);
  }
  const { sources, committer, options } = plan;
  const only = new Map(plan.lines.map(({ line, picks }) => [line.name, new Set(picks.map(({ source }) => source))]));
  return { lines: plan.lines.map(lineOf), sources, only, standing, newer, committer, options };
}

function alreadyThere({ picks }: PlannedLine): ReadonlyMap<string, Already> {
  return new Map(
    picks.flatMap(({ source, outcome }) => (outcome.kind === "already-there" ? [[source, outcome] as const] : [])),
  );
}

/** With `--via nearest` a pick may be carried from a line outside the plan: it stands in the plan as a line of its own. */
function sourceLine(
  line: Line,
  { picks }: PlannedLine,
  made: ReadonlySet<string>,
): { readonly line: Line; readonly standing: ReadonlyMap<string, Already> } {
  const carried = picks.filter(({ source, from }) => from !== source && !made.has(from));
  const standing = carried.map(({ source, from }) => {
    return [
      source,
      { kind: "already-there", evidence: "recorded", commit: from, tag: null } satisfies Already,
    ] as const;
  });
  return { line: { ...line, name: `source of ${line.name}` }, standing: new Map(standing) }; // no branch name holds a space
}
