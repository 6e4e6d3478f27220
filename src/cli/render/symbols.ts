// Names that a pick brings and its line lacks, with what to do about each; with `explain`, what shows it.
import { unreachable } from "../../error.ts";
import type { PlannedPick } from "../../wire/plan.ts";
import type { SymbolAlarm, SymbolPlace, SymbolReport, SymbolRule } from "../../wire/symbol.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

/** The alarms of one clean pick on one line; both must be clean already. Nothing if there is nothing to tell. */
export function symbolLines(view: View, where: string, { source, symbols }: PlannedPick, explain: boolean): string[] {
  if (symbols === null) return [];
  if (view.plain) return plainSymbols(symbols, `${where}: ${source}`);
  const open = symbols.alarms.filter(({ judged }) => judged !== "overridden");
  const overridden = symbols.alarms.length - open.length;
  const out: string[] = [];
  if (open.length > 0) {
    const names = [...new Set(open.map(({ name }) => name))];
    const what = names.length === 1 ? "a name that is" : `${names.length} names that are`;
    out.push(
      ...wrap(`${where}: ${shortId(source)} applies cleanly, and uses ${what} not there`, view.width - 4).map(
        (part, n) => (n === 0 ? `  ${paint(view, "warn", symbol(view, "refused"))} ${part}` : `    ${part}`),
      ),
      ...open.flatMap((alarm) => alarmLines(view, symbols, alarm, explain)),
    );
    if (symbols.more > 0) out.push(`      and ${symbols.more} more`);
  }
  if (explain && overridden > 0)
    out.push(`    ${paint(view, "quiet", `${where}: ${count(overridden, "alarm")} overridden before`)}`);
  if (explain) out.push(...uncheckedLines(view, where, symbols));
  return out;
}

const RULES: Readonly<Record<SymbolRule, string>> = {
  import: "an import of what is not there",
  unbound: "a name that nothing binds",
  member: "the module has no such name",
  attribute: "nothing there has such a member",
  call: "the definition does not take this call",
  stranded: "the pick takes it away, and the line still uses it",
  twice: "the line defines it already",
  unused: "bound and not used, which the language refuses",
  standard: "the standard library of the line's version lacks it",
  lexical: "a word that the line has nowhere",
};

function alarmLines(view: View, report: SymbolReport, alarm: SymbolAlarm, explain: boolean): string[] {
  const room = view.width - 6;
  const judged = alarm.judged === "accepted" ? " (accepted)" : "";
  const head = `${alarm.name}  ${place(alarm.use)}${judged}`;
  const out = [
    `      ${paint(view, "strong", truncate(alarm.name, room))}${truncate(head.slice(alarm.name.length), Math.max(0, room - alarm.name.length))}`,
    `        ${truncate(adviceOf(report, alarm), view.width - 8)}`,
  ];
  if (!explain) return out;
  const instead = alarm.instead === null ? "" : `; here: ${place(alarm.instead)}`;
  const details = [
    `${RULES[alarm.rule]} (confidence ${alarm.confidence})`,
    `defined at ${place(alarm.definition)} on the source${instead}`,
    alarm.detail,
  ];
  return [
    ...out,
    ...details.flatMap((text) => wrap(text, view.width - 10).map((part) => `          ${paint(view, "quiet", part)}`)),
  ];
}

function place({ path, line }: SymbolPlace): string {
  return `${path}:${line}`;
}

function adviceOf({ needs }: SymbolReport, { verdict, definition, instead }: SymbolAlarm): string {
  const named = (oid: string): string => {
    const known = needs.commits.find(({ commit }) => commit === oid);
    return known === undefined ? shortId(oid) : `${shortId(oid)} ${known.subject}`;
  };
  switch (verdict.kind) {
    case "pick-first":
      return `pick first (tried, in memory): ${named(verdict.commit)}`;
    case "add-import":
      return `add the import: ${verdict.name === null ? verdict.module : `${verdict.name} from ${verdict.module}`}`;
    case "adapt": {
      const by = verdict.commit === null ? "" : ` came with ${named(verdict.commit)};`;
      const there = instead === null ? "" : `, the line has ${place(instead)}`;
      return `adapt:${by} defined at ${place(definition)}${there}`;
    }
    default:
      return unreachable(verdict);
  }
}

function uncheckedLines(view: View, where: string, { unchecked }: SymbolReport): string[] {
  return unchecked.map(({ what, paths }) =>
    truncate(`    ${where}: not checked, ${what}: ${paths.join(", ")}`, view.width),
  );
}

function plainSymbols(report: SymbolReport, where: string): string[] {
  return [
    ...report.alarms.map((alarm) => {
      const judged = alarm.judged === null ? "" : ` (${alarm.judged})`;
      return `${where}: ${alarm.rule}: ${alarm.name} at ${place(alarm.use)}: ${adviceOf(report, alarm)}${judged}`;
    }),
    ...report.unchecked.map(({ what, paths }) => `${where}: not checked, ${what}: ${paths.join(", ")}`),
  ];
}
