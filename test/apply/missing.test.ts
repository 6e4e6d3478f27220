import { describe, expect, test } from "vitest";
import { plan } from "../../src/usecase/plan.ts";
import { damage, lose } from "../git/open.ts";
import { lines } from "../support/case/case.ts";
import { CLOCK } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { engineOn, sidesOf, verdictOf } from "./engine.ts";

/** One base, one line, and a source commit for each way in which a merge can need an object. */
const told = history()
  .commit("base", {
    files: {
      "merged": lines(20),
      "moved": lines(20, {}, " moved\n"),
      "attributed/a.txt": lines(20, {}, " attributed\n"),
      "attributed/.gitattributes": "*.txt merge=union\n",
      "deep/er/x": "x\n",
      "fine": lines(20, {}, " fine\n"),
    },
  })
  .branch("release/v1")
  .commit("onto", {
    files: {
      "merged": lines(20, { 18: "line" }),
      "attributed/a.txt": lines(20, { 3: "line" }, " attributed\n"),
      "fine": lines(20, { 18: "line" }, " fine\n"),
    },
    rename: { moved: "now/here" },
  });
const SOURCES = {
  merged: { merged: lines(20, { 3: "fixed" }) },
  taken: { new: "a new file\n" },
  moved: { moved: lines(20, { 3: "fixed" }, " moved\n") },
  attributed: { "attributed/a.txt": lines(20, { 3: "fixed" }, " attributed\n") },
  deep: { "deep/er/x": "y\n" },
  fine: { fine: lines(20, { 3: "fixed" }, " fine\n") },
};
for (const [name, files] of Object.entries(SOURCES)) told.branch(name, "base").commit(name, { files });

const MISSING: readonly (readonly [
  what: string,
  victim: keyof typeof SOURCES,
  revision: (oid: (mark: string) => string) => string,
])[] = [
  ["the source's side of a merged file", "merged", (oid) => `${oid("merged")}:merged`],
  ["the line's side of a merged file", "merged", (oid) => `${oid("onto")}:merged`],
  ["the base of a merged file", "merged", (oid) => `${oid("base")}:merged`],
  ["a file that is taken as it is", "taken", (oid) => `${oid("taken")}:new`],
  ["a file that the line renamed", "moved", (oid) => `${oid("moved")}:moved`],
  ["an attributes file", "attributed", (oid) => `${oid("onto")}:attributed/.gitattributes`],
  ["a directory of the source", "deep", (oid) => `${oid("deep")}:deep/er`],
  ["the source's root directory", "fine", (oid) => `${oid("fine")}^{tree}`],
];

describe.each([
  ["gone", lose],
  ["damaged", damage],
] as const)("an object that is %s concerns its own pick alone", (_, spoil) => {
  test.each(MISSING)("%s", async (_what, victim, revision) => {
    const repository = await told.create(makeSandbox(), { bare: true });
    const names = Object.keys(SOURCES);
    const whole = await engineOn(repository);
    const sides = await Promise.all(names.map((name) => sidesOf(whole, repository.oid("onto"), repository.oid(name))));
    const wanted = (await whole.engine.merge(sides)).map((merge, n) => verdictOf(merge, sides[n]?.ours ?? ""));
    expect(wanted.map(({ kind }) => kind)).toEqual(names.map(() => "clean"));
    const lost = await spoil(
      repository,
      revision((mark) => repository.oid(mark)),
    );
    const open = await engineOn(repository);
    const merges = await open.engine.merge(sides);
    for (const [n, name] of names.entries()) {
      if (name !== victim)
        expect([name, verdictOf(merges[n] ?? never(), sides[n]?.ours ?? "")]).toEqual([name, wanted[n]]);
    }
    const merge = merges[names.indexOf(victim)];
    if (merge?.kind !== "missing") throw new Error(`${victim} was merged without ${lost}`);
    expect(merge.detail).toMatch(/missing|damaged|unable to read|Cannot read|corrupt|could not/);
    expect(`${merge.objects.join()} ${merge.detail}`).toContain(lost);
  });
});

function never(): never {
  throw new Error("an answer is missing");
}

test("a plan names the missing object at its commit, and goes on with the others", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const lost = await lose(repository, `${repository.oid("taken")}:new`);
  const options = {
    mainline: null,
    signoff: false,
    trailers: [],
    messages: {},
    via: "source",
    toBranch: null,
  } as const;
  const deps = { cwd: repository.path, environment: repository.sandbox.env, now: CLOCK };
  const revisions = ["merged", "taken", "fine"].map((mark) => repository.oid(mark));
  const kinds: unknown[] = [];
  for (const revision of revisions) {
    const outcome = await plan(deps, {
      revisions: [revision],
      onto: ["release/v1"],
      options: { ...options, trailers: [] },
      fetch: false,
    });
    const [pick] = outcome.kind === "plan" ? (outcome.plan.lines[0]?.picks ?? []) : [];
    kinds.push(
      pick?.outcome.kind === "refused" ? [pick.outcome.reason, pick.outcome.detail.includes(lost)] : pick?.outcome.kind,
    );
  }
  expect(kinds).toEqual(["clean", ["object-missing", true], "clean"]);
});
