// A plan as people read it: what goes onto what, commit by commit and line by line, conflicts, notes, what to do next.
import { unreachable } from "../../error.ts";
import type { PickOutcome, Plan, PlannedLine, PlannedPick, PlanNote, Source } from "../../wire/plan.ts";
import { cleaned } from "./clean.ts";
import { conflictLines } from "./conflict.ts";
import { showOutcome } from "./pick.ts";
import { matchText, warningTexts } from "./match.ts";
import { command } from "./shell.ts";
import { naturalWidth, table, type Cell } from "./table.ts";
import { count, paint, shortId, showId, symbol, type SymbolName, type View } from "./view.ts";
import { pad, truncate, truncateStart, width, wrap } from "./width.ts";

/** All of a plan but the causes of its conflicts, which stream after it, and the next command. */
export function renderPlan(view: View, planned: Plan): string {
  const plan = cleaned(planned);
  const parts = view.plain
    ? [plainHeader(plan), plainPicks(view, plan), plainConflicts(view, plan), noteLines(view, plan)]
    : [header(view, plan), picks(view, plan), refusals(view, plan), conflicts(view, plan), noteLines(view, plan)];
  const separator = view.plain ? "" : "\n";
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join(separator);
}

function header(view: View, plan: Plan): string[] {
  const { name, email, date } = plan.committer;
  const title = `${count(plan.sources.length, "commit")} onto ${count(plan.lines.length, "release line")}`;
  const lines = [`${paint(view, "strong", "Plan")}  ${title}`];
  const [only] = plan.sources;
  if (only !== undefined && plan.sources.length === 1) {
    const by = `(${only.author}, ${only.date.slice(0, 10)})`;
    const room = view.width - 6 - 13;
    const subject = truncate(only.subject, Math.max(room - width(by) - 1, Math.min(20, room)));
    lines.push(
      `      ${paint(view, "id", shortId(only.commit))} ${subject} ${paint(view, "quiet", truncate(by, room - width(subject) - 1))}`,
    );
  }
  const committer = plan.notes.some(({ kind }) => kind === "no-identity")
    ? "nobody yet"
    : `${name} <${email}>, ${dateOf(date)}`;
  lines.push(`      ${paint(view, "quiet", truncate(`committed by ${committer}`, view.width - 6))}`);
  const { toBranch, via } = plan.options;
  if (toBranch !== null) lines.push(`      ${paint(view, "quiet", `each to a branch morello/${toBranch}/LINE`)}`);
  if (via === "nearest") lines.push(`      ${paint(view, "quiet", "each line takes it from the nearest newer line")}`);
  return lines;
}

/** git's raw date at its own offset, `2026-03-05 10:00 +0100`. */
function dateOf(raw: string): string {
  const [seconds = "0", zone = "+0000"] = raw.split(" ");
  const minutes = (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)));
  const shifted = new Date((Number(seconds) + minutes * 60) * 1000);
  return Number.isNaN(shifted.getTime()) ? raw : `${shifted.toISOString().slice(0, 16).replace("T", " ")} ${zone}`;
}

function plainHeader(plan: Plan): string[] {
  const { name, email, date } = plan.committer;
  return [
    `plan: ${count(plan.sources.length, "commit")} onto ${count(plan.lines.length, "line")}`,
    ...plan.sources.map(({ commit, subject, neededBy }) => {
      const why = neededBy.length === 0 ? "" : ` (needed by ${neededBy.join(", ")})`;
      return `commit: ${commit} ${subject}${why}`;
    }),
    `committer: ${name} <${email}> ${dateOf(date)}`,
  ];
}

function picks(view: View, plan: Plan): string[] {
  if (plan.lines.length === 0) return [];
  if (plan.sources.length === 1) return listOfLines(view, plan);
  const matrix = matrixRows(view, plan);
  return naturalWidth(matrix.map(([, ...cells]) => cells)) <= view.width - LEAST_SUBJECT - 2
    ? table(view, [{ shrink: 1, least: LEAST_SUBJECT }], matrix)
    : plan.lines.flatMap((line, n) => [...(n === 0 ? [] : [""]), ...lineBlock(view, plan, line)]);
}

/** One commit: a row for each line. */
function listOfLines(view: View, plan: Plan): string[] {
  const rows = plan.lines.flatMap(({ line, picks: planned }) =>
    planned.map(({ outcome }): Cell[] => {
      const shown = showOutcome(view, outcome);
      const becomes = outcome.kind === "clean" ? ` ${symbol(view, "arrow")} ${shortId(outcome.commit)}` : "";
      return [
        { text: shown.symbol, tone: shown.tone },
        { text: line.name },
        { text: pad(shown.phrase, PHRASE), tone: shown.tone, rest: `  ${shown.detail}${becomes}` },
      ];
    }),
  );
  return table(view, [{}, { shrink: 1, cut: "start", least: 16 }, { shrink: 2, least: 40 }], rows);
}

/** As wide as most phrases are, so that what follows them stands in a column. */
const PHRASE = 15;

const LEAST_SUBJECT = 34;

/** Many commits on few lines: a column for each line. */
function matrixRows(view: View, plan: Plan): Cell[][] {
  const head: Cell[] = [{ text: "" }, ...plan.lines.map(({ line }): Cell => ({ text: line.name, tone: "strong" }))];
  const body = plan.sources.map((source): Cell[] => [
    { text: `${shortId(source.commit)} ${source.subject}`, rest: needed(source) },
    ...plan.lines.map((line): Cell => {
      const outcome = outcomeOf(line, source);
      if (outcome === null) return { text: "" };
      const shown = showOutcome(view, outcome);
      return {
        text: [shown.symbol, shown.word, shown.brief].filter((part) => part !== "").join(" "),
        tone: shown.tone,
      };
    }),
  ]);
  return [head, ...body];
}

/** What was not asked for says why it is there. */
function needed({ neededBy }: Source): string {
  return neededBy.length === 0 ? "" : ` (${neededBy.map(shortId).join(", ")} needs it)`;
}

function outcomeOf({ picks: planned }: PlannedLine, { commit }: Source): PickOutcome | null {
  return planned.find(({ source }) => source === commit)?.outcome ?? null;
}

/** Many commits on many lines: a block for each line. */
function lineBlock(view: View, plan: Plan, line: PlannedLine): string[] {
  const rows = plan.sources.flatMap((source): Cell[][] => {
    const outcome = outcomeOf(line, source);
    if (outcome === null) return [];
    const shown = showOutcome(view, outcome);
    return [
      [
        { text: shown.symbol, tone: shown.tone },
        { text: shortId(source.commit), tone: "id" },
        { text: source.subject, rest: needed(source) },
        { text: shown.word, tone: shown.tone },
        { text: shown.detail, tone: "quiet" },
      ],
    ];
  });
  const columns = [{}, {}, { shrink: 1, least: 12 }, {}, { shrink: 2, least: 0 }];
  return [paint(view, "strong", truncateStart(line.line.name, view.width)), ...table(view, columns, rows, 2)];
}

function plainPicks(view: View, plan: Plan): string[] {
  return plan.lines.flatMap(({ line, picks: planned }) =>
    planned.map(({ source, outcome }) => {
      const { phrase, detail } = showOutcome(view, outcome);
      const becomes = outcome.kind === "clean" ? `, becomes ${outcome.commit}` : "";
      return `${line.name}: ${source}: ${phrase}${detail === "" ? "" : ` (${detail})`}${becomes}`;
    }),
  );
}

/** Why picks are refused, in full and each once: the tables have no room for it. The plan must be clean already. */
export function refusals(view: View, plan: Plan): string[] {
  const details = plan.lines.flatMap(({ picks: planned }) =>
    planned.flatMap(({ outcome }) => (outcome.kind === "refused" ? [outcome.detail] : [])),
  );
  return [...new Set(details)].flatMap((detail) => bullet(view, "refused", detail));
}

function bullet(view: View, mark: SymbolName, text: string): string[] {
  return wrap(text, view.width - 2).map((line, n) =>
    n === 0 ? `${paint(view, "warn", symbol(view, mark))} ${line}` : `  ${line}`,
  );
}

/** A subject that would have fewer columns than this is left out. */
const LEAST_HEAD = 16;

interface Stop {
  readonly line: string;
  readonly source: Source;
  readonly outcome: Extract<PickOutcome, { kind: "conflict" }>;
}

function stops(plan: Plan): Stop[] {
  return plan.lines.flatMap(({ line, picks: planned }) =>
    planned.flatMap(({ source: commit, outcome }) => {
      const source = plan.sources.find((each) => each.commit === commit);
      return outcome.kind === "conflict" && source !== undefined ? [{ line: line.name, source, outcome }] : [];
    }),
  );
}

/** Every conflict of a plan with its paths and regions; the plan must be clean already. */
export function conflicts(view: View, plan: Plan): string[] {
  return stops(plan).flatMap(({ line, source, outcome }, n) => {
    const mark = truncateStart(line, view.width - 2);
    const room = view.width - width(mark) - 18;
    const subject = room < LEAST_HEAD ? "" : `  ${showId(view, source.commit)} ${truncate(source.subject, room)}`;
    const head = `${paint(view, "bad", `${symbol(view, "bad")} ${mark}`)}${subject}`;
    return [...(n === 0 ? [] : [""]), head, ...conflictLines(view, outcome.paths, line)];
  });
}

export function plainConflicts(view: View, plan: Plan): string[] {
  return stops(plan).flatMap(({ line, outcome }) => conflictLines(view, outcome.paths, line));
}

/** Names that are shown of a list before it is cut. */
const MAX_NAMES = 6;

export function noteLines(view: View, plan: Plan): string[] {
  const left = plan.notes.flatMap((note) => (note.kind === "line-left-out" ? [note] : []));
  const others = plan.notes.flatMap((note) => (note.kind === "line-left-out" ? [] : [noteText(view, note)]));
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  const leftOut = reasons.map((reason) => {
    const names = left.filter((note) => note.reason === reason).map(({ line }) => line);
    const listed =
      view.plain || names.length <= MAX_NAMES
        ? names.join(", ")
        : `${names.slice(0, MAX_NAMES).join(", ")} and ${names.length - MAX_NAMES} more`;
    return `left out, ${LEFT_OUT[reason]}: ${listed}`;
  });
  const texts = [...others, ...standingNotes(view, plan), ...leftOut];
  if (view.plain) return texts.map((text) => `note: ${text}`);
  return texts.flatMap((text) => bullet(view, "note", text));
}

/** What a person should know of picks that will be made: the fix was there before, or may be there in another form. */
function standingNotes(view: View, plan: Plan): string[] {
  const id = (oid: string): string => (view.plain ? oid : shortId(oid));
  return plan.lines.flatMap(({ line, picks: planned }) =>
    planned.flatMap(({ source, outcome, standing }) => {
      if (standing === null || outcome.kind === "already-there") return [];
      const [first] = standing.commits;
      const on = `${line.name}${plan.sources.length === 1 ? "" : ` ${id(source)}`}`;
      const warnings = warningTexts(standing.match).map((text) => `${on}: ${text}`);
      if (first === undefined) return warnings;
      if (standing.standing === "reverted") {
        const by =
          standing.revertedBy === null ? "" : ` by ${id(standing.revertedBy.commit)} ${standing.revertedBy.subject}`;
        return [`${on}: it was there as ${id(first.commit)}, and was taken out${by}`, ...warnings];
      }
      if (standing.standing !== "corresponding" || standing.match === null) return warnings;
      return [
        `${on}: it may be there already as ${id(first.commit)} ${first.subject} (${matchText(standing.match)})`,
        ...warnings,
      ];
    }),
  );
}

const LEFT_OUT: Readonly<Record<Extract<PlanNote, { kind: "line-left-out" }>["reason"], string>> = {
  "configured": "as configured",
  "recent-tip": "maintained",
  "recent-tag": "maintained",
  "idle": "nothing moved for long",
  "end-of-life": "end of life",
};

function noteText(view: View, note: Exclude<PlanNote, { kind: "line-left-out" }>): string {
  switch (note.kind) {
    case "duplicate-revision":
      return `${note.revision} names ${view.plain ? note.commit : shortId(note.commit)} once more: it is picked once`;
    case "reordered":
      return "the commits were put in order, parents first";
    case "no-identity":
      return "git knows no name and email to commit with: this plan cannot be applied";
    case "upstream-differs": {
      const upstream = note.upstream.replace(/^refs\/remotes\//, "");
      const on = note.plannedOn === "upstream" ? `planned on ${upstream}` : "planned on the local branch";
      return `${note.line} is ${note.ahead} ahead of ${upstream} and ${note.behind} behind it: ${on}`;
    }
    default:
      return unreachable(note);
  }
}

/** A plan that `apply` can do something with, whatever else stops. */
export function movingLines(plan: Plan): readonly PlannedLine[] {
  return plan.lines.filter(({ firstFailure, result, onto }) => firstFailure === null && result !== onto);
}

export function stoppedLines(plan: Plan): readonly PlannedLine[] {
  return plan.lines.filter(({ firstFailure }) => firstFailure !== null);
}

/** The last lines: that nothing is to be done, or commands to paste. `onto` is what was typed, `written` the plan file if there is one. */
export function renderNext(view: View, planned: Plan, onto: readonly string[], written: string | null): string {
  const next = nextCommands(planned, onto, written);
  if (next.length === 0 && stoppedLines(planned).length === 0) {
    return view.plain ? "nothing to do\n" : `\n${paint(view, "strong", "Nothing to do")}\n`;
  }
  if (view.plain) return next.map((line) => `next: ${line}\n`).join("");
  if (next.length === 0) return "";
  return `\n${next.map((line, n) => `${n === 0 ? paint(view, "strong", "Next") : "    "}  ${line}\n`).join("")}`;
}

function nextCommands(plan: Plan, onto: readonly string[], written: string | null): string[] {
  const [moving, stopped] = [movingLines(plan), stoppedLines(plan)];
  const keepGoing = moving.length > 0 && stopped.length > 0 ? ["--keep-going"] : [];
  const resolving = stopped.find(({ picks: planned }) => planned.some(({ outcome }) => outcome.kind === "conflict"));
  const curable = plan.lines.filter(({ picks: planned }) => planned.some(hasProvenNeeds)).map(({ line }) => line.name);
  if (moving.length === 0 && resolving === undefined && curable.length === 0) return [];
  const asked = ["morello", "pick", ...requestWords(plan, onto)];
  const first = written === null ? asked : ["morello", "apply", written];
  const cure = ["morello", "pick", ...requestWords(plan, curable), "--with-prerequisites"];
  const resolve = resolving === undefined ? [] : [["morello", "resolve", resolving.line.name]];
  const commands = [
    ...(curable.length > 0 ? [cure] : []),
    ...(curable.length > 0 && moving.every(({ line }) => curable.includes(line.name))
      ? []
      : [[...first, ...keepGoing]]),
    ...resolve,
  ];
  return commands.map((words) => cleaned(command(words)));
}

function hasProvenNeeds({ prerequisites, symbols }: PlannedPick): boolean {
  return prerequisites?.kind === "proven" || (symbols?.needs.proven === true && symbols.needs.commits.length > 0);
}

/** The arguments that ask for this plan again. */
export function requestWords(plan: Plan, onto: readonly string[]): string[] {
  const { mainline, signoff, trailers, via, toBranch } = plan.options;
  return [
    ...plan.revisions,
    ...onto.flatMap((line) => ["--onto", line]),
    ...(mainline === null ? [] : ["--mainline", String(mainline)]),
    ...(signoff ? ["--signoff"] : []),
    ...trailers.flatMap(({ key, value }) => ["--trailer", `${key}=${value}`]),
    ...(via === "nearest" ? ["--via", "nearest"] : []),
    ...(toBranch === null ? [] : ["--to-branch", toBranch]),
    ...(plan.sources.some(({ neededBy }) => neededBy.length > 0) ? ["--with-prerequisites"] : []),
  ];
}
