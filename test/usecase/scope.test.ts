import { expect, test } from "vitest";
import { find } from "../../src/usecase/find.ts";
import { NOTHING_SAID } from "../../src/usecase/judge.ts";
import type { Progress } from "../../src/usecase/workspace.ts";
import type { FindOutcome } from "../../src/wire/find.ts";
import { CLOCK } from "../support/environment.ts";
import { history, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { FIX_MESSAGE, FIXED, LEAKING } from "./finding.ts";
import { depsOf } from "./setting.ts";

const LINE = "release/v1.4";
const YEAR = 365 * 86_400;

function years(count: number): { author: { date: string }; committer: { date: string } } {
  const date = `${CLOCK + count * YEAR} +0000`;
  return { author: { date }, committer: { date } };
}

/** Ten commits of main, three years before the clock, after a line has left it. */
function oldStory(): History {
  const story = history({ start: CLOCK - 3 * YEAR })
    .commit("base", { files: { ...LEAKING, "more.txt": "0\n" } })
    .branch(LINE)
    .commit("only here", { files: { own: "1\n" } })
    .checkout("main");
  for (let n = 0; n < 10; n++) story.commit(`old ${n}`, { files: { "more.txt": `${n}\n` } });
  return story;
}

/** The outcome, and how many commits were read for it. */
async function ask(repository: TestRepository, mark: string): Promise<{ outcome: FindOutcome; read: number }> {
  const read: Progress[] = [];
  const deps = { ...depsOf(repository), onProgress: (progress: Progress) => read.push(progress) };
  const input = { revisions: [repository.oid(mark)], lines: [], mainline: null, fetch: false, said: NOTHING_SAID };
  const outcome = await find(deps, input);
  return { outcome, read: Math.max(0, ...read.map(({ total }) => total)) };
}

function told({ fixes }: FindOutcome): string[] {
  return fixes.flatMap(({ lines }) => lines.map(({ line, standing }) => `${line}: ${standing}`));
}

async function created(story: History): Promise<TestRepository> {
  return story.create(makeSandbox(), { bare: true, head: "main" });
}

test("about a recent fix, only recent commits and the tips are read", async () => {
  const repository = await created(oldStory().commit("fix", { message: FIX_MESSAGE, files: FIXED, ...years(0) }));
  const { outcome, read } = await ask(repository, "fix");
  expect({ told: told(outcome), read }).toEqual({ told: [`${LINE}: absent`], read: 2 });
});

test("about an old fix, what came since is read, once", async () => {
  const repository = await created(oldStory());
  expect((await ask(repository, "old 3")).read).toBe(11);
  expect((await ask(repository, "old 3")).read).toBe(0);
});

test("a younger question does not make an older one miss anything", async () => {
  const repository = await created(
    oldStory()
      .commit("old fix", { message: FIX_MESSAGE, files: FIXED })
      .checkout(LINE)
      .commit("pick", { message: FIX_MESSAGE, files: FIXED })
      .commit("tip", { files: { own: "2\n" }, ...years(0) })
      .checkout("main")
      .commit("fix", { files: { "more.txt": "fixed\n" }, ...years(0) }),
  );
  expect(told((await ask(repository, "fix")).outcome)).toEqual([`${LINE}: absent`]);
  expect(told((await ask(repository, "old fix")).outcome)).toEqual([`${LINE}: equivalent`]);
});

test("a fix that was typed in years later is found", async () => {
  const repository = await created(
    oldStory()
      .commit("old fix", { message: FIX_MESSAGE, files: FIXED })
      .checkout(LINE)
      .commit("typed", { message: FIX_MESSAGE, files: FIXED, ...years(0) }),
  );
  expect(told((await ask(repository, "old fix")).outcome)).toEqual([`${LINE}: equivalent`]);
});

test("what a line's commit was typed in from years before is found on main", async () => {
  const repository = await created(
    oldStory()
      .commit("old fix", { message: FIX_MESSAGE, files: FIXED })
      .checkout(LINE)
      .commit("typed", { message: FIX_MESSAGE, files: FIXED, ...years(0) }),
  );
  expect((await ask(repository, "typed")).outcome.fixes[0]?.main.has).toBe(true);
});
