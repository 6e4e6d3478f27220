import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { undo as undoWith } from "../../src/usecase/undo.ts";
import type { UndoOutcome } from "../../src/wire/outcome.ts";
import { bareRemote } from "../support/remote.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { conflictStory, depsOf, failure, fixStory, kindsOn, pick, plan, ran, results, text } from "./setting.ts";

function undo(
  repository: TestRepository,
  confirm: (outcome: UndoOutcome) => boolean = () => true,
): Promise<UndoOutcome> {
  return undoWith(depsOf(repository), { confirm: (outcome) => Promise.resolve(confirm(outcome)) });
}

const refsOf = (repository: TestRepository): Promise<string> => repository.git(["for-each-ref", "refs/heads"]);

describe("what was not pushed", () => {
  test("is restored on every line of the last run", async () => {
    const repository = await fixStory().create(makeSandbox());
    const refs = await refsOf(repository);
    const { transaction, lines } = ran(await pick(repository, "main", "all"));
    expect(await undo(repository)).toEqual({
      kind: "undone",
      transaction,
      refs: lines.map(({ refname, from, to }) => ({ refname, from: to, to: from })),
    });
    expect(await refsOf(repository)).toBe(refs);
  });

  test("takes the work trees back with it", async () => {
    const repository = await fixStory().create(makeSandbox(), { head: "release/v2.7" });
    await pick(repository, "main", "all");
    await undo(repository);
    expect(readFileSync(join(repository.path, "loader.py"), "utf8")).toBe(text());
    expect(await repository.git(["status", "--porcelain"])).toBe("");
  });

  test("takes away the branches that the run made", async () => {
    const repository = await fixStory().create(makeSandbox());
    const refs = await refsOf(repository);
    await pick(repository, "main", "all", { options: { toBranch: "leak" } });
    await undo(repository);
    expect(await refsOf(repository)).toBe(refs);
  });

  test("can be picked again, and is not taken for there", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "all");
    const picked = await refsOf(repository);
    await undo(repository);
    expect(results(await pick(repository, "main", "all"))).toEqual(["release/v2.8: moved", "release/v2.7: moved"]);
    expect(await refsOf(repository)).toBe(picked);
  });

  test("is undone run by run, the latest first, though all ran in the same second", async () => {
    const repository = await fixStory()
      .commit("second", { files: { second: "2\n" } })
      .create(makeSandbox());
    const start = await refsOf(repository);
    await pick(repository, "main~1", "all");
    const between = await refsOf(repository);
    await pick(repository, "main", "v2.7");
    await undo(repository);
    expect(await refsOf(repository)).toBe(between);
    await undo(repository);
    expect(await refsOf(repository)).toBe(start);
    expect(await failure(undo(repository))).toMatchObject({ code: "nothing-to-do" });
  });

  test("stays when the question is answered with no", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "all");
    const refs = await refsOf(repository);
    expect(await failure(undo(repository, () => false))).toMatchObject({ code: "consent-needed" });
    expect(await refsOf(repository)).toBe(refs);
  });
});

describe("is refused, and nothing moves,", () => {
  test("when a line moved since", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "all");
    await repository.git(["switch", "-q", "release/v2.7"]);
    await repository.git(["commit", "-q", "--allow-empty", "-m", "human"]);
    const refs = await refsOf(repository);
    const error = await failure(undo(repository));
    expect(error).toMatchObject({ code: "apply-refused", data: { line: "release/v2.7" } });
    expect(error.hint).toContain("git log");
    expect(await refsOf(repository)).toBe(refs);
  });

  test("when a line is gone since", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    await repository.git(["branch", "-q", "-D", "release/v2.7"]);
    expect(await failure(undo(repository))).toMatchObject({
      code: "apply-refused",
      data: { found: null },
      hint: /git branch/,
    });
  });

  test("when a work tree of a line is dirty", async () => {
    const repository = await fixStory().create(makeSandbox(), { head: "release/v2.7" });
    await pick(repository, "main", "all");
    repository.sandbox.write("repository/README", "changed\n");
    const refs = await refsOf(repository);
    expect(await failure(undo(repository))).toMatchObject({ code: "worktree-busy" });
    expect(await refsOf(repository)).toBe(refs);
    expect(await repository.git(["status", "--porcelain"])).toBe(" M README");
  });

  test("when a branch that the run made is checked out", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7", { options: { toBranch: "leak" } });
    await repository.git(["switch", "-q", "morello/leak/release/v2.7"]);
    const error = await failure(undo(repository));
    expect(error).toMatchObject({ code: "worktree-busy", hint: /switch --detach/ });
    expect(await repository.git(["rev-parse", "--verify", "-q", "HEAD"])).not.toBe("");
  });
});

describe("what was pushed", () => {
  async function pushed(head?: string): Promise<TestRepository> {
    const repository = await fixStory().create(makeSandbox(), head === undefined ? {} : { head });
    await bareRemote(repository);
    await pick(repository, "main", "all", { push: true });
    return repository;
  }

  test("is reverted: first it is said what would be done", async () => {
    const repository = await pushed();
    const refs = await refsOf(repository);
    const landed = await repository.git(["rev-parse", "release/v2.7"]);
    const outcome = await undo(repository, () => false);
    expect(outcome).toMatchObject({
      kind: "revert",
      applied: false,
      lines: [
        { line: "release/v2.8", outcome: "clean", paths: ["loader.py"] },
        { line: "release/v2.7", outcome: "clean", reverts: [landed], paths: ["loader.py"] },
      ],
    });
    expect(await refsOf(repository)).toBe(refs);
  });

  test("is reverted when that is confirmed: history stays, the content goes back", async () => {
    const repository = await pushed("release/v2.7");
    const landed = await repository.git(["rev-parse", "release/v2.7"]);
    expect(await undo(repository)).toMatchObject({ kind: "revert", applied: true });
    expect(await repository.git(["rev-parse", "release/v2.7^"])).toBe(landed);
    expect(await repository.git(["log", "-1", "--format=%B", "release/v2.7"])).toBe(
      `Revert "loader: limit the prefetch queue"\n\nThis reverts commit ${landed}.\n`,
    );
    expect(await repository.git(["rev-parse", "release/v2.7^{tree}"])).toBe(
      await repository.git(["rev-parse", `${repository.oid("only 2.7")}^{tree}`]),
    );
    expect(await repository.git(["status", "--porcelain"])).toBe("");
  });

  test("and was reverted counts as not there, so that it can be picked again", async () => {
    const repository = await pushed();
    await undo(repository);
    expect(kindsOn(await plan(repository, "main", "all"), "release/v2.7")).toEqual(["clean"]);
  });

  test("by hand, after the run, is known by the remote-tracking branch", async () => {
    const repository = await fixStory().create(makeSandbox());
    await bareRemote(repository);
    await pick(repository, "main", "v2.7");
    await repository.git(["push", "-q", "origin", "release/v2.7"]);
    expect((await undo(repository, () => false)).kind).toBe("revert");
  });

  test("in part is reverted, not taken back", async () => {
    const repository = await fixStory()
      .commit("second", { files: { second: "2\n" } })
      .create(makeSandbox());
    await bareRemote(repository);
    await pick(repository, "main~2..main", "v2.7");
    await repository.git(["push", "-q", "origin", "release/v2.7^:refs/heads/release/v2.7"]);
    expect(await undo(repository, () => false)).toMatchObject({ kind: "revert", lines: [{ line: "release/v2.7" }] });
  });

  test("under another name is known as well", async () => {
    const repository = await fixStory().create(makeSandbox());
    await bareRemote(repository);
    await pick(repository, "main", "v2.7");
    await repository.git(["push", "-q", "origin", "release/v2.7:refs/heads/elsewhere"]);
    expect((await undo(repository, () => false)).kind).toBe("revert");
  });

  test("a series is reverted last pick first", async () => {
    const repository = await fixStory()
      .commit("again", { files: { "loader.py": text({ 20: "limited twice" }) } })
      .create(makeSandbox());
    await bareRemote(repository);
    await pick(repository, "main~2..main", "v2.7", { push: true });
    await undo(repository);
    expect(await repository.git(["log", "-2", "--format=%s", "release/v2.7"])).toBe(
      'Revert "loader: limit the prefetch queue"\nRevert "again"',
    );
    expect(await repository.git(["show", "release/v2.7:loader.py"])).toBe(text().trimEnd());
  });

  test("and conflicts with what came after is told with its paths, and nothing moves", async () => {
    const repository = await pushed();
    await repository.git(["switch", "-q", "release/v2.7"]);
    repository.sandbox.write("repository/loader.py", text({ 20: "changed since" }));
    await repository.git(["commit", "-q", "-a", "-m", "since"]);
    const refs = await refsOf(repository);
    expect(await undo(repository)).toMatchObject({
      kind: "revert",
      applied: false,
      lines: [
        { line: "release/v2.8", outcome: "clean" },
        { line: "release/v2.7", outcome: "conflict", commit: null, paths: ["loader.py"] },
      ],
    });
    expect(await refsOf(repository)).toBe(refs);
  });
});

test("undo after --keep-going takes back what moved and leaves the stopped line to be resolved", async () => {
  const repository = await conflictStory().create(makeSandbox());
  const refs = await refsOf(repository);
  await pick(repository, "main", "all", { keepGoing: true });
  await undo(repository);
  expect(await refsOf(repository)).toBe(refs);
});
