// Which messages name a source that the contents do not bear out at all. Asked only where the pick came out otherwise:
// what is exact or resolved bears itself out.
import { compareLanded } from "../../apply/class.ts";
import { meetsPlaces } from "../../apply/places.ts";
import { bearsOut, sameNames } from "../../equivalence/bears-out.ts";
import { readCommits } from "../../index/read-commits.ts";
import { recall, remember } from "../../index/remembered.ts";
import type { PatchFacts } from "../../patch/facts.ts";
import type { Workspace } from "../workspace.ts";
import type { Case } from "./cases.ts";
import type { Answer } from "./compare-all.ts";
import { questionOf, type Task } from "./proposal.ts";

interface Asked extends Case {
  readonly best: { readonly task: Task; readonly answer: Answer } | null;
}

/** One claim: a landed commit and a commit that it names. */
interface Claim {
  readonly asked: Asked;
  readonly source: string;
  readonly key: string;
}

/** Object IDs of the landed commits that lie about at least one source. */
export async function liars(workspace: Workspace, cases: readonly Asked[]): Promise<Set<string>> {
  const { store, repository } = workspace;
  const claims = cases.flatMap((asked) =>
    asked.claimed.judged
      .filter((source) => !isProved(source, asked.best))
      .map((source): Claim => {
        const key = `lies/${repository.capabilities.versionText}/${asked.candidate.oid}${source}`;
        return { asked, source, key };
      }),
  );
  const known = claims.map(({ key }) => recall<boolean>(store, key));
  const open = claims.filter((_, n) => known[n] === undefined);
  const found = await findOut(workspace, open);
  remember(
    store,
    open.map(({ key }, n) => [key, found[n]]),
  );
  const lies = claims.filter((claim, n) => known[n] ?? found[open.indexOf(claim)]);
  return new Set(lies.map(({ asked }) => asked.candidate.oid));
}

function isProved(source: string, best: Asked["best"]): boolean {
  if (best === null || best.answer.class === "adapted") return false;
  return best.task.proposal?.sources.some(({ oid }) => oid === source) ?? false;
}

async function findOut(workspace: Workspace, claims: readonly Claim[]): Promise<boolean[]> {
  if (claims.length === 0) return [];
  const commits = new Set(claims.flatMap(({ asked, source }) => [asked.candidate.oid, source]));
  const { facts } = await readCommits(workspace.scratch, [...commits], "first-parent");
  const patchOf = (oid: string): PatchFacts | null => facts.get(oid)?.patch ?? null;
  return Promise.all(
    claims.map(async (claim) => {
      const [landed, source] = [patchOf(claim.asked.candidate.oid), patchOf(claim.source)];
      if (landed === null || source === null || bearsOut(landed, source)) return false;
      return !(await isAtItsPlace(workspace, claim, landed));
    }),
  );
}

/** Not a line is the source's, but the commit does something where the pick would, or at a file that it conflicts in. */
async function isAtItsPlace(workspace: Workspace, { asked, source }: Claim, landed: PatchFacts): Promise<boolean> {
  const question = await questionOf(workspace, asked.candidate, [{ oid: source, mainline: 1 }]);
  if (question === null) return true;
  const [pick] = await compareLanded(workspace.engine, [question]);
  if (pick === undefined || pick.kind === "missing") return true;
  const changed = landed.files.map(({ path }) => path);
  return sameNames(changed, pick.conflicted) || meetsPlaces(workspace.engine, question, pick.computed);
}
