// What `pick` and `apply` did: line by line, as a small graph on a terminal, one fact a line in a pipe.
import { unreachable } from "../../error.ts";
import type { ApplyOutcome, LineResult, PushReport } from "../../wire/outcome.ts";
import type { Plan } from "../../wire/plan.ts";
import { isFit, type VerifyResult } from "../../wire/verify.ts";
import { cleaned } from "./clean.ts";
import { PHRASES } from "./phrases.ts";
import { showOutcome } from "./pick.ts";
import { conflicts, noteLines, plainConflicts, refusals, requestWords } from "./plan.ts";
import { policyLines, recordedLines } from "./policy.ts";
import { command } from "./shell.ts";
import { table, type Cell } from "./table.ts";
import { paint, shortId, showId, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { failureLines, plainVerdict, verdictDetail } from "./verify.ts";
import { pad, truncate, truncateStart, width, wrap } from "./width.ts";

type Done = Extract<ApplyOutcome, { kind: "applied" | "stopped" }>;

export function renderApply(view: View, done: ApplyOutcome): string {
  const outcome = cleaned(done);
  return lines(view, outcome)
    .map((line) => `${line}\n`)
    .join("");
}

function lines(view: View, outcome: ApplyOutcome): string[] {
  switch (outcome.kind) {
    case "applied":
    case "stopped":
      return view.plain ? plainDone(view, outcome) : doneLines(view, outcome);
    case "stale":
      return [
        ...title(view, "Nothing was moved: the plan is older than the repository"),
        ...outcome.moved.map(({ line, refname, expected, found }) => {
          const [was, is] = [expected, found].map((oid) => (oid === null ? "absent" : showId(view, oid)));
          return `${indent(view)}${line}: ${refname} was ${was}, and is ${is}`;
        }),
        ...next(view, [
          [
            "morello",
            "plan",
            ...requestWords(
              outcome.plan,
              outcome.plan.lines.map(({ line }) => line.name),
            ),
          ],
        ]),
      ];
    case "unconfirmed":
      return [
        ...title(view, "Nothing was moved: the same request gives another result here"),
        ...outcome.differences.map(({ line, source, planned, found }) => {
          return `${indent(view)}${line}: ${showId(view, source)}: planned ${planned}, found ${found}`;
        }),
        `${indent(view)}the plan was made with git ${outcome.plan.git}`,
      ];
    case "declined":
      return ["Nothing was moved"];
    default:
      return unreachable(outcome);
  }
}

function title(view: View, text: string): string[] {
  return [view.plain ? text : paint(view, "bad", `${symbol(view, "bad")} ${text}`)];
}

function indent(view: View): string {
  return view.plain ? "" : "  ";
}

const MARKS: Readonly<Record<LineResult["kind"], readonly [SymbolName, Tone]>> = {
  "moved": ["good", "good"],
  "unchanged": ["there", "name"],
  "stopped": ["bad", "bad"],
  "held-back": ["waiting", "quiet"],
};

function doneLines(view: View, outcome: Done): string[] {
  const names = Math.min(Math.max(...outcome.lines.map(({ line }) => width(line)), 0), Math.floor(view.width / 2));
  const out = outcome.lines.flatMap((result) => resultLines(view, outcome.plan, result, names));
  const refused = refusals(view, planOf(outcome));
  if (refused.length > 0) out.push("", ...refused);
  const conflicted = conflicts(view, planOf(outcome));
  if (conflicted.length > 0) out.push("", ...conflicted);
  out.push(...failureLines(view, verdicts(outcome)), ...policyLines(view, outcome.lines));
  if (outcome.signed) out.push("", `${paint(view, "good", symbol(view, "good"))} the commits are signed`);
  const notes = [...noteLines(view, outcome.plan), ...recordedLines(view, outcome.recorded)];
  if (notes.length > 0) out.push("", ...notes);
  if (outcome.push !== null) out.push("", ...pushLines(view, outcome.push));
  out.push(...next(view, nextWords(outcome)));
  return out;
}

function verdicts({ lines: results }: Done): VerifyResult[] {
  return results.flatMap(({ verify }) => verify ?? []);
}

/** Conflicts of what was applied: of lines that stopped. */
function planOf({ plan, lines: results }: Done): Plan {
  const stopped = new Set(results.filter(({ kind }) => kind === "stopped").map(({ line }) => line));
  return { ...plan, lines: plan.lines.filter(({ line }) => stopped.has(line.name)) };
}

function resultLines(view: View, plan: Plan, result: LineResult, names: number): string[] {
  const [name, tone] = MARKS[result.kind];
  const phrase = PHRASES.result[result.kind];
  const detail = detailOf(view, plan, result);
  const room = view.width - names - width(phrase) - 6;
  const head = [
    paint(view, tone, symbol(view, name)),
    pad(truncateStart(result.line, names), names),
    ` ${paint(view, tone, phrase)}`,
    ` ${paint(view, "quiet", truncate(detail, Math.max(12, room)))}`,
  ];
  const line = head.join(" ").trimEnd();
  return result.kind === "moved" ? [line, ...graph(view, plan, result)] : [line];
}

/** Why a line is as it is, in a few words. */
function detailOf(view: View, plan: Plan, result: LineResult): string {
  if (result.kind === "moved") {
    const branch = result.refname.replace(/^refs\/heads\//, "");
    const verified = result.verify === null ? "" : PHRASES.verify[result.verify.kind];
    return [branch === result.line ? "" : `on ${branch}`, verified].filter((part) => part !== "").join(", ");
  }
  if (result.verify !== null && !isFit(result.verify))
    return `${PHRASES.verify[result.verify.kind]}: ${verdictDetail(result.verify)}`;
  if (result.kind === "held-back") return "";
  if (isRefused(result)) return "policy refuses it";
  const failing =
    result.kind === "stopped" ? ["conflict", "refused", "not-applicable"] : ["already-there", "redundant"];
  const [pick, ...more] = result.picks.filter(({ outcome }) => failing.includes(outcome.kind));
  if (pick === undefined) return "";
  const { phrase, detail } = showOutcome(view, pick.outcome);
  const which = plan.sources.length === 1 ? "" : `${view.plain ? pick.source : shortId(pick.source)} `;
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  const between = pick.outcome.kind === "conflict" ? " " : ", ";
  return `${which}${phrase}${detail === "" ? "" : between + detail}${others}`;
}

function isRefused({ kind, violations }: LineResult): boolean {
  return kind === "stopped" && violations.some(({ severity, waiver }) => severity === "error" && waiver === null);
}

/** The line's new commits above its old tip, newest first, each with the commit it was picked from. */
function graph(view: View, plan: Plan, result: LineResult): string[] {
  const landed = result.picks
    .flatMap(({ source, landed: commit }) => (commit === null ? [] : [{ source, commit }]))
    .toReversed();
  const rows = landed.map(({ source, commit }): Cell[] => [
    { text: symbol(view, "commit"), tone: "good" },
    { text: `${shortId(commit)} ${plan.sources.find((each) => each.commit === source)?.subject ?? ""}` },
    { text: `from ${shortId(source)}`, tone: "quiet" },
  ]);
  const onto = plan.lines.find(({ line }) => line.name === result.line)?.onto ?? result.from ?? "";
  const before = result.from === null ? "the branch is new" : "the tip before";
  const old: Cell[] = [
    { text: symbol(view, "before"), tone: "quiet" },
    { text: `${shortId(onto)} ${before}`, tone: "quiet" },
  ];
  const followed = result.worktrees.map(
    (path) => `    ${paint(view, "quiet", `work tree ${truncateStart(path, view.width - 22)} follows`)}`,
  );
  return [...table(view, [{}, { shrink: 1, least: 24 }, {}], [...rows, old], 2), ...followed];
}

function pushLines(view: View, push: PushReport): string[] {
  const head = `${paint(view, "good", symbol(view, "good"))} pushed to ${push.remote}: ${push.refs.map(({ line }) => line).join(", ")}`;
  const urls = push.refs.flatMap(({ line, compareUrl }) => (compareUrl === null ? [] : [`  ${line}  ${compareUrl}`]));
  return push.refs.length === 0 ? [] : [head, ...(urls.length === 0 ? [] : ["  open for review:"]), ...urls];
}

function nextWords({ lines: results, transaction }: Done): string[][] {
  const resolving = results.flatMap(({ next: words }) => (words === null ? [] : [words.split(" ")]));
  const asking = results.filter(waitsForApproval).map(({ line }) => ["morello", "approve", line]);
  return [...resolving, ...asking, ...(transaction === null ? [] : [["morello", "undo"]])];
}

function waitsForApproval(result: LineResult): boolean {
  const rules = result.violations.filter(({ severity, waiver }) => severity === "error" && waiver === null);
  return isRefused(result) && rules.every(({ rule }) => rule === "class-approvals" || rule === "unmerged-source");
}

function next(view: View, commands: readonly (readonly string[])[]): string[] {
  const shown = commands.map(
    (words) => `${command(words)}${words[1] === "undo" && !view.plain ? paint(view, "quiet", "   takes it back") : ""}`,
  );
  if (view.plain) return shown.map((line) => `next: ${line}`);
  return shown.length === 0
    ? []
    : ["", ...shown.map((line, n) => `${n === 0 ? paint(view, "strong", "Next") : "    "}  ${line}`)];
}

function plainDone(view: View, outcome: Done): string[] {
  const out: string[] = [];
  for (const result of outcome.lines) {
    const detail = detailOf(view, outcome.plan, result);
    const moved =
      result.kind === "moved" ? ` ${result.refname} from ${result.from ?? "nothing"} to ${result.to ?? "nothing"}` : "";
    out.push(
      `${result.line}: ${PHRASES.result[result.kind]}${moved}${detail === "" || moved !== "" ? "" : ` (${detail})`}`,
    );
    for (const { source, landed } of result.picks) {
      if (landed === null || result.kind !== "moved") continue;
      const subject = outcome.plan.sources.find(({ commit }) => commit === source)?.subject ?? "";
      out.push(`${result.line}: picked ${source} as ${landed}: ${subject}`);
    }
    if (result.verify !== null && isFit(result.verify)) out.push(plainVerdict(result.verify));
    for (const path of result.worktrees) out.push(`${result.line}: work tree ${path} follows`);
  }
  if (outcome.signed) out.push("note: the commits are signed");
  out.push(
    ...plainConflicts(view, planOf(outcome)),
    ...failureLines(view, verdicts(outcome)),
    ...policyLines(view, outcome.lines),
    ...noteLines(view, outcome.plan),
    ...recordedLines(view, outcome.recorded),
  );
  for (const { line, refname, to, compareUrl } of outcome.push?.refs ?? []) {
    out.push(`${line}: pushed ${refname} ${to} to ${outcome.push?.remote ?? ""}`);
    if (compareUrl !== null) out.push(`${line}: review ${compareUrl}`);
  }
  return [...out, ...next(view, nextWords(outcome))];
}

/** The question before a plan is applied; its texts must be clean already. */
export function question(view: View, verb: "Move" | "Move and push", names: readonly string[]): string {
  const shown = names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return wrap(`${verb} ${shown}?`, view.width - 6).join("\n");
}
