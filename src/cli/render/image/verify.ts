// What proves an image, and what it answered: one line for each, then what the container said last.
import type { ImageVerifyOutcome } from "../../../wire/image/verify.ts";
import { cleaned } from "../clean.ts";
import { count, paint, symbol, type SymbolName, type Tone, type View } from "../view.ts";
import { wrap } from "../width.ts";

type State = ImageVerifyOutcome["proofs"][number]["state"];

const MARKS: Readonly<Record<State, readonly [Tone, SymbolName]>> = {
  passed: ["good", "good"],
  failed: ["bad", "bad"],
  skipped: ["quiet", "away"],
};

export function renderImageVerify(view: View, found: ImageVerifyOutcome): string {
  const { image, digest, proofs, probes, ok } = cleaned(found);
  const all = [...proofs, ...(probes?.results ?? [])];
  const widest = Math.min(Math.max(...all.map(({ name }) => name.length)), 32);
  const lines = [
    `${paint(view, "strong", image)}${digest === null ? "" : `  ${paint(view, "id", view.plain ? digest : digest.slice(0, 19))}`}`,
    ...all.flatMap((result) => resultLines(view, result, widest)),
    ...logLines(view, probes?.log ?? []),
    verdict(view, all, ok, probes === null),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

interface Result {
  readonly name: string;
  readonly state: State;
  readonly says: string;
}

/** In a pipe the state is a word, so that it can be searched for. */
function resultLines(view: View, { name, state, says }: Result, widest: number): string[] {
  if (view.plain) return [`${state}: ${name}${says === "" ? "" : `: ${says}`}`];
  const [tone, mark] = MARKS[state];
  const indent = widest + 4;
  const [first = "", ...rest] = wrap(says, Math.max(view.width - indent, 20));
  const text = (line: string): string => paint(view, state === "failed" ? "plain" : "quiet", line);
  return [
    `${paint(view, tone, symbol(view, mark))} ${name.padEnd(widest)}  ${text(first)}`.trimEnd(),
    ...rest.map((line) => `${" ".repeat(indent)}${text(line)}`),
  ];
}

function logLines(view: View, log: readonly string[]): string[] {
  if (log.length === 0) return [];
  const bar = view.plain ? "log:" : `  ${paint(view, "quiet", symbol(view, "bar"))}`;
  return [...(view.plain ? [] : ["The container's last lines:"]), ...log.map((line) => `${bar} ${line}`)];
}

function verdict(view: View, all: readonly Result[], ok: boolean, unprobed: boolean): string {
  const number = (state: State): number => all.filter((result) => result.state === state).length;
  const skipped = number("skipped") === 0 ? "" : `, ${number("skipped")} skipped`;
  const [tone, name]: readonly [Tone, SymbolName] = ok ? ["good", "good"] : ["bad", "bad"];
  const says = ok
    ? `${count(number("passed"), "check")} passed${skipped}${unprobed ? "; nothing was run" : ""}`
    : `${number("failed")} of ${count(all.length, "check")} failed${skipped}`;
  return view.plain ? says : `${paint(view, tone, symbol(view, name))} ${says}`;
}
