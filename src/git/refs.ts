// Reads and moves refs. Moves always name the value expected before.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AppError } from "../error.ts";
import type { RefRecord } from "../line/ref.ts";
import { run, runFailure, start, type GitContext, type RunResult } from "./run.ts";

const FIELDS = [
  "%(refname)",
  "%(objectname)",
  "%(*objectname)",
  "%(committerdate:unix)%(*committerdate:unix)",
  "%(upstream)",
  "%(symref)",
  "%(objecttype)",
];

/** Branches, remote-tracking branches and tags that stand for commits, in refname order. */
export async function listRefs(context: GitContext): Promise<RefRecord[]> {
  const format = `--format=${FIELDS.join("%09")}`; // a refname holds no tab
  const listed = await run(context, ["for-each-ref", format, "refs/heads", "refs/remotes", "refs/tags"]);
  const lines = listed.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.flatMap((line) => {
    const [refname = "", oid = "", peeled = "", time = "", upstream = "", symref = "", type = ""] = line.split("\t");
    if (type !== "commit" && type !== "tag") return [];
    const orNull = (value: string): string | null => (value === "" ? null : value);
    return [
      {
        refname,
        oid,
        peeled: orNull(peeled),
        committerTime: Number(time),
        upstream: orNull(upstream),
        symref: orNull(symref),
      },
    ];
  });
}

/** The full name HEAD stands for; null if it is detached. */
export function headSymref(context: GitContext): Promise<string | null> {
  return symrefOf(context, "HEAD");
}

/** The full name that a symbolic ref stands for in the end, there or not; null if the ref is not symbolic, or not there. */
export async function symrefOf(context: GitContext, refname: string): Promise<string | null> {
  const found = await run(context, ["symbolic-ref", "-q", refname], { ok: [0, 1] });
  return found.status === 0 ? found.stdout.toString("utf8").trim() : null;
}

export interface RefUpdate {
  readonly refname: string;
  /** Null deletes. */
  readonly to: string | null;
  /** Null: it must not exist. */
  readonly expected: string | null;
}

export type UpdateResult =
  { readonly kind: "moved" } | { readonly kind: "refused"; readonly refname: string | null; readonly detail: string };

/**
 * Moves all of these refs, or none if one does not hold what is expected. While the refs are locked and before they
 * move, `whileLocked` runs: it may refuse by throwing, and then nothing moves. A kill gives the locks back, since git
 * ends the transaction when its input ends.
 */
export async function updateRefs(
  context: GitContext,
  updates: readonly RefUpdate[],
  message: string,
  whileLocked: () => Promise<void> = () => Promise.resolve(),
): Promise<UpdateResult> {
  const zero = "0".repeat(updates.flatMap(({ to, expected }) => to ?? expected ?? [])[0]?.length ?? 40);
  const args = ["update-ref", "-m", message, "--stdin"];
  const child = start(context, args);
  let stdout = "";
  let stderr = "";
  let wake = (): void => undefined;
  child.stdout?.on("data", (chunk: Buffer) => ((stdout += chunk.toString("utf8")), wake()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  child.stdin?.on("error", () => undefined);
  let ended = false;
  const closed = new Promise<number>((resolve) => {
    const end = (status: number | null): void => {
      ended = true;
      resolve(status ?? 255);
      wake();
    };
    child.once("error", (cause) => ((stderr += cause.message), end(null)));
    child.once("close", end);
  });
  const prepared = new Promise<boolean>((resolve) => {
    wake = () => {
      if (stdout.includes("prepare: ok\n")) resolve(true);
      else if (ended) resolve(false);
    };
  });
  const commands = updates.map(({ refname, to, expected }) =>
    to === null ? `delete ${refname} ${expected ?? zero}` : `update ${refname} ${to} ${expected ?? zero}`,
  );
  child.stdin?.write(`start\n${commands.join("\n")}\nprepare\n`);
  if (!(await prepared)) return refusal(args, { status: await closed, stdout: Buffer.from(stdout), stderr });
  try {
    await whileLocked();
  } catch (error) {
    child.stdin?.end("abort\n");
    await closed;
    throw error;
  }
  child.stdin?.end("commit\n");
  const status = await closed;
  if (status === 0 && stdout.includes("commit: ok\n")) return { kind: "moved" };
  return refusal(args, { status, stdout: Buffer.from(stdout), stderr });
}

function refusal(args: readonly string[], result: RunResult): UpdateResult {
  const held = /cannot lock ref '([^']+)': Unable to create '([^']+)': File exists/s.exec(result.stderr);
  if (held !== null) throw refBusy(held[1] ?? "", held[2] ?? "");
  const locked = /cannot lock ref '([^']+)': (.*)/.exec(result.stderr);
  const [, refname = null, detail = ""] = locked ?? [];
  if (/is at [0-9a-f]+ but expected|reference already exists|unable to resolve reference/.test(result.stderr)) {
    return { kind: "refused", refname, detail };
  }
  throw runFailure("git", args, result);
}

function refBusy(refname: string, lock: string): AppError {
  return new AppError("line-busy", `Cannot move ${refname}: another git holds it`, {
    hint: `run this again; if no git runs here: rm '${lock}'`,
    data: { refname, lock },
  });
}

const LOOKS = 10;
const PAUSE = 100; // milliseconds

/**
 * Removes locks that a killed run left on the refs it was moving. One that holds the value the run was writing is its
 * own. An empty one (HEAD's always is) could be a living git's, which holds it for a moment: it goes if it stays.
 */
export async function removeDeadLocks(
  { commonDir }: { readonly commonDir: string },
  gitDir: string,
  updates: readonly RefUpdate[],
): Promise<void> {
  const unclear: string[] = [];
  for (const { refname, to } of updates) {
    const lock = join(commonDir, `${refname}.lock`);
    const content = contentOf(lock);
    if (content === "") unclear.push(lock);
    else if (to !== null && content === `${to}\n`) rmSync(lock, { force: true });
  }
  const head = join(gitDir, "HEAD.lock");
  if (contentOf(head) === "") unclear.push(head);
  for (let look = 0; look < LOOKS && unclear.some((lock) => contentOf(lock) === ""); look++) await setTimeout(PAUSE);
  for (const lock of unclear) if (contentOf(lock) === "") rmSync(lock, { force: true });
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}

/** The object a ref holds, or null. */
export async function readRef(context: GitContext, refname: string): Promise<string | null> {
  const found = await run(context, ["rev-parse", "--verify", "-q", refname], { ok: [0, 1] });
  return found.status === 0 ? found.stdout.toString("utf8").trim() : null;
}

/** Throws `usage` unless git takes the name for a branch. */
export async function checkBranchName(context: GitContext, name: string): Promise<void> {
  const checked = await run(context, ["check-ref-format", "--branch", name], { ok: [0, 1, 128] });
  if (checked.status !== 0)
    throw new AppError("usage", `'${name}' cannot be a branch name`, { hint: "git help check-ref-format" });
}

export async function currentIdentity(context: GitContext): Promise<string | null> {
  const found = await run(context, ["var", "GIT_COMMITTER_IDENT"], { ok: [0, 128] });
  return found.status === 0 ? found.stdout.toString("utf8").trim() : null;
}

export async function readConfig(context: GitContext, key: string): Promise<string | null> {
  const found = await run(context, ["config", "--get", key], { ok: [0, 1] });
  return found.status === 0 ? found.stdout.toString("utf8").replace(/\n$/, "") : null;
}

/** Whether a remote has promised objects that are not here. */
export async function isPartialClone(context: GitContext): Promise<boolean> {
  const promised = "^(extensions\\.partialclone|remote\\..*\\.promisor)$";
  return (await run(context, ["config", "--get-regexp", promised], { ok: [0, 1] })).status === 0;
}

export async function listRemotes(context: GitContext): Promise<string[]> {
  return (await run(context, ["remote"])).stdout
    .toString("utf8")
    .split("\n")
    .filter((name) => name !== "");
}

/** Whether a remote-tracking branch holds the commit. */
export async function isOnRemote(context: GitContext, commit: string): Promise<boolean> {
  const args = ["for-each-ref", "--count=1", `--contains=${commit}`, "refs/remotes"];
  return (await run(context, args)).stdout.length > 0;
}

export async function isAncestor(context: GitContext, ancestor: string, descendant: string): Promise<boolean> {
  return (await run(context, ["merge-base", "--is-ancestor", ancestor, descendant], { ok: [0, 1] })).status === 0;
}
