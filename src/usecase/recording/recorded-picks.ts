// What ledgers say has landed, for the question whether a fix is there. Records are looked up by their names.
import type { LandedPick } from "../../apply/journal.ts";
import { run } from "../../git/run.ts";
import { repositoryIdentity } from "../../ledger/identity.ts";
import { recordKey } from "../../ledger/key.ts";
import { openLog } from "../../ledger/log.ts";
import { lineOfLog, LOG_PATTERNS } from "../../ledger/place.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";

/** Landings of these sources on these lines, the newest attempt of each first. Taken back or not. */
export async function recordedPicks(
  workspace: Workspace,
  lines: readonly Pick<Line, "name" | "refname" | "tip">[],
  sources: readonly string[],
): Promise<LandedPick[]> {
  const known = await linesWithLedger(workspace);
  const asked = lines.filter(({ name }) => known.has(name));
  const [first] = asked;
  if (first === undefined) return [];
  const repository = await repositoryIdentity(workspace, [first.tip]);
  const found = await Promise.all(
    asked.map(async ({ name, refname: target }) => {
      const log = await openLog(workspace, name, workspace.config.ledger.publish);
      const ofSource = async (source: string): Promise<LandedPick[]> => {
        const picks: LandedPick[] = [];
        for (let attempt = 1; ; attempt++) {
          const key = recordKey({ repository, target, sources: [source], kind: "landed", attempt });
          const record = (await log.find(key))?.record;
          if (record?.kind !== "landed") return picks.reverse();
          picks.push({ source, refname: target, commit: record.commit });
        }
      };
      return (await Promise.all(sources.map(ofSource))).flat();
    }),
  );
  return found.flat();
}

/** Names of lines, and "" for the trust log, that have a log here: local, published or fetched. */
export async function linesWithLedger({ repository, refs, remotes }: Workspace): Promise<ReadonlySet<string>> {
  const listed = await run(repository, ["for-each-ref", "--format=%(refname)", ...LOG_PATTERNS]);
  const local = listed.stdout.toString("utf8").split("\n");
  const fetched = refs.flatMap(({ refname }) =>
    remotes.flatMap((remote) => {
      const prefix = `refs/remotes/${remote}/`;
      return refname.startsWith(prefix) ? [`refs/heads/${refname.slice(prefix.length)}`] : [];
    }),
  );
  return new Set([...local, ...fetched].map(lineOfLog).filter((line) => line !== null));
}
