// Where fixes stand: a row for each line, what later commits say of them, and what to do next.
import type { FindOutcome, FollowUp, FoundFix, LineStanding } from "../../wire/find.ts";
import { cleaned } from "./clean.ts";
import { matchText, warningTexts } from "./match.ts";
import { PHRASES } from "./phrases.ts";
import { command } from "./shell.ts";
import { table, type Cell } from "./table.ts";
import { count, paint, shortId, showId, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { truncate, width, wrap } from "./width.ts";

export function renderFind(view: View, found: FindOutcome): string {
  const outcome = cleaned(found);
  const blocks = outcome.fixes.map((fix) => (view.plain ? plainFix(fix) : fixLines(view, fix)));
  const judged = judgedLines(view, outcome.judged);
  const unread = unreadableLines(view, outcome.unreadable);
  const separator = view.plain ? "" : "\n";
  return [judged, ...blocks, unread]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join(separator);
}

const MARKS: Readonly<Record<LineStanding["standing"], readonly [SymbolName, Tone]>> = {
  "recorded": ["good", "good"],
  "equivalent": ["good", "good"],
  "corresponding": ["there", "name"],
  "reverted": ["refused", "warn"],
  "absent": ["bad", "bad"],
  "not affected": ["nothing", "quiet"],
};

/** How a fix stands, in its phrase; what a person must look at is asked. */
export function phraseOf({ standing, match }: LineStanding): string {
  return standing === "corresponding" && match?.band === "ask" ? PHRASES.band.ask : PHRASES.standing[standing];
}

/** The mark and its tone; a question has its own. */
export function markOf(view: View, { standing, match }: LineStanding): { text: string; tone: Tone } {
  if (standing === "corresponding" && match?.band === "ask") return { text: "?", tone: "warn" };
  const [name, tone] = MARKS[standing];
  return { text: symbol(view, name), tone };
}

/** Columns that a detail has at least, below its phrase. */
const DETAIL = 33;

function fixLines(view: View, fix: FoundFix): string[] {
  const { source, main, lines, followUps } = fix;
  const room = view.width - 6;
  const by = `(${source.author}, ${source.date.slice(0, 10)})`;
  const subject = truncate(source.subject, Math.max(20, room - 14 - width(by)));
  const out = [
    `${paint(view, "strong", "Find")}  ${paint(view, "id", shortId(source.commit))} ${subject} ${paint(view, "quiet", by)}`,
    `      ${paint(view, main.revertedBy === null ? "quiet" : "warn", truncate(mainText(view, fix), room))}`,
    "",
  ];
  out.push(...standingRows(view, lines));
  const warnings = lines.flatMap((line) => warningTexts(line.match).map((text) => `${line.line}: ${text}`));
  if (warnings.length > 0) out.push("", ...warnings.flatMap((text) => bullet(view, text)));
  if (followUps.length > 0) out.push("", ...followUpLines(view, followUps));
  const next = nextWords(fix);
  if (next.length > 0)
    out.push("", ...next.map((words, n) => `${n === 0 ? paint(view, "strong", "Next") : "    "}  ${command(words)}`));
  return out;
}

/** A detail stands behind its phrase if it fits there, else below. */
function standingRows(view: View, lines: readonly LineStanding[]): string[] {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(width));
  const names = 5 + widest(lines.map(({ line }) => line));
  const phrases = 2 + widest(lines.map(phraseOf));
  const indent = " ".repeat(Math.min(names, view.width - DETAIL));
  const details = lines.map((line) => detailOf(view, line));
  const fits = details.map((detail) => names + phrases + width(detail) <= view.width);
  const rows = lines.map((line, n): Cell[] => {
    const { text, tone } = markOf(view, line);
    const behind = fits[n] === true ? (details[n] ?? "") : "";
    return [{ text, tone }, { text: line.line }, { text: phraseOf(line), tone }, { text: behind, tone: "quiet" }];
  });
  return table(view, [{}, { shrink: 1, cut: "start", least: 16 }, {}, {}], rows).flatMap((row, n) => [
    row,
    ...(fits[n] === true ? [] : wrap(details[n] ?? "", view.width - indent.length)).map(
      (text) => `${indent}${paint(view, "quiet", text)}`,
    ),
  ]);
}

function mainText(view: View, { main }: FoundFix): string {
  if (main.name === null) return "there is no main branch";
  if (main.revertedBy !== null)
    return `${main.name} has taken it back: ${shortId(main.revertedBy.commit)} ${main.revertedBy.subject}`;
  return main.has ? `on ${main.name}` : `not on ${main.name}`;
}

/** What is known beside the phrase, in a few words. */
export function detailOf(view: View, line: LineStanding): string {
  const id = (oid: string): string => (view.plain ? oid : shortId(oid));
  const [first] = line.commits;
  const last = line.commits.at(-1);
  switch (line.standing) {
    case "recorded":
    case "equivalent":
    case "corresponding": {
      const isItself = line.match?.evidence[0]?.kind === "ancestor";
      const as = isItself ? "in its history" : `as ${line.commits.map(({ commit }) => id(commit)).join(" and ")}`;
      const tag = last?.tag == null ? "" : `since ${last.tag}`;
      const how = line.match === null || line.standing !== "corresponding" ? "" : matchText(line.match);
      return [first === undefined ? "" : as, tag, how].filter((part) => part !== "").join(", ");
    }
    case "reverted": {
      const was = first === undefined ? "" : `was ${id(first.commit)}`;
      const by = line.revertedBy === null ? "" : `taken out by ${id(line.revertedBy.commit)}`;
      return [was, by].filter((part) => part !== "").join(", ");
    }
    case "not affected": {
      const [cause] = line.notAffected?.introduced ?? [];
      const more = (line.notAffected?.introduced.length ?? 0) - 1;
      return cause === undefined
        ? ""
        : `it repairs ${id(cause.commit)} ${cause.subject}${more > 0 ? ` and ${more} more` : ""}`;
    }
    case "absent":
      return "";
  }
}

function followUpLines(view: View, followUps: readonly FollowUp[]): string[] {
  const rows = followUps.map(({ commit, how, missingOn }): Cell[] => [
    { text: symbol(view, "note"), tone: missingOn.length > 0 ? "warn" : "quiet" },
    { text: shortId(commit.commit), tone: "id" },
    { text: commit.subject, rest: ` (${how})` },
    missingOn.length > 0 ? { text: `missing on ${missingOn.join(", ")}`, tone: "warn" } : { text: "" },
  ]);
  return [
    paint(view, "strong", "Later commits that speak of it"),
    ...table(view, [{}, {}, { shrink: 2, least: 20 }, { shrink: 1, least: 16 }], rows),
  ];
}

function bullet(view: View, text: string): string[] {
  return wrap(text, view.width - 2).map((line, n) =>
    n === 0 ? `${paint(view, "warn", symbol(view, "refused"))} ${line}` : `  ${line}`,
  );
}

const SAID = { same: "the same fix", different: "another fix", forgotten: "nothing is said any more" } as const;

function judgedLines(view: View, judged: FindOutcome["judged"]): string[] {
  return judged.map(({ commit, said }) => {
    const text = `${showId(view, commit)}: ${SAID[said]}`;
    return view.plain ? `judged: ${text}` : `${symbol(view, "good")} remembered: ${text}`;
  });
}

export function unreadableLines(view: View, unreadable: readonly string[]): string[] {
  if (unreadable.length === 0) return [];
  const shown = unreadable.slice(0, 3).map((oid) => showId(view, oid));
  const more = unreadable.length > shown.length ? ` and ${unreadable.length - shown.length} more` : "";
  const text = `${count(unreadable.length, "commit")} could not be read, and ${unreadable.length === 1 ? "was" : "were"} compared by words alone: ${shown.join(", ")}${more}`;
  return view.plain ? [`note: ${text}`] : [`${symbol(view, "note")} ${text}`];
}

/** Commands to paste: pick what is missing, judge what is in doubt. */
function nextWords({ source, lines, followUps }: FoundFix): string[][] {
  const commit = shortId(source.commit);
  const onto = (names: readonly string[]): string[] => names.flatMap((name) => ["--onto", name]);
  const absent = lines.filter(({ standing }) => standing === "absent").map(({ line }) => line);
  const doubtful = lines.find(({ standing, match }) => standing === "corresponding" && match?.band === "ask");
  const followUp = followUps.find(({ how, missingOn }) => how !== "same issue" && missingOn.length > 0);
  return [
    ...(absent.length > 0 ? [["morello", "plan", commit, ...onto(absent)]] : []),
    ...(followUp === undefined
      ? []
      : [["morello", "plan", shortId(followUp.commit.commit), ...onto(followUp.missingOn)]]),
    ...(doubtful?.match == null
      ? []
      : [["morello", "find", commit, "--same", shortId(doubtful.match.commit), "--reason", "…"]]),
  ];
}

function plainFix(fix: FoundFix): string[] {
  const { source, main, lines, followUps } = fix;
  const plain: View = { width: 80, plain: true, color: false, unicode: true };
  return [
    `commit: ${source.commit} ${source.subject}`,
    `main: ${main.name === null ? "none" : main.revertedBy !== null ? `${main.name} has taken it back by ${main.revertedBy.commit}` : main.has ? `on ${main.name}` : `not on ${main.name}`}`,
    ...lines.map((line) => {
      const detail = detailOf(plain, line);
      return `${line.line}: ${source.commit}: ${phraseOf(line)}${detail === "" ? "" : ` (${detail})`}`;
    }),
    ...lines.flatMap((line) => warningTexts(line.match).map((text) => `${line.line}: warning: ${text}`)),
    ...followUps.map(
      ({ commit, how, missingOn }) =>
        `${how}: ${commit.commit} ${commit.subject}${missingOn.length > 0 ? `: missing on ${missingOn.join(", ")}` : ""}`,
    ),
  ];
}
