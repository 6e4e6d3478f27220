// A merge before it is made: the commits that the target has already, and what the merge would do to them.
import type { DoubledHunk, MergeCheckOutcome, MergedCommit } from "../../wire/check-merge.ts";
import { cleaned } from "./clean.ts";
import { command } from "./shell.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

/** Hunks, and lines of a hunk, that are shown. */
const HUNKS = 8;
const LINES = 6;
/** Commits that a command names. */
const REST = 12;

export function renderCheckMerge(view: View, given: MergeCheckOutcome): string {
  const outcome = cleaned(given);
  const lines = view.plain ? plainLines(outcome) : blocks(view, outcome);
  return lines.map((line) => `${line}\n`).join("");
}

function plainLines({ commits, result, doubled, ok }: MergeCheckOutcome): string[] {
  return [
    ...commits.map(
      ({ commit, already }) => `${commit} ${already === null ? "not-there" : `already-there ${already.commit}`}`,
    ),
    ...(result.kind === "conflict" ? result.paths.map(({ path }) => `conflict ${path}`) : []),
    ...doubled.map(({ path, line, commits: by }) =>
      `${by.length > 0 ? "twice" : "differs"} ${path}:${line} ${by.join(",")}`.trimEnd(),
    ),
    `merge ${result.kind} ${ok ? "ok" : "not-ok"}`,
  ];
}

function blocks(view: View, outcome: MergeCheckOutcome): string[] {
  const { branch, into, commits } = outcome;
  const there = commits.filter(({ already }) => already !== null);
  const head = `${paint(view, "strong", "Merge")}  ${paint(view, "name", branch.name)} into ${paint(view, "name", into.name)}`;
  const counts = there.length === 0 ? "" : `, ${there.length} of them already there`;
  return [
    `${head}  ${paint(view, "quiet", `${count(commits.length, "commit")}${counts}`)}`,
    ...(there.length === 0 ? [] : ["", ...there.flatMap((commit) => thereLines(view, commit))]),
    "",
    ...verdict(view, outcome),
    ...nextLines(view, outcome),
  ];
}

function thereLines(view: View, { commit, subject, already }: MergedCommit): string[] {
  const as = already === null ? "" : ` as ${shortId(already.commit)}`;
  const text = truncate(subject, Math.max(20, view.width - 18 - as.length));
  return [
    `${paint(view, "good", symbol(view, "good"))} ${paint(view, "id", shortId(commit))} ${text}  ${paint(view, "quiet", as.trim())}`,
  ];
}

function verdict(view: View, { into, result, proof, doubled }: MergeCheckOutcome): string[] {
  switch (result.kind) {
    case "nothing":
      return sentence(view, "good", `${into.name} has all of it already: there is nothing to merge.`);
    case "conflict":
      return [
        ...sentence(view, "bad", `The merge conflicts in ${count(result.paths.length, "path")}:`),
        ...result.paths.map(({ path, commits }) => `    ${path}${paint(view, "quiet", byWhom(commits))}`),
      ];
    case "clean": {
      const twice = doubled.filter(({ commits }) => commits.length > 0);
      if (twice.length > 0)
        return [
          ...sentence(
            view,
            "bad",
            `The merge is clean, and applies ${twice.length === 1 ? "a change" : "changes"} twice:`,
          ),
          ...hunkLines(view, twice),
        ];
      const others =
        doubled.length === 0
          ? []
          : [
              ...sentence(view, "refused", "Otherwise it differs from the branch without those commits:"),
              ...hunkLines(view, doubled),
            ];
      return [...sentence(view, "good", CLEAN[proof]), ...others];
    }
  }
}

const CLEAN: Readonly<Record<MergeCheckOutcome["proof"], string>> = {
  none: "The merge is clean.",
  same: "The merge is clean, and gives what the branch gives without those commits: nothing is applied twice.",
  differs: "The merge is clean, and applies nothing twice.",
  unknown:
    "The merge is clean. Without those commits the branch does not apply by itself, so there is no second opinion.",
};

function byWhom(commits: readonly string[]): string {
  return commits.length === 0
    ? ""
    : `  changed by ${commits.map((commit) => shortId(commit)).join(", ")}, already there`;
}

function sentence(view: View, name: "good" | "bad" | "refused", text: string): string[] {
  const tone = name === "refused" ? "warn" : name;
  return wrap(text, view.width - 2).map(
    (line, n) => `${n === 0 ? paint(view, tone, symbol(view, name)) : " "} ${line}`,
  );
}

function hunkLines(view: View, hunks: readonly DoubledHunk[]): string[] {
  const shown = hunks.slice(0, HUNKS).flatMap(({ path, line, removed, added, commits }) => {
    const by = commits.length === 0 ? "" : `  ${commits.map((commit) => shortId(commit)).join(", ")}`;
    const texts = [...removed.map((text) => `-${text}`), ...added.map((text) => `+${text}`)];
    const rest = texts.length - LINES;
    return [
      `    ${path}${line > 0 ? `:${line}` : ""}${paint(view, "quiet", by)}`,
      ...texts.slice(0, LINES).map((text) => `      ${truncate(text, view.width - 6)}`),
      ...(rest > 0 ? [`      ${paint(view, "quiet", `${count(rest, "more line")}`)}`] : []),
    ];
  });
  const rest = hunks.length - HUNKS;
  return rest > 0 ? [...shown, `    ${paint(view, "quiet", count(rest, "more place"))}`] : shown;
}

/** Without the commits that are there the branch goes on the target as well. */
function nextLines(view: View, { ok, branch, into, commits, result }: MergeCheckOutcome): string[] {
  const rest = commits.filter(({ already }) => already === null);
  if (ok || rest.length === commits.length || rest.length === 0 || rest.length > REST || result.kind === "nothing")
    return [];
  const words = ["git", "switch", "--create", `${branch.name}-rest`, shortId(into.tip)];
  return [
    "",
    `${paint(view, "strong", "Next")}  ${command(words)}`,
    `      ${command(["git", "cherry-pick", ...rest.map(({ commit }) => shortId(commit))])}`,
  ];
}
