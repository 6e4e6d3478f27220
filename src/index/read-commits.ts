// Commits -> their facts, by as few git processes as git's temper allows: it dies on a blob that is not there, and the
// rest is asked for again.
import { logPatches, type PatchKind } from "../git/log-patches.ts";
import type { GitContext } from "../git/run.ts";
import type { CommitFacts } from "../patch/codec.ts";
import { FactsBuilder } from "../patch/facts.ts";
import { DiffScanner, MESSAGE_START } from "../patch/scan.ts";

/** A commit whose patch git could not read, with git's words. */
export interface Unreadable {
  readonly commit: string;
  readonly detail: string;
}

export interface ReadCommits {
  /** In the order asked; commits that are not there at all are left out. */
  readonly facts: ReadonlyMap<string, CommitFacts>;
  readonly unreadable: readonly Unreadable[];
}

/** Commits that git may die on before the others are read without their patches (a clone without blobs). */
const PATIENCE = 20;

/** Reads commits against their first parent; merges have a patch only with `first-parent`. */
export async function readCommits(
  context: GitContext,
  commits: readonly string[],
  kind: Exclude<PatchKind, "none">,
): Promise<ReadCommits> {
  const facts = new Map<string, CommitFacts>();
  const unreadable: Unreadable[] = [];
  let rest = commits;
  while (rest.length > 0) {
    const { read, complete, stderr } = await readSome(context, rest, kind);
    for (const [oid, found] of read) facts.set(oid, found);
    if (complete) break;
    // git's words are about the first commit that it did not finish; out of patience, about all that are left.
    const left = rest.slice(read.size);
    const given = unreadable.length < PATIENCE ? left.slice(0, 1) : left;
    for (const commit of given) {
      unreadable.push({ commit, detail: lastWords(stderr) });
      const { read: headers } = await readSome(context, [commit], "none");
      for (const [oid, found] of headers) facts.set(oid, { ...found, patch: null });
    }
    rest = left.slice(given.length);
  }
  return { facts, unreadable };
}

function lastWords(stderr: string): string {
  const lines = stderr.trim().split("\n");
  return (lines.find((line) => line.startsWith("fatal: ")) ?? lines.at(-1) ?? "").replace(/^fatal: /, "");
}

/** What git finished before it died, or everything. */
async function readSome(
  context: GitContext,
  commits: readonly string[],
  kind: PatchKind,
): Promise<{ read: ReadonlyMap<string, CommitFacts>; complete: boolean; stderr: string }> {
  const sink = new CommitSink(kind === "first-parent");
  const scanner = new DiffScanner(sink);
  const { complete, stderr } = await logPatches(context, commits, kind, (chunk) => scanner.write(chunk));
  scanner.end();
  if (complete) sink.finish();
  return { read: sink.commits, complete, stderr };
}

class CommitSink extends FactsBuilder {
  readonly commits = new Map<string, CommitFacts>();
  readonly #merges: boolean;
  #header = "";
  #inHeader = false;

  constructor(merges: boolean) {
    super();
    this.#merges = merges;
  }

  override text(bytes: Buffer, start: number, end: number): void {
    super.text(bytes, start, end);
    if (!this.#inHeader) {
      if (bytes[start] !== MESSAGE_START) return;
      this.finish();
      this.#inHeader = true;
    }
    this.#header += bytes.toString("latin1", start, end);
    if (bytes[end - 1] === 0) this.#inHeader = false;
    else this.#header += "\n";
  }

  /** The commit at hand is complete. */
  finish(): void {
    if (this.#header === "") return;
    const fields = Buffer.from(this.#header.slice(1, -1), "latin1").toString("utf8").split("\0");
    const [oid = "", parents = "", author = "", email = "", authorTime, committerTime, message = ""] = fields;
    const patch = this.take();
    this.commits.set(oid, {
      author,
      email,
      authorTime: seconds(authorTime),
      committerTime: seconds(committerTime),
      message: message.slice(1),
      patch: parents.includes(" ") && !this.#merges ? null : patch,
    });
    this.#header = "";
  }
}

/** Dates outside of what git can read are empty. */
function seconds(text: string | undefined): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}
