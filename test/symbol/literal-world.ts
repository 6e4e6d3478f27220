// Trees written down as texts, parsed by the real parser thread: what tests of symbol rules look at.
import { afterAll } from "vitest";
import { parseFacts, Parsers } from "../../src/index/parsers.ts";
import { delta, type Finding } from "../../src/symbol/delta.ts";
import type { Extent, FileFacts } from "../../src/symbol/facts.ts";
import type { World } from "../../src/symbol/language.ts";
import { languageOf } from "../../src/symbol/languages.ts";

export type Texts = Readonly<Record<string, string>>;

const parsers = new Parsers();
afterAll(() => parsers.close());

export async function factsOf(path: string, text: string, extent: Extent = "full"): Promise<FileFacts> {
  const language = languageOf(path);
  if (language === null) throw new Error(`${path} is of no language`);
  const facts = parseFacts(await parsers.facts(language, extent, Buffer.from(text)));
  if (facts === null) throw new Error(`${path} defeats the parser`);
  return facts;
}

function worldOf(files: Texts, before: World | null = null): World {
  const kept = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, compute: () => Promise<T>): Promise<T> => {
    const found = kept.get(key) ?? compute();
    kept.set(key, found);
    return found as Promise<T>;
  };
  const paths = Object.keys(files);
  return {
    before,
    once,
    facts: async (path, extent = "definitions") => {
      const text = files[path];
      return text === undefined || languageOf(path) === null ? null : factsOf(path, text, extent);
    },
    text: (path) => Promise.resolve(files[path] ?? null),
    kind: (path) => {
      if (files[path] !== undefined) return Promise.resolve("file");
      return Promise.resolve(paths.some((one) => one.startsWith(`${path}/`)) ? "directory" : null);
    },
    list: (directory) => {
      const prefix = directory === "" ? "" : `${directory}/`;
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      return Promise.resolve([...new Set(below.map((path) => path.split("/")[0] ?? ""))]);
    },
    paths: () => Promise.resolve(paths),
    mentions: (word) =>
      Promise.resolve(paths.filter((path) => new RegExp(`(?<!\\w)${word}(?!\\w)`).test(files[path] ?? ""))),
  };
}

/** Texts of each tree: the line, what the pick makes of it, and the source. Files left out of `merged` are the line's. */
export interface Pick {
  readonly target: Texts;
  readonly merged: Texts;
  readonly source: Texts;
}

/** What the delta rule finds; every file that differs from the line counts as touched. */
export async function findings({ target, merged, source }: Pick): Promise<Finding[]> {
  const result = { ...target, ...merged };
  const line = worldOf(target);
  const touched = Object.keys(result)
    .filter((path) => result[path] !== target[path])
    .map((path) => ({ path, sourcePath: source[path] === undefined ? null : path }));
  return delta(touched, { target: line, merged: worldOf(result, line), source: worldOf(source) });
}

/** `rule name` of each finding. */
export async function alarms(pick: Pick): Promise<string[]> {
  return (await findings(pick)).map(({ rule, use }) => `${rule} ${use.name}`);
}
