// What verify commands said: a row a line, and the end of the output of those that did not pass.
import type { AllowQuestion } from "../../usecase/verifying/allow-commands.ts";
import type { VerifyOutcome, VerifyResult } from "../../wire/verify.ts";
import { clean, cleaned, cleanLines } from "./clean.ts";
import { PHRASES } from "./phrases.ts";
import { table, type Cell } from "./table.ts";
import { count, paint, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { truncate } from "./width.ts";

export function renderVerify(view: View, { results }: VerifyOutcome): string {
  return renderVerdicts(view, results);
}

/** All of the results; nothing if there are none. */
export function renderVerdicts(view: View, found: readonly VerifyResult[]): string {
  const results = cleaned(found);
  const rows = view.plain ? results.map(plainVerdict) : verdictRows(view, results);
  return [...rows, ...failureLines(view, results)].map((line) => `${line}\n`).join("");
}

const MARKS: Readonly<Record<VerifyResult["kind"], readonly [SymbolName, Tone]>> = {
  "passed": ["good", "good"],
  "failed": ["bad", "bad"],
  "timed-out": ["bad", "bad"],
  "skipped": ["nothing", "quiet"],
  "not-allowed": ["refused", "warn"],
  "could-not-run": ["refused", "warn"],
};

function verdictRows(view: View, results: readonly VerifyResult[]): string[] {
  const rows = results.map((result): Cell[] => {
    const [name, tone] = MARKS[result.kind];
    return [
      { text: symbol(view, name), tone },
      { text: result.line },
      { text: PHRASES.verify[result.kind], tone, rest: `  ${verdictDetail(result)}` },
    ];
  });
  return table(view, [{}, { shrink: 1, cut: "start", least: 16 }, { shrink: 2, least: 40 }], rows);
}

/** `release/v2.7: verified (3.1 s): make test`; the result must be clean already, as below. */
export function plainVerdict(result: VerifyResult): string {
  const how = howLong(result);
  return `${result.line}: ${PHRASES.verify[result.kind]}${how === "" ? "" : ` (${how})`}: ${oneLine(result.command)}`;
}

/** How it ended and what ran. */
export function verdictDetail(result: VerifyResult): string {
  return [howLong(result), oneLine(result.command)].filter((part) => part !== "").join(", ");
}

function howLong({ kind, status, cached, ms, reason, image, leftOut }: VerifyResult): string {
  const ran = kind === "passed" || kind === "failed" || kind === "timed-out";
  const { submodules, filtered } = leftOut;
  return [
    reason ?? "",
    kind === "failed" ? `status ${status ?? ""}` : "",
    cached ? "known from before" : ran ? duration(ms) : "",
    image === null ? "" : `in ${image}`,
    submodules === 0 ? "" : `${count(submodules, "submodule")} left empty`,
    filtered === 0 ? "" : `${count(filtered, "file")} not filtered`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** A command in one line, without the line break that a block of YAML ends with. */
function oneLine(command: string): string {
  return command.replace(/(\\n| )+$/, ""); // `clean` has made line breaks visible
}

/** `0.3 s`, `12 s`, `2 min 5 s` */
function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The end of what the commands wrote that did not pass, and where all of it is. */
export function failureLines(view: View, results: readonly VerifyResult[]): string[] {
  return results.flatMap(({ line, tail, output }) => {
    if (tail.length === 0) return [];
    if (view.plain) {
      const kept = output === null ? [] : [`${line}: output kept in ${output}`];
      return [...tail.map((text) => `${line}: output: ${text}`), ...kept];
    }
    const bar = paint(view, "quiet", symbol(view, "bar"));
    const head = `${paint(view, "bad", symbol(view, "bad"))} ${line}  the last it wrote`;
    const kept = output === null ? [] : [paint(view, "quiet", `  all of it: ${output}`)];
    return ["", head, ...tail.map((text) => `  ${bar} ${truncate(text, view.width - 4)}`.trimEnd()), ...kept];
  });
}

/** A command that nobody allowed yet: what it is, where it comes from, what was allowed before. */
export function renderAllow(view: View, { lines, command, file, commit, before }: AllowQuestion): string {
  const indented = (text: string): string[] =>
    cleanLines(text.trimEnd())
      .split("\n")
      .map((line) => `    ${line}`);
  const which = lines.map(clean).join(", ");
  return [
    "",
    `${paint(view, "strong", which)} ${lines.length === 1 ? "is" : "are"} verified with this command:`,
    "",
    ...indented(command),
    "",
    `It stands in ${file} at commit ${commit.slice(0, 12)}, and would run with all your rights, on what the line would hold.`,
    ...(before === null ? [] : ["Until now, you allowed:", "", ...indented(before), ""]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
