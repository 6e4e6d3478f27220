// A parsed file as flat arrays, walked once with a cursor: node objects made one by one cost more than the parsing.
// Named nodes only, numbered in preorder from 0 (the root); a node's subtree is a run of numbers.
import type { Language, Tree } from "web-tree-sitter";

const ERROR = 0xffff;

/** Whether the cursor leaves out what is below a node. `parent` is its parent's type. */
export type Prune = (type: string, parent: string) => boolean;

export class Syntax {
  readonly source: string;
  readonly #types: string[] = [];
  readonly #fields: (string | null)[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #parents: number[] = [];
  /** The number after the last of the subtree. */
  readonly #after: number[] = [];
  #lineStarts: number[] | null = null;

  constructor(tree: Tree, language: Language, source: string, prune: Prune) {
    this.source = source;
    const names = typeNames(language);
    const cursor = tree.walk();
    const open: number[] = [];
    walk: for (;;) {
      const id = cursor.nodeTypeId;
      const name = id === ERROR ? "ERROR" : (names[id] ?? null);
      let descend = false;
      if (name !== null) {
        const parent = open.at(-1) ?? -1;
        const n = this.#types.push(name) - 1;
        this.#fields.push(cursor.currentFieldName);
        this.#starts.push(cursor.startIndex);
        this.#ends.push(cursor.endIndex);
        this.#parents.push(parent);
        this.#after.push(n + 1);
        descend = !prune(name, this.#types[parent] ?? "") && cursor.gotoFirstChild();
        if (descend) open.push(n);
      }
      if (descend) continue;
      while (!cursor.gotoNextSibling()) {
        const closed = open.pop();
        if (closed === undefined || !cursor.gotoParent()) break walk;
        this.#after[closed] = this.#types.length;
      }
    }
    for (const n of open) this.#after[n] = this.#types.length;
    cursor.delete();
  }

  get size(): number {
    return this.#types.length;
  }

  type(n: number): string {
    return this.#types[n] ?? "";
  }

  /** The field of its parent that the node stands in. */
  field(n: number): string | null {
    return this.#fields[n] ?? null;
  }

  parent(n: number): number {
    return this.#parents[n] ?? -1;
  }

  after(n: number): number {
    return this.#after[n] ?? n + 1;
  }

  text(n: number): string {
    return n < 0 ? "" : this.source.slice(this.#starts[n], this.#ends[n]);
  }

  start(n: number): number {
    return this.#starts[n] ?? 0;
  }

  end(n: number): number {
    return this.#ends[n] ?? 0;
  }

  /** From 1. */
  line(n: number): number {
    this.#lineStarts ??= lineStarts(this.source);
    const at = this.start(n);
    let low = 0;
    let high = this.#lineStarts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *children(n: number): Generator<number, void> {
    const end = this.after(n);
    for (let child = n + 1; child < end; child = this.after(child)) yield child;
  }

  /** The first child in that field, or -1. */
  child(n: number, field: string): number {
    if (n < 0) return -1;
    const end = this.after(n);
    for (let child = n + 1; child < end; child = this.after(child)) if (this.field(child) === field) return child;
    return -1;
  }

  /** The first child of one of those types, or -1. */
  childOf(n: number, ...types: readonly string[]): number {
    if (n < 0) return -1;
    const end = this.after(n);
    for (let child = n + 1; child < end; child = this.after(child)) if (types.includes(this.type(child))) return child;
    return -1;
  }
}

const NAMES = new WeakMap<Language, (string | null)[]>();

/** Type ID -> name; null for the types of anonymous nodes. */
function typeNames(language: Language): (string | null)[] {
  let names = NAMES.get(language);
  if (names === undefined) {
    names = Array.from({ length: language.nodeTypeCount }, (_, id) =>
      language.nodeTypeIsNamed(id) ? language.nodeTypeForId(id) : null,
    );
    NAMES.set(language, names);
  }
  return names;
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
