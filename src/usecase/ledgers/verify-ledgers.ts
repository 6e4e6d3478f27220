// `morello ledger verify`: whether the ledgers here hold, and what they prove of a version. Remembers what held, so that
// a ledger that is rolled back later is found out.
import { foundTrust, readTrust } from "../../ledger/trust.ts";
import { rememberTips } from "../../ledger/remembered.ts";
import { verifyLog } from "../../ledger/verify.ts";
import { policyOf } from "../../line/settings.ts";
import type { LedgerReport, LedgerVerifyOutcome } from "../../wire/ledger.ts";
import { ledgerContext, namedLines } from "./open-ledgers.ts";
import { provenPicks } from "./proven-picks.ts";
import { trustReport } from "./trust-report.ts";
import { withWorkspace, type Deps } from "../workspace.ts";

export interface LedgerVerifyInput {
  /** Names or patterns; empty: every line that has a ledger. */
  readonly lines: readonly string[];
  /** A version tag whose picks are to be told. */
  readonly from: string | null;
}

/** Throws `unknown-line`, and `unknown-revision` if no ledger here knows the tag. */
export function ledgerVerify(deps: Deps, { lines, from }: LedgerVerifyInput): Promise<LedgerVerifyOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const { config, repository } = workspace;
    const context = ledgerContext(workspace);
    const published = config.ledger.publish;
    const trust = await readTrust(context, published);
    const told = from === null ? null : await provenPicks(workspace, context, trust, from);
    const wanted = told === null || lines.length > 0 ? await namedLines(workspace, context, lines) : [told.line];
    const reports: LedgerReport[] = [];
    for (const line of wanted) {
      const { selfApproval } = policyOf(config, line);
      reports.push(await verifyLog(context, line, { trust, published, selfApproval }));
    }
    const trustFindings = [...(trust?.findings ?? [])];
    const ok =
      trustFindings.length === 0 &&
      reports.length > 0 &&
      reports.every(({ tip, findings }) => tip !== null && findings.length === 0);
    const holding = reports.flatMap(({ line, tip, findings }) =>
      tip === null || findings.length > 0 ? [] : [[line, tip] as const],
    );
    if (trust !== null && trustFindings.length === 0) {
      foundTrust(repository, trust);
      holding.push(["", trust.tip]);
    }
    rememberTips(repository, Object.fromEntries(holding));
    return { kind: "ledger-verify", ok, lines: reports, trust: trustReport(trust), trustFindings, from: told };
  });
}
