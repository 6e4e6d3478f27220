// `morello lines`: every release line with its tip, last tag and distances.
import type { CommitGraph } from "../index/graph.ts";
import type { Line, LineReport, LinesOutcome } from "../wire/line.ts";
import { fetchAll } from "./fetch-all.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export async function listLines(deps: Deps, { fetch }: { readonly fetch: boolean }): Promise<LinesOutcome> {
  if (fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => {
    const graph = await historyOf(workspace, []);
    const lines = linesOf(workspace, graph).map((line) => report(workspace, graph, line));
    return { kind: "lines", main: workspace.main, lines };
  });
}

function report({ main, detected }: Workspace, graph: CommitGraph, line: Line): LineReport {
  const tip = graph.find(line.tip);
  const tag = detected.find(({ name }) => name === line.name)?.tags.find(({ name }) => name === line.lastTag);
  const tagged = tag === undefined ? null : graph.find(tag.oid);
  const mainTip = main === null ? null : graph.find(main.tip);
  const distance = tip === null || mainTip === null ? null : graph.distance(tip, mainTip);
  return {
    ...line,
    sinceTag: tip === null || tagged === null ? null : graph.distance(tip, tagged).ahead,
    onlyHere: distance?.ahead ?? null,
    onlyMain: distance?.behind ?? null,
  };
}
