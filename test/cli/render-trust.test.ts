import { describe, expect, test } from "vitest";
import { renderApprove, renderPreviews, renderWaive } from "../../src/cli/render/approve.ts";
import { renderAudit } from "../../src/cli/render/audit.ts";
import { policyLines, recordedLines } from "../../src/cli/render/policy.ts";
import type { ApprovalPreview, ApproveOutcome, WaiveOutcome } from "../../src/wire/approve.ts";
import type { AuditedLine, AuditOutcome } from "../../src/wire/audit.ts";
import type { Violation } from "../../src/wire/check.ts";
import { LEAK, oid, PIPE, planned, result, terminal } from "./literal.ts";

const EVIL = "x\u001b[2J";
const { commit, subject, author, date } = LEAK;
const FIX = { commit, subject, author, date };

const PREVIEW: ApprovalPreview = {
  line: "release/v2.7",
  approval: {
    repository: oid("9"),
    target: "refs/heads/release/v2.7",
    base: oid("1"),
    sources: [commit],
    resultTree: oid("2"),
    policy: "3".repeat(64),
    expires: 1_800_000_000,
    nonce: "0123456789abcdef",
    approver: "bob@example.com",
    comment: null,
  },
  sources: [FIX],
  class: "exact",
  result: oid("4"),
  stat: { files: 1, insertions: 2, deletions: 1 },
  paths: ["loader.py"],
  diff: "+limited\n",
};

describe("an approval", () => {
  test("shows every field that is signed, and the diff that it stands for", () => {
    const shown = renderPreviews(terminal(120), [PREVIEW]);
    const { base, resultTree, policy, repository, nonce, approver } = PREVIEW.approval;
    for (const field of [base, resultTree, policy ?? "", repository, commit])
      expect(shown).toContain(field.slice(0, 12));
    for (const field of [nonce, approver, "release/v2.7", "2027-01-15 08:00 UTC", "exactly the fix", "+limited"])
      expect(shown).toContain(field);
  });

  test("fits into 80 columns, and what others wrote cannot move the cursor", () => {
    const shown = renderPreviews(terminal(80), [{ ...PREVIEW, line: EVIL, sources: [{ ...FIX, subject: EVIL }] }]);
    expect(shown).not.toContain("\u001b[2J");
    for (const row of shown.split("\n")) expect(row.length).toBeLessThanOrEqual(80);
  });

  test("that is signed names its record in a pipe, a fact a line", () => {
    const { diff: _, ...rest } = PREVIEW;
    const approvals = [{ ...rest, record: "5".repeat(64) }];
    const outcome: ApproveOutcome = { kind: "approved", key: "SHA256:key", approvals, pushed: null };
    expect(renderApprove(PIPE, outcome)).toBe(
      [
        `release/v2.7: approved ${commit} onto ${oid("1")} as tree ${oid("2")}`,
        `release/v2.7: record ${"5".repeat(64)}`,
        "note: signed with SHA256:key",
        "",
      ].join("\n"),
    );
  });
});

test("a waiver says what passes, until when, by whom and why", () => {
  const outcome: WaiveOutcome = {
    kind: "waived",
    line: "release/v2.7",
    rule: "version-files",
    commit,
    reason: "the API level",
    by: "ann@example.com",
    until: 1_800_000_000,
    record: "5".repeat(64),
  };
  expect(renderWaive(PIPE, outcome)).toBe(
    `release/v2.7: version-files is waived for ${commit} until 2027-01-15 08:00 UTC by ann@example.com: the API level\n`,
  );
});

describe("an audit", () => {
  const quiet: AuditedLine = {
    line: "release/v2.7",
    recorded: 2,
    fixes: [],
    unrecorded: [],
    backwards: null,
    movedTags: [],
  };
  const audit = (more: Partial<AuditedLine>): AuditOutcome => {
    return { kind: "audit", lines: [{ ...quiet, ...more }], without: ["release/v2.8"], ok: false };
  };

  test("of a quiet line is one row, and lines without a ledger are named", () => {
    expect(renderAudit(terminal(80), audit({}))).toBe("✓ release/v2.7  2 fixes recorded\n• no ledger: release/v2.8\n");
  });

  test("gives the command that goes on from each finding", () => {
    const revert = { ...FIX, commit: oid("7") };
    const fixes = [{ source: FIX, landed: oid("6"), revertedBy: revert, followUps: [] }];
    const movedTags = [{ tag: "v2.7.1", released: oid("8"), found: null }];
    expect(renderAudit(PIPE, audit({ fixes, movedTags }))).toBe(
      [
        "release/v2.7: 2 fixes recorded, 2 findings",
        `release/v2.7: tag v2.7.1 was released as ${oid("8")}, and is gone (git update-ref refs/tags/v2.7.1 ${oid("8").slice(0, 12)})`,
        `release/v2.7: ${commit} was taken back on main by ${oid("7")}: ${subject} (morello pick ${oid("7").slice(0, 12)} --onto release/v2.7)`,
        "note: no ledger: release/v2.8",
        "",
      ].join("\n"),
    );
  });
});

describe("what policy says of a pick", () => {
  const violation = (more: Partial<Violation>): Violation => ({
    rule: "class-approvals",
    severity: "error",
    commit,
    subject,
    message: "it is exact, and has 0 of 1 approvals",
    hint: "morello approve release/v2.7",
    paths: [],
    waiver: null,
    ...more,
  });
  const of = (...violations: Violation[]) => [result("stopped", planned("release/v2.7", []), { violations })];

  test("puts what refuses before what advises", () => {
    const advice = violation({
      rule: "unmerged-source",
      severity: "warning",
      message: "unmerged source",
      hint: "merge it",
    });
    expect(policyLines(terminal(80), of(advice, violation({})))).toEqual([
      "",
      "Policy",
      `  ✗ release/v2.7 ${commit.slice(0, 12)}  it is exact, and has 0 of 1 approvals`,
      "      morello approve release/v2.7",
      `  ! release/v2.7 ${commit.slice(0, 12)}  unmerged source`,
      "      merge it",
    ]);
  });

  test("says who let a violation pass", () => {
    const waiver = { by: "ann@example.com", reason: "the API level", until: 1, key: "5".repeat(64) };
    expect(policyLines(PIPE, of(violation({ waiver })))).toEqual([
      `release/v2.7: waived: class-approvals: ${commit}: it is exact, and has 0 of 1 approvals (waived by ann@example.com: the API level)`,
    ]);
  });
});

test("the first key is shown, and why records prove nothing", () => {
  expect(recordedLines(PIPE, { key: "SHA256:key", firstUse: true, warning: null })).toEqual([
    "note: the ledger begins: SHA256:key is its root key, trusted on first use",
  ]);
  expect(recordedLines(PIPE, { key: null, firstUse: false, warning: "the record is not signed" })).toEqual([
    "note: the record is not signed",
  ]);
  expect(recordedLines(PIPE, null)).toEqual([]);
});
