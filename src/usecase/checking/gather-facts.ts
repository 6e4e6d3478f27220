// Classed commits -> the facts that rules look at. What costs is gathered for rules that are on, for all commits at once.
import { AppError } from "../../error.ts";
import { filesChanged } from "../../git/changed-files.ts";
import { inUtf8, parseIdentity, readable } from "../../object/text.ts";
import type { CommitFacts, Need, Person } from "../../policy/rule.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import type { Workspace } from "../workspace.ts";
import { verdicts } from "./commit-verdicts.ts";
import type { Checking, Looked } from "./looked.ts";
import type { MessageLinter } from "./message-linter.ts";
import { markersOf } from "./markers.ts";
import { resurrectedBy } from "./resurrected.ts";
import { standingFacts } from "./standing-facts.ts";

/** In the order of the commits given. Throws `object-missing`. */
export async function gatherFacts(
  checking: Checking,
  commits: readonly ClassedCommit[],
  needs: ReadonlySet<Need>,
): Promise<{ facts: CommitFacts[]; notices: readonly string[] }> {
  const { workspace, context } = checking;
  const looked = await look(workspace, commits, needs);
  const [standing, verified, linter] = await Promise.all([
    standingFacts(checking, looked, needs),
    needs.has("verify") ? verdicts(checking, looked) : [],
    needs.has("messageProblems") && looked.length > 0 ? linterOf(workspace) : null,
  ]);
  const facts = await Promise.all(
    looked.map(async (one, n): Promise<CommitFacts> => {
      const { classed, commit, source, files } = one;
      const { message, author } = inUtf8(commit);
      const isMerge = commit.parents.length > 1;
      return {
        commit: classed.commit,
        message: readable(message),
        parents: commit.parents,
        author: personOf(author),
        committer: personOf(commit.committer),
        sourceAuthor: source === null ? null : personOf(inUtf8(source).author),
        classed,
        record: context.records.get(classed.commit) ?? null,
        approvals: context.approvals.get(classed.commit) ?? [],
        files,
        markers: needs.has("markers") ? await markersOf(workspace, one) : [],
        resurrected: needs.has("resurrected") ? await resurrectedBy(checking, one) : [],
        ...(standing.get(classed.commit) ?? { duplicateOf: null, sourceRevertedBy: null, missingOn: [] }),
        verify: verified[n] ?? null,
        messageProblems: linter === null || isMerge ? [] : await linter.lint(readable(message)),
      };
    }),
  );
  return { facts, notices: linter?.notices ?? [] };
}

/** commitlint is loaded only where its rule is on. */
async function linterOf(workspace: Workspace): Promise<MessageLinter> {
  const { messageLinter } = await import("./message-linter.ts");
  return messageLinter(workspace);
}

const OF_FILES: readonly Need[] = ["files", "markers", "resurrected"];

async function look(
  { scratch }: Workspace,
  commits: readonly ClassedCommit[],
  needs: ReadonlySet<Need>,
): Promise<Looked[]> {
  const wanted = OF_FILES.some((need) => needs.has(need)) ? commits.map(({ commit }) => commit) : [];
  const changed = await filesChanged(scratch, wanted);
  return Promise.all(
    commits.map(async (classed) => {
      const commit = await scratch.reader.commit(classed.commit);
      const files = changed.get(classed.commit);
      // What cannot be read is not passed over: nobody could say what it brings.
      if (commit === null || (files === undefined && wanted.length > 0)) throw missing(classed.commit);
      const source = classed.source === null ? null : await scratch.reader.commit(classed.source.commit);
      return { classed, commit, source, files: files ?? [] };
    }),
  );
}

function missing(commit: string): AppError {
  return new AppError("object-missing", `Commit ${commit}, or a file of it, is missing from the repository`, {
    hint: "git fetch; in a partial clone: git fetch --refetch --no-filter",
    data: { object: commit },
  });
}

function personOf(identity: string): Person {
  const { name, email } = parseIdentity(identity);
  return { name, email: readable(email) };
}
