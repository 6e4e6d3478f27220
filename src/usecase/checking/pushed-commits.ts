// What git's pre-push hook is told on stdin -> the commits that a push brings to release lines.
import { resolveRevisions } from "../../git/revisions.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { Line } from "../../wire/line.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";
import type { Selected, Selection } from "./select-commits.ts";
import { between } from "./select-commits.ts";

/** One line of stdin: `local-ref local-id remote-ref remote-id`. Source: githooks(5). */
interface Push {
  readonly local: string;
  readonly remoteRefname: string;
  readonly remote: string;
}

const ZERO = /^0+$/;

/** Pushes to anything but a release line are left out, and so are deletions. `startOf`: where an unpushed line begins. */
export async function pushedCommits(
  workspace: Workspace,
  stdin: string,
  startOf: (graph: CommitGraph, line: Line) => Promise<string | null>,
): Promise<Selected> {
  const pushes = stdin.split("\n").flatMap((text): Push[] => {
    const [, local, remoteRefname, remote] = text.trim().split(" ");
    if (local === undefined || remoteRefname === undefined || remote === undefined || ZERO.test(local)) return [];
    return [{ local, remoteRefname, remote }];
  });
  const concerned = pushes.filter(({ remoteRefname }) =>
    workspace.detected.some(({ refname }) => refname === remoteRefname),
  );
  const known = await resolveRevisions(
    workspace.repository,
    concerned.map(({ remote }) => (ZERO.test(remote) ? "" : remote)),
  );
  const graph = await historyOf(
    workspace,
    concerned.flatMap(({ local }, n) => [local, ...(known[n] ?? [])]),
  );
  const lines = linesOf(workspace, graph);
  const selections: Selection[] = [];
  for (const [n, { local, remoteRefname }] of concerned.entries()) {
    const line = lines.find(({ refname }) => refname === remoteRefname);
    if (line === undefined) continue;
    // What the remote holds was not always fetched: then what we remember of it counts.
    const from = known[n]?.[0] ?? line.difference?.upstreamTip ?? (await startOf(graph, line));
    selections.push({ line, from, to: local, commits: between(graph, from, local) });
  }
  return { graph, selections };
}
