import { describe, expect, test } from "vitest";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { followers } from "../../src/apply/advance.ts";
import { newTransaction, recordTransaction, transactions, type Transaction } from "../../src/apply/journal.ts";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { pick as pickWith } from "../../src/usecase/pick.ts";
import { undo } from "../../src/usecase/undo.ts";
import type { Notice } from "../../src/usecase/workspace.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { desk, goOn, stopped } from "./resolving.ts";
import { conflictStory, depsOf, failure, fixStory, NOW, pick, pickInput, plan, results, text } from "./setting.ts";

/** No process has it: Linux gives numbers up to 4194304. */
const DEAD = "4194999 another-boot 1";
const DEAD_LOCK = `morello ${DEAD}\n`;
const FIXED = text({ 20: "limited" });

/** A repository in which a run that picked the fix onto both lines was killed: nothing of it is done yet. */
interface Crash {
  readonly repository: TestRepository;
  readonly open: Repository;
  readonly transaction: Transaction;
  /** The picked tip of a line. */
  readonly to: (line: string) => string;
  /** The work tree of v2.7; its git directory. */
  readonly tree: string;
  readonly treeGit: string;
}

async function crash(story = fixStory()): Promise<Crash> {
  const sandbox = makeSandbox();
  const repository = await story.create(sandbox);
  const tree = sandbox.path("seven");
  await repository.git(["worktree", "add", "-q", tree, "release/v2.7"]);
  await pick(repository, repository.oid("fix"), "all");
  const lines = ["release/v2.8", "release/v2.7"];
  const tips = new Map(
    await Promise.all(lines.map(async (line) => [line, await repository.git(["rev-parse", line])] as const)),
  );
  await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
  rmSync(join(repository.gitDir, "morello", "transactions"), { recursive: true });
  const open = await openRepository(repository.path, sandbox.env);
  const advances = lines.map((line) => ({
    line,
    refname: `refs/heads/${line}`,
    expected: repository.oid(line === "release/v2.7" ? "only 2.7" : "only 2.8"),
    to: tips.get(line) ?? "",
  }));
  const picks = advances.map(({ refname, to }) => ({ source: repository.oid("fix"), refname, commit: to }));
  const updates = await followers(open, advances);
  const transaction = { ...newTransaction(open, { time: NOW, updates, picks, undoes: null }), owner: DEAD };
  recordTransaction(open, transaction);
  const to = (line: string): string => tips.get(line) ?? "";
  return { repository, open, transaction, to, tree, treeGit: join(repository.gitDir, "worktrees", "seven") };
}

const tipOf = (repository: TestRepository, revision: string): Promise<string> =>
  repository.git(["rev-parse", revision]);

/** Picks the same again, and gives the notices; both lines must hold the pick once, and all be tidy. */
async function finish({ repository, open, tree }: Crash): Promise<Notice["result"][]> {
  const told: Notice["result"][] = [];
  const deps = { ...depsOf(repository), onNotice: ({ result }: Notice) => void told.push(result) };
  expect((await pickWith(deps, pickInput(repository.oid("fix"), "all"))).kind).toBe("applied");
  for (const line of ["release/v2.7", "release/v2.8"]) {
    const grep = `--grep=cherry picked from commit ${repository.oid("fix")}`;
    expect(await repository.git(["rev-list", "--count", "--fixed-strings", grep, line])).toBe("1");
  }
  expect(await repository.sandbox.git(["status", "--porcelain"], { cwd: tree })).toBe("");
  expect(readFileSync(join(tree, "loader.py"), "utf8")).toBe(FIXED);
  expect(transactions(open).filter(({ state }) => state === "prepared")).toEqual([]);
  await fsck(repository);
  return told;
}

test("a run that was killed before it moved anything counts as not begun", async () => {
  const crashed = await crash();
  expect(await finish(crashed)).toEqual(["dropped"]);
});

test("a run that had moved one of two refs is finished, and work trees with it", async () => {
  const crashed = await crash();
  await crashed.repository.git(["update-ref", "refs/heads/release/v2.8", crashed.to("release/v2.8")]);
  await crashed.repository.sandbox.git(["read-tree", "-m", "-u", "HEAD", crashed.to("release/v2.7")], {
    cwd: crashed.tree,
  });
  expect(await finish(crashed)).toEqual(["finished"]);
});

test("a run that had moved all refs is written down as done", async () => {
  const crashed = await crash();
  const { repository, to, tree } = crashed;
  await repository.sandbox.git(["read-tree", "-m", "-u", "HEAD", to("release/v2.7")], { cwd: tree });
  for (const line of ["release/v2.7", "release/v2.8"])
    await repository.git(["update-ref", `refs/heads/${line}`, to(line)]);
  expect(await finish(crashed)).toEqual(["finished"]);
  expect(await undo(depsOf(repository), { confirm: () => Promise.resolve(true) })).toMatchObject({ kind: "undone" });
});

test("a run that had moved a work tree and no ref is taken back", async () => {
  const crashed = await crash();
  const { repository, to, tree } = crashed;
  await repository.sandbox.git(["read-tree", "-m", "-u", "HEAD", to("release/v2.7")], { cwd: tree });
  const planned = await plan(repository, "main", "v2.7"); // only looks: changes nothing
  expect(planned.lines[0]?.picks[0]?.outcome.kind).toBe("clean");
  expect(await finish(crashed)).toEqual(["dropped"]);
});

describe("a run that was killed while it wrote files", () => {
  test.each([
    ["half of one", (file: string) => writeFileSync(file, FIXED.slice(0, 90))],
    ["one, and not the index", (file: string) => writeFileSync(file, FIXED)],
    ["none, the old one being gone already", (file: string) => rmSync(file)],
  ])("%s", async (_, damage) => {
    const crashed = await crash();
    writeFileSync(join(crashed.treeGit, "index.lock"), DEAD_LOCK);
    writeFileSync(join(crashed.treeGit, "morello-index"), "half");
    damage(join(crashed.tree, "loader.py"));
    expect(await finish(crashed)).toEqual(["dropped"]);
    expect(existsSync(join(crashed.treeGit, "index.lock"))).toBe(false);
    expect(existsSync(join(crashed.treeGit, "morello-index"))).toBe(false);
  });

  test("of a directory that is new", async () => {
    const story = fixStory().commit("fix with files", {
      files: { "deep/er/new.txt": "0123456789\n", "loader.py": FIXED.replace("limited", "limited more") },
    });
    const sandbox = makeSandbox();
    const repository = await story.create(sandbox, { head: "release/v2.7" });
    await pick(repository, repository.oid("fix"), "v2.7");
    const [before, open] = [await tipOf(repository, "HEAD"), await openRepository(repository.path, sandbox.env)];
    await pick(repository, "main", "v2.7");
    const after = await tipOf(repository, "HEAD");
    await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
    const update = {
      line: "release/v2.7",
      refname: "refs/heads/release/v2.7",
      expected: before,
      to: after,
      worktrees: [repository.path],
    };
    recordTransaction(open, {
      ...newTransaction(open, { time: NOW, updates: [update], picks: [], undoes: null }),
      owner: DEAD,
    });
    sandbox.write("repository/deep/er/new.txt", "01234");
    sandbox.write("repository/.git/index.lock", DEAD_LOCK);
    expect(results(await pick(repository, repository.oid("fix"), "v2.7"))).toEqual(["release/v2.7: unchanged"]);
    expect(await repository.git(["status", "--porcelain"])).toBe("");
    expect(existsSync(join(repository.path, "deep"))).toBe(false);
  });

  test("and where a person has changed such a file since, it is theirs: named, and left alone", async () => {
    const crashed = await crash();
    const file = join(crashed.tree, "loader.py");
    writeFileSync(file, "a person's\n");
    const error = await failure(pick(crashed.repository, crashed.repository.oid("fix"), "all"));
    expect(error).toMatchObject({
      code: "worktree-busy",
      data: { worktree: crashed.tree, paths: ["loader.py"] },
      hint: /stash/,
    });
    expect(readFileSync(file, "utf8")).toBe("a person's\n");
    await crashed.repository.sandbox.git(["stash", "-q"], { cwd: crashed.tree });
    expect(await finish(crashed)).toEqual(["dropped"]);
  });
});

describe("locks that a killed run left", () => {
  test("on refs, with the value it was writing, are taken away", async () => {
    const crashed = await crash();
    for (const line of ["release/v2.7", "release/v2.8"]) {
      writeFileSync(join(crashed.repository.gitDir, "refs", "heads", `${line}.lock`), `${crashed.to(line)}\n`);
    }
    expect(await finish(crashed)).toEqual(["dropped"]);
  });

  test("on refs and HEAD, with nothing in them, are taken away if they stay", async () => {
    const crashed = await crash();
    const { gitDir } = crashed.repository;
    writeFileSync(join(gitDir, "refs", "heads", "release", "v2.8.lock"), "");
    writeFileSync(join(gitDir, "HEAD.lock"), "");
    expect(await finish(crashed)).toEqual(["dropped"]);
  });

  test("with another value are another's, and stay", async () => {
    const crashed = await crash();
    const lock = join(crashed.repository.gitDir, "refs", "heads", "release", "v2.8.lock");
    writeFileSync(lock, `${crashed.repository.oid("more")}\n`);
    const error = await failure(pick(crashed.repository, crashed.repository.oid("fix"), "all"));
    expect(error).toMatchObject({ code: "line-busy", data: { refname: "refs/heads/release/v2.8" } });
    rmSync(lock);
    await finish(crashed);
  });
});

test("a line that somebody else moved meanwhile stays where they put it, and what was done elsewhere counts", async () => {
  const crashed = await crash();
  const { repository, to } = crashed;
  await repository.git(["update-ref", "refs/heads/release/v2.8", to("release/v2.8")]);
  await repository.sandbox.git(["commit", "-q", "--allow-empty", "-m", "human"], { cwd: crashed.tree });
  const human = await tipOf(repository, "release/v2.7");
  expect(await finish(crashed)).toEqual(["overtaken"]);
  expect(await tipOf(repository, "release/v2.7^")).toBe(human);
});

test("a run whose process still works is left to it", async () => {
  const crashed = await crash();
  recordTransaction(crashed.open, { ...crashed.transaction, owner: String(process.ppid) });
  await pick(crashed.repository, crashed.repository.oid("fix"), "all");
  expect(transactions(crashed.open)[0]?.state).toBe("prepared");
});

test("a run that was killed counts as its line's even from another work tree", async () => {
  const crashed = await crash();
  await crashed.repository.git(["update-ref", "refs/heads/release/v2.8", crashed.to("release/v2.8")]);
  await pick(crashed.repository, crashed.repository.oid("fix"), "v2.7", { cwd: crashed.tree });
  expect(await finish(crashed)).toEqual([]);
});

test("an undo that was killed half way is finished, and the run counts as undone", async () => {
  const sandbox = makeSandbox();
  const repository = await fixStory().create(sandbox);
  await pick(repository, "main", "all");
  const open = await openRepository(repository.path, sandbox.env);
  const [run] = transactions(open);
  const updates = (run?.updates ?? []).map((update) => ({ ...update, expected: update.to, to: update.expected }));
  const undoing = newTransaction(open, { time: NOW, updates, picks: [], undoes: run?.id ?? "" });
  recordTransaction(open, { ...undoing, owner: DEAD });
  await repository.git(["update-ref", "refs/heads/release/v2.8", repository.oid("only 2.8")]);
  expect(await failure(undo(depsOf(repository), { confirm: () => Promise.resolve(true) }))).toMatchObject({
    code: "nothing-to-do",
  });
  expect(await tipOf(repository, "release/v2.7")).toBe(repository.oid("only 2.7"));
  expect(transactions(open).map(({ state }) => state)).toEqual(["undone"]);
});

describe("a resolution whose run was killed", () => {
  const FILE = "release%2Fv2.6.json";
  const stateOf = (repository: TestRepository): string => join(repository.gitDir, "morello", "resolutions", FILE);

  test("while it was laid out is laid out once more", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { path, resolution } = await stopped(repository, "main", "v2.6");
    const state = JSON.parse(readFileSync(stateOf(repository), "utf8")) as object;
    writeFileSync(stateOf(repository), JSON.stringify({ ...state, laid: false }));
    rmSync(join(path, "loader.py"));
    const again = await desk(repository, "v2.6");
    expect(again.resolution).toEqual(resolution);
    expect(again.read("loader.py")).toContain("<<<<<<<");
  });

  test("between two conflicts keeps the person's first resolution", async () => {
    const repository = await conflictStory()
      .commit("second", { files: { "loader.py": text({ 20: "twice" }) } })
      .create(makeSandbox());
    const first = await stopped(repository, "main~2..main", "v2.6");
    first.write("loader.py", text({ 20: "limited here" }));
    await goOn(repository);
    // As a kill in the middle of the second laying out leaves it: the state is written, the work tree is anything.
    const state = JSON.parse(readFileSync(stateOf(repository), "utf8")) as object;
    writeFileSync(stateOf(repository), JSON.stringify({ ...state, laid: false }));
    await first.git(["read-tree", "--empty"]);
    const second = await goOn(repository);
    expect(second).toMatchObject({ kind: "laid-out", resolution: { step: 2 } });
    first.write("loader.py", text({ 20: "twice here" }));
    await goOn(repository);
    expect(await repository.git(["show", "release/v2.6^:loader.py"])).toBe(text({ 20: "limited here" }).trimEnd());
  });

  test("after the branch had moved is cleared up, not landed twice", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", text({ 20: "limited here" }));
    const state = readFileSync(stateOf(repository), "utf8");
    await goOn(repository);
    const tip = await tipOf(repository, "release/v2.6");
    writeFileSync(stateOf(repository), state); // as if the kill had come before it was removed
    expect(await failure(goOn(repository))).toMatchObject({ code: "nothing-to-do", message: /landed already/ });
    expect(await tipOf(repository, "release/v2.6")).toBe(tip);
    expect(existsSync(stateOf(repository))).toBe(false);
    expect((await repository.git(["worktree", "list"])).split("\n")).toHaveLength(1);
  });

  test("while git made its work tree is laid out although git takes that for locked", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { path } = await stopped(repository, "main", "v2.6");
    rmSync(path, { recursive: true });
    repository.sandbox.write("repository/.git/worktrees/release+v2.6/locked", "initializing\n");
    expect((await desk(repository, "v2.6")).read("loader.py")).toContain("<<<<<<<");
  });
});

test("a lock of a dead process goes although the run after it has nothing to do", async () => {
  const repository = await fixStory().create(makeSandbox());
  await pick(repository, "main", "all");
  const lock = repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock", `${DEAD}\n`);
  const half = repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock.4194999.tmp", "");
  expect(results(await pick(repository, "main", "all"))).toEqual([
    "release/v2.8: unchanged",
    "release/v2.7: unchanged",
  ]);
  expect([existsSync(lock), existsSync(half)]).toEqual([false, false]);
});
