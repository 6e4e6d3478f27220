// The text of hooks: our block in a shell script, put in, found again and taken out. Values in, values out.
import type { HookName } from "../../wire/hooks.ts";

const BEGIN = "# >>> morello >>>";
const END = "# <<< morello <<<";
const BLOCK = new RegExp(`^${BEGIN}$[^]*?^${END}\n`, "m");
const SHELL = /^#!.*\b(?:ba|da|k|mk|z|a)?sh\b/;

/** What each hook runs; where no block can be put, a person adds it. */
export const COMMANDS: Readonly<Record<HookName, string>> = {
  "commit-msg": 'morello check --message "$1"',
  "pre-commit": "morello check --staged",
  "pre-push": "morello check --pre-push",
};

/** An installation of the project's own serves too; without any the hook says nothing and lets git go on. */
const FIND = "morello=$(command -v morello || echo node_modules/.bin/morello)";

const BODIES: Readonly<Record<HookName, (branches: string) => readonly string[]>> = {
  "commit-msg": () => ['if [ -x "$morello" ]; then', '  "$morello" check --message "$1" >&2 || exit 1', "fi"],
  "pre-commit": () => [
    "# grep is quick, and finds all that is worth a closer look",
    `if [ -x "$morello" ] && git diff --cached -U0 --no-ext-diff --no-color | grep -Eq '^\\+(<<<<<<<|>>>>>>>)'; then`,
    '  "$morello" check --staged >&2 || exit 1',
    "fi",
  ],
  "pre-push": (branches) => [
    "# what git says on stdin is kept for what follows",
    "morello_pushes=$(cat)",
    `if [ -x "$morello" ] && printf '%s\\n' "$morello_pushes" | grep -Eq ' refs/heads/(${branches}) '; then`,
    `  printf '%s\\n' "$morello_pushes" | "$morello" check --pre-push >&2 || exit 1`,
    "fi",
    "exec <<MORELLO_PUSHES",
    "$morello_pushes",
    "MORELLO_PUSHES",
  ],
};

/** `branches`: an extended regular expression that fits every release line's name, and may fit more. */
function block(hook: HookName, branches: string): string {
  const head = [BEGIN, "# Written by `morello hooks install`; `morello hooks uninstall` takes it out.", FIND];
  return `${[...head, ...BODIES[hook](branches), END].join("\n")}\n`;
}

const NEW = "#!/bin/sh\n";

/** A hook of our own. */
export function newHook(hook: HookName, branches: string): string {
  return NEW + block(hook, branches);
}

/** The script with our block, which runs first: what is there may end with `exec`. Null if it is no shell script. */
export function withBlock(script: string, hook: HookName, branches: string): string | null {
  if (BLOCK.test(script)) return script.replace(BLOCK, () => block(hook, branches));
  if (!SHELL.test(script)) return null;
  const first = script.indexOf("\n") + 1;
  return first === 0
    ? `${script}\n${block(hook, branches)}`
    : script.slice(0, first) + block(hook, branches) + script.slice(first);
}

/** The script as it was before. Null: nothing is left but what we wrote, so that the file can go. */
export function withoutBlock(script: string): string | null {
  const rest = script.replace(BLOCK, "");
  return rest !== script && rest === NEW ? null : rest;
}

export function hasBlock(script: string): boolean {
  return BLOCK.test(script);
}

/**
 * Names of release lines as an extended regular expression: those with a digit, since names of versions have one, and
 * the patterns that configuration adds.
 */
export function branchPattern(patterns: readonly string[]): string {
  const added = patterns.map((pattern) =>
    pattern.replace(/\*+|[.?+^$(){}|[\]\\]/g, (special) =>
      special.startsWith("*") ? "[^ ]*" : special === "?" ? "[^ ]" : `\\${special}`,
    ),
  );
  // A quote would end the shell's word; no branch that git makes easy to type has one.
  return ["[^ ]*[0-9][^ ]*", ...new Set(added)].filter((one) => !one.includes("'")).join("|");
}
