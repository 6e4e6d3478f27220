import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startMorello, morello } from "../support/cli.ts";
import { fakeEditor } from "../support/editor.ts";
import { history } from "../support/history.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { gitTrace } from "../support/trace.ts";

/** A program in the place of the built CLI. */
function program(sandbox: Sandbox, source: string): { script: string } {
  return { script: sandbox.write("program.mjs", source) };
}

test("a run gives status, words and JSON, in the sandbox's environment", async () => {
  const sandbox = makeSandbox();
  const script = program(
    sandbox,
    `console.log(JSON.stringify({ home: process.env.HOME, args: process.argv.slice(2) })); console.error("said"); process.exit(3);`,
  );
  const done = await morello(sandbox, ["a", "b c"], script);
  expect(done).toMatchObject({ status: 3, signal: null, stderr: "said\n" });
  expect(done.json()).toEqual({ home: sandbox.path("home"), args: ["a", "b c"] });
});

test("a kill comes when a file appears, and takes the children too", async () => {
  const sandbox = makeSandbox();
  const script = program(
    sandbox,
    `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
     const child = spawn("sleep", ["60"]); writeFileSync("pid", String(child.pid)); writeFileSync("ready", ""); setInterval(() => {}, 1000);`,
  );
  const done = await startMorello(sandbox, [], script).killWhen(() => existsSync(sandbox.path("ready")));
  expect(done).toMatchObject({ status: null, signal: "SIGKILL" });
  const state = `/proc/${readFileSync(sandbox.path("pid"), "utf8")}/stat`;
  expect(existsSync(state) && !/\) Z /.test(readFileSync(state, "utf8"))).toBe(false);
});

test("a kill at a time comes at that time, and a quicker program is not touched", async () => {
  const sandbox = makeSandbox();
  expect(await startMorello(sandbox, [], program(sandbox, "setInterval(() => {}, 1000);")).killAt(50)).toMatchObject({
    signal: "SIGKILL",
  });
  expect(await startMorello(sandbox, [], program(sandbox, "process.exit(0);")).killAt(30_000)).toMatchObject({
    status: 0,
  });
});

test("a trace lists the git commands that ran", async () => {
  const sandbox = makeSandbox();
  const trace = gitTrace(sandbox);
  await sandbox.git(["var", "GIT_EDITOR"], { env: trace.env });
  expect(trace.commands()).toEqual([["git", "var", "GIT_EDITOR"]]);
});

test("a fake editor changes what git gives it to edit", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("one", { files: { a: "a\n" } })
    .create(sandbox);
  const GIT_EDITOR = fakeEditor(sandbox, { replace: ["one", "two"] });
  await repository.git(["commit", "-q", "--amend", "--edit"], { env: { GIT_EDITOR } });
  expect(await repository.git(["log", "-1", "--format=%s"])).toBe("two");
  const failing = { GIT_EDITOR: fakeEditor(sandbox, { exit: 1 }, "failing") };
  await expect(repository.git(["commit", "-q", "--amend", "--edit"], { env: failing })).rejects.toThrow(
    "problem with the editor",
  );
});
