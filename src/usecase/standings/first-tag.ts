// The first tag of a line's series that reaches a commit.
import type { CommitGraph } from "../../index/graph.ts";
import type { DetectedLine } from "../../line/detect.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";

/** The name of the tag, or null if none reaches the commit of that number. */
export function tagFinder(
  { detected }: Workspace,
  graph: CommitGraph,
  line: Pick<Line, "name">,
): (number: number) => string | null {
  const tags: DetectedLine["tags"] = detected.find(({ name }) => name === line.name)?.tags ?? []; // newest first
  return (number) => {
    for (const tag of tags.toReversed()) {
      const at = graph.find(tag.oid);
      if (at !== null && at >= number && graph.isAncestor(number, at)) return tag.name;
    }
    return null;
  };
}
