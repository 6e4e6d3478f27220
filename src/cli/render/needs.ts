// What a pick needs first, pick by pick, as it becomes known after the plan.
import { unreachable } from "../../error.ts";
import type { PlannedPick } from "../../wire/plan.ts";
import type { Prerequisite, PrerequisiteEvidence, Prerequisites } from "../../wire/prerequisite.ts";
import { cleaned } from "./clean.ts";
import { count, paint, shortId, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

/** The needs of one pick on one line; the first one comes with its heading. Empty if nothing was looked for. */
export function renderNeeds(view: View, line: string, pick: PlannedPick, first: boolean): string {
  if (pick.prerequisites === null) return "";
  const found = cleaned(pick.prerequisites);
  const where = cleaned(line);
  const lines = view.plain
    ? plainNeeds(found, `${where}: ${pick.source}`)
    : [
        ...(first ? ["", paint(view, "strong", "What must be there first")] : []),
        ...needLines(view, found, where, pick),
      ];
  return lines.map((text) => `${text}\n`).join("");
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
        ...found.breaks.flatMap((at) => {
          const instead = at.newer === null ? "" : `; ${at.newer.line} has it resolved as ${shortId(at.newer.commit)}`;
          return wrap(`it breaks at ${shortId(at.commit)} in ${at.paths.join(", ")}${instead}`, view.width - 6).map(
            (part) => `      ${paint(view, "warn", part)}`,
          );
        }),
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
  const why = pick.evidence.map(reason).slice(0, 2).join("; ");
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
        ...found.picks.map((pick) => `${where}: ${word} ${pick.commit} ${pick.date.slice(0, 10)} ${pick.subject}`),
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
