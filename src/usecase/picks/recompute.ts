// A plan as a computation: the same questions once more, answered from the repository and not from the file.
import type { Line } from "../../wire/line.ts";
import type { Plan, PlannedLine } from "../../wire/plan.ts";
import type { Already, Computation } from "./computation.ts";

/** What computes the plan again. `lineOf` gives a planned line as it stands now. */
export function computationOf(plan: Plan, lineOf: (planned: PlannedLine) => Line = ({ line }) => line): Computation {
  const made = new Set(
    plan.lines.flatMap(({ picks }) => picks.flatMap(({ outcome }) => (outcome.kind === "clean" ? outcome.commit : []))),
  );
  const there = new Map<string, ReadonlyMap<string, Already>>();
  const newer: Line[] = [];
  for (const planned of plan.lines) {
    const line = lineOf(planned);
    const carried = sourceLine(line, planned, made);
    there.set(line.name, alreadyThere(planned));
    there.set(carried.line.name, carried.there);
    newer.push(carried.line, line);
  }
  const { sources, committer, options } = plan;
  const only = new Map(plan.lines.map(({ line, picks }) => [line.name, new Set(picks.map(({ source }) => source))]));
  return { lines: plan.lines.map(lineOf), sources, only, there, newer, committer, options };
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
): { readonly line: Line; readonly there: ReadonlyMap<string, Already> } {
  const carried = picks.filter(({ source, from }) => from !== source && !made.has(from));
  const there = carried.map(({ source, from }) => {
    return [
      source,
      { kind: "already-there", evidence: "recorded", commit: from, tag: null } satisfies Already,
    ] as const;
  });
  return { line: { ...line, name: `source of ${line.name}` }, there: new Map(there) }; // no branch name holds a space
}
