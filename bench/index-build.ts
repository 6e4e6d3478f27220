// Times the index: built from nothing, beside `git log -p | git patch-id` over the same commits, and read warm. CPU
// seconds of this process and its children, so that a busy machine changes little. Cost per commit is also told for
// growing parts of the history, to show that it does not rise.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommitIndex } from "../src/index/commit-index.ts";
import type { CommitGraph } from "../src/index/graph.ts";
import { openStore } from "../src/index/store.ts";
import { historyOf, withWorkspace, type Workspace } from "../src/usecase/workspace.ts";
import type { BenchOptions } from "./options.ts";

/** Parts of the history that are indexed one after the other, oldest commits first. */
const PARTS = [0.25, 0.5, 1];

interface Cost {
  readonly commits: number;
  /** CPU seconds. */
  readonly ours: number;
  readonly git: number;
  readonly bytes: number;
}

export async function benchIndex(options: BenchOptions): Promise<void> {
  const deps = { cwd: options.repo, environment: process.env, now: Math.floor(Date.now() / 1000) };
  const lines: string[] = [];
  await withWorkspace(deps, async (workspace) => {
    const graph = await historyOf(workspace, []);
    for (const part of options.limit === null ? PARTS : [1]) {
      const commits = Math.floor((options.limit ?? graph.size) * part);
      const cost = await build(workspace, graph, [...Array(commits).keys()]);
      lines.push(
        `${String(cost.commits).padStart(7)} commits  ours ${perCommit(cost.ours, cost)}  git log -p | git patch-id ${perCommit(cost.git, cost)}  ratio ${(cost.ours / cost.git).toFixed(2)}  ${(cost.bytes / cost.commits).toFixed(0)} bytes a commit`,
      );
    }
  });
  process.stdout.write(`${lines.join("\n")}\n`);
}

function perCommit(seconds: number, { commits }: Cost): string {
  return `${seconds.toFixed(1)} s, ${((seconds / commits) * 1e6).toFixed(0)} µs a commit`;
}

async function build(workspace: Workspace, graph: CommitGraph, numbers: readonly number[]): Promise<Cost> {
  const directory = mkdtempSync(join(tmpdir(), "morello-bench-index-"));
  try {
    const read = gitReads(
      workspace,
      numbers.map((number) => graph.oid(number)),
    );
    const asked = read.commits.map((oid) => graph.find(oid)).filter((number) => number !== null);
    const store = await openStore({ ...workspace.repository, commonDir: directory });
    const started = cpuSeconds();
    await new CommitIndex(workspace.scratch, store, graph).prepare(asked);
    const ours = cpuSeconds() - started;
    await store.close();
    return { commits: asked.length, ours, git: read.seconds, bytes: sizeOf(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** CPU seconds of this process and of its children that have ended, as Linux counts them. */
function cpuSeconds(): number {
  // Behind the command in brackets: fields 14 to 17 are user and system time, own and of children, in hundredths.
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

/** Commits in a process of git's: it ends at the first blob that is not there. */
const CHUNK = 2_000;

/** The commits of the chunks that git reads to their end, and what that cost. */
function gitReads({ scratch }: Workspace, oids: readonly string[]): { commits: string[]; seconds: number } {
  const command = "git log --stdin --no-walk=unsorted -p | git patch-id --stable";
  const read = { commits: [] as string[], seconds: 0 };
  for (let at = 0; at < oids.length; at += CHUNK) {
    const chunk = oids.slice(at, at + CHUNK);
    const started = cpuSeconds();
    const done = spawnSync("sh", ["-c", command], {
      cwd: scratch.cwd,
      env: scratch.env,
      input: `${chunk.join("\n")}\n`,
      stdio: ["pipe", "ignore", "pipe"],
    });
    if (done.status !== 0 || done.stderr.includes("fatal:")) continue;
    read.seconds += cpuSeconds() - started;
    read.commits.push(...chunk);
  }
  return read;
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(directory, name)))
    .reduce((sum, { size }) => sum + size, 0);
}
