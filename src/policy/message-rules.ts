// What a commitlint configuration says, once it is plain data -> the rules that hold for messages. Never runs anything.
import { CONVENTIONAL_RULES, isSupported, type MessageRule, type MessageRules } from "./message-lint.ts";

/** Rules, and what of the configuration does not count, a sentence each. */
export interface ReadRules {
  readonly rules: MessageRules;
  readonly notices: readonly string[];
}

/** Where a repository has no configuration. */
export const DEFAULT_MESSAGE_RULES: MessageRules = {
  rules: CONVENTIONAL_RULES,
  parserOpts: {},
  defaultIgnores: true,
};

const CONVENTIONAL = /^(?:@commitlint\/)?(?:config-)?conventional$/;

/** `file` is only named in notices. */
export function messageRules(configuration: unknown, file: string): ReadRules {
  if (!isMapping(configuration)) {
    return {
      rules: DEFAULT_MESSAGE_RULES,
      notices: [`${file} holds no mapping; @commitlint/config-conventional counts`],
    };
  }
  const notices: string[] = [];
  const bases = [configuration["extends"]].flat().filter((base) => typeof base === "string");
  const foreign = bases.filter((base) => !CONVENTIONAL.test(base));
  if (foreign.length > 0) notices.push(`${file} extends ${foreign.join(", ")}, which is not read`);
  for (const key of ["plugins", "ignores"]) {
    const value = configuration[key];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      notices.push(`${file}: ${key} do not count, since they are code`);
  }
  const own = Object.entries(isMapping(configuration["rules"]) ? configuration["rules"] : {});
  const fitting = own.filter((entry): entry is [string, MessageRule] => isRule(entry[1]));
  const unknown = own.filter(([name, rule]) => !isSupported(name) || !isRule(rule)).map(([name]) => name);
  if (unknown.length > 0) notices.push(`${file}: rules that are malformed, or a plugin's: ${unknown.join(", ")}`);
  return {
    rules: {
      rules: {
        ...(bases.some((base) => CONVENTIONAL.test(base)) ? CONVENTIONAL_RULES : {}),
        ...Object.fromEntries(fitting),
      },
      parserOpts: parserOptions(configuration["parserPreset"]),
      defaultIgnores: configuration["defaultIgnores"] !== false,
    },
    notices,
  };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As commitlint itself checks it. */
function isRule(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [level, when] = value as unknown[];
  if (level === 0 && value.length === 1) return true;
  const isLevel = level === 0 || level === 1 || level === 2;
  return isLevel && (when === "always" || when === "never") && value.length <= 3;
}

/** Patterns are written as text in JSON and YAML. One that is no pattern is left out. */
function parserOptions(preset: unknown): Record<string, unknown> {
  const options = isMapping(preset) && isMapping(preset["parserOpts"]) ? preset["parserOpts"] : {};
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => {
      if (!key.endsWith("Pattern") || typeof value !== "string") return [[key, value]];
      const pattern = patternOf(value);
      return pattern === null ? [] : [[key, pattern]];
    }),
  );
}

function patternOf(text: string): RegExp | null {
  const [, body = text, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  try {
    return new RegExp(body, flags);
  } catch {
    return null;
  }
}
