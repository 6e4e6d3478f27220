// Reads objects through one long-lived `cat-file --batch-command`: requests are pipelined, answers come in order.
import type { ChildProcess } from "node:child_process";
import { AppError } from "../error.ts";
import { parseCommit, type Commit } from "../object/commit.ts";
import { type ObjectFormat, type ObjectType } from "../object/hash.ts";
import { parseTree, type Tree } from "../object/tree.ts";
import { runFailure, spawnFailure, start, type GitContext } from "./run.ts";

export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly body: Buffer;
}

interface Pending {
  readonly name: string;
  readonly contents: boolean;
  readonly resolve: (object: GitObject | null) => void;
  readonly reject: (error: unknown) => void;
}

const TREE_CACHE = 20_000;

/**
 * Objects by name. A missing object is `null`, so that a caller can say for which commit it was needed. Trees are
 * cached (20,000 directories); the process starts at the first request and is closed with `close`.
 */
export class ObjectReader {
  readonly #context: GitContext;
  readonly #format: ObjectFormat;
  readonly #trees = new Map<string, Promise<Tree | null>>();
  readonly #commits = new Map<string, Promise<Commit | null>>();
  #child: ChildProcess | null = null;
  #queue: Pending[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  #header: { readonly oid: string; readonly type: ObjectType; readonly size: number } | null = null;
  #outbox: string[] = [];

  constructor(context: GitContext, format: ObjectFormat) {
    this.#context = context;
    this.#format = format;
  }

  /** The object a name stands for, or null if there is none (missing, or ambiguous). */
  read(name: string): Promise<GitObject | null> {
    return this.#ask(name, true);
  }

  /** Only ID, type and an empty body: what `cat-file --batch-check` tells. */
  info(name: string): Promise<GitObject | null> {
    return this.#ask(name, false);
  }

  tree(oid: string): Promise<Tree | null> {
    let found = this.#trees.get(oid);
    if (found === undefined) {
      found = this.read(oid).then((object) => (object?.type === "tree" ? parseTree(object.body, this.#format) : null));
      this.#trees.set(oid, found);
      if (this.#trees.size > TREE_CACHE) this.#trees.delete(this.#trees.keys().next().value ?? "");
    }
    return found;
  }

  commit(oid: string): Promise<Commit | null> {
    let found = this.#commits.get(oid);
    if (found === undefined) {
      found = this.read(oid).then((object) => (object?.type === "commit" ? parseCommit(object.body) : null));
      this.#commits.set(oid, found);
      if (this.#commits.size > TREE_CACHE) this.#commits.delete(this.#commits.keys().next().value ?? "");
    }
    return found;
  }

  close(): void {
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #ask(name: string, contents: boolean): Promise<GitObject | null> {
    if (/[\n\0]/.test(name)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#queue.push({ name, contents, resolve, reject });
      this.#outbox.push(`${contents ? "contents" : "info"} ${name}\n`);
      if (this.#outbox.length === 1) queueMicrotask(() => this.#send());
    });
  }

  #send(): void {
    const child = (this.#child ??= this.#start());
    child.stdin?.write(this.#outbox.join(""), "utf8");
    this.#outbox = [];
  }

  #start(): ChildProcess {
    const args = ["cat-file", "--batch-command"];
    const child = start(this.#context, args);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    child.stdin?.on("error", () => undefined);
    child.stdout?.on("data", (chunk: Buffer) => {
      if (this.#child === child) this.#receive(chunk);
    });
    child.once("error", (cause) => this.#fail(spawnFailure("git", cause)));
    child.once("close", (status) => {
      if (this.#child !== child) return; // closed, and perhaps another one runs
      this.#child = null;
      if (this.#queue.length > 0)
        this.#damaged(runFailure("git", args, { status: status ?? 255, stdout: Buffer.alloc(0), stderr }));
    });
    return child;
  }

  /** The process died on one object: that object is damaged, the others are asked for again. */
  #damaged(cause: AppError): void {
    const [victim, ...rest] = this.#queue;
    this.#reset();
    victim?.reject(
      new AppError("object-missing", `Cannot read object ${victim.name}`, {
        cause,
        hint: "git fsck --full",
        data: { object: victim.name },
      }),
    );
    this.#queue = rest;
    if (rest.length === 0) return;
    this.#outbox = rest.map(({ name, contents }) => `${contents ? "contents" : "info"} ${name}\n`);
    this.#send();
  }

  #fail(error: AppError): void {
    const waiting = this.#queue;
    this.#queue = [];
    this.#reset();
    for (const { reject } of waiting) reject(error);
  }

  #reset(): void {
    this.#chunks = [];
    this.#buffered = 0;
    this.#header = null;
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#header !== null && this.#buffered < this.#header.size + 1) return; // a large object is still coming
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      if (this.#header === null) {
        const end = buffer.indexOf(0x0a);
        if (end < 0) break;
        const line = buffer.toString("utf8", 0, end);
        buffer = buffer.subarray(end + 1);
        this.#header = this.#parseHeader(line);
        if (this.#header === null) continue;
      }
      if (buffer.length < this.#header.size + 1) break;
      const { oid, type, size } = this.#header;
      this.#queue.shift()?.resolve({ oid, type, body: Buffer.from(buffer.subarray(0, size)) });
      buffer = buffer.subarray(size + 1);
      this.#header = null;
    }
    this.#chunks = buffer.length > 0 ? [buffer] : [];
    this.#buffered = buffer.length;
  }

  /** Answers without a body are settled here and give null. */
  #parseHeader(line: string): { oid: string; type: ObjectType; size: number } | null {
    // Anything else is the name itself with `missing` or `ambiguous`, and a name may hold spaces.
    const answer = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
    const [, oid = "", type, size] = answer ?? [];
    const isAnswer = answer !== null;
    if (isAnswer && this.#queue[0]?.contents === true) return { oid, type: type as ObjectType, size: Number(size) };
    this.#queue.shift()?.resolve(isAnswer ? { oid, type: type as ObjectType, body: Buffer.alloc(0) } : null);
    return null;
  }
}
