import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { text } from "../../src/git/run.ts";
import { Scratch } from "../../src/git/scratch.ts";
import type { BytePath } from "../../src/object/path.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { scratchOn } from "./open.ts";

const told = (objectFormat: "sha1" | "sha256" = "sha1"): ReturnType<typeof history> =>
  history({ objectFormat })
    .commit("one", { files: { a: "a\n" } })
    .commit("two", { files: { a: "b\n" } });

describe("the user's objects are seen, whatever the repository is called", () => {
  test.each(["plain", "with space", 'quo"te', "back\\slash", "été", "#hash", ":colon"])("%j", async (name) => {
    const repository = await told().create(makeSandbox(), { name, bare: true });
    const scratch = await scratchOn(repository);
    expect((await scratch.reader.read(`${repository.oid("two")}:a`))?.body.toString()).toBe("b\n");
    expect(await text(scratch, ["rev-list", "--count", repository.oid("two")])).toBe("2");
  });
});

describe("in a hook, what was pushed is seen beside what is there, and nothing is written to either", () => {
  test.each(["plain.git", "with:colon.git", 'quo"te.git', "back\\slash.git"])("%j", async (name) => {
    const sandbox = makeSandbox();
    const client = await told().create(sandbox, { bare: true });
    const server = sandbox.path(name);
    await sandbox.git(["init", "-q", "--bare", "--template=", server]);
    await client.git(["push", "-q", server, `${client.oid("one")}:refs/heads/main`]);
    const env = sandbox.path("env");
    sandbox.write(
      `${name}/hooks/pre-receive`,
      `#!/bin/sh\nenv -0 >'${env}'\ncp -a "$GIT_QUARANTINE_PATH" '${env}.d'\nexit 1\n`,
      0o755,
    );
    await client.gitRun(["push", "-q", server, `${client.oid("two")}:refs/heads/main`], { ok: [1] });
    const said = readFileSync(env, "utf8")
      .split("\0")
      .map((line) => line.split("="));
    const hook = Object.fromEntries(said.map(([key = "", ...value]) => [key, value.join("=")]));
    const quarantine = { ...hook, GIT_OBJECT_DIRECTORY: `${env}.d` }; // git has taken the real one away again
    const scratch = new Scratch(await openRepository(server, quarantine));
    onTestFinished(() => scratch.close());
    expect((await scratch.reader.read(`${client.oid("two")}:a`))?.body.toString()).toBe("b\n");
    expect(await text(scratch, ["rev-list", "--count", client.oid("two")])).toBe("2");
  });
});

test("it is made in TMPDIR, and gone when it is closed", async () => {
  const sandbox = makeSandbox();
  const repository = await told().create(sandbox, { bare: true });
  const scratch = await scratchOn(repository);
  expect(readdirSync(sandbox.path("tmp"))).toHaveLength(1);
  expect(scratch.cwd.startsWith(sandbox.path("tmp"))).toBe(true);
  scratch.close();
  expect(readdirSync(sandbox.path("tmp"))).toEqual([]);
});

test("what a killed process left is taken away, what a living one uses is not", async () => {
  const sandbox = makeSandbox();
  const repository = await told().create(sandbox, { bare: true });
  const gone = spawnSync(process.execPath, ["-e", ""]).pid; // it has ended
  const names = [`morello-scratch-${gone}-abc`, `morello-scratch-${process.pid}-abc`, "morello-scratch-other", "else"];
  for (const name of names) mkdirSync(sandbox.path("tmp", name, "objects"), { recursive: true });
  const scratch = await scratchOn(repository);
  scratch.close();
  expect(readdirSync(sandbox.path("tmp")).sort()).toEqual(names.slice(1).sort());
});

test("objects written are git's, in both formats, and stay out of the user's repository", async () => {
  for (const format of ["sha1", "sha256"] as const) {
    const repository = await told(format).create(makeSandbox(), { bare: true, name: format });
    const scratch = await scratchOn(repository);
    const oid = scratch.write("blob", Buffer.from("new\n"));
    expect(oid).toBe(await repository.git(["hash-object", "--stdin"], { input: "new\n" }));
    expect(await text(scratch, ["cat-file", "blob", oid])).toBe("new");
    expect((await repository.gitRun(["cat-file", "-e", oid], { ok: [0, 1, 128] })).status).not.toBe(0);
  }
});

test("what is transferred is what was made and is reached, and nothing else", async () => {
  const repository = await told().create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const blob = scratch.write("blob", Buffer.from("new\n"));
  const unused = scratch.write("blob", Buffer.from("unused\n"));
  const tree = scratch.write("tree", Buffer.concat([Buffer.from("100644 n\0"), Buffer.from(blob, "hex")]));
  const who = "A <a@example.com> 1 +0000";
  const body = `tree ${tree}\nparent ${repository.oid("two")}\nauthor ${who}\ncommitter ${who}\n\nx\n`;
  const commit = scratch.write("commit", Buffer.from(body));
  await scratch.transfer([commit], [repository.oid("two")]);
  expect(await repository.git(["show", `${commit}:n`])).toBe("new");
  expect((await repository.gitRun(["cat-file", "-e", unused], { ok: [0, 1, 128] })).status).not.toBe(0);
  await scratch.transfer([], []);
});

describe("attributes are laid out", () => {
  test("once a key, at their paths, and never outside", async () => {
    const repository = await told().create(makeSandbox(), { bare: true });
    const scratch = await scratchOn(repository);
    const long = `${"x".repeat(300)}/.gitattributes`;
    const deep = `${Array.from({ length: 2_000 }, () => "dddd").join("/")}/.gitattributes`;
    const outside = [
      "../.gitattributes",
      "a/../../.gitattributes",
      ".git/.gitattributes",
      "a/.GIT/.gitattributes",
      "./.gitattributes",
      "a//.gitattributes",
    ];
    const paths = [".gitattributes", "a/b/.gitattributes", "\xff/.gitattributes", long, deep, ...outside];
    const files = new Map(paths.map((path) => [path as BytePath, Buffer.from("* merge=union\n")]));
    const root = scratch.attributeTree("key", files);
    expect(scratch.attributeTree("key", new Map())).toBe(root);
    expect(scratch.attributeTree("other", new Map())).not.toBe(root);
    const { stdout } = spawnSync("find", [".", "-name", ".gitattributes", "-print0"], { cwd: root });
    const laid = stdout
      .toString("latin1")
      .split("\0")
      .filter(Boolean)
      .map((name) => name.slice(2));
    expect(laid.sort()).toEqual([".gitattributes", "a/b/.gitattributes", "\xff/.gitattributes"]);
    expect(existsSync(join(scratch.cwd, ".gitattributes"))).toBe(false);
    expect(readFileSync(join(root, "a/b/.gitattributes"), "utf8")).toBe("* merge=union\n");
  });
});

test("a shallow clone's border is kept", async () => {
  const sandbox = makeSandbox();
  const repository = await told().create(sandbox, { bare: true });
  await sandbox.git(["clone", "-q", "--bare", "--depth=1", `file://${repository.path}`, sandbox.path("shallow")]);
  const shallow = Object.assign(Object.create(repository) as typeof repository, { path: sandbox.path("shallow") });
  const scratch = await scratchOn(shallow);
  expect(scratch.repository.shallow).toBe(true);
  expect(await text(scratch, ["rev-list", "--count", repository.oid("two")])).toBe("1");
});
