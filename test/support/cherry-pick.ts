// The oracle: what `git cherry-pick` itself makes of a pick, in a work tree that shares nothing but objects.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { COMMITTER, dateAt } from "./environment.ts";
import { finished, type Finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";
import type { ObjectFormat } from "./tree.ts";

export interface CherryPickOptions {
  readonly mainline?: number | null;
  /** Writes the `(cherry picked from commit …)` line. */
  readonly x?: boolean;
  readonly signoff?: boolean;
  /** Keeps a source commit that was empty from the start. */
  readonly allowEmpty?: boolean;
  readonly keepRedundant?: boolean;
  /** A command for `--edit`. */
  readonly editor?: string;
  readonly committer?: { readonly name?: string; readonly email?: string; readonly date?: string };
}

export interface UnmergedPath {
  /** Bytes, one char each. */
  readonly path: string;
  readonly stages: readonly { readonly stage: 1 | 2 | 3; readonly mode: string; readonly oid: string }[];
}

/** `source` is the commit of a series that stopped it. */
export type CherryPickResult =
  | { readonly kind: "clean"; readonly tree: string; readonly commit: string; readonly rawCommit: Buffer }
  | { readonly kind: "conflict"; readonly source: string; readonly unmerged: readonly UnmergedPath[] }
  | { readonly kind: "empty"; readonly source: string }
  | { readonly kind: "error"; readonly stderr: string };

/** The repository that is asked about; nothing in it is read but objects. */
export interface ObjectSource {
  readonly gitDir: string;
  readonly objectFormat: ObjectFormat;
}

/** Settings that make it fast and decide no result: apart from them git runs on its defaults. */
const CONFIG = (format: ObjectFormat): string => `[core]
	repositoryFormatVersion = ${format === "sha1" ? 0 : 1}
	bare = false
	logAllRefUpdates = false
	looseCompression = 0
	fsync = none
[gc]
	auto = 0
[index]
	threads = 1
${format === "sha1" ? "" : "[extensions]\n\tobjectFormat = sha256\n"}`;

/** Makes of an oracle's work trees: as many picks run side by side. They go with the sandbox. */
export function cherryPickOracle(sandbox: Sandbox, repository: ObjectSource, workTrees = 1): CherryPickOracle {
  const all = Array.from({ length: workTrees }, () => new OracleWorkTree(sandbox, repository));
  return new CherryPickOracle(all);
}

export class CherryPickOracle {
  readonly #idle: OracleWorkTree[];
  readonly #waiting: ((workTree: OracleWorkTree) => void)[] = [];

  constructor(workTrees: readonly OracleWorkTree[]) {
    this.#idle = [...workTrees];
  }

  /** Picks the source commits, in order, onto a commit. All object IDs are full. */
  async pick(
    onto: string,
    sources: string | readonly string[],
    options: CherryPickOptions = {},
  ): Promise<CherryPickResult> {
    const workTree = this.#idle.pop() ?? (await new Promise<OracleWorkTree>((resolve) => this.#waiting.push(resolve)));
    try {
      return await workTree.pick(onto, [sources].flat(), options);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(workTree);
      else next(workTree);
    }
  }
}

class OracleWorkTree {
  readonly #sandbox: Sandbox;
  readonly #root: string;
  /** True while the work tree holds exactly what its index says. */
  #tidy = false;

  constructor(sandbox: Sandbox, { gitDir, objectFormat }: ObjectSource) {
    this.#sandbox = sandbox;
    for (let n = 1; ; n++) {
      this.#root = sandbox.path(`oracle-${n}`);
      if (!existsSync(this.#root)) break;
    }
    mkdirSync(this.#git("objects", "info"), { recursive: true });
    mkdirSync(this.#git("refs"));
    writeFileSync(this.#git("HEAD"), "ref: refs/heads/main\n");
    writeFileSync(this.#git("config"), CONFIG(objectFormat));
    writeFileSync(this.#git("objects", "info", "alternates"), `${join(gitDir, "objects")}\n`);
  }

  async pick(onto: string, sources: readonly string[], options: CherryPickOptions): Promise<CherryPickResult> {
    await this.#lay(onto);
    const done = await this.#run(["cherry-pick", ...flags(options), ...sources], options);
    this.#tidy = done.status === 0;
    if (done.status === 0) {
      const commit = readFileSync(this.#git("HEAD"), "latin1").trim();
      const rawCommit = await this.#commit(commit);
      return { kind: "clean", tree: /^tree (\w+)/.exec(rawCommit.toString("latin1"))?.[1] ?? "", commit, rawCommit };
    }
    const said = Buffer.concat([done.stdout, done.stderr]).toString("latin1");
    if (done.status === 1 && existsSync(this.#git("CHERRY_PICK_HEAD"))) {
      const source = readFileSync(this.#git("CHERRY_PICK_HEAD"), "latin1").trim();
      // Not every conflict leaves unmerged paths (a split directory rename does not), so git's word decides.
      if (/^error: could not apply /m.test(said)) return { kind: "conflict", source, unmerged: await this.#unmerged() };
      if (/^The previous cherry-pick is now empty/m.test(said)) return { kind: "empty", source };
    }
    return { kind: "error", stderr: done.stderr.toString("latin1") };
  }

  /** Makes work tree and index what a fresh checkout of the commit would be. */
  async #lay(onto: string): Promise<void> {
    const leftovers = ["CHERRY_PICK_HEAD", "MERGE_MSG", "AUTO_MERGE", "COMMIT_EDITMSG", "ORIG_HEAD", "sequencer"];
    for (const name of leftovers) rmSync(this.#git(name), { recursive: true, force: true });
    writeFileSync(this.#git("HEAD"), `${onto}\n`);
    const laid = this.#tidy && (await this.#run(["read-tree", "--reset", "-u", onto])).status === 0;
    if (!laid) {
      this.#wipe();
      const done = await this.#run(["read-tree", "--reset", "-u", onto]);
      if (done.status !== 0) throw new Error(`The oracle cannot check out ${onto}: ${done.stderr.toString()}`);
    }
    // Files as new as the index would be compared by content, and a CRLF file under `text` would then look modified.
    const later = Date.now() / 1000 + 3600;
    utimesSync(this.#git("index"), later, later);
  }

  #wipe(): void {
    for (const name of readdirSync(this.#root, { encoding: "buffer" })) {
      if (name.toString("latin1") === ".git") continue;
      rmSync(Buffer.concat([Buffer.from(`${this.#root}/`), name]), { recursive: true, force: true });
    }
    for (const name of ["index", "index.lock"]) rmSync(this.#git(name), { force: true });
  }

  async #unmerged(): Promise<UnmergedPath[]> {
    const { stdout } = await this.#run(["ls-files", "--unmerged", "-z"]);
    const byPath = new Map<string, UnmergedPath["stages"][number][]>();
    for (const [, mode = "", oid = "", stage, path = ""] of stdout
      .toString("latin1")
      .matchAll(/(\d+) (\w+) ([123])\t([^\0]+)\0/g)) {
      const stages = byPath.get(path) ?? [];
      stages.push({ stage: Number(stage) as 1 | 2 | 3, mode, oid });
      byPath.set(path, stages);
    }
    return [...byPath].map(([path, stages]) => ({ path, stages }));
  }

  /** A commit just made is a loose object, unless the repository had it already. */
  async #commit(oid: string): Promise<Buffer> {
    const loose = this.#git("objects", oid.slice(0, 2), oid.slice(2));
    if (!existsSync(loose)) return (await this.#run(["cat-file", "commit", oid])).stdout;
    const object = inflateSync(readFileSync(loose));
    return object.subarray(object.indexOf(0) + 1);
  }

  #run(args: readonly string[], { committer, editor }: CherryPickOptions = {}): Promise<Finished> {
    const env = {
      ...this.#sandbox.env,
      HOME: this.#root, // the test's own configuration is not the oracle's
      XDG_CONFIG_HOME: this.#root,
      GIT_AUTHOR_NAME: undefined,
      GIT_AUTHOR_EMAIL: undefined,
      GIT_AUTHOR_DATE: undefined,
      GIT_COMMITTER_NAME: committer?.name ?? COMMITTER.name,
      GIT_COMMITTER_EMAIL: committer?.email ?? COMMITTER.email,
      GIT_COMMITTER_DATE: committer?.date ?? dateAt(0),
      GIT_NO_REPLACE_OBJECTS: "1",
      ...(editor === undefined ? {} : { GIT_EDITOR: editor }),
    };
    return finished("git", args, { cwd: this.#root, env });
  }

  #git(...parts: string[]): string {
    return join(this.#root, ".git", ...parts);
  }
}

function flags(options: CherryPickOptions): string[] {
  return [
    ...(options.mainline == null ? [] : [`--mainline=${options.mainline}`]),
    ...(options.x === true ? ["-x"] : []),
    ...(options.signoff === true ? ["--signoff"] : []),
    ...(options.allowEmpty === true ? ["--allow-empty"] : []),
    ...(options.keepRedundant === true ? ["--keep-redundant-commits"] : []),
    ...(options.editor === undefined ? [] : ["--edit"]),
  ];
}
