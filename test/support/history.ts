// A history told in a test's own words, written by one `git fast-import`. Nothing here reads or writes before `create`.
import { mkdirSync } from "node:fs";
import { AUTHOR, CLOCK, COMMITTER } from "./environment.ts";
import type { Person } from "./fast-import.ts";
import { settle, TestRepository, writeHistory } from "./repository.ts";
import type { Sandbox } from "./sandbox.ts";
import {
  contentOf,
  difference,
  modeOf,
  move,
  pathKey,
  pathsAt,
  put,
  putAll,
  removeAll,
  sameEntry,
  type Bytes,
  type Entry,
  type FileTree,
  type ObjectFormat,
} from "./tree.ts";

/** Path to entry; null removes the file or the directory. Pairs where a path is not UTF-8. */
export type Files = Readonly<Record<string, Entry | null>> | Iterable<readonly [path: Bytes, entry: Entry | null]>;

/** Laid on the parent's tree in this order: renames, copies, modes, files. */
export interface CommitSpec {
  /** To the last byte. Default: the commit's mark and a newline. */
  readonly message?: Bytes;
  readonly files?: Files;
  /** Old path to new path, of a file or a directory. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly copy?: Readonly<Record<string, string>>;
  readonly chmod?: Readonly<Record<string, "100644" | "100755">>;
  readonly author?: Partial<Person>;
  readonly committer?: Partial<Person>;
  /** The `encoding` header; nothing is converted. */
  readonly encoding?: string;
}

export interface TagSpec {
  readonly at?: string;
  readonly message?: Bytes;
  readonly tagger?: Partial<Person>;
}

export interface CommitNode {
  readonly mark: string;
  readonly parents: readonly string[];
  readonly tree: FileTree;
  readonly changes: ReadonlyMap<string, Entry | null>;
  readonly message: Bytes;
  readonly author: Person;
  readonly committer: Person;
  readonly encoding: string | undefined;
}

export interface TagNode {
  readonly name: string;
  readonly at: string;
  readonly message: Bytes;
  readonly tagger: Person;
}

export interface HistoryOptions {
  readonly objectFormat?: ObjectFormat;
  /** Unix seconds of the first commit; each commit is a minute later than the one before. */
  readonly start?: number;
}

export interface CreateOptions {
  /** Directory within the sandbox. */
  readonly name?: string;
  readonly bare?: boolean;
  /** The branch that HEAD names and the work tree holds. Default: the first one. */
  readonly head?: string;
}

/** An empty history; its first commit is a root on `main`. */
export function history(options: HistoryOptions = {}): History {
  return new History(options.objectFormat ?? "sha1", options.start ?? CLOCK);
}

export class History {
  readonly objectFormat: ObjectFormat;
  readonly commits = new Map<string, CommitNode>();
  /** Full refnames to marks. */
  readonly refs = new Map<string, string>();
  readonly tags: TagNode[] = [];
  #branch = "refs/heads/main";
  #clock: number;

  constructor(objectFormat: ObjectFormat, start: number) {
    this.objectFormat = objectFormat;
    this.#clock = start;
  }

  /** Adds a commit on the branch of the moment. `mark` names it in the test: `repository.oid(mark)`. */
  commit(mark: string, spec: CommitSpec = {}): this {
    const parent = this.refs.get(this.#branch);
    return this.#add(mark, parent === undefined ? [] : [parent], this.#treeOf(parent), spec);
  }

  /**
   * Merges branches or marks. A file that one side alone changed is that side's; where both changed it, the test says
   * what stands there, by `files`.
   */
  merge(mark: string, others: string | readonly string[], spec: CommitSpec = {}): this {
    const first = this.#resolve(this.#branch);
    const parents = [first, ...[others].flat().map((other) => this.#resolve(other))];
    const tree = new Map(this.#treeOf(first));
    const said = new Set(entriesOf(spec.files).map(([path]) => pathKey(path)));
    for (const other of parents.slice(1)) {
      const base = this.#treeOf(this.#mergeBase(first, other));
      for (const [path, entry] of difference(base, this.#treeOf(other))) {
        const [before, ours] = [base.get(path), tree.get(path)];
        const untouched = before === undefined ? ours === undefined : ours !== undefined && sameEntry(before, ours);
        const agreed = entry === null ? ours === undefined : ours !== undefined && sameEntry(entry, ours);
        if (!untouched && !agreed && !said.has(path)) throw new Error(`merge ${mark}: both sides changed ${path}`);
        if (entry === null) removeAll(tree, path);
        else put(tree, path, entry);
      }
    }
    return this.#add(mark, parents, tree, spec);
  }

  /** Makes a branch here, or at a branch or mark, and goes to it. */
  branch(name: string, at?: string): this {
    const target = this.#resolve(at ?? this.#branch);
    this.#branch = `refs/heads/${name}`;
    this.refs.set(this.#branch, target);
    return this;
  }

  /** Goes to a branch that does not exist yet: its first commit is a root. */
  orphan(name: string): this {
    this.#branch = `refs/heads/${name}`;
    this.refs.delete(this.#branch);
    return this;
  }

  /** Goes to a branch that exists. */
  checkout(name: string): this {
    this.#branch = `refs/heads/${name}`;
    this.#resolve(name);
    return this;
  }

  /** A lightweight tag. */
  tag(name: string, at?: string): this {
    return this.ref(`refs/tags/${name}`, at);
  }

  annotatedTag(name: string, spec: TagSpec = {}): this {
    const at = this.#resolve(spec.at ?? this.#branch);
    const tagger = { ...COMMITTER, date: `${this.#clock} +0000`, ...spec.tagger };
    this.tags.push({ name, at, message: spec.message ?? `${name}\n`, tagger });
    return this;
  }

  /** Any ref by its full name, such as a remote-tracking one. */
  ref(refname: string, at?: string): this {
    this.refs.set(refname, this.#resolve(at ?? this.#branch));
    return this;
  }

  /** A history of its own that goes on from here. */
  fork(): History {
    const copy = new History(this.objectFormat, this.#clock);
    for (const [mark, node] of this.commits) copy.commits.set(mark, node);
    for (const [refname, mark] of this.refs) copy.refs.set(refname, mark);
    copy.tags.push(...this.tags);
    copy.#branch = this.#branch;
    return copy;
  }

  /** Writes a new repository. The same history can be written many times. */
  async create(sandbox: Sandbox, options: CreateOptions = {}): Promise<TestRepository> {
    const { name = "repository", bare = false } = options;
    const path = sandbox.path(name);
    mkdirSync(path, { recursive: true });
    const first = [...this.refs.keys()].find((refname) => refname.startsWith("refs/heads/"));
    const head = options.head ?? first?.slice("refs/heads/".length) ?? "main";
    const format = `--object-format=${this.objectFormat}`;
    await sandbox.git(["init", "-q", "--template=", format, "-b", head, ...(bare ? ["--bare"] : [])], { cwd: path });
    const repository = new TestRepository(sandbox, path, bare, this.fork());
    await writeHistory(repository);
    if (!bare && first !== undefined) {
      await repository.git(["reset", "-q", "--hard"]);
      await settle(repository, head);
    }
    return repository;
  }

  #add(mark: string, parents: readonly string[], start: FileTree, spec: CommitSpec): this {
    if (this.commits.has(mark)) throw new Error(`There are two commits of the mark ${mark}`);
    const tree = new Map(start);
    for (const [from, to] of Object.entries(spec.rename ?? {})) {
      if (!move(tree, pathKey(from), pathKey(to))) throw new Error(`commit ${mark}: there is no ${from} to rename`);
    }
    for (const [from, to] of Object.entries(spec.copy ?? {})) {
      const paths = pathsAt(tree, pathKey(from));
      if (paths.length === 0) throw new Error(`commit ${mark}: there is no ${from} to copy`);
      for (const path of paths) put(tree, `${pathKey(to)}${path.slice(pathKey(from).length)}`, tree.get(path) ?? "");
    }
    for (const [path, mode] of Object.entries(spec.chmod ?? {})) {
      const entry = tree.get(pathKey(path));
      if (entry === undefined || !modeOf(entry).startsWith("100"))
        throw new Error(`commit ${mark}: ${path} is no file`);
      const content = contentOf(entry) ?? "";
      put(tree, pathKey(path), mode === "100755" ? { executable: content } : content);
    }
    const missing = putAll(
      tree,
      entriesOf(spec.files).map(([path, entry]) => [pathKey(path), entry] as const),
    );
    if (missing.length > 0) throw new Error(`commit ${mark}: there is no ${missing.join(", ")} to remove`);
    const date = `${this.#clock} +0000`;
    this.commits.set(mark, {
      mark,
      parents,
      tree,
      changes: difference(this.#treeOf(parents[0]), tree),
      message: spec.message ?? `${mark}\n`,
      author: { ...AUTHOR, date, ...spec.author },
      committer: { ...COMMITTER, date, ...spec.committer },
      encoding: spec.encoding,
    });
    this.refs.set(this.#branch, mark);
    this.#clock += 60;
    return this;
  }

  #treeOf(mark: string | undefined): FileTree {
    return mark === undefined ? new Map() : (this.commits.get(mark)?.tree ?? new Map());
  }

  /** The mark that a branch, tag, refname or mark stands for. */
  #resolve(name: string): string {
    const found = [name, `refs/heads/${name}`, `refs/tags/${name}`].map((refname) => this.refs.get(refname));
    const mark = found.find((value) => value !== undefined) ?? (this.commits.has(name) ? name : undefined);
    if (mark === undefined) throw new Error(`The history has no branch, tag or mark ${name}`);
    return mark;
  }

  /** The newest common ancestor; in the simple histories of tests it is the merge base. */
  #mergeBase(a: string, b: string): string | undefined {
    const [ofA, ofB] = [this.#ancestry(a), this.#ancestry(b)];
    return [...this.commits.keys()].reverse().find((mark) => ofA.has(mark) && ofB.has(mark));
  }

  #ancestry(mark: string): ReadonlySet<string> {
    const seen = new Set([mark]);
    for (const next of seen) for (const parent of this.commits.get(next)?.parents ?? []) seen.add(parent);
    return seen;
  }
}

function entriesOf(files: Files | undefined): (readonly [Bytes, Entry | null])[] {
  if (files === undefined) return [];
  return isIterable(files) ? [...files] : Object.entries(files);
}

function isIterable(files: Files): files is Iterable<readonly [Bytes, Entry | null]> {
  return Symbol.iterator in files;
}
