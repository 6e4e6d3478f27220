// Trees of short texts as the symbol rules look at them, parsed with the real grammars.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Language as Grammar, Parser } from "web-tree-sitter";
import { delta, type Finding } from "../../src/symbol/delta.ts";
import type { Extent, FileFacts } from "../../src/symbol/facts.ts";
import type { Language, World } from "../../src/symbol/language.ts";
import { languageNamed, languageOf } from "../../src/symbol/languages.ts";
import { Syntax } from "../../src/symbol/syntax.ts";

/** Path -> text. */
export type Texts = Readonly<Record<string, string>>;

const grammars = join(import.meta.dirname, "..", "..", "vendor", "grammars");
const wasm = (name: string): Uint8Array => brotliDecompressSync(readFileSync(join(grammars, `${name}.wasm.br`)));
const ready = Parser.init({ wasmBinary: wasm("web-tree-sitter") });
const loaded = new Map<string, Promise<Grammar>>();

async function grammarOf({ grammar }: Language): Promise<Grammar> {
  await ready;
  let found = loaded.get(grammar);
  if (found === undefined) loaded.set(grammar, (found = Grammar.load(wasm(grammar))));
  return found;
}

/** Facts of one text, as the worker computes them. */
export async function factsOf(path: string, source: string, extent: Extent = "full"): Promise<FileFacts> {
  const named = languageOf(path);
  if (named === null) throw new Error(`no language for ${path}`);
  const dialect = languageNamed(named.dialect?.(source) ?? "");
  const language = dialect ?? named;
  const grammar = await grammarOf(language);
  const parser = new Parser();
  parser.setLanguage(grammar);
  const text = language.prepare?.(source) ?? source;
  const tree = parser.parse(text);
  if (tree === null) throw new Error(`cannot parse ${path}`);
  const facts = language.extract(new Syntax(tree, grammar, text, language.prune[extent]), extent);
  tree.delete();
  parser.delete();
  return dialect === null ? facts : { ...facts, dialect: dialect.id };
}

function worldOf(texts: Texts, before: World | null = null): World {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, compute: () => Promise<T>): Promise<T> => {
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = compute()));
    return found as Promise<T>;
  };
  const names = (directory: string): string[] => {
    const start = directory === "" ? "" : `${directory}/`;
    const below = Object.keys(texts).filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split("/")[0] ?? ""))];
  };
  return {
    before,
    once,
    text: (path) => Promise.resolve(texts[path] ?? null),
    facts: (path, extent = "definitions") =>
      once(`facts ${extent} ${path}`, async () => {
        const text = texts[path];
        return text === undefined || languageOf(path) === null ? null : factsOf(path, text, extent);
      }),
    kind: (path) => Promise.resolve(texts[path] !== undefined ? "file" : names(path).length > 0 ? "directory" : null),
    list: (directory) => Promise.resolve(names(directory)),
    paths: () => Promise.resolve(Object.keys(texts)),
    mentions: (word) => {
      const whole = new RegExp(`(?<![\\w])${word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\\w])`);
      return Promise.resolve(Object.keys(texts).filter((path) => whole.test(texts[path] ?? "")));
    },
  };
}

/** What a pick brings onto a target that the target lacks. Paths that are not named in `merged` are the target's. */
export async function findingsOf(target: Texts, picked: Texts, source: Texts): Promise<Finding[]> {
  const merged = { ...target, ...picked };
  const before = worldOf(target);
  const trees = { target: before, merged: worldOf(merged, before), source: worldOf(source) };
  const touched = Object.keys(picked).filter((path) => picked[path] !== target[path]);
  return delta(
    touched.map((path) => ({ path, sourcePath: source[path] === undefined ? null : path })),
    trees,
  );
}

/** Findings as short lines: rule, name, and the class or module it was looked up in. */
export const briefly = (found: readonly Finding[]): string[] =>
  found.map(({ rule, use }) => `${rule} ${use.of === null ? "" : `${use.of}.`}${use.name} ${use.path}:${use.line}`);
