import { pickedFrom } from "../picked.ts";
import type { CommitFacts, CommitRule, Problem } from "../rule.ts";
import { xLines, type XLine } from "../x-lines.ts";

export const xLine: CommitRule = {
  id: "x-line",
  about: "commit",
  description:
    "A pick names its source as `git cherry-pick -x` does: in full, on a line of its own, among the trailers.",
  severity: "warning",
  hint: "git commit --amend: add (cherry picked from commit FULL-ID) as the last line",
  needs: [],
  check: ({ message, classed, commit }) =>
    xLines(message).length === 0
      ? withoutLine(classed)
      : placeProblems(message, commit.length, classed.source?.commit ?? null),
};

/** What is wrong with the lines themselves. `length`: digits of a full object ID; `source`: what they stand for. */
export function placeProblems(message: string, length: number, source: string | null = null): Problem[] {
  const found = xLines(message);
  const last = found.at(-1);
  if (last === undefined) return [];
  return [
    ...found.filter(({ id }) => id.length < length).map(({ id }) => abbreviated(id, source)),
    ...found
      .filter(({ id }, n) => found.findIndex((other) => other.id === id) < n)
      .map(({ id }) => ({ message: `it names ${id.slice(0, 12)} twice` })),
    ...(last.exact ? [] : [{ message: "the -x line is not written as git writes it, on a line of its own" }]),
    ...PLACES[last.place],
  ];
}

function abbreviated(id: string, source: string | null): Problem {
  const hint = source?.startsWith(id) === true ? `git commit --amend: name ${source}` : `git rev-parse ${id}`;
  return { message: `it names its source as ${id}, which is not the full object ID`, hint };
}

const PLACES: Readonly<Record<XLine["place"], readonly Problem[]>> = {
  good: [],
  prose: [{ message: "the -x line is part of a paragraph of text, where git does not find it" }],
  apart: [{ message: "an empty line before the -x line hides the trailers above it from git" }],
  early: [{ message: "the -x line is not in the last paragraph" }],
};

function withoutLine(classed: CommitFacts["classed"]): Problem[] {
  const source = pickedFrom(classed);
  if (source === null || classed.merge) return [];
  const line = `(cherry picked from commit ${source.commit})`;
  return [
    {
      message: `it carries ${source.commit.slice(0, 12)}, and has no -x line`,
      hint: `git commit --amend: add ${line} as the last line`,
    },
  ];
}
