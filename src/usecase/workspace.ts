// What nearly every verb begins with: the repository, its refs, its configuration and its release lines.
import { MergeEngine } from "../apply/merge.ts";
import { CONFIG_FILE, DEFAULT_CONFIG } from "../config/default.ts";
import type { Config } from "../config/schema.ts";
import { sweepCheckouts } from "../git/checkout.ts";
import type { Environment } from "../git/environment.ts";
import { headSymref, isAncestor, listRefs, listRemotes } from "../git/refs.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import { Scratch } from "../git/scratch.ts";
import { CommitIndex } from "../index/commit-index.ts";
import type { CommitGraph } from "../index/graph.ts";
import { loadHistory } from "../index/history.ts";
import { NO_STORE, openStore, type Store } from "../index/store.ts";
import { assembleLine, tipOf } from "../line/assemble.ts";
import { detectLines, type DetectedLine } from "../line/detect.ts";
import { detectMain } from "../line/main-branch.ts";
import type { Branch, RefRecord } from "../line/ref.ts";
import type { Line } from "../wire/line.ts";

export interface Deps {
  readonly cwd: string;
  readonly environment: Environment;
  /** Unix seconds. */
  readonly now: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNotice?: (notice: Notice) => void;
  /** Stops what may run for long: verify commands. */
  readonly signal?: AbortSignal;
}

/** What a person should know beside the outcome: a run that was killed has been ended. */
export interface Notice {
  readonly lines: readonly string[];
  /** Part was moved, and now all is; nothing was moved; somebody else has moved a branch meanwhile. */
  readonly result: "finished" | "dropped" | "overtaken";
}

export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export interface MainBranch {
  readonly name: string;
  readonly refname: string;
  readonly tip: string;
}

export interface Workspace extends Deps {
  readonly repository: Repository;
  readonly scratch: Scratch;
  readonly engine: MergeEngine;
  readonly store: Store;
  readonly config: Config;
  /** The commit of the main branch that `morello.yaml` was read from; null if it is not there. */
  readonly configuredAt: string | null;
  readonly refs: readonly RefRecord[];
  readonly remotes: readonly string[];
  readonly head: string | null;
  readonly main: MainBranch | null;
  readonly detected: readonly DetectedLine[];
}

export interface Opening {
  /**
   * As a hook on a server opens it: only branches and tags count, since anybody may push what looks like a remote's;
   * and nothing is written, not even to the cache.
   */
  readonly asServer?: boolean;
  /** Taken instead of the default branch's. */
  readonly config?: Config;
}

/** Opens everything, hands it to `use`, and leaves nothing behind. */
export async function withWorkspace<T>(
  deps: Deps,
  use: (workspace: Workspace) => Promise<T>,
  { asServer = false, config: given }: Opening = {},
): Promise<T> {
  const repository = await openRepository(deps.cwd, deps.environment);
  if (!asServer) await sweepCheckouts(deps.environment);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const opening = asServer ? Promise.resolve(NO_STORE) : openStore(repository);
  try {
    const [listed, remotes, head] = await Promise.all([
      listRefs(repository),
      asServer ? [] : listRemotes(repository),
      headSymref(repository),
    ]);
    const refs = asServer ? listed.filter(({ refname }) => !refname.startsWith("refs/remotes/")) : listed;
    const bare = repository.workTree === null;
    const find = (config: Config): Branch | null => detectMain({ refs, head, config, remotes, bare });
    const locate = async (branch: Branch | null): Promise<MainBranch | null> =>
      branch === null ? null : mainOf(repository, branch);
    const first = await locate(find(DEFAULT_CONFIG));
    const text = first === null || given !== undefined ? null : await readConfiguration(scratch, first.tip);
    const config = given ?? (text === null ? DEFAULT_CONFIG : await parse(text));
    const main = config.main === undefined ? first : await locate(find(config));
    const detected = detectLines({ refs, config, main: main?.name ?? null, remotes });
    const store = await opening;
    return await use({
      ...deps,
      repository,
      scratch,
      engine,
      store,
      config,
      configuredAt: text === null ? null : (first?.tip ?? null),
      refs,
      remotes,
      head,
      main,
      detected,
    });
  } finally {
    engine.close();
    scratch.close();
    await (await opening).close();
  }
}

/** The schema is loaded only where there is something to read with it. */
async function parse(text: string): Promise<Config> {
  const { parseConfig } = await import("../config/load.ts");
  return parseConfig(text, CONFIG_FILE);
}

async function readConfiguration(scratch: Scratch, tip: string): Promise<string | null> {
  const found = await scratch.reader.read(`${tip}:${CONFIG_FILE}`);
  return found?.type === "blob" ? found.body.toString("utf8") : null;
}

/** Where a remote has the main branch too, what is published counts, unless the local branch holds all of it and more. */
async function mainOf(repository: Repository, branch: Branch): Promise<MainBranch> {
  const { name, refname, remoteRefname, localTip, remoteTip } = branch;
  if (remoteTip === null || remoteRefname === null) return { name, refname, tip: localTip ?? "" };
  const ahead = localTip !== null && (localTip === remoteTip || (await isAncestor(repository, remoteTip, localTip)));
  return ahead ? { name, refname, tip: localTip } : { name, refname: remoteRefname, tip: remoteTip };
}

/** The graph of the lines, the main branch and whatever else is asked about. */
export function historyOf(workspace: Workspace, more: readonly string[]): Promise<CommitGraph> {
  const { repository, scratch, store, detected, main } = workspace;
  const tips = detected.flatMap(({ localTip, remoteTip }) => [localTip, remoteTip].filter((tip) => tip !== null));
  return loadHistory(repository, scratch, store, [...tips, ...(main === null ? [] : [main.tip]), ...more]);
}

const indexes = new WeakMap<CommitGraph, CommitIndex>();

/** What the commits of a graph do, as far as it is in the cache. One for each graph, since it keeps what it reads. */
export function indexOf({ scratch, store }: Workspace, graph: CommitGraph): CommitIndex {
  const index = indexes.get(graph) ?? new CommitIndex(scratch, store, graph);
  indexes.set(graph, index);
  return index;
}

/** The lines with their planning tips, last tags and maintenance, newest first. */
export function linesOf(workspace: Workspace, graph: CommitGraph): Line[] {
  const tips = workspace.detected.flatMap(({ localTip, remoteTip }) => [localTip, remoteTip]);
  graph.track(tips.flatMap((tip) => (tip === null ? [] : (graph.find(tip) ?? []))));
  const age = { now: workspace.now, months: workspace.config.maintainedMonths };
  return workspace.detected.map((line) => {
    const distance = upstreamDistance(line, graph);
    const { tip } = tipOf(line, distance);
    const at = graph.find(tip);
    const lastTag = line.tags.find(({ oid }) => {
      const number = graph.find(oid);
      return at !== null && number !== null && graph.isAncestor(number, at);
    });
    return assembleLine(line, { distance, lastTag: lastTag ?? null }, age);
  });
}

function upstreamDistance(line: DetectedLine, graph: CommitGraph): { ahead: number; behind: number } | null {
  if (line.localTip === null || line.remoteTip === null || line.localTip === line.remoteTip) return null;
  const [local, remote] = [graph.find(line.localTip), graph.find(line.remoteTip)];
  return local === null || remote === null ? null : graph.distance(local, remote);
}
