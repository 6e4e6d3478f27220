// Which merge carries a commit onto a line, or what settles the pick without one.
import type { PickOutcome, RefusalReason, Source } from "../../wire/plan.ts";
import type { Computation, Question, Track } from "./computation.ts";
import type { Workspace } from "../workspace.ts";

/** Settles what needs no merge (there already, refused, behind an earlier failure), or says which merge to make. */
export async function question(
  workspace: Workspace,
  computation: Computation,
  tracks: readonly Track[],
  track: Track,
  source: Source,
): Promise<Question> {
  const settled = (outcome: PickOutcome): Question => ({ kind: "settled", from: source.commit, outcome });
  const already = computation.there.get(track.line.name)?.get(source.commit);
  if (already !== undefined) return settled(already);
  if (track.line.maintenance.reason === "end-of-life") {
    return settled(refusal("end-of-life", `${track.line.name} is at its end of life`));
  }
  if (track.failure !== null) return settled({ kind: "blocked", by: track.failure });
  const carried = computation.options.via === "nearest" ? nearestPick(computation, tracks, track, source) : null;
  switch (carried?.kind) {
    case "unresolved":
      return settled(
        refusal("source-unresolved", `the pick on ${carried.line} comes first, since this line takes it from there`),
      );
    case "planned":
      return {
        kind: "merge",
        from: carried.commit,
        sides: { base: carried.before, ours: track.tree, theirs: carried.after },
      };
    case "landed":
      return fromCommit(
        workspace,
        track,
        carried.commit,
        carried.commit === source.commit ? computation.options.mainline : null,
      );
    case undefined:
      return fromCommit(workspace, track, source.commit, computation.options.mainline);
  }
}

export function refusal(reason: RefusalReason, detail: string): PickOutcome {
  return { kind: "refused", reason, detail };
}

/** The merge that carries a stored commit's patch, or why there is none. */
async function fromCommit(
  workspace: Workspace,
  track: Track,
  from: string,
  mainline: number | null,
): Promise<Question> {
  const { scratch, repository } = workspace;
  const refused = (reason: RefusalReason, detail: string): Question => ({
    kind: "settled",
    from,
    outcome: refusal(reason, detail),
  });
  const short = from.slice(0, 12);
  const commit = await scratch.reader.commit(from);
  if (commit === null) return refused("object-missing", `commit ${from} is missing from the repository`);
  const count = commit.parents.length;
  if (count > 1 && mainline === null) {
    return refused(
      "merge-without-mainline",
      `${short} is a merge; --mainline 1 takes what it brought to its first parent`,
    );
  }
  if (count <= 1 && mainline !== null && mainline > 1) {
    return refused("mainline-not-a-merge", `${short} is no merge, so it has no parent ${mainline}`);
  }
  const parent = commit.parents[(mainline ?? 1) - 1];
  if (parent === undefined && count > 0) {
    return refused("no-such-parent", `${short} has ${count} parents, so there is no parent ${mainline}`);
  }
  if (parent === undefined) {
    return {
      kind: "merge",
      from,
      sides: { base: scratch.write("tree", Buffer.alloc(0)), ours: track.tree, theirs: commit.tree },
    };
  }
  const base = await scratch.reader.commit(parent);
  if (base !== null) return { kind: "merge", from, sides: { base: base.tree, ours: track.tree, theirs: commit.tree } };
  if (!repository.shallow) return refused("object-missing", `commit ${parent} is missing from the repository`);
  return refused(
    "shallow-history",
    `the clone is shallow and lacks ${parent.slice(0, 12)}, the parent of ${short}; git fetch --unshallow brings it`,
  );
}

type Carried =
  | { readonly kind: "planned"; readonly commit: string; readonly before: string; readonly after: string }
  | { readonly kind: "landed"; readonly commit: string }
  | { readonly kind: "unresolved"; readonly line: string };

/** The pick of a commit on the nearest newer line that has it: landed before, or planned in this run. */
function nearestPick(
  { newer, there }: Computation,
  tracks: readonly Track[],
  track: Track,
  source: Source,
): Carried | null {
  const at = newer.findIndex(({ name }) => name === track.line.name);
  for (const line of newer.slice(0, at).toReversed()) {
    const landed = there.get(line.name)?.get(source.commit);
    if (landed !== undefined) return { kind: "landed", commit: landed.commit };
    const other = tracks.find((candidate) => candidate.line.name === line.name);
    const pick = other?.picks.find((done) => done.source === source.commit);
    if (pick === undefined || pick.outcome.kind === "redundant" || pick.outcome.kind === "not-applicable") continue;
    const step = other?.steps.get(source.commit);
    if (pick.outcome.kind !== "clean" || step === undefined) return { kind: "unresolved", line: line.name };
    return { kind: "planned", commit: pick.outcome.commit, ...step };
  }
  return null;
}
