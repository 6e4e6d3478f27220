// What a pick needs first, pick by pick, as it becomes known after the plan.
import { unreachable } from "../../error.ts";
import type { PlannedPick } from "../../wire/plan.ts";
import type { Prerequisite, PrerequisiteEvidence, Prerequisites } from "../../wire/prerequisite.ts";
import { cleaned } from "./clean.ts";
import { symbolLines } from "./symbols.ts";
import { count, paint, shortId, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

/**
 * The needs of one pick on one line; the first one comes with its heading. Empty if there is nothing to tell. `explain`:
 * with all that shows it.
 */
export function renderNeeds(view: View, line: string, found: PlannedPick, first: boolean, explain: boolean): string {
  const pick = cleaned(found);
  const where = cleaned(line);
  const textual = pick.prerequisites === null ? [] : textualLines(view, pick.prerequisites, where, pick);
  const lines = [...textual, ...symbolLines(view, where, pick, explain)];
  if (lines.length === 0) return "";
  const heading = first && !view.plain ? ["", paint(view, "strong", "What must be there first")] : [];
  return [...heading, ...lines].map((text) => `${text}\n`).join("");
}

function textualLines(view: View, found: Prerequisites, where: string, pick: PlannedPick): string[] {
  return view.plain ? plainNeeds(found, `${where}: ${pick.source}`) : needLines(view, found, where, pick);
}

function needLines(view: View, found: Prerequisites, where: string, { source }: PlannedPick): string[] {
  const head = (mark: SymbolName, tone: Tone, text: string): string[] =>
    wrap(`${where}: ${text}`, view.width - 4).map((part, n) =>
      n === 0 ? `  ${paint(view, tone, symbol(view, mark))} ${part}` : `    ${part}`,
    );
  switch (found.kind) {
    case "none-needed":
      return [];
    case "proven":
      return [
        ...head(
          "good",
          "good",
          `${these(found.picks.length)} first, then ${shortId(source)} is clean (tried, in memory)`,
        ),
        ...found.picks.flatMap((pick) => commitLines(view, pick)),
      ];
    case "broken":
      return [
        ...head(
          "bad",
          "bad",
          `${these(found.picks.length)} would have to come first, and ${found.picks.length === 1 ? "does" : "do"} not apply either`,
        ),
        ...found.picks.flatMap((pick) => commitLines(view, pick)),
        ...found.breaks.flatMap((at) =>
          wrap(`it breaks at ${shortId(at.commit)} in ${at.paths.join(", ")}`, view.width - 6).map(
            (part) => `      ${paint(view, "warn", part)}`,
          ),
        ),
      ];
    case "unknown":
      return head("note", "quiet", unknownText(found));
    case "missing":
      return head("refused", "warn", found.detail);
    default:
      return unreachable(found);
  }
}

function these(commits: number): string {
  return commits === 1 ? "this commit" : `these ${commits} commits`;
}

function unknownText({ limit }: Extract<Prerequisites, { kind: "unknown" }>): string {
  if (limit === null) return "no earlier commits make it clean: it wants an edit";
  const rest = limit.untried.length === 0 ? "" : `; ${count(limit.untried.length, "commit")} not tried`;
  return `no earlier commits were found that make it clean, within the limit of ${limit.reason}${rest}`;
}

function commitLines(view: View, pick: Prerequisite): string[] {
  const room = view.width - 30;
  const carried = pick.from === pick.commit ? [] : [`as ${shortId(pick.from)}, its pick on a newer line`];
  const why = [...carried, ...pick.evidence.map(reason)].slice(0, 2).join("; ");
  return [
    `      ${paint(view, "id", shortId(pick.commit))} ${pick.date.slice(0, 10)} ${truncate(pick.subject, room)}`,
    ...(why === "" ? [] : [`        ${paint(view, "quiet", truncate(why, view.width - 8))}`]),
  ];
}

function reason(one: PrerequisiteEvidence): string {
  switch (one.kind) {
    case "lines":
      return `it brought ${count(one.lines, "line")} of ${one.path} that ${shortId(one.neededBy)} builds on`;
    case "removed":
      return `it took away ${count(one.lines, "line")} of ${one.path} that stand in the way`;
    case "path":
      return `it ${one.how} ${one.path}`;
    case "series":
      return `it stands before ${shortId(one.neededBy)} in the same series`;
    case "trailer":
      return `${shortId(one.neededBy)} asks for it in its message`;
    default:
      return unreachable(one);
  }
}

function plainNeeds(found: Prerequisites, where: string): string[] {
  switch (found.kind) {
    case "none-needed":
      return [];
    case "proven":
    case "broken": {
      const word = found.kind === "proven" ? "needs first" : "would need first";
      const breaks = found.kind === "broken" ? found.breaks : [];
      return [
        ...found.picks.map((pick) => `${where}: ${word} ${pick.from} ${pick.date.slice(0, 10)} ${pick.subject}`),
        ...breaks.map((at) => `${where}: breaks at ${at.commit} in ${at.paths.join(", ")}`),
      ];
    }
    case "unknown":
      return [`${where}: ${unknownText(found)}`];
    case "missing":
      return [`${where}: ${found.detail}`];
    default:
      return unreachable(found);
  }
}
