// The text of a Containerfile -> its steps, stage by stage, each with its line, its flags and its words without comments.
import { DockerfileParser, type Instruction } from "dockerfile-ast";

export interface Step {
  /** `RUN`, upper-case. */
  readonly keyword: string;
  /** From 1. */
  readonly line: number;
  /** `--mount=type=cache,target=/root/.cache`, `--from=build`. */
  readonly flags: readonly string[];
  /** What follows the flags, on one line; here-documents keep theirs. */
  readonly text: string;
}

export interface Stage {
  readonly from: Step;
  /** Variables of ARG laid in, where they have a default. */
  readonly image: string;
  readonly name: string | null;
  readonly steps: readonly Step[];
}

export interface Containerfile {
  /** ARG before the first FROM. */
  readonly head: readonly Step[];
  readonly stages: readonly Stage[];
}

export function parseContainerfile(text: string): Containerfile {
  const all = DockerfileParser.parse(text)
    .getInstructions()
    .map((instruction) => stepOf(instruction, text.split("\n")));
  const first = all.findIndex(({ keyword }) => keyword === "FROM");
  const head = first < 0 ? all : all.slice(0, first);
  const defaults = new Map(
    head.flatMap(({ keyword, text: said }) => {
      const found = /^(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*))/.exec(keyword === "ARG" ? said : "");
      return found === null ? [] : [[found[1] ?? "", found[2] ?? found[3] ?? found[4] ?? ""] as const];
    }),
  );
  const stages: { from: Step; image: string; name: string | null; steps: Step[] }[] = [];
  for (const step of first < 0 ? [] : all.slice(first)) {
    if (step.keyword !== "FROM") {
      stages.at(-1)?.steps.push(step);
      continue;
    }
    const [image = "", , name = null] = step.text.split(/\s+/);
    stages.push({ from: step, image: filled(image, defaults), name, steps: [] });
  }
  return { head, stages };
}

function stepOf(instruction: Instruction, source: readonly string[]): Step {
  const { start, end } = instruction.getRange();
  const lines = source.slice(start.line, end.line + 1).filter((line, index) => index === 0 || !/^\s*#/.test(line));
  let text = lines.join("\n").replace(/^\s*\S+(?:\s|\\\n)*/, "");
  const flags: string[] = [];
  for (let found = FLAG.exec(text); found !== null; found = FLAG.exec(text)) {
    flags.push(found[1] ?? "");
    text = text.slice(found[0].length);
  }
  const isHere = /<<-?["']?\w+/.test(text);
  return {
    keyword: instruction.getKeyword().toUpperCase(),
    line: start.line + 1,
    flags,
    text: isHere ? text : text.replace(/\\\r?\n\s*/g, " ").trim(),
  };
}

const FLAG = /^(--[a-z][^\s]*)(?:\s+|\\\n\s*)+/;

function filled(image: string, defaults: ReadonlyMap<string, string>): string {
  return image.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (all, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      defaults.get(braced ?? bare ?? "") ?? fallback ?? all,
  );
}

/** Commands of a RUN, cut at `&&`, `||`, `;`, and new lines; pipes stay together. Exec form is one command. */
export function commandsOf({ text }: Step): string[] {
  if (/^\[\s*"/.test(text)) {
    try {
      const words: unknown = JSON.parse(text);
      if (Array.isArray(words)) return [words.map(String).join(" ")];
    } catch {
      // not JSON after all: the shell gets it
    }
  }
  return text
    .split(/&&|\|\||;|\n/)
    .map((command) => command.trim())
    .filter((command) => command !== "");
}

/** What a package manager is asked to install; null: the command installs nothing of it. */
export function installed(command: string, manager: "apt" | "pip"): string[] | null {
  const pattern =
    manager === "apt"
      ? /(?:^|\s)apt(?:-get)?\b[^|]*?\sinstall\s+(.*)$/
      : /(?:^|\s|\/)(?:(?:pip|pip3|pip3?\.\d+|uv\s+pip)|\S*python\S*\s+(?:-m\s+pip|\S*\/pip))\s+(?:-\S+\s+)*install\s+(.*)$/;
  const found = pattern.exec(command);
  if (found === null) return null;
  return words(found[1] ?? "");
}

/** Options that stand with their value in the next word. */
const VALUED =
  /^(?:-o|-t|-c|-r|-i|-f|-d|--(?:target-release|option|config-file|requirement|constraint|index-url|extra-index-url|find-links|target|prefix|root|python-version|platform|root-user-action|cache-dir))$/;

/** Words that are no options, nor an option's value. */
function words(text: string): string[] {
  const all = text.match(/"[^"]*"|'[^']*'|[^\s]+/g) ?? [];
  return all
    .filter((word, index) => !word.startsWith("-") && !VALUED.test(all[index - 1] ?? "") && !/^\d?>/.test(word))
    .map((word) => word.replace(/^["']|["']$/g, ""));
}
