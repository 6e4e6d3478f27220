import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkOut, sweepCheckouts } from "../../src/git/checkout.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { scratchOn } from "./open.ts";

/** Paths below a directory, `.git` left out, in git's order of bytes. */
function filesBelow(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.filter((name) => !/^\.git(\/|$)/.test(name)).sort();
}

const treeOf = (repository: TestRepository, revision: string): Promise<string> =>
  repository.git(["rev-parse", `${revision}^{tree}`]);

test("files, executable bits, links and line ends are as in a fresh clone", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("base", {
      files: {
        ".gitattributes": "*.bat text eol=crlf\n",
        "run.bat": "echo 1\necho 2\n",
        "deep/down/file": "x\n",
        "tool": { executable: "#!/bin/sh\n" },
        "link": { symlink: "deep/down/file" },
        'odd "name"\n': "odd\n",
        "ümläut": "u\n",
      },
    })
    .create(sandbox);
  const clone = sandbox.path("clone");
  await sandbox.git(["clone", "-q", repository.path, clone]);
  const scratch = await scratchOn(repository);
  const checkout = await checkOut(scratch, await treeOf(repository, "main"));
  expect(filesBelow(checkout.path)).toEqual(filesBelow(clone));
  for (const name of filesBelow(clone)) {
    const [ours, gits] = [join(checkout.path, name), join(clone, name)];
    expect(lstatSync(ours).mode, name).toBe(lstatSync(gits).mode);
    if (lstatSync(gits).isFile()) expect(readFileSync(ours), name).toEqual(readFileSync(gits));
    if (lstatSync(gits).isSymbolicLink()) expect(readlinkSync(ours), name).toBe(readlinkSync(gits));
  }
  expect(readFileSync(join(checkout.path, "run.bat"), "utf8")).toBe("echo 1\r\necho 2\r\n");
});

test("a tree that only the scratch repository has is checked out, and the user's repository learns nothing of it", async () => {
  const repository = await history()
    .commit("base", { files: { a: "a\n" } })
    .create(makeSandbox());
  const scratch = await scratchOn(repository);
  const blob = scratch.write("blob", Buffer.from("new\n"));
  const tree = scratch.write("tree", Buffer.from(`100644 b\0${Buffer.from(blob, "hex").toString("latin1")}`, "latin1"));
  const checkout = await checkOut(scratch, tree);
  expect(filesBelow(checkout.path)).toEqual(["b"]);
  expect((await repository.gitRun(["cat-file", "-e", tree], { ok: [0, 1] })).status).toBe(1);
});

test("neither the user's index nor a hook nor a filter of the user's has a part in it", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("base", { files: { ".gitattributes": "*.big filter=lfs\n", "a.big": "pointer\n", "b": "b\n" } })
    .create(sandbox, { head: "main" });
  await repository.git(["config", "filter.lfs.smudge", "touch ../smudged; cat"]);
  sandbox.write("repository/.git/hooks/post-index-change", "#!/bin/sh\ntouch hooked\n", 0o755);
  const index = readFileSync(join(repository.gitDir, "index"));
  const checkout = await checkOut(await scratchOn(repository), await treeOf(repository, "main"));
  expect(readFileSync(join(checkout.path, "a.big"), "utf8")).toBe("pointer\n");
  expect(checkout.filtered).toBe(1);
  expect(readFileSync(join(repository.gitDir, "index"))).toEqual(index);
  expect(existsSync(sandbox.path("repository/hooked"))).toBe(false);
});

test("a submodule is an empty directory, and counted", async () => {
  const repository = await history()
    .commit("base", { files: { a: "a\n", module: { submodule: "1".repeat(40) } } })
    .create(makeSandbox());
  const checkout = await checkOut(await scratchOn(repository), await treeOf(repository, "main"));
  expect(checkout.submodules).toBe(1);
  expect(readdirSync(join(checkout.path, "module"))).toEqual([]);
});

test("nothing is left of a checkout, also where a build made directories read-only", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("base", { files: { a: "a\n" } })
    .create(sandbox);
  const checkout = await checkOut(await scratchOn(repository), await treeOf(repository, "main"));
  const cache = join(checkout.path, "cache");
  mkdirSync(join(cache, "inner"), { recursive: true });
  for (const directory of [join(cache, "inner"), cache]) chmodSync(directory, 0o500);
  await checkout.remove();
  expect(checkoutsIn(sandbox.path("tmp"))).toEqual([]);
});

test("a tree with a blob missing cannot be checked out, and leaves nothing behind", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("base", { files: { a: "a\n" } })
    .create(sandbox);
  const scratch = await scratchOn(repository);
  const tree = scratch.write("tree", Buffer.from(`100644 b\0${"\x01".repeat(20)}`, "latin1"));
  await expect(checkOut(scratch, tree)).rejects.toMatchObject({ code: "git-failed" });
  expect(checkoutsIn(sandbox.path("tmp"))).toEqual([]);
});

test("checkouts of processes that are gone are swept, those of running ones are kept", async () => {
  const sandbox = makeSandbox();
  const gone = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
  for (const pid of [gone, process.pid]) sandbox.write(`tmp/morello-checkout-${pid}-abc/checkout/file`, "x\n");
  await sweepCheckouts(sandbox.env);
  expect(checkoutsIn(sandbox.path("tmp"))).toEqual([`morello-checkout-${process.pid}-abc`]);
});

function checkoutsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith("morello-checkout-"));
}
