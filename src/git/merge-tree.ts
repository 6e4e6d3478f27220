// Three-way merges of whole trees by `git merge-tree`, in batches or as a conversation. The work tree is never used.
import type { ChildProcess } from "node:child_process";
import { AppError } from "../error.ts";
import type { Mode } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { run, runFailure, start, type RunResult } from "./run.ts";
import type { Scratch } from "./scratch.ts";

export interface MergeRequest {
  /** Trees. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

export interface StageEntry {
  readonly mode: Mode;
  readonly oid: string;
  readonly stage: 1 | 2 | 3;
  readonly path: BytePath;
}

export interface MergeMessage {
  readonly paths: readonly BytePath[];
  /** git's stable short type: `Auto-merging`, `CONFLICT (contents)` … */
  readonly type: string;
}

export type MergeResult =
  | {
      readonly kind: "merged";
      readonly clean: boolean;
      readonly tree: string;
      readonly stages: readonly StageEntry[];
      readonly messages: readonly MergeMessage[];
    }
  /** git could not read an object, or died on this merge. */
  | { readonly kind: "failed"; readonly stderr: string };

const WHO = "morello <morello> 0 +0000";
/** Merges a process serves before a fresh one takes over: git frees little between merges. */
const BATCH = 500;

const ARGS = [
  "merge-tree",
  "--write-tree", // 2.38
  "--messages", // for clean merges too: they name the paths that git merged by content
];
const MANY = [...ARGS, "--stdin"]; // 2.39, many merges a process; implies -z
const ONE = [...ARGS, "-z"]; // paths as they are

/** Processes side by side where each merge takes one of its own. */
const AT_ONCE = 4;

/**
 * Two synthetic commits whose merge base is a third, all without history: git finds the base at once whatever the
 * dates, on every version. (2.45 takes trees on the command line, and on standard input still commits.)
 */
function synthesise(scratch: Scratch, { base, ours, theirs }: MergeRequest): string {
  const commit = (tree: string, parent: string | null): string =>
    scratch.write(
      "commit",
      Buffer.from(`tree ${tree}\n${parent === null ? "" : `parent ${parent}\n`}author ${WHO}\ncommitter ${WHO}\n\n`),
    );
  const root = commit(base, null);
  // Equal trees would give equal commits, and git would take the merge for a fast-forward: the same result.
  return `${commit(ours, root)} ${commit(theirs, root)}\n`;
}

/**
 * Merges in the order given, all under the same attributes (`attributes` is a work tree that holds them). A merge that
 * git dies on gives `failed`, and the rest goes on.
 */
export async function mergeTrees(
  scratch: Scratch,
  requests: readonly MergeRequest[],
  attributes: string,
  settings: readonly string[] = [],
): Promise<MergeResult[]> {
  const lines = requests.map((request) => synthesise(scratch, request));
  const context: Context = { scratch, attributes, settings };
  return scratch.repository.capabilities.mergeStdin ? inBatches(context, lines) : inTurn(context, lines);
}

interface Context {
  readonly scratch: Scratch;
  readonly attributes: string;
  readonly settings: readonly string[];
}

async function inBatches(context: Context, lines: readonly string[]): Promise<MergeResult[]> {
  const results: MergeResult[] = [];
  for (let size = BATCH; results.length < lines.length;) {
    const chunk = lines.slice(results.length, results.length + size);
    const done = await runMerge(context, MANY, chunk.join(""));
    const parser = new MergeParser();
    parser.push(done.stdout);
    const answered = parser.results.length;
    results.push(...parser.results);
    if (answered === chunk.length) {
      size = Math.min(BATCH, size * 2);
    } else if (done.status === 0) {
      throw runFailure("git", MANY, done); // fewer answers than questions
    } else if (chunk.length === 1 || /^fatal: /m.test(done.stderr)) {
      results.push({ kind: "failed", stderr: done.stderr });
      size = BATCH;
    } else {
      // A git that dies (`fatal:`) has said first what it has, so the next question is to blame. One that crashes takes
      // up to a buffer of answers with it: there only a question that fails alone is.
      size = answered > 0 ? 1 : chunk.length >> 1;
    }
  }
  return results;
}

/** What `--stdin` does, for a git without it; the same bytes go through the same parser. */
async function inTurn(context: Context, lines: readonly string[]): Promise<MergeResult[]> {
  const results = new Array<MergeResult>(lines.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < lines.length; n = next++) {
      const done = await runMerge(context, [...ONE, ...(lines[n] ?? "").trimEnd().split(" ")], "");
      const parser = new MergeParser();
      if (done.status <= 1 && done.stdout.length > 0) {
        parser.push(Buffer.concat([Buffer.from(`${done.status === 0 ? 1 : 0}\0`), done.stdout, Buffer.from("\0")]));
      }
      results[n] = parser.results[0] ?? { kind: "failed", stderr: done.stderr };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, lines.length) }, work));
  return results;
}

function runMerge(
  { scratch, attributes, settings }: Context,
  args: readonly string[],
  input: string,
): Promise<RunResult> {
  const env = { GIT_WORK_TREE: attributes };
  return run(scratch, [...settings, ...args], { input, cwd: attributes, env, ok: [0, 1, 128, 139] });
}

/** Cuts the output of `merge-tree -z --stdin` into results. Format: git-merge-tree(1), "OUTPUT". */
export class MergeParser {
  readonly results: MergeResult[] = [];
  #rest: string = "";

  push(chunk: Buffer): void {
    this.#rest += chunk.toString("latin1");
    for (;;) {
      const end = this.#record();
      if (end === null) return;
      this.#rest = this.#rest.slice(end);
    }
  }

  /** Parses one result from the front; null if it is not all there yet. */
  #record(): number | null {
    const text = this.#rest;
    let at = 0;
    const field = (): string | null => {
      const nul = text.indexOf("\0", at);
      if (nul < 0) return null;
      const value = text.slice(at, nul);
      at = nul + 1;
      return value;
    };
    const status = field();
    const tree = field();
    if (status === null || tree === null) return null;
    const stages: StageEntry[] = [];
    for (;;) {
      const entry = field();
      if (entry === null) return null;
      if (entry === "") break;
      const found = /^(\d+) ([0-9a-f]+) ([123])\t([^]*)$/.exec(entry);
      if (found === null)
        throw new AppError("internal", `git merge-tree answered with an entry Morello does not know: ${entry}`);
      const [, mode = "", oid = "", stage, path = ""] = found;
      stages.push({ mode, oid, stage: Number(stage) as 1 | 2 | 3, path: path as BytePath });
    }
    const messages: MergeMessage[] = [];
    for (;;) {
      const count = field();
      if (count === null) return null;
      // Ends with an empty field, or with the advice on submodules that git prints there for people.
      if (!/^\d+$/.test(count)) break;
      const paths: BytePath[] = [];
      for (let n = Number(count); n > 0; n--) {
        const path = field();
        if (path === null) return null;
        paths.push(path as BytePath);
      }
      const type = field();
      const prose = field();
      if (type === null || prose === null) return null;
      messages.push({ paths, type });
    }
    this.results.push({ kind: "merged", clean: status === "1", tree, stages, messages });
    return at;
  }
}

/** Milliseconds to wait for a first answer. A merge that takes longer loses nothing: it is the last of its process. */
const PATIENCE = 2_000;

/**
 * A merge-tree process that answers one question at a time, for series in which each merge needs the one before.
 * Needs git 2.49, or `stdbuf` to unbuffer an older one: see `conversationProgram`.
 */
export class MergeConversation {
  readonly #scratch: Scratch;
  readonly #child: ChildProcess;
  readonly #parser = new MergeParser();
  readonly #waiting: ((result: MergeResult) => void)[] = [];
  #stderr = "";
  #proven = false;
  #ended = false;
  #patience: NodeJS.Timeout | null = null;

  constructor(scratch: Scratch, attributes: string, program: readonly string[]) {
    this.#scratch = scratch;
    const [command = "git", ...before] = program;
    const env = { GIT_WORK_TREE: attributes, GIT_FLUSH: "1" }; // each answer at once: from 2.49 git asks this variable
    const options = { program: command, cwd: attributes, env };
    this.#child = start(scratch, [...before, ...MANY], options);
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString("utf8")));
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#parser.push(chunk);
      for (const result of this.#parser.results.splice(0)) {
        this.#proven = true;
        this.#waiting.shift()?.(result);
      }
    });
    const end = (): void => {
      this.#ended = true;
      if (this.#patience !== null) clearTimeout(this.#patience);
      for (const settle of this.#waiting.splice(0)) settle({ kind: "failed", stderr: this.#stderr });
    };
    this.#child.once("error", end);
    this.#child.once("close", end);
  }

  /** False once it can be asked no more, though answers may be on their way. */
  get alive(): boolean {
    return !this.#ended && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  merge(request: MergeRequest): Promise<MergeResult> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin?.write(synthesise(this.#scratch, request));
      if (!this.#proven) this.#patience ??= setTimeout(() => this.#stall(), PATIENCE);
    });
  }

  close(): void {
    this.#ended = true;
    this.#child.stdin?.end();
  }

  /** No answer yet: this git may hold it back until it has read all questions. At the end of them it answers. */
  #stall(): void {
    if (this.#proven) return;
    this.#scratch.distrustConversations();
    this.close();
  }
}
