// The `policy` section of morello.yaml: what lines demand of what lands on them.
import { z } from "zod";
import { RULE_IDS, type RuleId } from "./id.ts";

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted });

const APPROVALS = "a number of approvals, or refused";
const Approvals = z.union([z.literal("refused"), z.int().min(0).max(20)], { error: APPROVALS });

/** Keys without defaults: what one section may say. */
const KEYS = {
  rules: z
    .partialRecord(z.enum(RULE_IDS), z.enum(["error", "warning", "off"], { error: "error, warning or off" }))
    .describe("What a violation of a rule does: error refuses, warning is shown, off is not looked at. By rule."),
  classes: z
    .strictObject({
      exact: Approvals.describe("The computed pick, tree for tree.").optional(),
      resolved: Approvals.describe("Differs from the computed pick inside conflict regions alone.").optional(),
      adapted: Approvals.describe("Differs from the computed pick elsewhere.").optional(),
      native: Approvals.describe("Has no source commit: made on the line.").optional(),
    })
    .describe("Approvals that a commit needs, by its class, or refused. 0 unless set."),
  unmergedSource: Approvals.describe(
    "Approvals that a pick needs whose source no trusted branch reaches, or refused. 0 unless set.",
  ),
  trustedBranches: z
    .array(text("a branch's short name or a pattern"))
    .describe("Branches whose commits are trusted sources: names or patterns. main and the release lines unless set."),
  approvers: z
    .array(text("an email address"))
    .describe("Who may approve: principals of keys. Without any, every key that has the role approver."),
  selfApproval: z.boolean().describe("Whether the committer of a pick may approve it. false unless set."),
  approvalDays: z
    .int({ error: "a whole number of days" })
    .min(1)
    .max(365)
    .describe("How many days an approval holds unless it says otherwise. 30 unless set."),
  reason: z.boolean().describe("Whether a pick must say why (--reason). false unless set."),
  issue: z
    .union([
      z.boolean(),
      text("true, false or a regular expression").refine(isPattern, { error: "a regular expression" }),
    ])
    .describe(
      "Whether a pick must name an issue: true for #123 or PROJ-123, or a regular expression. false unless set.",
    ),
  signed: z
    .boolean()
    .describe("Whether release tags and ledger records must be signed by a trusted key. false unless set."),
  versionFiles: z
    .array(text("a path or pattern"))
    .describe("Files that no pick may change, since releases do: paths or patterns."),
};

/** What one place says: the top level, or the entry of a line. */
export const PolicySection = z.strictObject(KEYS).partial().describe("What lines demand of what lands on them.");
export type PolicySection = z.infer<typeof PolicySection>;

/** All keys, as rules read them. */
export interface PolicySettings {
  readonly rules: Readonly<Partial<Record<RuleId, "error" | "warning" | "off">>>;
  readonly classes: Readonly<Record<"exact" | "resolved" | "adapted" | "native", number | "refused">>;
  readonly unmergedSource: number | "refused";
  readonly trustedBranches: readonly string[];
  readonly approvers: readonly string[];
  readonly selfApproval: boolean;
  readonly approvalDays: number;
  readonly reason: boolean;
  readonly issue: boolean | string;
  readonly signed: boolean;
  readonly versionFiles: readonly string[];
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "m").flags === "m";
  } catch {
    return false;
  }
}
