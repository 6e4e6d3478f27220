// What every gatherer of facts is given.
import type { CommitGraph } from "../../index/graph.ts";
import type { Commit } from "../../object/commit.ts";
import type { ChangedFile } from "../../patch/changed-file.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";
import type { CheckContext } from "./context.ts";

export interface Checking {
  readonly workspace: Workspace;
  readonly graph: CommitGraph;
  readonly line: Line;
  readonly context: CheckContext;
}

/** A commit with what is read of it whatever the rules. */
export interface Looked {
  readonly classed: ClassedCommit;
  readonly commit: Commit;
  readonly source: Commit | null;
  readonly files: readonly ChangedFile[];
}
