// A release: its version, what it brings, and what became of it.
import { unreachable } from "../../error.ts";
import type { Release, ReleaseEntry, ReleaseOutcome, ReleasePush } from "../../wire/release.ts";
import { cleaned } from "./clean.ts";
import { recordedLines } from "./policy.ts";
import { command } from "./shell.ts";
import { table, type Cell } from "./table.ts";
import { failureLines } from "./verify.ts";
import { paint, shortId, showId, symbol, type View } from "./view.ts";
import { wrap } from "./width.ts";

export function renderRelease(view: View, found: ReleaseOutcome): string {
  const outcome = cleaned(found);
  return lines(view, outcome)
    .map((line) => `${line}\n`)
    .join("");
}

function lines(view: View, outcome: ReleaseOutcome): string[] {
  switch (outcome.kind) {
    case "planned":
      return view.plain
        ? plainRelease(outcome.release, "would be")
        : [head(view, outcome.release, false), ...body(view, outcome.release)];
    case "released":
      return view.plain ? plainReleased(view, outcome) : released(view, outcome);
    case "nothing":
      return nothing(view, outcome);
    case "refused":
      return refused(view, outcome);
    case "declined":
      return ["Nothing was made"];
    default:
      return unreachable(outcome);
  }
}

function head(view: View, { tag, line, previousTag, prerelease, latest }: Release, done: boolean): string {
  const mark = done ? paint(view, "good", symbol(view, "good")) : paint(view, "name", symbol(view, "note"));
  const before = previousTag === null ? "the first release" : `after ${previousTag}`;
  const facts = [before, ...(prerelease ? ["a pre-release"] : []), ...(latest ? ["latest"] : [])];
  return `${mark} ${paint(view, "strong", tag)} of ${line}  ${paint(view, "quiet", facts.join(", "))}`;
}

function body(view: View, release: Release): string[] {
  const rows = release.entries.map((entry): Cell[] => [
    { text: entry.breaking ? "breaking" : GROUPS[entry.group], tone: entry.breaking ? "warn" : "quiet" },
    { text: shortId(entry.commit), tone: "id" },
    { text: entry.subject, rest: rest(entry) },
  ]);
  return [
    ...(rows.length === 0 ? ["  no changes"] : table(view, [{}, {}, { shrink: 1, least: 24 }], rows, 2)),
    ...remarks(release).flatMap((text) => wrap(text, view.width - 2).map((line) => `  ${paint(view, "quiet", line)}`)),
  ];
}

const GROUPS: Readonly<Record<ReleaseEntry["group"], string>> = {
  feature: "feature",
  fix: "fix",
  performance: "performance",
  documentation: "documentation",
  revert: "revert",
  other: "other",
};

function rest({ source, alsoIn }: ReleaseEntry): string {
  const facts = [source === null ? "" : `from ${shortId(source)}`, alsoIn.length === 0 ? "" : also(alsoIn)];
  const said = facts.filter((fact) => fact !== "").join(", ");
  return said === "" ? "" : `  ${said}`;
}

function also(tags: readonly string[]): string {
  return `also in ${tags.join(", ")}`;
}

/** What a person should know beside the list. */
function remarks({ cancelled, allowed, skipped, remote, files, missing, floating }: Release): string[] {
  return [
    ...(cancelled.length === 0
      ? []
      : [`reverted since, so not told of: ${cancelled.map(({ commit }) => shortId(commit)).join(", ")}`]),
    ...(allowed === null ? [] : [`features and breaking changes are allowed: ${allowed}`]),
    ...(skipped.length === 0 ? [] : [`not on this line, so a higher version is taken: ${skipped.join(", ")}`]),
    ...(files.length === 0 ? [] : [`a commit of its own brings ${files.join(", ")} to the version`]),
    ...(missing.length === 0 ? [] : [`not on this line: ${missing.join(", ")}`]),
    ...(floating.length === 0 ? [] : [`names that move to it: ${floating.join(", ")}`]),
    ...(remote?.reached === false ? [`${remote.name} is out of reach: only the tags here were looked at`] : []),
  ];
}

type Released = Extract<ReleaseOutcome, { kind: "released" }>;

function released(view: View, outcome: Released): string[] {
  const { release, push } = outcome;
  const next = push === null ? ["", `${paint(view, "strong", "Next")}  ${command(nextWords(outcome))}`] : [];
  return [
    head(view, release, true),
    ...body(view, release),
    `  ${paint(view, "quiet", `${release.signed ? "signed " : ""}annotated tag`)} ${showId(view, release.tagObject ?? "")} ${paint(view, "quiet", "at commit")} ${showId(view, release.commit ?? "")}`,
    ...recordedLines(view, outcome.recorded),
    ...pushLines(view, release.line, push),
    ...next,
  ];
}

function nextWords({ release }: Released): string[] {
  return ["morello", "release", release.line, "--push"];
}

function pushLines(view: View, line: string, push: ReleasePush | null): string[] {
  if (push === null || push.refs.length === 0) return [];
  const names = push.refs.map(({ refname }) => refname.replace(/^refs\/(?:heads|tags)\//, ""));
  if (view.plain) return push.refs.map(({ refname, to }) => `${line}: pushed ${refname} ${to} to ${push.remote}`);
  return [`${paint(view, "good", symbol(view, "good"))} pushed to ${push.remote}: ${names.join(", ")}`];
}

function nothing(view: View, { line, tag, push }: Extract<ReleaseOutcome, { kind: "nothing" }>): string[] {
  const text = `nothing to release since ${tag}`;
  if (view.plain) return [`${line}: ${text}`, ...pushLines(view, line, push)];
  return [`${paint(view, "name", symbol(view, "there"))} ${line}  ${text}`, ...pushLines(view, line, push)];
}

function refused(view: View, outcome: Extract<ReleaseOutcome, { kind: "refused" }>): string[] {
  const { line, message, hint, entries, verify } = outcome;
  const verdicts = verify === null ? [] : failureLines(view, [verify]);
  if (view.plain) {
    const against = entries.map(({ commit, subject }) => `${line}: ${commit} ${subject}`);
    return [`${line}: refused: ${message}`, ...against, ...verdicts, `hint: ${hint}`];
  }
  const rows = entries.map(({ commit, subject }): Cell[] => [{ text: shortId(commit), tone: "id" }, { text: subject }]);
  return [
    ...wrap(`${paint(view, "bad", symbol(view, "bad"))} ${message}`, view.width - 2),
    ...table(view, [{}, { shrink: 1, least: 24 }], rows, 2),
    ...verdicts,
    `${paint(view, "name", "hint:")} ${hint}`,
  ];
}

function plainRelease(release: Release, how: "would be" | "is"): string[] {
  const { line, tag, commit, previousTag, entries } = release;
  return [
    `${line}: ${tag} ${how} released at ${commit ?? "a new commit"}, ${previousTag === null ? "the first release" : `after ${previousTag}`}`,
    ...entries.map((entry) => {
      const from = entry.source === null ? "" : ` from ${entry.source}`;
      const others = entry.alsoIn.length === 0 ? "" : ` (${also(entry.alsoIn)})`;
      return `${line}: ${entry.breaking ? "breaking" : entry.group}: ${entry.commit}${from}: ${entry.subject}${others}`;
    }),
    ...remarks(release).map((text) => `${line}: ${text}`),
    ...(release.latest ? [`${line}: ${tag} ${how === "is" ? "is" : "would be"} the latest version`] : []),
  ];
}

function plainReleased(view: View, { release, push, worktrees, recorded }: Released): string[] {
  return [
    ...plainRelease(release, "is"),
    `${release.line}: ${release.signed ? "signed " : ""}annotated tag ${release.tagObject ?? ""}`,
    ...worktrees.map((path) => `${release.line}: work tree ${path} follows`),
    ...recordedLines(view, recorded),
    ...pushLines(view, release.line, push),
  ];
}
