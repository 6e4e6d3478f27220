import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { claimsOf } from "../../src/message/claims.ts";
import { plainSubject } from "../../src/message/subject.ts";

const A = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const B = "99887766554433221100ffeeddccbbaa99887766";

describe("whose pick a commit says it is", () => {
  it.each([
    `fix\n\n(cherry picked from commit ${A})\n`,
    `fix\n\nSigned-off-by: X <x@x>(cherry picked from commit ${A})\n`,
    `fix\n\n(cherry-picked from ${A})\n`,
    `fix\n\nCherry-picked from ${A}.\n`,
    `fix\n\n(backported from commit ${A})\n`,
    `fix\n\n(backport of ${A})\n`,
    `fix\n\nBackported from ${A}.\n`,
    `fix\n\ncommit ${A} upstream.\n`,
    `fix\n\n[ Upstream commit ${A} ]\n`,
    `fix\n\nBackport of https://forge.example/o/r/commit/${A}\n`,
    `fix\n\n(cherry picked from commit ${A.toUpperCase()})\n`,
  ])("is read from %j", (message) => {
    expect(claimsOf(message).pickedFrom).toEqual([A]);
  });

  it("keeps a chain in its order, and abbreviations as they are", () => {
    const message = `fix\n\n(cherry picked from commit ${A})\n(cherry picked from commit 9988776)\n`;
    expect(claimsOf(message).pickedFrom).toEqual([A, "9988776"]);
  });

  it.each(["fix: picked from defaced images", "cherry pick from feature branch", "picked from the list"])(
    "is not read from words: %s",
    (subject) => {
      expect(claimsOf(subject).pickedFrom).toEqual([]);
    },
  );
});

describe("what a commit takes back or puts back", () => {
  it("reads git's line, wrapped or followed by more", () => {
    expect(claimsOf(`Revert "x"\n\nThis reverts commit ${A}, reversing\nchanges made to ${B}.\n`).reverts).toEqual([A]);
    expect(claimsOf(`Revert "x"\n\nThis reverts commit ${A}.\n`).reverts).toEqual([A]);
    expect(claimsOf(`undo\n\nReverts ${A.slice(0, 10)}\n`).reverts).toEqual([A.slice(0, 10)]);
  });

  it("tells a re-apply from a revert", () => {
    const { reapplies, reverts } = claimsOf(`Reapply "x"\n\nThis reverts commit ${B}.\nReapplies ${A}.\n`);
    expect(reapplies).toEqual([A]);
    expect(reverts).toEqual([B]);
  });
});

describe("what a commit repairs or follows", () => {
  it("reads Fixes: trailers with and without a title", () => {
    expect(claimsOf(`a\n\nFixes: ${A.slice(0, 12)} ("b: c")\n`).fixes).toEqual([A.slice(0, 12)]);
    expect(claimsOf(`a\n\nFixes: ${A}\nFixes ${B}\n`).fixes).toEqual([A, B]);
    expect(claimsOf(`a\n\nRegression introduced in ${A}.\n`).fixes).toEqual([A]);
  });

  it("does not take a fixed issue for a commit", () => {
    const { fixes, issues } = claimsOf("a\n\nFixes: #1234567\nFixes #12\n");
    expect(fixes).toEqual([]);
    expect(issues).toEqual([1_234_567, 12]);
  });

  it.each([`Follow-up to ${A}`, `followup of ${A}`, `follow up for commit ${A}`, `fix typo in ${A}`])(
    "reads %s",
    (line) => {
      expect(claimsOf(`a\n\n${line}\n`).followsUp).toEqual([A]);
    },
  );

  it("lists other object IDs as mentions", () => {
    expect(claimsOf(`a\n\nsee ${A} and v1.2.3-4-gabcdef0, 1234567890\n`).mentions).toEqual([A]);
  });
});

describe("pull requests and issues", () => {
  it("takes the number in brackets for the commit's own pull request", () => {
    expect(claimsOf("fix leak (#12)\n\nsee #7\n")).toMatchObject({ pulls: [12], issues: [7] });
  });

  it.each([
    ["Merge pull request #31 from o/b", 31],
    ["Backport PR #31 on branch 3.1.x (Fix it)", 31],
    ["[release] fix\n\nBackport of #31.", 31],
    ["[Backport #31] fix", 31],
    ["fix\n\nBackport of gh-31.", 31],
    ["fix\n\ncherry-picked from https://forge.example/o/r/pull/31", 31],
  ])("reads %j", (message, number) => {
    expect(claimsOf(message).pulls).toEqual([number]);
  });
});

describe("what stable lines need first", () => {
  it("reads the kernel's form", () => {
    const message = `a\n\nCc: <stable@vger.kernel.org> # 3.3.x: a1f84a3: sched: Check for idle\nCc: stable@x # 3.3.x\n`;
    const claims = claimsOf(message);
    expect(claims.prerequisites).toEqual([{ commit: "a1f84a3", version: "3.3.x" }]);
    expect(claims.wantsStable).toBe(true);
    expect(claimsOf("stable at last\n").wantsStable).toBe(false);
  });
});

describe("plainSubject", () => {
  it.each([
    ["[release/2.0] fix: leak (#12)", "fix: leak"],
    ["Backport PR #12 on branch v3.8.x (fix: leak)", "fix: leak"],
    ["Backport: fix: leak", "fix: leak"],
    ["[Backport 2.x] fix: leak (#12) (#34)", "fix: leak"],
    ["fix: leak [backport]", "fix: leak"],
    ["fix: leak (backport #12)", "fix: leak"],
    ["1.26.x: fix: leak", "fix: leak"],
    ["cherry-pick #12: fix: leak", "fix: leak"],
    ["Fix:  Leak.", "fix: leak"],
    ["[backport]", "[backport]"],
    ['Revert "fix: leak"', 'revert "fix: leak"'],
    ["MAINT: bump version to 1.26.2", "maint: bump version to 1.26.2"],
  ])("%s", (subject, plain) => {
    expect(plainSubject(subject)).toBe(plain);
  });

  it("is its own plain form", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => plainSubject(plainSubject(text)) === plainSubject(text)),
    );
  });
});

it("reads any text without failing, and finds no empty entry", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (message) => {
      const claims = claimsOf(message);
      return [...claims.pickedFrom, ...claims.reverts, ...claims.fixes, ...claims.mentions].every((id) =>
        /^[0-9a-f]{7,64}$/.test(id),
      );
    }),
  );
});
