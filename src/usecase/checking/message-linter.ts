// The rules for messages of a repository: its commitlint configuration, read from the default branch and never run.
import { readPlain } from "../../config/plain.ts";
import { Parsers } from "../../index/parsers.ts";
import { lintMessage, type MessageProblem } from "../../policy/message-lint.ts";
import { DEFAULT_MESSAGE_RULES, messageRules, type ReadRules } from "../../policy/message-rules.ts";
import { JAVASCRIPT, TYPESCRIPT } from "../../symbol/ecmascript/language.ts";
import type { Workspace } from "../workspace.ts";

export interface MessageLinter {
  /** What of the configuration does not count, a sentence each. */
  readonly notices: readonly string[];
  lint(message: string): Promise<MessageProblem[]>;
}

/** Where commitlint looks, in its order. Source: @commitlint/load. */
const PLACES = [
  "package.json",
  ".commitlintrc",
  ".commitlintrc.json",
  ".commitlintrc.yaml",
  ".commitlintrc.yml",
  ".commitlintrc.js",
  ".commitlintrc.cjs",
  ".commitlintrc.mjs",
  "commitlint.config.js",
  "commitlint.config.cjs",
  "commitlint.config.mjs",
  ".commitlintrc.ts",
  ".commitlintrc.cts",
  ".commitlintrc.mts",
  "commitlint.config.ts",
  "commitlint.config.cts",
  "commitlint.config.mts",
];

export async function messageLinter(workspace: Workspace): Promise<MessageLinter> {
  const { rules, notices } = await readRules(workspace);
  return { notices, lint: (message) => lintMessage(message, rules) };
}

async function readRules({ scratch, main }: Workspace): Promise<ReadRules> {
  for (const file of main === null ? [] : PLACES) {
    const found = await scratch.reader.read(`${main?.tip ?? ""}:${file}`);
    if (found?.type !== "blob") continue;
    const plain = await plainOf(file, found.body);
    if (file === "package.json") {
      const section = (plain?.value as { commitlint?: unknown } | null | undefined)?.commitlint;
      if (section !== undefined) return messageRules(section, "package.json#commitlint");
      continue;
    }
    if (plain !== null) return messageRules(plain.value, file);
    const notice = `${file} is more than plain data, and is never run: @commitlint/config-conventional counts`;
    return { rules: DEFAULT_MESSAGE_RULES, notices: [notice] };
  }
  return { rules: DEFAULT_MESSAGE_RULES, notices: [] };
}

/** Keys of the configuration that may hold functions: they do not count, and the rest does. */
const MAY_HOLD_CODE = ["ignores", "plugins", "prompt", "formatter"];

async function plainOf(file: string, body: Buffer): Promise<{ readonly value: unknown } | null> {
  if (!/\.[cm]?[jt]s$/.test(file)) return readPlain(body.toString("utf8"));
  const parsers = new Parsers();
  try {
    return await parsers.literal(file.endsWith("ts") ? TYPESCRIPT : JAVASCRIPT, body, MAY_HOLD_CODE);
  } finally {
    await parsers.close();
  }
}
