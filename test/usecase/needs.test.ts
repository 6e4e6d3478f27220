import { expect, test } from "vitest";
import { judgeAlarms } from "../../src/usecase/needs/judge-alarms.ts";
import { explainNeeds } from "../../src/usecase/plan.ts";
import type { PlannedPick } from "../../src/wire/plan.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, failure, kindsOn, pick, plan, results } from "./setting.ts";

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join("");
const BASE = ["import queue", "", "def start():", "    run()", "", "def stop():", "    halt()"];
const LIMIT = ["import queue", "", "def start():", "    limit = 2", "    run(limit)", "", "def stop():", "    halt()"];

/** The fix builds on `limit`, which v1.1 has and v1.0 lacks; `docs` lies between and is needed by nobody. */
async function told(): Promise<TestRepository> {
  return history()
    .commit("base", { files: { "loader.py": lines(...BASE), "README": "1\n" } })
    .branch("release/v1.0")
    .checkout("main")
    .commit("limit", { message: "feat: a limit\n", files: { "loader.py": lines(...LIMIT) } })
    .branch("release/v1.1")
    .checkout("main")
    .commit("docs", { files: { README: "2\n" } })
    .commit("fix", {
      message: "fix: no limit of zero\n",
      files: { "loader.py": lines(...LIMIT).replace("limit = 2", "limit = max(1, wanted)") },
    })
    .create(makeSandbox());
}

test("what a conflicting pick needs first is named, proved, and told as it is found", async () => {
  const repository = await told();
  const made = await plan(repository, "main", "all");
  const heard: string[] = [];
  const explained = await explainNeeds(depsOf(repository), made, (line, { source }) => heard.push(`${line} ${source}`));
  const [newer, older] = explained.lines;
  expect(newer?.picks[0]?.prerequisites).toBeNull();
  expect(older?.picks[0]?.prerequisites).toMatchObject({
    kind: "proven",
    picks: [{ commit: repository.oid("limit"), subject: "feat: a limit" }],
  });
  expect(heard).toEqual([`release/v1.1 ${repository.oid("fix")}`, `release/v1.0 ${repository.oid("fix")}`]);
});

test("a plan takes in what is needed, on the lines that need it", async () => {
  const repository = await told();
  const made = await plan(repository, "main", "all", { withPrerequisites: true });
  expect(kindsOn(made, "release/v1.1")).toEqual(["clean"]);
  expect(kindsOn(made, "release/v1.0")).toEqual(["clean", "clean"]);
  expect(made.sources.map(({ commit, neededBy }) => [commit, neededBy])).toEqual([
    [repository.oid("limit"), [repository.oid("fix")]],
    [repository.oid("fix"), []],
  ]);
});

test("a pick lands what is needed and then the fix, and a second run finds both", async () => {
  const repository = await told();
  const first = await pick(repository, "main", "all", { withPrerequisites: true });
  expect(results(first)).toEqual(["release/v1.1: moved", "release/v1.0: moved"]);
  const subjects = await repository.git(["log", "--format=%s", "release/v1.0"]);
  expect(subjects).toBe("fix: no limit of zero\nfeat: a limit\nbase");
  const again = await pick(repository, "main", "all", { withPrerequisites: true });
  expect(results(again)).toEqual(["release/v1.1: unchanged", "release/v1.0: unchanged"]);
});

test("each commit that was not asked for is confirmed; declined, it is left out", async () => {
  const repository = await told();
  const asked: PlannedPick[] = [];
  const outcome = await pick(repository, "main", "release/v1.0", {
    withPrerequisites: true,
    confirmPick: ({ pick: one }) => {
      asked.push(one);
      return Promise.resolve("no");
    },
  });
  expect(asked.map(({ source }) => source)).toEqual([repository.oid("limit")]);
  expect(outcome.kind).toBe("stopped");
  expect(await repository.git(["log", "--format=%s", "release/v1.0"])).toBe("base");
});

test("nothing is looked for where every pick is there already", async () => {
  const repository = await told();
  await pick(repository, "main", "release/v1.1");
  const made = await plan(repository, "main", "release/v1.1");
  expect(await explainNeeds(depsOf(repository), made)).toBe(made);
});

/** The fix calls `clamp`, which main's helpers define and the line's do not. */
async function calling(): Promise<TestRepository> {
  const helpers = lines("def double(x):", "    return 2 * x");
  const loader = lines("from helpers import double", "", "def start(n):", "    return double(n)");
  return history()
    .commit("base", { files: { "helpers.py": helpers, "loader.py": loader, "other.py": "import helpers\n" } })
    .branch("release/v1.0")
    .checkout("main")
    .commit("clamp", {
      message: "feat: clamp\n",
      files: { "helpers.py": `${helpers}\n\n${lines("def clamp(x):", "    return max(1, x)")}` },
    })
    .commit("fix", {
      message: "fix: no batch of zero\n",
      files: { "other.py": lines("import helpers", "", "def batch(n):", "    return helpers.clamp(n)") },
    })
    .create(makeSandbox());
}

test("a clean pick that uses what the line lacks is told, with the commit that brought it", async () => {
  const repository = await calling();
  const { lines: explained } = await explainNeeds(depsOf(repository), await plan(repository, "main", "release/v1.0"));
  const symbols = explained[0]?.picks[0]?.symbols;
  expect(symbols?.alarms.map(({ name, verdict }) => [name, verdict])).toEqual([
    ["clamp", { kind: "pick-first", commit: repository.oid("clamp") }],
  ]);
  expect(symbols?.needs).toMatchObject({ proven: true, commits: [{ commit: repository.oid("clamp") }] });
  const taken = await plan(repository, "main", "release/v1.0", { withPrerequisites: true });
  expect(taken.sources.map(({ commit }) => commit)).toEqual([repository.oid("clamp"), repository.oid("fix")]);
});

test("an alarm that a person overrides is remembered, whatever line comes next", async () => {
  const repository = await calling();
  const deps = depsOf(repository);
  const explained = await explainNeeds(deps, await plan(repository, "main", "release/v1.0"));
  const judged = await judgeAlarms(deps, explained, [{ name: "clamp", verdict: "overridden", reason: "patched in" }]);
  expect(judged.lines[0]?.picks[0]?.symbols?.alarms[0]?.judged).toBe("overridden");
  const again = await explainNeeds(deps, await plan(repository, "main", "release/v1.0"));
  expect(again.lines[0]?.picks[0]?.symbols?.alarms[0]?.judged).toBe("overridden");
  const wrong = await failure(judgeAlarms(deps, again, [{ name: "nothing", verdict: "accepted", reason: "x" }]));
  expect([wrong.code, wrong.message]).toEqual(["usage", "There is no alarm about 'nothing' to judge"]);
});
