// A log's tree in memory: it gains files one by one, and every version of it has an object ID. Reads and writes nothing.
import { hashObject, type ObjectFormat } from "../object/hash.ts";
import { MODE_TREE, parseTree, type Mode } from "../object/tree.ts";

/** A file, or a directory that has not been opened. */
interface Closed {
  readonly kind: "closed";
  readonly mode: Mode;
  readonly oid: string;
}

/** What a tree object holds, and what it is called. */
export interface WrittenTree {
  readonly oid: string;
  readonly body: Buffer;
}

/** One directory. Its bytes are kept as git writes them, so that one more entry costs one copy. */
export class GrowingTree {
  readonly kind = "open";
  readonly mode = MODE_TREE;
  readonly #format: ObjectFormat;
  /** Names as git sorts them: a directory's with a slash. Beside each its length in the body. */
  readonly #keys: string[] = [];
  readonly #lengths: number[] = [];
  readonly #entries = new Map<string, Closed | GrowingTree>();
  #body: Buffer = Buffer.alloc(0);
  #oid: string;

  constructor(format: ObjectFormat) {
    this.#format = format;
    this.#oid = hashObject(format, "tree", this.#body);
  }

  /** The directory of a tree object. */
  static of(format: ObjectFormat, { oid, body }: WrittenTree): GrowingTree {
    const grown = new GrowingTree(format);
    for (const [name, { mode, oid: held }] of parseTree(body, format)) {
      grown.#keys.push(mode === MODE_TREE ? `${name}/` : name);
      grown.#lengths.push(mode.length + 1 + name.length + 1 + held.length / 2);
      grown.#entries.set(name, { kind: "closed", mode, oid: held });
    }
    grown.#body = body;
    grown.#oid = oid;
    return grown;
  }

  /** Opens the directories above a path, as far as they are there: `add` needs them open. */
  async openAbove(path: string, read: (tree: string) => Promise<WrittenTree>): Promise<void> {
    const slash = path.indexOf("/");
    if (slash < 0) return;
    const name = path.slice(0, slash);
    let there = this.#entries.get(name);
    if (there?.kind === "closed" && there.mode === MODE_TREE) {
      there = GrowingTree.of(this.#format, await read(there.oid));
      this.#entries.set(name, there);
    }
    if (there?.kind === "open") await there.openAbove(path.slice(slash + 1), read);
  }

  get oid(): string {
    return this.#oid;
  }

  get body(): Buffer {
    return this.#body;
  }

  /** Whether a path is taken, as far as the directories above it are open. */
  has(path: string): boolean {
    const slash = path.indexOf("/");
    const there = this.#entries.get(slash < 0 ? path : path.slice(0, slash));
    if (slash < 0 || there === undefined) return there !== undefined;
    return there.kind === "open" && there.has(path.slice(slash + 1));
  }

  /** Adds a file and gives the directories that are new by it, the lowest first, this one last. Null if the place is taken. */
  add(path: string, blob: string): WrittenTree[] | null {
    const [name = "", ...rest] = path.split("/");
    const there = this.#entries.get(name);
    if (rest.length === 0) {
      if (there !== undefined) return null;
      this.#put(name, { kind: "closed", mode: "100644", oid: blob });
      return [this.#name()];
    }
    const below = there ?? new GrowingTree(this.#format);
    if (below.kind === "closed") return null;
    const written = below.add(rest.join("/"), blob);
    if (written === null) return null;
    this.#put(name, below);
    return [...written, this.#name()];
  }

  #put(name: string, entry: Closed | GrowingTree): void {
    const key = entry.mode === MODE_TREE ? `${name}/` : name;
    const bytes = Buffer.concat([Buffer.from(`${entry.mode} ${name}\0`, "latin1"), Buffer.from(entry.oid, "hex")]);
    const at = lowerBound(this.#keys, key);
    const known = this.#keys[at] === key;
    let start = 0;
    for (let before = 0; before < at; before++) start += this.#lengths[before] ?? 0;
    const end = start + (known ? (this.#lengths[at] ?? 0) : 0);
    this.#keys.splice(at, known ? 1 : 0, key);
    this.#lengths.splice(at, known ? 1 : 0, bytes.length);
    this.#body = Buffer.concat([this.#body.subarray(0, start), bytes, this.#body.subarray(end)]);
    this.#entries.set(name, entry);
  }

  #name(): WrittenTree {
    this.#oid = hashObject(this.#format, "tree", this.#body);
    return { oid: this.#oid, body: this.#body };
  }
}

/** Where a key stands among sorted ones, or would. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
