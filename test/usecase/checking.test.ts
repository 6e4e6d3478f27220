import { expect, test } from "vitest";
import { serialiseCommit } from "../../src/object/commit.ts";
import { checkCommits, type Checked } from "../../src/usecase/checking/check-commits.ts";
import { NO_CONTEXT, type CheckContext } from "../../src/usecase/checking/context.ts";
import { historyOf, linesOf, withWorkspace } from "../../src/usecase/workspace.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, fixStory, NOW, text } from "./setting.ts";

const LINE = "release/v2.7";

/** Checks a commit that exists in the scratch repository alone: the line's tip with `loader.py` replaced. */
async function wouldLand(
  repository: TestRepository,
  loader: string,
  context: (commit: string) => Partial<CheckContext> = () => ({}),
): Promise<Checked & { readonly commit: string }> {
  return withWorkspace(depsOf(repository), async (workspace) => {
    const { scratch, engine } = workspace;
    const tip = repository.oid("only 2.7");
    const fix = repository.oid("fix");
    const [onto, source] = await Promise.all([scratch.reader.commit(tip), scratch.reader.commit(fix)]);
    if (onto === null || source === null) throw new Error("the story has changed");
    const blob = { mode: "100644" as const, oid: scratch.write("blob", Buffer.from(loader)) };
    const tree = await engine.splice(onto.tree, new Map([["loader.py" as never, blob]]));
    engine.publish(tree);
    const message = `${source.message}\n(cherry picked from commit ${fix})\n`;
    const { author, committer } = source;
    const commit = scratch.write("commit", serialiseCommit({ tree, parents: [tip], author, committer, message }));
    const graph = await historyOf(workspace, [commit, fix]);
    const line = linesOf(workspace, graph).find(({ name }) => name === LINE);
    if (line === undefined) throw new Error("the story has changed");
    return { ...(await checkCommits(workspace, graph, line, [commit], { ...NO_CONTEXT, ...context(commit) })), commit };
  });
}

const story = (policy: string): Promise<TestRepository> =>
  fixStory()
    .checkout("main")
    .commit("configuration", { files: { "morello.yaml": `policy: ${policy}\n` } })
    .create(makeSandbox());

const told = ({ violations }: Checked): string[] => violations.map(({ severity, rule }) => `${severity} ${rule}`);

test("what would land is checked where it lies, and nothing of it reaches the repository", async () => {
  const repository = await story("{ rules: { message-form: off, newer-lines-first: off } }");
  const refs = await repository.git(["for-each-ref"]);
  const clean = await wouldLand(repository, text({ 20: "limited" }));
  expect([told(clean), clean.commits.map((one) => one.class)]).toEqual([[], ["exact"]]);
  const marked = await wouldLand(repository, text({ 20: "<<<<<<< a\n=======\n>>>>>>> b" }));
  expect(told(marked)).toContain("error markers");
  expect(await repository.git(["for-each-ref"])).toBe(refs);
  expect((await repository.gitRun(["cat-file", "-e", clean.commit], { ok: [0, 1, 128] })).status).not.toBe(0);
});

test("approvals and waivers of the ledger count", async () => {
  const repository = await story("{ classes: { exact: 1 }, rules: { message-form: off, newer-lines-first: off } }");
  const check = async (context: (commit: string) => Partial<CheckContext>): Promise<(readonly [string, boolean])[]> => {
    const { violations } = await wouldLand(repository, text({ 20: "limited" }), context);
    return violations.map(({ rule, waiver }) => [rule, waiver !== null] as const);
  };
  expect(await check(() => ({}))).toEqual([["class-approvals", false]]);
  expect(await check((commit) => ({ approvals: new Map([[commit, ["lead@example.com"]]]) }))).toEqual([]);
  const waiver = {
    rule: "class-approvals",
    by: "lead@example.com",
    reason: "the lead is away",
    until: NOW + 1,
    key: "k",
  };
  expect(await check((commit) => ({ waivers: [{ ...waiver, commit }] }))).toEqual([["class-approvals", true]]);
});

test("a ledger that does not hold and tags that moved refuse, whatever lands", async () => {
  const repository = await story("{ rules: { message-form: off, newer-lines-first: off } }");
  const problem = { message: "record 3 is not what it was", hint: "morello ledger verify" };
  const context = { ledger: [problem], movedTags: [{ message: "v2.7.0 moved" }] };
  expect(told(await wouldLand(repository, text({ 20: "limited" }), () => context))).toEqual([
    "error ledger",
    "error moved-tag",
  ]);
});
