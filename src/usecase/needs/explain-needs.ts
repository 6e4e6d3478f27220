// What picks need, after a plan: the commits that make a pick clean where it does not apply; the names that it brings
// and the line lacks where it does.
import { PickChain } from "../../apply/pick-chain.ts";
import { carriedAs } from "../../index/carried.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { Plan, PlannedLine, PlannedPick } from "../../wire/plan.ts";
import type { Prerequisites } from "../../wire/prerequisite.ts";
import { checkSymbols } from "./check-symbols.ts";
import { findPrerequisites } from "./find-prerequisites.ts";
import { SymbolChecker } from "./symbol-checker.ts";
import { historyOf, indexOf, linesOf, withWorkspace, type Deps, type Workspace } from "../workspace.ts";

/** Fills in what picks need, line by line, newest first. Calls `onPick` as each is known. */
export function explainNeeds(
  deps: Deps,
  plan: Plan,
  onPick?: (line: string, pick: PlannedPick) => void,
): Promise<Plan> {
  if (!plan.lines.some(({ picks }) => picks.some((pick) => isWanting(pick) || pick.outcome.kind === "clean")))
    return Promise.resolve(plan);
  return withWorkspace(deps, async (workspace) => {
    const graph = await historyOf(
      workspace,
      plan.sources.map(({ commit }) => commit),
    );
    return needsOf(workspace, graph, plan, onPick);
  });
}

export async function needsOf(
  workspace: Workspace,
  graph: CommitGraph,
  plan: Plan,
  onPick: (line: string, pick: PlannedPick) => void = () => undefined,
): Promise<Plan> {
  const checker = new SymbolChecker(workspace);
  const lines: PlannedLine[] = [];
  try {
    for (const [done, line] of plan.lines.entries()) {
      workspace.onProgress?.({ step: "looking for what must be there first", done, total: plan.lines.length });
      const picks = await needsOn(workspace, graph, plan, line, checker);
      for (const pick of picks) if (pick.prerequisites !== null || pick.symbols !== null) onPick(line.line.name, pick);
      lines.push({ ...line, picks });
    }
  } finally {
    await checker.close();
  }
  return { ...plan, lines };
}

function isWanting({ outcome }: PlannedPick): boolean {
  return outcome.kind === "conflict" || outcome.kind === "not-applicable";
}

async function needsOn(
  workspace: Workspace,
  graph: CommitGraph,
  plan: Plan,
  planned: PlannedLine,
  checker: SymbolChecker,
): Promise<PlannedPick[]> {
  const chain = new PickChain(workspace.engine);
  let tree = (await workspace.scratch.reader.commit(planned.onto))?.tree ?? "";
  const picks: PlannedPick[] = [];
  for (const pick of planned.picks) {
    const onto = { commit: planned.onto, tree };
    const mainline = plan.sources.find(({ commit }) => commit === pick.source)?.mainline ?? null;
    let symbols: PlannedPick["symbols"] = null;
    if (pick.outcome.kind === "clean") {
      // Trees that the plan made are gone with its scratch repository: they are made again.
      const parent = pick.from === pick.source ? (mainline ?? 1) : 1;
      const again = await chain.pick(tree, pick.from, parent);
      if (again.kind === "clean") {
        const question = { source: pick.from, mainline: parent, onto, merged: again.tree };
        symbols = await checkSymbols(workspace, question, checker);
        tree = again.tree;
      }
    }
    const prerequisites = isWanting(pick) ? await search(workspace, graph, planned, pick, mainline, tree) : null;
    picks.push({ ...pick, prerequisites, symbols });
  }
  return picks;
}

function search(
  workspace: Workspace,
  graph: CommitGraph,
  { line, onto }: PlannedLine,
  pick: PlannedPick,
  mainline: number | null,
  tree: string,
): Promise<Prerequisites> {
  const index = indexOf(workspace, graph);
  const tip = graph.find(onto);
  const all = linesOf(workspace, graph);
  const newer = all
    .slice(
      0,
      Math.max(
        0,
        all.findIndex(({ name }) => name === line.name),
      ),
    )
    .toReversed();
  return findPrerequisites(workspace, graph, {
    source: pick.from,
    mainline: pick.from === pick.source ? mainline : null,
    onto: { commit: onto, tree },
    isThere: (oid) => tip !== null && carriedAs(index, oid, (number) => graph.isAncestor(number, tip)) !== null,
    onNewerLine: (oid) => {
      for (const other of newer) {
        const at = graph.find(other.tip);
        const found = at === null ? null : carriedAs(index, oid, (number) => graph.isAncestor(number, at));
        if (found !== null) return graph.oid(found);
      }
      return null;
    },
  });
}
