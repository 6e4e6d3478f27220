// A stream for `git fast-import`: the quickest way to write many objects, and one that alters no byte.
import { modeOf, contentOf, submoduleCommit, toBuffer, type Bytes, type Entry, type ObjectFormat } from "./tree.ts";

/** A commit of this stream by its mark, or one that exists by its object ID. */
export type Commitish = number | string;

export interface Person {
  readonly name: Bytes;
  readonly email: Bytes;
  /** git's raw format, `<unix seconds> <±hhmm>`. */
  readonly date: string;
}

export interface ImportedCommit {
  readonly author: Person;
  readonly committer: Person;
  /** The commit's message to the last byte. */
  readonly message: Bytes;
  /** The `encoding` header; message and names are not converted. */
  readonly encoding?: string | undefined;
  readonly parents: readonly Commitish[];
  /** Against the first parent, or against nothing. Keys are paths as bytes with one char each. */
  readonly changes: ReadonlyMap<string, Entry | null>;
}

const TEMPORARY = "refs/fast-import";

export class FastImport {
  readonly #format: ObjectFormat;
  readonly #parts: Buffer[] = [];
  readonly #blobs = new Map<string, number>();
  readonly #asked: number[] = [];
  #marks = 0;

  constructor(format: ObjectFormat) {
    this.#format = format;
  }

  commit(commit: ImportedCommit): number {
    const changes = [...commit.changes].map(([path, entry]) => this.#change(path, entry)); // may write blobs: before the commit
    const [first, ...others] = commit.parents;
    if (first === undefined) this.#text(`reset ${TEMPORARY}\n\n`);
    const mark = this.#mark(`commit ${TEMPORARY}\n`);
    this.#person("author", commit.author);
    this.#person("committer", commit.committer);
    if (commit.encoding !== undefined) this.#text(`encoding ${commit.encoding}\n`);
    this.#data(toBuffer(commit.message));
    if (first !== undefined) this.#text(`from ${name(first)}\n`);
    for (const other of others) this.#text(`merge ${name(other)}\n`);
    changes.sort((a, b) => Number(b.startsWith("D ")) - Number(a.startsWith("D "))); // a file makes room for a directory
    this.#parts.push(Buffer.from(`${changes.join("")}\n`, "latin1"));
    this.#asked.push(mark);
    return mark;
  }

  annotatedTag(tag: string, target: Commitish, tagger: Person, message: Bytes): number {
    const mark = this.#mark(`tag ${tag}\n`);
    this.#text(`from ${name(target)}\n`);
    this.#person("tagger", tagger);
    this.#data(toBuffer(message));
    this.#asked.push(mark);
    return mark;
  }

  /** Sets a ref, whatever it was. */
  ref(refname: string, target: Commitish): void {
    this.#text(`reset ${refname}\nfrom ${name(target)}\n\n`);
  }

  /** Feeds git with `run` and gives the object IDs of commits and tags by mark. */
  async send(run: (args: readonly string[], input: Buffer) => Promise<Buffer>): Promise<ReadonlyMap<number, string>> {
    const nothing = "0".repeat(this.#format === "sha1" ? 40 : 64);
    this.#text(`reset ${TEMPORARY}\nfrom ${nothing}\n\n`); // this takes the ref away
    this.#text(this.#asked.map((mark) => `get-mark :${mark}\n`).join(""));
    const args = [
      "-c",
      "core.fsync=none",
      "-c",
      "fastimport.unpackLimit=1",
      "fast-import",
      "--quiet",
      "--force",
      "--date-format=raw",
    ];
    const answer = await run(args, Buffer.concat(this.#parts));
    const oids = answer.toString("latin1").trimEnd().split("\n");
    return new Map(this.#asked.map((mark, index) => [mark, oids[index] ?? ""]));
  }

  #change(path: string, entry: Entry | null): string {
    if (entry === null) return `D ${quoted(path)}\n`;
    const target =
      typeof entry === "object" && "submodule" in entry
        ? submoduleCommit(entry.submodule, this.#format)
        : `:${this.#blob(toBuffer(contentOf(entry) ?? ""))}`;
    return `M ${modeOf(entry)} ${target} ${quoted(path)}\n`;
  }

  #blob(body: Buffer): number {
    const key = body.toString("latin1");
    let mark = this.#blobs.get(key);
    if (mark === undefined) {
      mark = this.#mark("blob\n");
      this.#data(body);
      this.#blobs.set(key, mark);
    }
    return mark;
  }

  #person(role: string, person: Person): void {
    const parts = [`${role} `, person.name, " <", person.email, `> ${person.date}\n`];
    this.#parts.push(...parts.map((part) => toBuffer(part)));
  }

  #mark(head: string): number {
    this.#marks += 1;
    this.#text(`${head}mark :${this.#marks}\n`);
    return this.#marks;
  }

  #data(body: Buffer): void {
    this.#parts.push(Buffer.from(`data ${body.length}\n`), body, Buffer.from("\n"));
  }

  #text(text: string): void {
    this.#parts.push(Buffer.from(text));
  }
}

function name(commit: Commitish): string {
  return typeof commit === "number" ? `:${commit}` : commit;
}

function quoted(path: string): string {
  const escaped = path.replace(/["\\\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
  return `"${escaped}"`;
}
