// The words typed so far -> what may come next. Verbs and options come from the program, the rest from the repository.
import { resolve } from "node:path";
import type { Option } from "commander";
import { complete, type Candidate, type Wanted } from "../../usecase/complete.ts";
import type { Deps } from "../../usecase/workspace.ts";
import { clean } from "../render/clean.ts";
import { takesNextArgument, type Verb } from "../verb.ts";

/** A first line `:files` or `:directories` leaves the word to the shell. */
export type Ask = Wanted | ":files" | ":directories";

/** What stands behind an option, and after a verb. Options with choices need no entry. */
const VALUES: Readonly<Record<string, Ask>> = {
  "-C": ":directories",
  "--line": "lines",
  "--onto": "lines",
  "--on": "revisions",
  "--since": "revisions",
  "--fix": "revisions",
  "--from": "revisions",
  "--same": "revisions",
  "--different": "revisions",
  "--forget": "revisions",
  "--out": ":files",
  "--notes": ":files",
  "--remote": "remotes",
};
/** By the verb's name, with the verb it belongs to: `ledger show`. */
const OPERANDS: Readonly<Record<string, Ask>> = {
  "find": "revisions",
  "plan": "revisions",
  "pick": "revisions",
  "apply": ":files",
  "resolve": "stopped",
  "continue": "resolutions",
  "skip": "resolutions",
  "abort": "resolutions",
  "check": "lines",
  "verify": "lines",
  "release": "lines",
  "ledger show": "revisions",
  "ledger export": ":directories",
};

export type Question =
  /** Candidates that need no repository, already whole words. */
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  /** Ask the repository; `prefix` stands before each answer (`a,` of `a,b`). */
  | { readonly kind: "ask"; readonly ask: Ask; readonly prefix: string; readonly directories: readonly string[] };

/** Candidates that begin with the last word, one a line: the word, a tab, what it is. Never throws for the repository's sake. */
export async function candidates(program: Verb, deps: Deps, words: readonly string[]): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const question = questionOf(program, words);
  if (question.kind === "words") return format(question.candidates, typed, "");
  if (question.ask === ":files" || question.ask === ":directories") return [question.ask];
  const cwd = question.directories.reduce((at, directory) => resolve(at, directory), deps.cwd);
  try {
    const { ask, prefix } = question;
    const found = await complete({ ...deps, cwd }, ask);
    const all = ask === "lines" ? [...found, { value: "all", description: "every maintained line" }] : found;
    return format(all, typed, prefix);
  } catch {
    return []; // not in a repository, say: a TAB is no place for an error
  }
}

/** More than anybody reads; in a repository of thousands of tags the rest comes as more is typed. */
const MAX = 1000;

function format(found: readonly Candidate[], typed: string, prefix: string): string[] {
  return found
    .map(({ value, description }) => ({ value: `${prefix}${value}`, description }))
    .filter(({ value }) => value.startsWith(typed) && clean(value) === value)
    .slice(0, MAX)
    .map(({ value, description }) => `${value}\t${clean(description)}`);
}

/** What is being typed, from the words after `morello`. */
export function questionOf(program: Verb, words: readonly string[]): Question {
  const typed = words.at(-1) ?? "";
  const directories: string[] = [];
  let verb: Verb = program;
  let operands = 0;
  let afterOnto = false;
  let dashes = false;
  for (let at = 0; at < words.length - 1; at++) {
    const word = words[at] ?? "";
    if (word === "--" && !dashes) {
      dashes = true;
      afterOnto = false;
    } else if (word.startsWith("-") && word !== "-" && !dashes) {
      const waits = takesNextArgument(verb.options, word);
      if (waits && at === words.length - 2) return valueQuestion(optionOf(verb.options, word), "", directories, typed);
      if (waits) at += 1;
      if (word === "-C") directories.push(words[at] ?? "");
      afterOnto = operands > 0 && optionOf(verb.options, word)?.long === "--onto";
    } else if (verb.commands.length > 0) {
      const chosen = verb.commands.find((command) => command.name() === word) as Verb | undefined;
      if (chosen === undefined) return word === "help" ? verbs(verb) : { kind: "words", candidates: [] };
      verb = chosen;
    } else if (!afterOnto) {
      operands += 1;
    }
  }
  const assigned = /^(--[a-z-]+=)/.exec(typed)?.[1];
  if (assigned !== undefined && !dashes)
    return valueQuestion(optionOf(verb.options, assigned.slice(0, -1)), assigned, directories, typed);
  if (typed.startsWith("-") && !dashes) return optionWords(verb);
  if (verb.commands.length > 0) return verbs(verb);
  if (afterOnto) return { kind: "ask", ask: "lines", prefix: upToComma(typed), directories };
  const [argument] = verb.registeredArguments;
  if (argument?.argChoices !== undefined) return choices(argument.argChoices, "");
  const ask = OPERANDS[nameBelow(verb, program)];
  if (ask === undefined || (operands > 0 && argument?.variadic !== true)) return { kind: "words", candidates: [] };
  const range = ask === "revisions" ? (/^.*\.\.\.?/.exec(typed)?.[0] ?? "") : "";
  return { kind: "ask", ask, prefix: range, directories };
}

function nameBelow(verb: Verb, program: Verb): string {
  const above = verb.parent as Verb | null;
  return above === null || above === program ? verb.name() : `${nameBelow(above, program)} ${verb.name()}`;
}

function valueQuestion(
  option: Option | undefined,
  assigned: string,
  directories: readonly string[],
  typed: string,
): Question {
  if (option?.argChoices !== undefined) return choices(option.argChoices, assigned);
  const ask = VALUES[option?.long ?? option?.short ?? ""];
  if (ask === undefined) return { kind: "words", candidates: [] };
  const listed = ask === "lines" ? upToComma(typed.slice(assigned.length)) : "";
  return { kind: "ask", ask, prefix: assigned + listed, directories };
}

function upToComma(typed: string): string {
  return typed.slice(0, typed.lastIndexOf(",") + 1);
}

function choices(values: readonly string[], prefix: string): Question {
  return { kind: "words", candidates: values.map((value) => ({ value: `${prefix}${value}`, description: "" })) };
}

function optionOf(options: readonly Option[], word: string): Option | undefined {
  const flag = word.startsWith("--") ? word.replace(/=.*$/, "") : `-${word.at(-1)}`;
  return options.find(({ short, long }) => short === flag || long === flag);
}

function optionWords(verb: Verb): Question {
  const help = { value: "--help", description: "show help" };
  const found = verb.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, description }) => ({ value: long ?? short ?? "", description }));
  return { kind: "words", candidates: [...found, help] };
}

function verbs(above: Verb): Question {
  const shown = above.createHelp().visibleCommands(above);
  return {
    kind: "words",
    candidates: shown.map((command) => ({ value: command.name(), description: command.description() })),
  };
}
