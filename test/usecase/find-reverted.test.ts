import { describe, expect, test } from "vitest";
import type { History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import {
  FIX_MESSAGE,
  FIXED,
  inMarks,
  leakStory,
  LEAKING,
  LIMITED,
  LIMITED_BY_HAND,
  loader,
  standingOn,
} from "./finding.ts";
import { kindsOn, plan } from "./setting.ts";

const LINE = "release/v1.4";
const SUBJECT = "loader: limit the prefetch queue";

/** The part `queue`, with half of the fix taken out. */
const HALF = LIMITED.replace("    limit = 2 * max(1, workers)\n", "").replace("(maxsize=limit)", "()");

/** Told in steps, since messages name commits that must be there before. */
type Step = (line: History, repository: TestRepository) => unknown;

/** A line with the fix as `pick`, and what each step adds to the line. */
async function picked(...steps: readonly Step[]): Promise<TestRepository> {
  const repository = await leakStory()
    .branch(LINE, "more")
    .commit("only here", { files: { own: "1\n" } })
    .commit("pick", { message: FIX_MESSAGE, files: FIXED })
    .create(makeSandbox(), { bare: true, head: "main" });
  for (const step of steps) await repository.extend((line) => step(line, repository));
  return repository;
}

/** `git revert`, naming a commit by its mark. */
function revert(mark: string, of: string): Step {
  return (line, repository) =>
    line.commit(mark, {
      message: `Revert "${SUBJECT}"\n\nThis reverts commit ${repository.oid(of)}.\n`,
      files: LEAKING,
    });
}

async function standing(repository: TestRepository): Promise<ReturnType<typeof inMarks>> {
  return inMarks(repository, await standingOn(repository, LINE));
}

const TAKEN_OUT = { standing: "reverted", commits: ["pick"], revertedBy: "sorry" };
const THERE = { standing: "equivalent", commits: ["pick"], revertedBy: null };

describe("a fix is reverted where", () => {
  test("a commit names the pick", async () => {
    expect(await standing(await picked(revert("sorry", "pick")))).toEqual(TAKEN_OUT);
  });

  test("a commit names the commit that was picked", async () => {
    expect(await standing(await picked(revert("sorry", "fix")))).toEqual(TAKEN_OUT);
  });

  test("a commit names the commit that was picked in other words, and git lists main's commits after the line's", async () => {
    const repository = await picked(
      (line, story) =>
        line.commit("sorry", {
          message: `Queues grow again\n\nThis reverts commit ${story.oid("fix")}.\n`,
          files: LEAKING,
        }),
      (line) => line.checkout("main").commit("much later", { files: { more: "2\n" } }),
    );
    expect(await standing(repository)).toEqual(TAKEN_OUT);
  });

  test("a commit names its subject alone, as forges do", async () => {
    const sorry: Step = (line) => line.commit("sorry", { message: `Revert "${SUBJECT}" (#31)\n`, files: LEAKING });
    expect(await standing(await picked(sorry))).toEqual(TAKEN_OUT);
  });

  test("its lines were taken out without a word", async () => {
    const sorry: Step = (line) => line.commit("sorry", { message: "tidy up\n", files: LEAKING });
    expect(await standing(await picked(sorry))).toEqual(TAKEN_OUT);
  });

  test("its lines went in several steps: by which commit is not told", async () => {
    const repository = await picked(
      (line) => line.commit("step 1", { message: "no limit\n", files: { "loader.py": loader({ queue: HALF }) } }),
      (line) => line.commit("step 2", { message: "back to the old loader\n", files: LEAKING }),
    );
    expect(await standing(repository)).toEqual({ ...TAKEN_OUT, revertedBy: null });
  });

  test("the line has it from before it branched off, and took it out", async () => {
    const repository = await leakStory().branch(LINE).create(makeSandbox(), { bare: true, head: "main" });
    await repository.extend((line) => revert("sorry", "fix")(line, repository));
    expect(await standing(repository)).toEqual({ standing: "reverted", commits: ["fix"], revertedBy: "sorry" });
  });

  test("a plan picks it again", async () => {
    const repository = await picked(revert("sorry", "pick"));
    const made = await plan(repository, repository.oid("fix"), LINE);
    expect(kindsOn(made, LINE)).toEqual(["clean"]);
    expect(made.lines[0]?.picks[0]?.standing?.standing).toBe("reverted");
  });
});

describe("a fix is there where", () => {
  test("it was reverted and picked again", async () => {
    const repository = await picked(revert("sorry", "pick"), (line) =>
      line.commit("again", { message: FIX_MESSAGE, files: FIXED }),
    );
    expect(await standing(repository)).toEqual({ ...THERE, commits: ["again"] });
  });

  test("it was reverted and put back by a commit that says so", async () => {
    const repository = await picked(revert("sorry", "pick"), (line, story) =>
      line.commit("again", {
        message: `Reapply "${SUBJECT}"\n\nThis reverts commit ${story.oid("sorry")}.\n`,
        files: FIXED,
      }),
    );
    expect((await standing(repository)).standing).toBe("equivalent");
  });

  test("the revert was reverted", async () => {
    const repository = await picked(revert("sorry", "pick"), (line, story) =>
      line.commit("not sorry", {
        message: `Revert "Revert "${SUBJECT}""\n\nThis reverts commit ${story.oid("sorry")}.\n`,
        files: FIXED,
      }),
    );
    expect((await standing(repository)).standing).toBe("equivalent");
  });

  test("a revert of it stands on main only", async () => {
    const repository = await picked((line, story) => revert("sorry", "fix")(line.checkout("main"), story));
    expect(await standing(repository)).toEqual(THERE);
  });

  test("a commit before the pick took out an earlier one", async () => {
    const repository = await leakStory()
      .branch(LINE, "more")
      .commit("first pick", { message: FIX_MESSAGE, files: FIXED })
      .create(makeSandbox(), { bare: true, head: "main" });
    await repository.extend((line) => revert("sorry", "fix")(line, repository));
    await repository.extend((line) => line.commit("pick", { message: FIX_MESSAGE, files: FIXED }));
    expect(await standing(repository)).toEqual(THERE);
  });

  test("its lines were changed further", async () => {
    const further = { "loader.py": loader({ queue: LIMITED_BY_HAND }) };
    const repository = await picked((line) =>
      line.commit("further", { message: "last in, first out\n", files: further }),
    );
    expect(await standing(repository)).toEqual(THERE);
  });

  test("its file was renamed", async () => {
    const repository = await picked((line) =>
      line.commit("moved", { message: "loader: move\n", rename: { "loader.py": "src/loader.py" } }),
    );
    expect(await standing(repository)).toEqual(THERE);
  });

  test("a commit only speaks of reverting it", async () => {
    const repository = await picked((line) =>
      line.commit("talk", { message: `docs: when to Revert "${SUBJECT}"\n`, files: { own: "2\n" } }),
    );
    expect(await standing(repository)).toEqual(THERE);
  });
});
