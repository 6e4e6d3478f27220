// What a language must know to be checked: which files are its own, how facts are read from a parsed file, and how a
// reference is looked up in a tree. One folder a language; `languages.ts` lists them.
import type { Definition, Extent, FileFacts, Reference } from "./facts.ts";
import type { Prune, Syntax } from "./syntax.ts";

/** What a reference breaks where it finds nothing. */
export type Rule =
  | "import" // a module, package or header, or a name taken from it, is not there
  | "unbound" // an identifier that nothing binds
  | "member" // a module or package that is there defines no such name
  | "attribute" // a field, method or attribute that is defined nowhere it could be
  | "call" // a call that the definition does not accept: number of arguments, keywords, results
  | "stranded" // a name that the pick takes away and the line still uses
  | "twice" // a definition that the line has already
  | "unused" // something bound and not used, where the language refuses that
  | "standard" // a name of the standard library that the line's version lacks
  | "lexical"; // a word that the line has nowhere, in a file without rules

export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  /** The member's class, struct or receiver. */
  readonly of: string | null;
}

export type Resolution =
  /** `place` is null where the language itself or a local binding provides the name. */
  | { readonly kind: "found"; readonly place: Place | null }
  /** `near`: what there is instead, or where else in the tree the name is defined. */
  | {
      readonly kind: "absent";
      readonly rule: Rule;
      readonly detail: string;
      readonly near: Place | null;
      /** All that could provide the name is in sight: the source need not be able to say where it finds it. */
      readonly certain: boolean;
    }
  /** The standard library, other people's code, or anything the rules cannot see through. Never alarms. */
  | { readonly kind: "unknown" };

/** One tree, as rules look at it. Paths are bytes as latin1, with `/`, without one in front. */
export interface World {
  /** Facts of a file; `definitions` unless in full. Null: no such file, unreadable, too large, or of no known language. */
  facts(path: string, extent?: Extent): Promise<FileFacts | null>;
  /** The text of a small file, for manifests. Null: no such file. */
  text(path: string): Promise<string | null>;
  kind(path: string): Promise<"file" | "directory" | null>;
  /** Names in a directory; empty where there is none. */
  list(directory: string): Promise<readonly string[]>;
  /** All files, unordered. */
  paths(): Promise<readonly string[]>;
  /** Files in which the word stands, in whatever role. Exact but for hash collisions, which add files. */
  mentions(word: string): Promise<readonly string[]>;
  /** The tree that a pick started from; null for any but the tree that came of it. */
  readonly before: World | null;
  /** Computes a value for this tree once. */
  once<T>(key: string, compute: () => Promise<T>): Promise<T>;
}

export interface FileAt {
  readonly path: string;
  readonly facts: FileFacts;
}

export interface Language {
  readonly id: string;
  /** Raised whenever facts change their meaning: kept facts of another version are not used. */
  readonly version: number;
  /** File name of the grammar in vendor/grammars, without `.wasm.br`. */
  readonly grammar: string;
  owns(path: string): boolean;
  readonly prune: Record<Extent, Prune>;
  /** Rewrites the source before it is parsed, keeping every position. */
  prepare?(source: string): string;
  extract(syntax: Syntax, extent: Extent): FileFacts;
  /** The ID of the language that a file of this name is written in after all, told by its text; null: this one. */
  dialect?(source: string): string | null;
  /** Looks a reference of a file up, as if it stood in that file. The file's facts are in full. */
  resolve(reference: Reference, file: FileAt, world: World): Promise<Resolution>;
  /** What the file must not hold twice, or must use: findings that are no reference. Keys that one tree has alone alarm. */
  faults?(file: FileAt, world: World): Promise<readonly Fault[]>;
}

export interface Fault {
  readonly key: string;
  readonly rule: "twice" | "unused";
  readonly name: string;
  readonly line: number;
  readonly detail: string;
  readonly near: Place | null;
}

export const UNKNOWN: Resolution = { kind: "unknown" };
export const FOUND: Extract<Resolution, { kind: "found" }> = { kind: "found", place: null };

export function foundAt(path: string, { name, line, of }: Definition): Resolution {
  return { kind: "found", place: { path, line, name, of } };
}

export function absent(rule: Rule, detail: string, near: Place | null = null, certain = false): Resolution {
  return { kind: "absent", rule, detail, near, certain };
}
