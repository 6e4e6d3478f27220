// A repository on disk that knows the marks of the history it was written from.
import { lutimesSync } from "node:fs";
import { join } from "node:path";
import { CLOCK } from "./environment.ts";
import { FastImport, type Commitish } from "./fast-import.ts";
import type { History } from "./history.ts";
import { finished } from "./process.ts";
import type { GitOptions, Sandbox } from "./sandbox.ts";
import { latin1, modeOf, type ObjectFormat } from "./tree.ts";

export class TestRepository {
  readonly sandbox: Sandbox;
  readonly path: string;
  readonly bare: boolean;
  readonly history: History;
  /** Commits by mark, annotated tags (the tag objects) by `tag:<name>`. */
  readonly oids: Map<string, string>;

  constructor(sandbox: Sandbox, path: string, bare: boolean, history: History, oids?: ReadonlyMap<string, string>) {
    this.sandbox = sandbox;
    this.path = path;
    this.bare = bare;
    this.history = history;
    this.oids = new Map(oids);
  }

  get gitDir(): string {
    return this.bare ? this.path : join(this.path, ".git");
  }

  get objectFormat(): ObjectFormat {
    return this.history.objectFormat;
  }

  /** The object ID of a mark; `tag:<name>` for an annotated tag. */
  oid(mark: string): string {
    const oid = this.oids.get(mark);
    if (oid === undefined) throw new Error(`The repository has no commit of the mark ${mark}`);
    return oid;
  }

  git(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return this.sandbox.git(args, { cwd: this.path, ...options });
  }

  gitRun(args: readonly string[], options: GitOptions = {}): ReturnType<Sandbox["gitRun"]> {
    return this.sandbox.gitRun(args, { cwd: this.path, ...options });
  }

  /** Adds to the history and moves its refs; index and work tree are left as they are. */
  async extend(tell: (history: History) => unknown): Promise<this> {
    tell(this.history);
    await writeHistory(this);
    return this;
  }
}

/** Writes what the repository's history has and the repository has not. */
export async function writeHistory(repository: TestRepository): Promise<void> {
  const { history, oids } = repository;
  const stream = new FastImport(history.objectFormat);
  const marks = new Map<string, number>();
  const known = (mark: string): Commitish => oids.get(mark) ?? marks.get(mark) ?? mark;
  for (const node of history.commits.values()) {
    if (oids.has(node.mark)) continue;
    marks.set(node.mark, stream.commit({ ...node, parents: node.parents.map(known) }));
  }
  for (const [refname, mark] of history.refs) stream.ref(refname, known(mark));
  for (const tag of history.tags) {
    const key = `tag:${tag.name}`;
    if (!oids.has(key)) marks.set(key, stream.annotatedTag(tag.name, known(tag.at), tag.tagger, tag.message));
  }
  const written = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  for (const [key, mark] of marks) oids.set(key, written.get(mark) ?? "");
}

/**
 * Makes the files of the work tree older than its index. Files of the same second would be "racy" to git: the next
 * `git status` would write the index, and no census could prove that a command wrote nothing.
 */
export async function settle(repository: TestRepository, head: string): Promise<void> {
  const { history, path } = repository;
  const tree = history.commits.get(history.refs.get(`refs/heads/${head}`) ?? "")?.tree ?? [];
  for (const [name, entry] of tree) {
    if (modeOf(entry) !== "160000") lutimesSync(Buffer.concat([Buffer.from(`${path}/`), latin1(name)]), CLOCK, CLOCK);
  }
  await repository.git(["update-index", "-q", "--refresh"]);
}

/** Copies a template repository, work tree and all: a few milliseconds, whatever its history. */
export async function copyRepository(
  template: TestRepository,
  sandbox: Sandbox,
  name = "copy",
): Promise<TestRepository> {
  const path = sandbox.path(name);
  const options = { cwd: sandbox.root, env: sandbox.env };
  const done = await finished("cp", ["-a", template.path, path], options); // node:fs would garble names that are not UTF-8
  if (done.status !== 0) throw new Error(`cp -a ${template.path} ${path}: ${done.stderr.toString()}`);
  const copy = new TestRepository(sandbox, path, template.bare, template.history.fork(), template.oids);
  // The index remembers inodes: without this every later git would find it stale, and write it.
  if (!copy.bare) await copy.git(["update-index", "-q", "--refresh"], { ok: [0, 1] });
  return copy;
}

/** Throws what `git fsck --strict` finds wrong. */
export async function fsck(repository: TestRepository): Promise<void> {
  const symlinks = ["-c", "fsck.gitattributesSymlink=ignore"]; // odd, and on purpose in some tests
  const done = await repository.gitRun([...symlinks, "fsck", "--strict", "--full", "--no-dangling", "--no-progress"]);
  const said = Buffer.concat([done.stdout, done.stderr])
    .toString()
    .replace(/^notice: .*\n/gm, ""); // an unborn HEAD
  if (said !== "") throw new Error(`git fsck of ${repository.path}: ${said}`);
}
