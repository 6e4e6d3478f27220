import { expect, test } from "vitest";
import { recordSymbolJudgements } from "../../src/apply/symbol-judgements.ts";
import { checkSymbols } from "../../src/usecase/needs/check-symbols.ts";
import { withWorkspace } from "../../src/usecase/workspace.ts";
import { SymbolReport } from "../../src/wire/symbol.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, NOW } from "./setting.ts";

const A_H = "int old(int a);\n";
const A_C = '#include "a.h"\n\nint old(int a) { return a; }\n';
const FIX = `${A_C}\nint fixed(int a) { return fresh(a); }\n`;

/** The fix calls `fresh`, which `helper` brought after the line branched off; `noise` lies between. */
function told(
  helper: Readonly<Record<string, string>>,
  line: Readonly<Record<string, string>> = {},
): Promise<TestRepository> {
  return history()
    .commit("base", { files: { "a.h": A_H, "a.c": A_C, "notes": "1\n" } })
    .branch("release/v1")
    .commit("line", { files: { "line.c": "int line;\n", ...line } })
    .checkout("main")
    .commit("helper", { message: "helper\n", files: helper })
    .commit("noise", { files: { notes: "2\n" } })
    .commit("fix", { files: { "a.c": FIX } })
    .create(makeSandbox());
}

async function check(repository: TestRepository): Promise<SymbolReport> {
  return withWorkspace(depsOf(repository), async (workspace) => {
    const [source, onto] = [repository.oid("fix"), repository.oid("line")];
    const { engine, scratch } = workspace;
    const [fix, parent, tip] = await Promise.all(
      [source, repository.oid("noise"), onto].map((oid) => scratch.reader.commit(oid)),
    );
    if (fix == null || parent == null || tip == null) throw new Error("a commit is missing");
    const [merge] = await engine.merge([{ base: parent.tree, ours: tip.tree, theirs: fix.tree }]);
    if (merge?.kind !== "clean") throw new Error("the pick is not clean");
    const report = await checkSymbols(workspace, {
      source,
      onto: { commit: onto, tree: tip.tree },
      merged: merge.tree,
    });
    return SymbolReport.parse(report);
  });
}

test("a commit that brings the name and picks cleanly is to be picked first", async () => {
  const repository = await told({ "a.h": `${A_H}int fresh(int a);\n` });
  const report = await check(repository);
  const commit = repository.oid("helper");
  expect(report.alarms).toMatchObject([
    {
      rule: "unbound",
      name: "fresh",
      use: { path: "a.c", line: 5 },
      definition: { path: "a.h", line: 2 },
      verdict: { kind: "pick-first", commit },
    },
  ]);
  expect(report.needs).toMatchObject({ commits: [{ commit, subject: "helper" }], proven: true });
});

test("a commit that conflicts is named, and the line is to be adapted", async () => {
  const repository = await told({ "a.h": `${A_H}int fresh(int a);\n` }, { "a.h": "int old(int a);\nint own(void);\n" });
  const report = await check(repository);
  expect(report.alarms[0]?.verdict).toEqual({ kind: "adapt", commit: repository.oid("helper") });
  expect(report.needs.proven).toBe(false);
});

test("a changed signature is traced to the commit that wrote the line, and both definitions are shown", async () => {
  const repository = await told({ "a.h": `${A_H}int fresh(int a);\n` }, { "a.h": `${A_H}int fresh(int a, int b);\n` });
  expect((await check(repository)).alarms).toMatchObject([
    {
      rule: "call",
      definition: { path: "a.h", line: 2 },
      instead: { path: "a.h", line: 2 },
      verdict: { kind: "adapt" },
    },
  ]);
});

test("a name that the line declares in a header that the file does not include is an include to add", async () => {
  const repository = await told({ "a.h": `${A_H}int fresh(int a);\n` }, { "b.h": "int fresh(int a);\n" });
  const report = await check(repository);
  expect(report.alarms[0]?.verdict).toEqual({ kind: "add-import", module: "b.h", name: null });
  expect(report.needs).toEqual({ commits: [], proven: false });
});

test("what a person said of an alarm is shown with it, and a later word replaces an earlier one", async () => {
  const repository = await told({ "a.h": `${A_H}int fresh(int a);\n` });
  await withWorkspace(depsOf(repository), ({ repository: opened }) => {
    const said = {
      source: repository.oid("fix"),
      rule: "unbound",
      name: "fresh",
      path: "a.c",
      reason: "",
      at: NOW,
    } as const;
    recordSymbolJudgements(opened, [{ ...said, verdict: "accepted" }]);
    recordSymbolJudgements(opened, [{ ...said, verdict: "overridden" }]);
    return Promise.resolve();
  });
  expect((await check(repository)).alarms[0]?.judged).toBe("overridden");
});
