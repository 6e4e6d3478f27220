// The thread that parses: file bodies in, facts and token hashes out. Loads each grammar when it is first needed.
// A bundle of its own in dist/; it never touches git or the cache.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { brotliDecompressSync } from "node:zlib";
import { Language as Grammar, Parser } from "web-tree-sitter";
import { literalExport } from "../symbol/ecmascript/literal.ts";
import { languageNamed } from "../symbol/languages.ts";
import { Syntax } from "../symbol/syntax.ts";
import { tokenHashes } from "../symbol/tokens.ts";
import type { Job, JobResult } from "./parsers.ts";

const { grammars } = workerData as { readonly grammars: string };

const wasm = (name: string): Uint8Array => brotliDecompressSync(readFileSync(join(grammars, `${name}.wasm.br`)));

const ready = Parser.init({ wasmBinary: wasm("web-tree-sitter") });
const parsers = new Map<string, Promise<{ readonly parser: Parser; readonly grammar: Grammar }>>();

async function load(name: string): Promise<{ parser: Parser; grammar: Grammar }> {
  await ready;
  const grammar = await Grammar.load(wasm(name));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { parser, grammar };
}

function parserOf(name: string): Promise<{ parser: Parser; grammar: Grammar }> {
  let found = parsers.get(name);
  if (found === undefined) parsers.set(name, (found = load(name)));
  return found;
}

/** Facts as JSON; "null" where the parser gives up. */
async function factsOf({ language: id, extent, body }: Extract<Job, { kind: "facts" }>): Promise<string> {
  const language = languageNamed(id);
  if (language === null) return "null";
  const source = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
  const dialect = languageNamed(language.dialect?.(source) ?? "");
  const written = dialect ?? language;
  const { parser, grammar } = await parserOf(written.grammar);
  const text = written.prepare?.(source) ?? source;
  const tree = parser.parse(text);
  if (tree === null) return "null";
  try {
    const facts = written.extract(new Syntax(tree, grammar, text, written.prune[extent]), extent);
    return JSON.stringify(dialect === null ? facts : { ...facts, dialect: dialect.id });
  } finally {
    tree.delete();
  }
}

async function literalOf({ language: id, body, code }: Extract<Job, { kind: "literal" }>): Promise<JobResult> {
  const language = languageNamed(id);
  if (language === null) return { kind: "literal", found: null };
  const { parser, grammar } = await parserOf(language.grammar);
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
  const tree = parser.parse(text);
  if (tree === null) return { kind: "literal", found: null };
  try {
    const whole = new Syntax(tree, grammar, text, () => false);
    return { kind: "literal", found: tree.rootNode.hasError ? null : literalExport(whole, code) };
  } finally {
    tree.delete();
  }
}

async function answer(job: Job): Promise<JobResult> {
  if (job.kind === "literal") return literalOf(job);
  if (job.kind === "tokens") return { kind: "tokens", hashes: job.bodies.map(tokenHashes) };
  return { kind: "facts", json: await factsOf(job) };
}

parentPort?.on("message", ({ id, job }: { id: number; job: Job }) => {
  answer(job).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
