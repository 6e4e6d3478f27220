// `morello verify`: runs lines' verify commands on the lines as they are, or on a revision.
import { AppError } from "../error.ts";
import { resolveRevisions } from "../git/revisions.ts";
import { selectLines } from "../line/select.ts";
import type { VerifyOutcome } from "../wire/verify.ts";
import { verifyTrees, type VerifyOptions } from "./verifying/verify-trees.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface VerifyInput extends VerifyOptions {
  /** Names and patterns. Empty: the maintained lines that have a command. */
  readonly lines: readonly string[];
  /** What is verified instead of the lines' tips; null for these. */
  readonly revision: string | null;
}

/** Throws `nothing-to-do` if no line has a command, `unknown-line`, `unknown-revision`, `consent-needed`. */
export function verify(deps: Deps, input: VerifyInput): Promise<VerifyOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const all = linesOf(workspace, await historyOf(workspace, []));
    const { selected } = selectLines(all, input.lines.length === 0 ? ["all"] : input.lines);
    const set = selected.filter(({ verify: command }) => command !== null);
    const silent = input.lines.length === 0 ? [] : selected.filter((line) => !set.includes(line));
    if (set.length === 0 || silent.length > 0) throw withoutCommand(silent.map(({ name }) => name));
    const revision = input.revision === null ? null : await commitOf(workspace, input.revision);
    const subjects = await Promise.all(
      set.map(async (line) => ({ line, tree: await treeOf(workspace, revision ?? line.tip), sources: [] })),
    );
    return { kind: "verified", results: await verifyTrees(workspace, subjects, input) };
  });
}

function withoutCommand(lines: readonly string[]): AppError {
  const which = lines.length === 0 ? "any maintained line" : lines.join(", ");
  return new AppError("nothing-to-do", `No verify command is set for ${which}`, {
    hint: "set lines[].verify in morello.yaml on the default branch",
    data: { lines },
  });
}

async function commitOf({ repository }: Workspace, revision: string): Promise<string> {
  const [commits] = await resolveRevisions(repository, [revision]);
  const [commit, ...more] = commits ?? [];
  if (commit !== undefined && more.length === 0) return commit;
  throw new AppError(
    "unknown-revision",
    `'${revision}' names ${commit === undefined ? "no" : "more than one"} commit`,
    {
      hint: "name one commit: a branch, a tag or an object ID",
      data: { revision },
    },
  );
}

async function treeOf({ scratch }: Workspace, oid: string): Promise<string> {
  const commit = await scratch.reader.commit(oid);
  if (commit !== null) return commit.tree;
  throw new AppError("object-missing", `Commit ${oid} is missing from the repository`, { hint: "git fetch" });
}
