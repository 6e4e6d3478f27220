import { expect, test } from "vitest";
import { renderGuard, renderGuardFailure, renderReceived, renderTimeOut } from "../../src/cli/render/guard.ts";
import { AppError } from "../../src/error.ts";
import type { Refusal } from "../../src/wire/guard.ts";
import { oid, PIPE, terminal } from "./literal.ts";

const LINE: Refusal = {
  rule: "line-rewound",
  refname: "refs/heads/release/v2.7",
  commit: null,
  subject: "",
  message: "the push would take commits off the line",
  hint: "git fetch, pick again onto what is there, then push",
};
const COMMIT: Refusal = {
  ...LINE,
  rule: "markers",
  commit: oid("1a"),
  subject: "fix: \u001b[31mleak\u202e",
  message: `conflict markers are left in ${"long/".repeat(80)}a.txt`,
};

test("what was installed", () => {
  const installed = {
    kind: "guard-installed",
    repository: "/srv/git/app.git",
    hook: "/srv/git/app.git/hooks/pre-receive",
    chained: "/srv/git/app.git/hooks/before-morello/pre-receive",
    auditOnly: true,
    renewed: false,
    lines: Array.from({ length: 8 }, (_, n) => `release/v2.${8 - n}`),
    main: "main",
  } as const;
  expect(renderGuard(terminal(80), { ...installed, lines: [...installed.lines] })).toMatchInlineSnapshot(`
    "✓ installed in /srv/git/app.git, to report only: nothing is refused
      guards 8 release lines: release/v2.8, release/v2.7, release/v2.6, release/v2.5, release/v2.4, release/v2.3 …
      policy is read from main
      the hook from before runs after it: /srv/git/app.git/hooks/before-morello/pre-receive
    "
  `);
  expect(renderGuard(PIPE, { ...installed, lines: [], main: null, auditOnly: false, chained: null, renewed: true }))
    .toMatchInlineSnapshot(`
    "+ renewed in /srv/git/app.git
      guards 0 release lines
      policy is read from the default branch, once there is one
    "
  `);
  expect(renderGuard(PIPE, { kind: "guard-removed", repository: "/srv/git/app.git", hook: "x", restored: true }))
    .toMatchInlineSnapshot(`
    "+ removed from /srv/git/app.git; the hook from before is back in its place
    "
  `);
});

test("a push that is refused, for whoever pushed it", () => {
  const refusals = [LINE, COMMIT, LINE, LINE, LINE, LINE, LINE];
  expect(renderReceived({ kind: "received", accepted: false, auditOnly: false, refusals, notes: [] }))
    .toMatchInlineSnapshot(`
    "morello guard: refused, and nothing was moved
      refs/heads/release/v2.7
        the push would take commits off the line  [line-rewound]
        hint: git fetch, pick again onto what is there, then push
      refs/heads/release/v2.7 1a0000000000 fix: \\x1b[31mleak\\u202e
        conflict markers are left in long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/lon...  [markers]
        hint: git fetch, pick again onto what is there, then push
      refs/heads/release/v2.7
        the push would take commits off the line  [line-rewound]
        hint: git fetch, pick again onto what is there, then push
      refs/heads/release/v2.7
        the push would take commits off the line  [line-rewound]
        hint: git fetch, pick again onto what is there, then push
      refs/heads/release/v2.7
        the push would take commits off the line  [line-rewound]
        hint: git fetch, pick again onto what is there, then push
      and 2 more
    "
  `);
});

test("a push that would be refused, and one with nothing to say", () => {
  expect(renderReceived({ kind: "received", accepted: true, auditOnly: true, refusals: [LINE], notes: ["a\nb"] }))
    .toMatchInlineSnapshot(`
    "morello guard: a\\nb
    morello guard: would refuse this push, and lets it through (--audit-only)
      refs/heads/release/v2.7
        the push would take commits off the line  [line-rewound]
        hint: git fetch, pick again onto what is there, then push
    "
  `);
  expect(renderReceived({ kind: "received", accepted: true, auditOnly: false, refusals: [], notes: [] })).toBe("");
});

test("a guard that failed, and one that took too long", () => {
  const error = new AppError("git-failed", "git rev-list failed: \u001b[2J", { hint: "git fsck" });
  expect(renderGuardFailure(error)).toMatchInlineSnapshot(`
    "morello guard: refused, since the push could not be looked at
      git rev-list failed: \\x1b[2J
      hint: git fsck
    "
  `);
  expect(renderGuardFailure(new Error("unexpected"))).toMatchInlineSnapshot(`
    "morello guard: refused, since the push could not be looked at
      unexpected
      hint: whoever runs this server finds more with: git fsck, morello check
    "
  `);
  expect(renderTimeOut(60)).toMatchInlineSnapshot(`
    "morello guard: refused, since looking at the push took longer than 60 seconds
      hint: push fewer commits at once; on the server: git config morello.guardTimeout SECONDS
    "
  `);
});
