// What a ledger says of commits that are about to land: which approvals cover them, and which exceptions were made.
// Records are looked up by their names, so that a long log costs no more than a short one.
import type { Entry } from "../../ledger/entry.ts";
import { repositoryIdentity } from "../../ledger/identity.ts";
import { recordKey, type Keyed } from "../../ledger/key.ts";
import { openLog, type Log } from "../../ledger/log.ts";
import { readTrust } from "../../ledger/trust.ts";
import type { Line } from "../../wire/line.ts";
import { approvalsOf, covers } from "../recording/approvals.ts";
import { sourcesOf, type Landing } from "../recording/landing.ts";
import type { Workspace } from "../workspace.ts";
import { NO_CONTEXT, recordsOf, type CheckContext } from "./context.ts";

export interface LandingContext {
  readonly check: CheckContext;
  /** Keys of the approval records that cover the landing. */
  readonly approvals: readonly string[];
  /** Sources that records of the line name. */
  readonly recorded: ReadonlySet<string>;
}

/** The log is read as it stands: whether it holds is asked by `morello ledger verify`. */
export async function landingContext(
  workspace: Workspace,
  line: Line,
  landing: Landing,
  policy: string,
): Promise<LandingContext> {
  const published = workspace.config.ledger.publish;
  const log = await openLog(workspace, line.name, published);
  if (log.tip === null) return { check: NO_CONTEXT, approvals: [], recorded: new Set() };
  const { target, base, resultTree } = landing;
  const repository = await repositoryIdentity(workspace, [line.tip]);
  const sources = sourcesOf(landing);
  const find = (kind: Keyed["kind"], of: readonly string[]): Promise<Entry[]> =>
    attempts(log, { repository, target, kind, sources: of });
  const [trust, approvals, ofLine, ...ofSources] = await Promise.all([
    readTrust(workspace, published),
    find("approval", sources),
    find("waiver", []),
    ...sources.flatMap((source) => [find("waiver", [source]), find("landed", [source])]),
  ]);
  const entries = [...approvals, ...ofLine, ...ofSources.flat()];
  const state = trust?.states.at(-1)?.trust ?? null;
  const approved = approvalsOf(entries, state);
  const landed = entries.flatMap(({ record }) => (record.kind === "landed" ? [record] : []));
  const spent = landed.flatMap((record) => record.approvals);
  const used = new Set(spent.flatMap((key) => approved.get(key)?.approval.nonce ?? []));
  const wanted = { repository, target, base, sources, resultTree, policy, now: workspace.now, used };
  const covering = [...approved.values()].filter((approval) => covers(approval, wanted));
  const principals = [...new Set(covering.flatMap(({ approvers }) => approvers))];
  return {
    check: {
      ...NO_CONTEXT,
      waivers: recordsOf(entries, state).waivers,
      approvals: new Map(landing.picks.map(({ commit }) => [commit, principals])),
    },
    approvals: covering.map(({ key }) => key),
    recorded: new Set(landed.flatMap((record) => record.sources)),
  };
}

/** Every record of that name, first attempt first. */
async function attempts(log: Log, about: Omit<Keyed, "attempt">): Promise<Entry[]> {
  const found: Entry[] = [];
  for (;;) {
    const entry = await log.find(recordKey({ ...about, attempt: found.length + 1 }));
    if (entry === null) return found;
    found.push(entry);
  }
}
