// Proves a line's log from this repository alone: every record, its place, its signature, what it names, and that no
// copy of the log, no tag and no earlier look tells otherwise. Moves nothing, asks no remote.
import type { LedgerReport } from "../wire/ledger.ts";
import { GrowingTree } from "./growing-tree.ts";
import { openLog, type LedgerContext, type Log } from "./log.ts";
import { readEntry } from "./entry.ts";
import { rememberedTips } from "./remembered.ts";
import type { TrustLog } from "./trust.ts";
import { Approvals } from "./verifying/approvals.ts";
import { Chain, type ChainStart } from "./verifying/chain.ts";
import { Findings } from "./verifying/findings.ts";
import { followLog } from "./verifying/follow.ts";
import { KeptTrees } from "./verifying/kept-trees.ts";
import { load, type Loaded } from "./verifying/load.ts";
import { branchTips, checkOnLine, checkTags, Claims } from "./verifying/outside.ts";
import { Signed } from "./verifying/signed.ts";

export interface VerifyOptions {
  /** As `readTrust` gives it; null where there is none. */
  readonly trust: TrustLog | null;
  /** `ledger.publish` of the configuration. */
  readonly published: boolean;
  /** Whether who lands a pick may have approved it. */
  readonly selfApproval: boolean;
  /** Look at this log commit instead of the refs: one that is being pushed. */
  readonly tip?: string;
  /** A log commit that was found to hold before: only what comes after it is looked at. */
  readonly since?: string | null;
  /** Tips of the line's branch, in place of what the refs hold: one that is being pushed. */
  readonly branchTips?: readonly string[];
}

/** Everything that does not hold in the log of a line. Throws only where git itself fails. */
export async function verifyLog(context: LedgerContext, line: string, options: VerifyOptions): Promise<LedgerReport> {
  const { scratch, repository } = context;
  const { objectFormat } = repository;
  const opened = await openLog(context, line, options.published);
  const tip = options.tip ?? opened.tip;
  const findings = new Findings(line);
  const commits = await followLog(scratch, tip);
  const since = options.since ?? null;
  const start = since === null ? null : await startAt(context, since);
  const after = start === null ? 0 : commits.indexOf(since ?? "") + 1;
  const chain = new Chain(scratch.reader, objectFormat, line, findings, after === 0 ? null : start);
  const signed = new Signed(options.trust, line, commits, findings, after === 0 ? null : start?.entry.record);
  const approvals = new Approvals(findings, signed, options.selfApproval);
  const claims = new Claims();
  const kept = new KeptTrees(scratch.reader, findings);
  for await (const loaded of load(scratch.reader, objectFormat, commits.slice(after))) {
    const trees = await chain.link(loaded);
    const { at } = chain;
    await kept.check(trees, at);
    const { entry } = loaded;
    if (entry !== null) {
      const { record } = entry;
      const { signatures } = loaded;
      signed.check(entry, signatures, at);
      claims.add(record, loaded.tag);
      checkObjects(loaded, at, findings);
      if (record.kind === "approval") approvals.approved(record);
      if (record.kind === "landed")
        approvals.landed(
          record,
          signatures.flatMap((each) => (each.kind === "good" ? [each.fingerprint] : [])),
        );
    }
    if (findings.hopeless) break;
  }
  await kept.end();
  approvals.end();
  if (tip !== null) {
    const pushed = options.branchTips;
    const tipsOf = async (target: string): Promise<readonly string[]> =>
      pushed !== undefined && target === `refs/heads/${line}` ? pushed : branchTips(context, target);
    await checkOnLine(context, claims, tipsOf, findings);
    await checkTags(context, line, claims, new Set(commits), findings);
  }
  checkCopies(opened, new Set(commits), rememberedTips(repository)[line] ?? null, findings);
  return {
    line,
    refname: opened.refname,
    tip,
    repository: chain.repository,
    records: commits.length - after,
    signed: signed.signed,
    signers: signed.signers,
    findings: findings.listed,
    more: findings.more,
    fetch: opened.fetch,
  };
}

async function startAt({ scratch, repository }: LedgerContext, commit: string): Promise<ChainStart | null> {
  const [read, tree] = await Promise.all([readEntry(scratch.reader, commit), scratch.reader.read(`${commit}^{tree}`)]);
  if (read.kind === "broken" || tree === null) return null;
  return { entry: read.entry, tree: GrowingTree.of(repository.objectFormat, tree) };
}

/** That what a record names is here, and is what the record says. */
function checkObjects({ entry, landed, missing }: Loaded, at: number, findings: Findings): void {
  for (const oid of missing)
    findings.add(
      "missing-object",
      at,
      `${oid.slice(0, 12)} is not here`,
      "git fetch --all, and --unshallow in a shallow clone",
    );
  if (entry?.record.kind !== "landed") return;
  const { commit, tree, base } = entry.record;
  const name = commit.slice(0, 12);
  if (landed === null) {
    findings.add("missing-object", at, `the landed commit ${name} is not here`, "git fetch --all");
    return;
  }
  if (landed.tree !== tree) findings.add("landed", at, `the tree of ${name} is another than the record says`);
  if (landed.parents[0] !== base) findings.add("landed", at, `the parent of ${name} is another than the record says`);
}

/** That no other copy and no earlier look tells of records that this log lacks. */
function checkCopies(
  { refname, forked, line }: Log,
  commits: ReadonlySet<string>,
  remembered: string | null,
  findings: Findings,
): void {
  if (forked !== null) {
    const message = `${refname} and ${forked.refname} each hold records that the other lacks`;
    findings.add(
      "forked",
      null,
      message,
      `git log --oneline --left-right --first-parent ${refname}...${forked.refname}`,
    );
  }
  if (remembered !== null && !commits.has(remembered)) {
    const message = `the log does not hold ${remembered.slice(0, 12)}, where it was seen before`;
    const name = line === "" ? "the trust log" : line;
    findings.add(
      "rolled-back",
      null,
      message,
      `bring the ledger of ${name} back: git update-ref ${refname} ${remembered}`,
    );
  }
}
