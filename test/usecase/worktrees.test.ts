import { describe, expect, test } from "vitest";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { failure, fixStory, pick, ran, results, text } from "./setting.ts";

const FIXED = text({ 20: "limited" });

/** A work tree of its own with the line checked out. */
async function linked(repository: TestRepository, line: string, name: string): Promise<string> {
  const path = repository.sandbox.path(name);
  await repository.git(["worktree", "add", "-q", path, line]);
  return path;
}

const statusOf = (sandbox: Sandbox, cwd: string): Promise<string> => sandbox.git(["status", "--porcelain"], { cwd });

describe("a target branch that is checked out", () => {
  test("in the main work tree follows: files, index, status clean", async () => {
    const repository = await fixStory().create(makeSandbox(), { head: "release/v2.7" });
    const outcome = await pick(repository, "main", "v2.7");
    expect(ran(outcome).lines[0]?.worktrees).toEqual([repository.path]);
    expect(readFileSync(join(repository.path, "loader.py"), "utf8")).toBe(FIXED);
    expect(await statusOf(repository.sandbox, repository.path)).toBe("");
    expect(await repository.git(["symbolic-ref", "HEAD"])).toBe("refs/heads/release/v2.7");
  });

  test("in linked work trees follows, each its own line", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    const trees = [
      await linked(repository, "release/v2.7", "seven"),
      await linked(repository, "release/v2.8", "eight"),
    ];
    await pick(repository, "main", "all");
    for (const tree of trees) {
      expect(readFileSync(join(tree, "loader.py"), "utf8")).toBe(FIXED);
      expect(await statusOf(sandbox, tree)).toBe("");
    }
  });

  test("follows when the pick is made from within it, and from below it", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    const tree = await linked(repository, "release/v2.7", "seven");
    mkdirSync(join(tree, "deep"));
    await pick(repository, "main", "v2.7", { cwd: join(tree, "deep") });
    expect(readFileSync(join(tree, "loader.py"), "utf8")).toBe(FIXED);
    expect(await statusOf(sandbox, tree)).toBe("");
  });

  test("of a bare repository follows in its linked work tree", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox, { bare: true });
    const tree = await linked(repository, "release/v2.7", "seven");
    await pick(repository, "main", "v2.7");
    expect(await statusOf(sandbox, tree)).toBe("");
    expect(readFileSync(join(tree, "loader.py"), "utf8")).toBe(FIXED);
  });

  test("keeps untracked and ignored files, modes, links and deletions right", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory()
      .commit("shapes", {
        files: {
          "run.sh": { executable: "#!/bin/sh\n" },
          "link": { symlink: "loader.py" },
          "deep/er/new.txt": "new\n",
          "README": null,
        },
      })
      .create(sandbox, { head: "release/v2.7" });
    sandbox.write("repository/untracked.txt", "mine\n");
    await pick(repository, "main", "v2.7");
    expect(await statusOf(sandbox, repository.path)).toBe("?? untracked.txt");
    expect(existsSync(join(repository.path, "README"))).toBe(false);
    expect(readFileSync(join(repository.path, "link"), "utf8")).toBe(text());
    expect(await repository.git(["write-tree"])).toBe(await repository.git(["rev-parse", "release/v2.7^{tree}"]));
  });

  test("follows in a sparse checkout", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory()
      .checkout("release/v2.7")
      .commit("directories", { files: { "kept/a": "a\n", "left/b": "b\n" } })
      .checkout("main")
      .create(sandbox, { head: "release/v2.7" });
    await repository.git(["sparse-checkout", "set", "kept"]);
    await pick(repository, "main", "v2.7");
    expect(await statusOf(sandbox, repository.path)).toBe("");
    expect(existsSync(join(repository.path, "left"))).toBe(false);
  });

  test("whose directory is gone is moved without it", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    const tree = await linked(repository, "release/v2.7", "seven");
    rmSync(tree, { recursive: true });
    expect(results(await pick(repository, "main", "v2.7"))).toEqual(["release/v2.7: moved"]);
  });
});

describe("a work tree that must not be disturbed is refused, and no line moves:", () => {
  async function refused(
    disturb: (tree: string, sandbox: Sandbox, repository: TestRepository) => Promise<unknown>,
    wanted: { readonly why: RegExp; readonly hint: RegExp },
  ): Promise<void> {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    const tree = await linked(repository, "release/v2.7", "seven");
    await disturb(tree, sandbox, repository);
    const refs = await repository.git(["for-each-ref", "refs/heads"]);
    const before = await statusOf(sandbox, tree);
    const error = await failure(pick(repository, repository.oid("fix"), "all"));
    expect(error).toMatchObject({ code: "worktree-busy", data: { line: "release/v2.7", worktree: tree } });
    expect(error.message).toMatch(wanted.why);
    expect(error.hint).toMatch(wanted.hint);
    expect(await repository.git(["for-each-ref", "refs/heads"])).toBe(refs);
    expect(await statusOf(sandbox, tree)).toBe(before);
  }

  test("with changes that are not staged", async () => {
    await refused(async (_, sandbox) => sandbox.write("seven/README", "changed\n"), {
      why: /uncommitted changes \(README\)/,
      hint: /git -C \S+ stash/,
    });
  });

  test("with staged changes", async () => {
    await refused(
      async (tree, sandbox) => {
        sandbox.write("seven/README", "changed\n");
        await sandbox.git(["add", "README"], { cwd: tree });
      },
      { why: /uncommitted changes/, hint: /stash/ },
    );
  });

  test("that is locked", async () => {
    await refused(async (tree, _, repository) => repository.git(["worktree", "lock", tree]), {
      why: /locked/,
      hint: /git worktree unlock/,
    });
  });

  test("with an untracked file in the way", async () => {
    await refused(
      async (_, sandbox, repository) => {
        await repository.extend((more) => more.checkout("main").commit("adds", { files: { "new.txt": "1\n" } }));
        sandbox.write("seven/new.txt", "mine\n");
        repository.oids.set("fix", repository.oid("adds"));
      },
      { why: /new\.txt/, hint: /--to-branch/ },
    );
  });

  test("in the middle of a merge", async () => {
    await refused(
      async (tree, sandbox) => sandbox.git(["merge", "--no-commit", "--no-ff", "release/v2.8"], { cwd: tree }),
      {
        why: /a merge is in progress/,
        hint: /status/,
      },
    );
  });

  test("in the middle of a cherry-pick", async () => {
    await refused(
      async (tree, sandbox, repository) => {
        await repository.extend((more) =>
          more.branch("other", "base").commit("other", { files: { "seven.txt": "other\n" } }),
        );
        await sandbox.gitRun(["cherry-pick", "other"], { cwd: tree, ok: [1] });
      },
      { why: /a cherry-pick is in progress/, hint: /status/ },
    );
  });

  test("in the middle of a rebase of the line, although HEAD is detached", async () => {
    await refused(
      async (tree, sandbox, repository) => {
        await repository.extend((more) =>
          more.branch("other", "base").commit("other", { files: { "seven.txt": "other\n" } }),
        );
        await sandbox.gitRun(["rebase", "other"], { cwd: tree, ok: [1] });
      },
      { why: /a rebase of it is in progress/, hint: /rebase --continue/ },
    );
  });

  test("in the middle of a bisection", async () => {
    await refused(
      async (tree, sandbox) => {
        await sandbox.git(["bisect", "start"], { cwd: tree });
      },
      { why: /a bisect is in progress/, hint: /status/ },
    );
  });

  test("while another git holds its index", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    const tree = await linked(repository, "release/v2.7", "seven");
    sandbox.write("repository/.git/worktrees/seven/index.lock", "");
    const error = await failure(pick(repository, "main", "all"));
    expect(error.code).toBe("worktree-busy");
    expect(error.hint).toContain("index.lock");
    expect(await statusOf(sandbox, tree)).toBe("");
    expect(await repository.git(["rev-parse", "release/v2.8"])).toBe(repository.oid("only 2.8"));
  });

  test("with --keep-going, too", async () => {
    const sandbox = makeSandbox();
    const repository = await fixStory().create(sandbox);
    await linked(repository, "release/v2.7", "seven");
    sandbox.write("seven/README", "changed\n");
    expect(await failure(pick(repository, "main", "all", { keepGoing: true }))).toMatchObject({
      code: "worktree-busy",
    });
  });
});

test("changes in a work tree of another branch are no reason, and stay as they are", async () => {
  const sandbox = makeSandbox();
  const repository = await fixStory().create(sandbox);
  sandbox.write("repository/README", "changed\n");
  await pick(repository, "main", "all");
  expect(await statusOf(sandbox, repository.path)).toBe(" M README");
});

test("--to-branch leaves a dirty work tree of the line alone", async () => {
  const sandbox = makeSandbox();
  const repository = await fixStory().create(sandbox, { head: "release/v2.7" });
  sandbox.write("repository/README", "changed\n");
  const outcome = await pick(repository, "main", "v2.7", { options: { toBranch: "leak" } });
  expect(results(outcome)).toEqual(["release/v2.7: moved"]);
  expect(await repository.git(["rev-parse", "morello/leak/release/v2.7^"])).toBe(repository.oid("only 2.7"));
  expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(repository.oid("only 2.7"));
  expect(await statusOf(sandbox, repository.path)).toBe(" M README");
});

test("a hook that forbids the move leaves refs and work trees as they were", async () => {
  const sandbox = makeSandbox();
  const repository = await fixStory().create(sandbox, { head: "release/v2.7" });
  sandbox.write("repository/.git/hooks/reference-transaction", '#!/bin/sh\ntest "$1" != prepared\n', 0o755);
  await failure(pick(repository, "main", "all"));
  sandbox.write("repository/.git/hooks/reference-transaction", "#!/bin/sh\n", 0o755);
  expect(await statusOf(sandbox, repository.path)).toBe("");
  expect(await repository.git(["rev-parse", "HEAD"])).toBe(repository.oid("only 2.7"));
  expect(results(await pick(repository, "main", "all"))).toEqual(["release/v2.8: moved", "release/v2.7: moved"]);
});
