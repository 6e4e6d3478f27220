import { expect, test } from "vitest";
import { renderLedgerLog, renderLedgerShow } from "../../src/cli/render/ledger.ts";
import { renderLedgerTrust } from "../../src/cli/render/ledger-trust.ts";
import { renderLedgerVerify } from "../../src/cli/render/ledger-verify.ts";
import type { LedgerEntry, LedgerReport, LedgerVerifyOutcome } from "../../src/wire/ledger.ts";
import type { LedgerRecord } from "../../src/wire/record.ts";
import { CLOCK, COMMITTER, dateAt } from "../support/environment.ts";
import { oid, PIPE, terminal } from "./literal.ts";

const KEY = "SHA256:YAMj1U2dvtdtmBu0o+aWuMEyouWll9a0EOcDqLwhbYo";
const digest = (digits: string): string => digits.padEnd(64, "0");

function entry(seq: number, record: Partial<LedgerRecord>, signedBy = [KEY]): LedgerEntry {
  const common = {
    repository: oid("b0"),
    line: "release/v2.7",
    target: "refs/heads/release/v2.7",
    sources: [],
    attempt: 1,
    key: digest(`${seq}a${seq}b`),
    seq,
    previous: null,
    trust: null,
    policy: null,
    time: CLOCK,
    by: { ...COMMITTER, date: dateAt(0) },
  };
  return { commit: oid(`${seq}c`), digest: digest("d"), signedBy, record: { ...common, ...record } as LedgerRecord };
}

const LANDED = entry(2, {
  kind: "landed",
  sources: [oid("f1")],
  base: oid("ba"),
  commit: oid("c1"),
  tree: oid("7e"),
  from: oid("f1"),
  class: "resolved",
  conflicted: [],
  reason: "leaks at epoch 12",
  reach: "trusted",
  approvals: [],
  waivers: [],
  verify: null,
  engine: { git: "2.39.5", settings: "1" },
});
const REVERTED = entry(3, { kind: "reverted", commit: oid("c1"), revert: null, reason: "it \u001b[31mbroke" }, []);
const LOG = {
  kind: "ledger-log" as const,
  lines: [
    { line: "release/v2.7", refname: "refs/morello/ledger/release/v2.7", fetch: null, entries: [REVERTED, LANDED] },
    { line: "release/v2.8", refname: "refs/morello/ledger/release/v2.8", fetch: "git fetch origin x", entries: [] },
  ],
};

test("the log on a terminal of 80 columns: a row a record, signed or not", () => {
  expect(renderLedgerLog(terminal(80), LOG)).toBe(`release/v2.7  refs/morello/ledger/release/v2.7
  ○  2026-01-01  3a3b0000  reverted  c10000000000: it \\x1b[31mbroke     Cleo Co…
  ✓  2026-01-01  2a2b0000  landed    f10000000000 as c10000000000, th…  Cleo Co…

release/v2.8: no ledger here; if the remote has one: git fetch origin x
`);
});

test("the log in a pipe: a line a record, with the names in full", () => {
  const [first, second] = renderLedgerLog(PIPE, LOG).split("\n");
  expect(first).toBe(
    `release/v2.7: 3 reverted c10000000000: it \\x1b[31mbroke, 2026-01-01T00:00:00Z, Cleo Committer <cleo@example.com>, unsigned, key ${digest("3a3b")}, log commit ${oid("3c")}`,
  );
  expect(second).toContain(`signed by ${KEY}`);
});

test("a record in full says every word of it, and leaves out what is empty", () => {
  const text = renderLedgerShow(terminal(120), {
    kind: "ledger-show",
    entries: [{ ...LANDED, envelope: { payloadType: "application/vnd.in-toto+json", payload: "", signatures: [] } }],
  });
  expect(text).toContain("landed f10000000000 as c10000000000, the fix, with conflicts resolved by hand\n");
  expect(text).toMatch(/\n {2}reason +leaks at epoch 12\n/);
  expect(text).not.toContain("waivers");
});

function report(wish: Partial<LedgerReport> = {}): LedgerReport {
  return {
    line: "release/v2.7",
    refname: "refs/morello/ledger/release/v2.7",
    tip: oid("aa"),
    repository: oid("b0"),
    records: 12,
    signed: 11,
    signers: [{ fingerprint: KEY, principal: "ada@example.com", records: 11 }],
    findings: [],
    more: 0,
    fetch: null,
    ...wish,
  };
}

const HOLDS: LedgerVerifyOutcome = {
  kind: "ledger-verify",
  ok: true,
  lines: [report()],
  trust: { tip: oid("dd"), threshold: 1, keys: [], roots: [KEY], pinned: "first-use" },
  trustFindings: [],
  from: {
    tag: "v2.7.1",
    line: "release/v2.7",
    picks: [
      {
        pick: {
          commit: oid("c1"),
          subject: "loader: limit the queue",
          author: "Ada",
          date: "2026-01-01T00:00:00+00:00",
        },
        source: {
          commit: oid("f1"),
          subject: "loader: limit the queue",
          author: "Ada",
          date: "2026-01-01T00:00:00+00:00",
        },
        class: "exact",
        approvals: ["boss@example.com"],
        key: digest("1"),
      },
      {
        pick: { commit: oid("c2"), subject: "by hand", author: "Bob", date: "2026-01-01T00:00:00+00:00" },
        source: null,
        class: null,
        approvals: [],
        key: null,
      },
    ],
  },
};

test("what holds, at 120 columns: the version's commits, the lines, whose key is the root", () => {
  expect(renderLedgerVerify(terminal(120), HOLDS)).toBe(`v2.7.1 of release/v2.7: 2 commits
  ✓ c10000000000 loader: limit the queue
      exactly the fix from f10000000000 loader: limit the queue, approved by boss@example.com
  ! c20000000000 by hand
      no record

✓ release/v2.7: 12 records, 11 signed  refs/morello/ledger/release/v2.7 at aa0000000000
    11 by ada@example.com ${KEY}

✓ trust log: 0 keys
    root key ${KEY}, seen for the first time, and remembered from now on

✓ All holds.
`);
});

test("what does not hold, at 80 columns: every finding with its code and what to do", () => {
  const message = "the key of bob@example.com (SHA256:NfP8JinSDYfcz1vAUXDplFQI5JB3glaZiIS) was revoked";
  const findings = [
    { code: "revoked-key" as const, line: "release/v2.7", seq: 7, message, hint: "morello ledger log" },
  ];
  const missing = report({ line: "release/v2.8", tip: null, fetch: "git fetch origin x" });
  const outcome = { ...HOLDS, ok: false, lines: [report({ findings, more: 3 }), missing], trust: null, from: null };
  expect(renderLedgerVerify(terminal(80), outcome))
    .toBe(`✗ release/v2.7: 12 records, 11 signed  refs/morello/ledger/release/v2.7 at aa0000000000
    11 by ada@example.com ${KEY}
    ✗ record 7: the key of bob@example.com
      (SHA256:NfP8JinSDYfcz1vAUXDplFQI5JB3glaZiIS) was revoked [revoked-key]
      morello ledger log
    and 3 more

! release/v2.8: no ledger here, so nothing is proved; if the remote has it: git fetch origin x

No trust log: who may sign is said by nobody. To begin one: morello ledger trust
--add KEY.pub --as EMAIL --role root

✗ Not all holds.
`);
});

test("keys with their fingerprints in full, and who has signed a change so far", () => {
  const key = { fingerprint: KEY, principal: "ada@example.com", validAfter: null, validBefore: CLOCK };
  const keys = [
    { ...key, roles: ["root" as const, "writer" as const], revoked: false },
    { ...key, roles: ["approver" as const], revoked: true },
  ];
  const trust = { tip: oid("dd"), threshold: 2, keys, roots: [KEY], pinned: "remembered" as const };
  const pending = { file: "change.json", have: 1, needed: 2 };
  const outcome = { kind: "ledger-trust" as const, trust, changed: false, pending };
  expect(renderLedgerTrust(terminal(80), outcome))
    .toBe(`… change.json has 1 of 2 root signatures, so nothing has changed yet.
  The next one signs it with: morello ledger trust --sign change.json
✓ ada@example.com  root, writer until 2026-01-01
    ${KEY}
✗ ada@example.com  revoked
    ${KEY}
A change needs 2 root signatures.
`);
});
