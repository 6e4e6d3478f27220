// Commits on a line, or that would land there -> their classes, and where policy is not met. Moves no ref: commits that
// would land lie in the scratch repository.
import type { CommitGraph } from "../../index/graph.ts";
import { policyOf } from "../../line/settings.ts";
import { evaluate, neededFacts, refusingOnly } from "../../policy/evaluate.ts";
import type { LineFacts, Need } from "../../policy/rule.ts";
import type { PolicySettings } from "../../policy/settings.ts";
import type { Violation } from "../../wire/check.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import type { Line } from "../../wire/line.ts";
import { classCommits } from "../classing/class-commits.ts";
import type { Workspace } from "../workspace.ts";
import type { CheckContext } from "./context.ts";
import { gatherFacts } from "./gather-facts.ts";
import type { Checking } from "./looked.ts";

export interface Checked {
  /** In the order of the commits given. */
  readonly commits: readonly ClassedCommit[];
  readonly violations: readonly Violation[];
  /** What did not count, a sentence each: parts of a commitlint configuration that are code. */
  readonly notices: readonly string[];
}

/** A push waits for the answer: only what refuses it is asked, and nothing that needs an index of all history. */
export interface CheckOptions {
  readonly refusingOnly?: boolean;
}

/**
 * Commits stand oldest first; `graph` holds the line. Policy comes from the workspace's configuration, which is the
 * default branch's, whatever the commits change.
 */
export async function checkCommits(
  workspace: Workspace,
  graph: CommitGraph,
  line: Line,
  commits: readonly string[],
  context: CheckContext,
  options: CheckOptions = {},
): Promise<Checked> {
  const all = policyOf(workspace.config, line.name);
  const settings = options.refusingOnly === true ? refusingOnly(all) : all;
  const wanted = options.refusingOnly === true ? { search: false, rangeDiffs: false } : {};
  const classed = await classCommits(workspace, graph, { line, commits, recorded: context.sources, ...wanted });
  return checkClassed({ workspace, graph, line, context }, classed, settings, neededFacts(settings));
}

/** The same for commits whose classes are known. Rules whose facts are not in `needs` find nothing. */
export async function checkClassed(
  { workspace, graph, line, context }: Checking,
  classed: readonly ClassedCommit[],
  settings: PolicySettings,
  needs: ReadonlySet<Need>,
): Promise<Checked> {
  const { facts, notices } = await gatherFacts({ workspace, graph, line, context }, classed, needs);
  const about: LineFacts = {
    name: line.name,
    refname: line.refname,
    endOfLife: line.maintenance.reason === "end-of-life",
    settings,
    ledger: context.ledger,
    movedTags: context.movedTags,
  };
  return { commits: classed, violations: evaluate(facts, about, context.waivers, workspace.now), notices };
}
