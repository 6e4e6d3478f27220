import { expect, test } from "vitest";
import { renderProtect } from "../../src/cli/render/protect.ts";
import type { ProtectDifference, ProtectOutcome } from "../../src/wire/protect.ts";
import { PIPE, terminal } from "./literal.ts";

const LINES = "ruleset Morello: release lines";

const DIFFERENCES: readonly ProtectDifference[] = [
  {
    rule: LINES,
    setting: "approvals",
    found: 1,
    wanted: 2,
    why: "policy asks 2 of class adapted, and a forge cannot tell classes",
  },
  {
    rule: "ruleset Morello: ledgers",
    setting: "applies to",
    found: null,
    wanted: ["refs/heads/morello-ledger/**/*", "refs/heads/morello-trust"],
    why: "where ledgers and trusted keys are published",
  },
  {
    rule: "ruleset Morello: old",
    setting: "all of it",
    found: "there",
    wanted: null,
    why: "Morello set it, and no line or policy asks for it now",
  },
];

const CHECKED: ProtectOutcome = {
  kind: "checked",
  forge: "github",
  host: "github.com",
  project: "org/app",
  means: "rulesets",
  differences: [...DIFFERENCES],
  others: [
    {
      name: "house \u001b[31mrules",
      source: "organization org",
      settings: { enforcement: "disabled", rules: ["deletion", "required_signatures"] },
    },
    { name: "protected branch *", source: "the project", settings: { "force push": "allowed", "push": "developers" } },
  ],
  bypasses: [{ rule: "Morello: release lines", actor: "app 15368", when: "always" }],
  limits: ["GitHub cannot ask that tags are annotated or signed: morello check and morello ledger verify do"],
  shortfalls: [
    {
      rule: LINES,
      ref: "refs/heads/release/v2.7",
      setting: "force push",
      found: "allowed",
      wanted: "refused",
      why: "another rule wins",
    },
    {
      rule: LINES,
      ref: "refs/heads/release/v2.8",
      setting: "force push",
      found: "allowed",
      wanted: "refused",
      why: "another rule wins",
    },
  ],
  rulesDigest: "ab".repeat(32),
  ok: false,
};

const GOOD: ProtectOutcome = {
  ...CHECKED,
  differences: [],
  shortfalls: [],
  others: [],
  bypasses: [],
  limits: [],
  ok: true,
};

test("at 80 columns: rule by rule, reasons wrapped beside what they explain", () => {
  expect(renderProtect(terminal(80), CHECKED)).toMatchInlineSnapshot(`
    "! github.com/org/app  3 settings differ, 2 settings for a person to change

    ruleset Morello: release lines
      approvals  1  →  2  policy asks 2 of class adapted, and a forge cannot tell
                          classes

    ruleset Morello: ledgers  not there
      applies to  morello-ledger/**/*, morello-trust
          where ledgers and trusted keys are published

    ruleset Morello: old  not wanted any more
      all of it  there  →  nothing  Morello set it, and no line or policy asks for
                                    it now

    For a person to change, since Morello did not set it
      force push  allowed  →  refused
          release/v2.7, release/v2.8: another rule wins

    Who need not heed them
      app 15368  always  Morello: release lines

    Not Morello's, and left alone
      house \\x1b[31mrules  organization org  disabled: deletion, required_signatures
      protected branch *   the project       force push allowed, push developers

    • GitHub cannot ask that tags are annotated or signed: morello check and morello
      ledger verify do

    rules in force  sha256:abababababababababababababababababababababababababababababababab
    Next  morello protect --apply
    "
  `);
});

test("at 120 columns", () => {
  expect(renderProtect(terminal(120), CHECKED)).toMatchInlineSnapshot(`
    "! github.com/org/app  3 settings differ, 2 settings for a person to change

    ruleset Morello: release lines
      approvals  1  →  2  policy asks 2 of class adapted, and a forge cannot tell classes

    ruleset Morello: ledgers  not there
      applies to  morello-ledger/**/*, morello-trust  where ledgers and trusted keys are published

    ruleset Morello: old  not wanted any more
      all of it  there  →  nothing  Morello set it, and no line or policy asks for it now

    For a person to change, since Morello did not set it
      force push  allowed  →  refused
          release/v2.7, release/v2.8: another rule wins

    Who need not heed them
      app 15368  always  Morello: release lines

    Not Morello's, and left alone
      house \\x1b[31mrules  organization org  disabled: deletion, required_signatures
      protected branch *   the project       force push allowed, push developers

    • GitHub cannot ask that tags are annotated or signed: morello check and morello ledger verify do

    rules in force  sha256:abababababababababababababababababababababababababababababababab
    Next  morello protect --apply
    "
  `);
});

test("where there is no room beside, reasons stand below", () => {
  expect(renderProtect(terminal(48), { ...CHECKED, ...GOOD, differences: [...DIFFERENCES], ok: false }))
    .toMatchInlineSnapshot(`
    "! github.com/org/app  3 settings differ

    ruleset Morello: release lines
      approvals  1  →  2
          policy asks 2 of class adapted, and a
          forge cannot tell classes

    ruleset Morello: ledgers  not there
      applies to  morello-ledger/**/*, morello-trust
          where ledgers and trusted keys are
          published

    ruleset Morello: old  not wanted any more
      all of it  there  →  nothing
          Morello set it, and no line or policy asks
          for it now

    rules in force  sha256:abababababababababababababababababababababababababababababababab
    Next  morello protect --apply
    "
  `);
});

test("in a pipe: one fact a line", () => {
  expect(renderProtect(PIPE, CHECKED)).toMatchInlineSnapshot(`
    "github.com/org/app: 3 settings differ, 2 settings for a person to change
    ruleset Morello: release lines: approvals: different: 1 -> 2
    ruleset Morello: ledgers: applies to: different: nothing -> morello-ledger/**/*, morello-trust
    ruleset Morello: old: all of it: different: there -> nothing
    refs/heads/release/v2.7: force push: falls short: allowed -> refused
    refs/heads/release/v2.8: force push: falls short: allowed -> refused
    Morello: release lines: bypass: app 15368: always
    house \\x1b[31mrules: not Morello's: organization org: disabled: deletion, required_signatures
    protected branch *: not Morello's: the project: force push allowed, push developers
    note: GitHub cannot ask that tags are annotated or signed: morello check and morello ledger verify do
    rules in force: sha256:abababababababababababababababababababababababababababababababab
    "
  `);
});

test("all as it should be is said in a line", () => {
  expect(renderProtect(terminal(80), GOOD)).toMatchInlineSnapshot(`
    "✓ github.com/org/app  protected by rulesets

    rules in force  sha256:abababababababababababababababababababababababababababababababab
    "
  `);
});

test("what was written is told as done, and what was not taken is told apart", () => {
  const [first] = DIFFERENCES;
  const applied: ProtectOutcome = {
    ...GOOD,
    kind: "applied",
    ok: false,
    differences: [...DIFFERENCES],
    remaining: first === undefined ? [] : [first],
  };
  expect(renderProtect(terminal(80), applied)).toMatchInlineSnapshot(`
    "! github.com/org/app  3 settings written; 1 setting differs

    ruleset Morello: release lines
      approvals  1  →  2  policy asks 2 of class adapted, and a forge cannot tell
                          classes

    ruleset Morello: ledgers  made
      applies to  morello-ledger/**/*, morello-trust
          where ledgers and trusted keys are published

    ruleset Morello: old  removed
      all of it  there  →  nothing  Morello set it, and no line or policy asks for
                                    it now

    ruleset Morello: release lines  written, and not taken
      approvals  1  →  2  policy asks 2 of class adapted, and a forge cannot tell
                          classes

    rules in force  sha256:abababababababababababababababababababababababababababababababab
    Next  change on the forge's own pages what is listed, then: morello protect
    "
  `);
});

test("no row is wider than the terminal, whatever names there are", () => {
  const long = "x".repeat(150);
  const wide: ProtectOutcome = {
    ...CHECKED,
    others: [{ name: long, source: long, settings: { rules: [long] } }],
    bypasses: [{ rule: long, actor: long, when: "always" }],
  };
  for (const columns of [80, 120]) {
    const rows = renderProtect(terminal(columns), wide).split("\n");
    expect(rows.filter((row) => row.length > columns && !row.includes("sha256:"))).toEqual([]);
  }
});
