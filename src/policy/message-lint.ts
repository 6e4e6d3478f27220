// A message and rules for it -> what commitlint says of it, by commitlint's own libraries.
import conventional from "@commitlint/config-conventional";
import lint from "@commitlint/lint";
import supported from "@commitlint/rules";
import { endsInTrailers } from "../plan/message.ts";
import { xLines } from "./x-lines.ts";

/** `[level, "always" | "never", value]`, as commitlint's configuration has it. */
export type MessageRule = readonly [level: number, when?: "always" | "never", value?: unknown];

export interface MessageRules {
  readonly rules: Readonly<Record<string, MessageRule>>;
  /** Patterns for the header and the like that the configuration sets; they stand over those of the preset. */
  readonly parserOpts: Readonly<Record<string, unknown>>;
  /** Merges, reverts, fixups and bare versions are not looked at. */
  readonly defaultIgnores: boolean;
}

export interface MessageProblem {
  /** As commitlint names it. */
  readonly rule: string;
  readonly message: string;
}

/** What holds where a repository says nothing: `@commitlint/config-conventional`. */
export const CONVENTIONAL_RULES = conventional.rules as unknown as MessageRules["rules"];

/** The parser that `@commitlint/config-conventional` names. Source: conventional-changelog-conventionalcommits, parser.js. */
const CONVENTIONAL_PARSER = {
  headerPattern: /^(\w*)(?:\((.*)\))?!?: (.*)$/,
  breakingHeaderPattern: /^(\w*)(?:\((.*)\))?!: (.*)$/,
  headerCorrespondence: ["type", "scope", "subject"],
  noteKeywords: ["BREAKING CHANGE", "BREAKING-CHANGE"],
  issuePrefixes: ["#"],
};

/** Whether commitlint itself has the rule; those of plugins are code of the repository's, and do not run. */
export function isSupported(rule: string): boolean {
  return Object.hasOwn(supported, rule);
}

/** Errors first, then warnings. A rule whose options commitlint refuses is told as a problem of its own. */
export async function lintMessage(
  message: string,
  { rules, parserOpts, defaultIgnores }: MessageRules,
): Promise<MessageProblem[]> {
  const known = Object.entries(rules).filter(([name]) => isSupported(name));
  const isLength = (name: string): boolean => /^(?:body|footer)-max-line-length$/.test(name);
  const options = { defaultIgnores, parserOpts: { ...CONVENTIONAL_PARSER, ...parserOpts } };
  const run = async (text: string, some: readonly (readonly [string, MessageRule])[]): Promise<MessageProblem[]> => {
    const { errors, warnings } = await lint(text, Object.fromEntries(some) as Parameters<typeof lint>[1], options);
    return [...errors, ...warnings].map(({ name, message: said }) => ({ rule: name, message: said }));
  };
  const text = message.replace(/\s+$/, "");
  return [
    ...(await run(
      text,
      known.filter(([name]) => !isLength(name)),
    )),
    ...(await run(
      withoutTrailers(text),
      known.filter(([name]) => isLength(name)),
    )),
  ];
}

/** Object IDs, names and addresses cannot be wrapped: lines that programs write do not count as too long. */
function withoutTrailers(message: string): string {
  const lines = message.split("\n");
  const block = endsInTrailers(`${message}\n`) ? lines.findLastIndex((line) => line.trim() === "") : lines.length;
  return lines
    .filter((line, n) => n === 0 || (xLines(line).length === 0 && !(n > block && /^[A-Za-z0-9-]+[ \t]*: /.test(line))))
    .join("\n");
}
