// A series that a person has resolved -> what policy is asked about and the ledger is told: each commit with its class.
import { compareLanded } from "../../apply/class.ts";
import { AppError } from "../../error.ts";
import type { Commit } from "../../object/commit.ts";
import { emptyTree } from "../../object/hash.ts";
import { quotePath } from "../../object/path.ts";
import type { LandedPick, Landing } from "../recording/landing.ts";
import type { Workspace } from "../workspace.ts";
import type { Series } from "./series.ts";

/** The commits lie in the repository; they were made one onto the other. */
export async function resolvedLanding(workspace: Workspace, series: Series): Promise<Landing> {
  const { engine, repository } = workspace;
  const { line, target, landed, tip, plan } = series;
  const read = await Promise.all(landed.map((pick) => readPick(workspace, pick, plan.options.mainline)));
  const compared = await compareLanded(
    engine,
    read.map(({ commit, onto, source, parent }) => ({
      onto: onto?.tree ?? emptyTree(repository.objectFormat),
      tree: commit.tree,
      patches: [{ before: parent?.tree ?? emptyTree(repository.objectFormat), after: source.tree }],
    })),
  );
  const reason = plan.options.trailers.find(({ key }) => key === "Reason")?.value ?? null;
  const picks = landed.map(({ source, commit }, n): LandedPick => {
    const [found, its] = [compared[n], read[n]?.commit ?? null];
    const isKnown = found?.kind === "compared";
    return {
      source,
      from: source,
      base: its?.parents[0] ?? line.tip,
      commit,
      tree: its?.tree ?? "",
      class: isKnown ? found.class : "adapted",
      conflicted: isKnown ? found.conflicted.map(quotePath) : [],
      reason: adaptedReason(its) ?? reason,
      reach: "trusted",
      revertedBy: null,
    };
  });
  const resultTree = read.at(-1)?.commit.tree ?? "";
  const base = picks[0]?.base ?? line.tip;
  return {
    line: line.name,
    target: target.refname,
    base,
    result: tip,
    resultTree,
    picks,
    approvals: [],
    waivers: [],
    verify: null,
  };
}

interface ReadPick {
  readonly commit: Commit;
  readonly onto: Commit | null;
  readonly source: Commit;
  readonly parent: Commit | null;
}

async function readPick(
  { scratch }: Workspace,
  pick: { readonly source: string; readonly commit: string },
  mainline: number | null,
): Promise<ReadPick> {
  const [commit, source] = await Promise.all([scratch.reader.commit(pick.commit), scratch.reader.commit(pick.source)]);
  if (commit === null || source === null)
    throw new AppError("object-missing", `Commit ${pick.source} is missing from the repository`, { hint: "git fetch" });
  const of = source.parents.length > 1 ? (mainline ?? 1) - 1 : 0;
  const read = (oid: string | undefined): Promise<Commit | null> =>
    oid === undefined ? Promise.resolve(null) : scratch.reader.commit(oid);
  const [onto, parent] = await Promise.all([read(commit.parents[0]), read(source.parents[of])]);
  return { commit, onto, source, parent };
}

/** What `morello continue --adapt` wrote. */
function adaptedReason(commit: Commit | null): string | null {
  return /^Adapted: (.+)$/m.exec(commit?.message ?? "")?.[1] ?? null;
}
