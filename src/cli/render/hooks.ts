// What became of each hook, and what a person must add where it was left alone.
import type { HookResult, HooksOutcome } from "../../wire/hooks.ts";
import { cleaned } from "./clean.ts";
import { table, type Cell } from "./table.ts";
import { paint, symbol, type SymbolName, type Tone, type View } from "./view.ts";

const WORDS: Readonly<Record<HookResult["result"], readonly [SymbolName, Tone, string]>> = {
  installed: ["good", "good", "installed"],
  added: ["good", "good", "added to the hook that is there"],
  updated: ["good", "good", "brought up to date"],
  unchanged: ["nothing", "quiet", "nothing to do"],
  removed: ["good", "good", "taken out"],
  left: ["refused", "warn", "left as it is"],
};

export function renderHooks(view: View, found: HooksOutcome): string {
  const { hooks } = cleaned(found);
  const lines = view.plain ? hooks.flatMap(plain) : rows(view, hooks);
  return lines.map((line) => `${line}\n`).join("");
}

function plain({ hook, file, result, reason, add }: HookResult): string[] {
  const why = reason === null ? "" : ` (${reason})`;
  const added = add === null ? [] : [`${hook}: add to ${file}: ${add}`];
  return [`${hook}: ${WORDS[result][2]}${why}`, ...added];
}

function rows(view: View, hooks: readonly HookResult[]): string[] {
  const cells = hooks.map(({ hook, result, reason }): Cell[] => {
    const [name, tone, word] = WORDS[result];
    return [
      { text: symbol(view, name), tone },
      { text: hook },
      { text: word, tone, rest: reason === null ? "" : `  ${reason}` },
    ];
  });
  const toAdd = hooks.flatMap(({ file, add }) => (add === null ? [] : [`${file}`, `  ${add}`]));
  return [
    ...table(view, [{}, {}, { shrink: 1 }], cells),
    ...(toAdd.length === 0 ? [] : ["", paint(view, "strong", "Add by hand"), ...toAdd.map((line) => `  ${line}`)]),
  ];
}
