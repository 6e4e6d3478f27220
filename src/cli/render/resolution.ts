// Conflicts laid out for a person: where they are, and how to go on.
import { unreachable } from "../../error.ts";
import type { AbortOutcome, ContinueOutcome, Resolution, ResolveOutcome } from "../../wire/outcome.ts";
import { cleaned } from "./clean.ts";
import { CONFLICT_KINDS } from "./pick.ts";
import { command } from "./shell.ts";
import { count, paint, showId, symbol, type View } from "./view.ts";
import { pad, truncate, width } from "./width.ts";

export function renderResolve(view: View, found: ResolveOutcome): string {
  const outcome = cleaned(found);
  switch (outcome.kind) {
    case "laid-out":
      return text(laidOut(view, outcome.resolution, outcome.resumed ? "is laid out already" : "is laid out"));
    case "no-conflict":
      return text([
        view.plain
          ? `${outcome.line}: nothing conflicts any more`
          : `${paint(view, "good", symbol(view, "good"))} ${outcome.line}  nothing conflicts any more: run the pick again`,
      ]);
    default:
      return unreachable(outcome);
  }
}

export function renderContinue(view: View, found: ContinueOutcome): string {
  const outcome = cleaned(found);
  switch (outcome.kind) {
    case "laid-out":
      return text(laidOut(view, outcome.resolution, "is the next conflict"));
    case "advanced":
      return text(view.plain ? plainAdvanced(outcome) : advanced(view, outcome));
    default:
      return unreachable(outcome);
  }
}

export function renderAbort(view: View, found: AbortOutcome): string {
  const { line } = cleaned(found);
  const said = view.plain
    ? `${line}: given up, and the branch is as it was`
    : `${symbol(view, "good")} ${line}  given up: the branch is as it was`;
  return text([said]);
}

function laidOut(view: View, resolution: Resolution, how: string): string[] {
  const { line, worktree, source, step, steps, paths } = resolution;
  const go = [
    ["cd", worktree],
    ["morello", "continue", line],
    ["morello", "skip", line],
    ["morello", "abort", line],
  ].map(command);
  const series = steps === 1 ? "" : ` (commit ${step} of ${steps})`;
  if (view.plain) {
    return [
      `${line}: ${showId(view, source.commit)} ${how}${series}: ${source.subject}`,
      `${line}: work tree ${worktree}`,
      ...paths.map(({ path, kind }) => `${line}: ${path}: ${kind}: ${CONFLICT_KINDS[kind]}`),
      `next: ${go[0]}`,
      `next: ${go[1]}`,
    ];
  }
  const mark = paint(view, "bad", `${symbol(view, "bad")} ${line}`);
  const longest = Math.min(Math.max(...paths.map(({ path }) => width(path)), 0), view.width - 20);
  const [cd = "", resume = "", skip = "", abort = ""] = go;
  const commands: readonly (readonly [string, string])[] = [
    [cd, "edit, or git mergetool; then git add"],
    [resume, "takes it as it stands there, and goes on"],
    [skip, "leaves this commit out"],
    [abort, "gives it up"],
  ];
  const column = Math.max(...[resume, skip, abort].map(width));
  return [
    `${mark}  ${showId(view, source.commit)} ${how}: ${count(paths.length, "path")}${series}`,
    `  ${truncate(source.subject, view.width - 2)}`,
    "",
    ...paths.map(({ path, kind }) => {
      const what = truncate(`${kind}: ${CONFLICT_KINDS[kind]}`, Math.max(8, view.width - longest - 4));
      return `  ${paint(view, "strong", pad(path, longest))}  ${paint(view, "quiet", what)}`;
    }),
    "",
    ...commands.map(([words, why], n) => {
      const lead = n === 0 ? paint(view, "strong", "Next") : "    ";
      const fits = 8 + Math.max(width(words), column) + width(why) <= view.width;
      return fits ? `${lead}  ${pad(words, column)}  ${paint(view, "quiet", why)}` : `${lead}  ${words}`;
    }),
  ];
}

type Advanced = Extract<ContinueOutcome, { kind: "advanced" }>;

function advanced(view: View, { line, from, to, landed, transaction, refname }: Advanced): string[] {
  const branch = refname.replace(/^refs\/heads\//, "");
  const mark = paint(view, "good", symbol(view, "good"));
  if (landed.length === 0) return [`${mark} ${line}  nothing was left to pick: the branch is as it was`];
  const graph = landed
    .toReversed()
    .map(
      (commit) =>
        `  ${paint(view, "good", symbol(view, "commit"))} ${showId(view, commit)}${commit === to ? "  the tip now" : ""}`,
    );
  const before =
    from === null ? "the branch is new" : `${symbol(view, "before")} ${showId(view, from)}  the tip before`;
  const undo =
    transaction === null
      ? []
      : ["", `${paint(view, "strong", "Next")}  morello undo${paint(view, "quiet", "   takes it back")}`];
  return [`${mark} ${line}  moved${branch === line ? "" : ` on ${branch}`}`, ...graph, `  ${before}`, ...undo];
}

function plainAdvanced({ line, refname, from, to, landed, transaction }: Advanced): string[] {
  if (landed.length === 0) return [`${line}: nothing was left to pick`];
  return [
    `${line}: moved ${refname} from ${from ?? "nothing"} to ${to}`,
    ...landed.map((commit) => `${line}: picked as ${commit}`),
    ...(transaction === null ? [] : ["next: morello undo"]),
  ];
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
