// Revisions to the commits that are to be picked, parents first.
import { AppError } from "../../error.ts";
import { isRange, resolveRevisions, type Resolved } from "../../git/revisions.ts";
import type { CommitGraph, Marks } from "../../index/graph.ts";
import { nearest } from "../../line/nearest.ts";
import { isoDate, parseIdentity, readable, subjectOf, inUtf8 } from "../../object/text.ts";
import type { Commit } from "../../object/commit.ts";
import { parentsFirst } from "../../plan/order.ts";
import type { CommitSummary } from "../../wire/basic.ts";
import type { PlanNote, Source } from "../../wire/plan.ts";
import { findPull, pullNumber } from "./find-pull.ts";
import { historyOf, type Workspace } from "../workspace.ts";

export interface Sources {
  readonly sources: readonly Source[];
  readonly notes: readonly PlanNote[];
  readonly graph: CommitGraph;
}

/** Throws `unknown-revision` for a revision that names no commit, `usage` if there is nothing to pick. */
export async function findSources(
  workspace: Workspace,
  revisions: readonly string[],
  mainline: number | null,
): Promise<Sources> {
  const resolved = await resolveAll(workspace, revisions);
  const unknown = revisions.find((_, n) => resolved[n] === null);
  if (unknown !== undefined) throw await unknownRevision(workspace, unknown);
  const given = resolved.flatMap((commits, n) => {
    return (commits ?? []).map((commit) => ({ commit, revision: revisions[n] ?? "" }));
  });
  if (given.length === 0) {
    throw new AppError("usage", `There is no commit to pick in ${revisions.join(" ")}`, {
      hint: "A..B takes what B has and A has not; A^..B takes A too",
    });
  }
  const graph = await historyOf(
    workspace,
    given.map(({ commit }) => commit),
  );
  const ordered = parentsFirst(
    given.map(({ commit }) => commit),
    ancestry(graph),
  );
  const notes: PlanNote[] = ordered.duplicates.map((commit) => {
    const revision = given.findLast((item) => item.commit === commit)?.revision ?? commit;
    return { kind: "duplicate-revision", revision, commit };
  });
  if (ordered.reordered) notes.push({ kind: "reordered" });
  const sources = await Promise.all(ordered.commits.map((oid) => sourceOf(workspace, oid, mainline)));
  return { sources, notes, graph };
}

/** A commit as something to pick. Throws `object-missing`. */
export async function sourceOf({ scratch }: Workspace, oid: string, mainline: number | null): Promise<Source> {
  const commit = await scratch.reader.commit(oid);
  if (commit === null)
    throw new AppError("object-missing", `Commit ${oid} is missing from the repository`, { hint: "git fetch" });
  const isMerge = commit.parents.length > 1;
  return { ...summary(oid, commit), parents: [...commit.parents], mainline: isMerge ? mainline : null, neededBy: [] };
}

/** Commits of each revision, oldest first; a pull request stands for what it brought to main. */
async function resolveAll(workspace: Workspace, revisions: readonly string[]): Promise<Resolved[]> {
  const pulls = revisions.map(pullNumber);
  const others = await resolveRevisions(
    workspace.repository,
    revisions.filter((_, n) => pulls[n] === null),
  );
  return Promise.all(pulls.map(async (pull) => (pull === null ? (others.shift() ?? null) : findPull(workspace, pull))));
}

/** A commit as people recognise it. */
export function summary(oid: string, commit: Commit): CommitSummary {
  const { author, message } = inUtf8(commit);
  const { name, seconds, zone } = parseIdentity(author);
  return { commit: oid, subject: subjectOf(message), author: readable(name), date: isoDate(seconds, zone) };
}

function ancestry(graph: CommitGraph): (a: string, b: string) => boolean {
  const marks = new Map<number, Marks>();
  return (a, b) => {
    const [from, to] = [graph.find(a), graph.find(b)];
    if (from === null || to === null || from > to) return false;
    let reached = marks.get(to);
    if (reached === undefined) marks.set(to, (reached = graph.mark([[to]])));
    return reached[from] === 1;
  };
}

async function unknownRevision(workspace: Workspace, revision: string): Promise<AppError> {
  const names = workspace.refs.map(({ refname }) => refname.replace(/^refs\/(heads|tags|remotes)\//, ""));
  const ends = isRange(revision) ? revision.split("..").filter((end) => end !== "") : [revision];
  const commits = await resolveRevisions(workspace.repository, ends);
  const wrong = ends.find((_, n) => commits[n] === null) ?? revision;
  const wanted = wrong.replace(/(?<=.)[~^@].*$/, ""); // the name alone: what follows it counts commits
  const near = nearest(wanted, names).slice(0, 3);
  const shallow = workspace.repository.shallow
    ? "; the clone is shallow, so it may be there after git fetch --unshallow"
    : "";
  const hint = /^#\d+$/.test(revision)
    ? "no commit on main says that it came by this pull request: fetch, or name a commit"
    : near.length > 0
      ? `did you mean ${near.join(", ")}?${shallow}`
      : `git fetch, then git log --all --oneline${shallow}`;
  return new AppError("unknown-revision", `Revision '${revision}' names no commit of this repository`, {
    hint,
    data: { revision, nearest: near },
  });
}
