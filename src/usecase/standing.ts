// Whether a line has a fix already. For now: it is an ancestor, this repository's own runs recorded it, or a commit of
// the line has the same patch. (The richer judgement takes this file's place.)
import { landedPicks } from "../apply/journal.ts";
import { run } from "../git/run.ts";
import type { CommitGraph } from "../index/graph.ts";
import { PatchIndex } from "../index/patches.ts";
import type { DetectedLine } from "../line/detect.ts";
import { touchedPaths } from "../apply/touched.ts";
import { digestChanges, type PatchDigest } from "../patch/digest.ts";
import type { Line } from "../wire/line.ts";
import type { PickOutcome, Source } from "../wire/plan.ts";
import type { Workspace } from "./workspace.ts";

type Already = Extract<PickOutcome, { kind: "already-there" }>;

/** For each line and source commit what is there, or null: `answer.get(line.name)?.get(source.commit)`. */
export type Standings = ReadonlyMap<string, ReadonlyMap<string, Already>>;

/**
 * Commits that were made this long before the fix was written are not compared with it, in seconds. A pick keeps the
 * author's date, so only a patch typed in twice could be missed, and that one turns out redundant when it is picked.
 */
const SLACK = 365 * 86_400;

export async function standings(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  sources: readonly Source[],
): Promise<Standings> {
  const landed = landedPicks(workspace.repository);
  const patches = new PatchIndex(workspace.scratch, workspace.store);
  const digests = await Promise.all(sources.map((source) => digestOf(workspace, source)));
  const answer = new Map<string, Map<string, Already>>();
  const questions: { line: Line; source: Source; digest: PatchDigest; candidates: number[] }[] = [];
  for (const line of lines) {
    const found = new Map<string, Already>();
    answer.set(line.name, found);
    const tip = graph.find(line.tip);
    if (tip === null) continue;
    const tag = tagFinder(workspace, graph, line);
    const reached = graph.mark([[tip]]);
    for (const [n, source] of sources.entries()) {
      const number = graph.find(source.commit);
      if (number !== null && reached[number] === 1) {
        found.set(source.commit, {
          kind: "already-there",
          evidence: "ancestor",
          commit: source.commit,
          tag: tag(number),
        });
        continue;
      }
      const record = landed.find(({ source: from, refname, commit }) => {
        const at = graph.find(commit);
        return from === source.commit && refname === line.refname && at !== null && reached[at] === 1;
      });
      if (record !== undefined && !(await reverted(workspace, record.commit, line.tip))) {
        found.set(source.commit, {
          kind: "already-there",
          evidence: "recorded",
          commit: record.commit,
          tag: tag(graph.find(record.commit) ?? 0),
        });
        continue;
      }
      const digest = digests[n];
      if (digest == null || number === null) continue;
      const since = Date.parse(source.date) / 1000 - SLACK;
      const candidates = graph.difference([tip], [number]).filter((candidate) => graph.time(candidate) >= since);
      questions.push({ line, source, digest, candidates });
    }
  }
  const numbers = [...new Set(questions.flatMap(({ candidates }) => candidates))];
  await patches.prepare(graph, numbers, (done, total) =>
    workspace.onProgress?.({ step: "reading what the lines have", done, total }),
  );
  await Promise.all(
    questions.map(async ({ line, source, digest, candidates }) => {
      for (const commit of await patches.same(
        source.commit,
        digest,
        candidates.map((n) => graph.oid(n)),
      )) {
        if (await reverted(workspace, commit, line.tip)) continue;
        const tag = tagFinder(workspace, graph, line)(graph.find(commit) ?? 0);
        answer.get(line.name)?.set(source.commit, { kind: "already-there", evidence: "patch-id", commit, tag });
        return;
      }
    }),
  );
  return answer;
}

/** Null for an empty patch, a merge without mainline, and a patch that cannot be read. */
async function digestOf({ scratch, engine }: Workspace, source: Source): Promise<PatchDigest | null> {
  if (source.parents.length > 1 && source.mainline !== 1) return null;
  const [commit, parent] = await Promise.all([
    scratch.reader.commit(source.commit),
    source.parents[0] === undefined ? null : scratch.reader.commit(source.parents[0]),
  ]);
  if (commit === null || (parent === null && source.parents.length > 0)) return null;
  try {
    const empty = scratch.write("tree", Buffer.alloc(0));
    const touched = await touchedPaths(engine.tree, parent?.tree ?? empty, commit.tree);
    const zero = "0".repeat(source.commit.length);
    if (touched.length === 0) return null;
    return digestChanges(
      touched.map(({ path, before, after }) => ({
        path,
        oldMode: before?.mode ?? "000000",
        newMode: after?.mode ?? "000000",
        oldOid: before?.oid ?? zero,
        newOid: after?.oid ?? zero,
      })),
    );
  } catch {
    return null; // the merge says what is missing
  }
}

/** The first tag of the line's series that reaches a commit. */
function tagFinder(workspace: Workspace, graph: CommitGraph, line: Line): (number: number) => string | null {
  const tags: DetectedLine["tags"] = workspace.detected.find(({ name }) => name === line.name)?.tags ?? [];
  return (number) => {
    for (const tag of tags.toReversed()) {
      const at = graph.find(tag.oid);
      if (at !== null && at >= number && graph.isAncestor(number, at)) return tag.name;
    }
    return null;
  };
}

/** Whether a later commit of the line says that it takes the commit back, and none takes that back in turn. */
async function reverted(workspace: Workspace, commit: string, tip: string): Promise<boolean> {
  const args = ["rev-list", "-1", "--fixed-strings", `--grep=This reverts commit ${commit}`, tip, `^${commit}`];
  const revert = (await run(workspace.scratch, args)).stdout.toString("latin1").trim();
  return revert !== "" && !(await reverted(workspace, revert, tip));
}
