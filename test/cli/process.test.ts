// What only a process can show: exit statuses, streams, signals, the editor.
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { morello, startMorello } from "../support/cli.ts";
import { fakeEditor } from "../support/editor.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const HISTORY = history()
  .commit("start", { files: { a: "1\n2\n3\n" } })
  .branch("release/v2.7")
  .branch("fix", "start")
  .commit("fix", { files: { a: "1\n2\n3\n4\n" }, message: "Add four\n" });

async function repository(sandbox: Sandbox): Promise<string> {
  return (await HISTORY.create(sandbox)).path;
}

test("data is on stdout alone, and JSON is one document", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const done = await morello(sandbox, ["plan", "fix", "--onto", "v2.7", "--json"], { cwd });
  expect(done).toMatchObject({ status: 0, stderr: "" });
  expect(done.json()).toMatchObject({ kind: "plan", written: null });
});

test("a wrong command line exits with 2, in words on stderr", async () => {
  const done = await morello(makeSandbox(), ["plna"]);
  expect(done).toMatchObject({
    status: 2,
    stdout: "",
    stderr: "error: Unknown verb 'plna'\nhint: did you mean plan?   (morello --help)\n",
  });
});

test("with --json an error is an object on stdout", async () => {
  const done = await morello(makeSandbox(), ["lines", "--json"]);
  expect(done).toMatchObject({ status: 2, stderr: "" });
  expect(done.json()).toMatchObject({ kind: "error", code: "not-a-repository" });
  const usage = await morello(makeSandbox(), ["plan", "--json"]);
  expect(usage.json()).toMatchObject({ kind: "error", code: "usage", data: {} });
});

test("without a terminal nothing is asked: it takes --yes", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const done = await morello(sandbox, ["pick", "fix", "--onto", "v2.7", "--json"], { cwd });
  expect(done.status).toBe(1);
  expect(done.json()).toMatchObject({ code: "consent-needed", hint: expect.stringContaining("--yes") as string });
  const sure = await morello(sandbox, ["pick", "fix", "--onto", "v2.7", "--yes"], { cwd });
  expect(sure.status).toBe(0);
});

test("where nothing would move, nothing is asked", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  expect((await morello(sandbox, ["pick", "release/v2.7", "--onto", "v2.7"], { cwd })).status).toBe(0);
});

test("a plan goes through a pipe, and through a file", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const made = await morello(sandbox, ["-C", cwd, "plan", "fix", "--onto", "v2.7", "--json", "--out", "p.json"]);
  expect(made.json()).toMatchObject({ written: "p.json" });
  const applied = await morello(sandbox, ["apply", "-", "--yes", "--json"], { cwd, input: made.stdout });
  expect(applied.json()).toMatchObject({ kind: "applied" });
  await sandbox.git(["branch", "-f", "release/v2.7", "main"], { cwd });
  await sandbox.git(
    [
      "update-ref",
      "refs/heads/release/v2.7",
      await sandbox.git(["commit-tree", "-p", "main", "-m", "other", "main^{tree}"], { cwd }),
    ],
    { cwd },
  );
  const again = await morello(sandbox, ["apply", "p.json", "--yes", "--json"], { cwd });
  expect(again).toMatchObject({ status: 1 });
  expect(again.json()).toMatchObject({ kind: "stale" });
});

test.each([
  ["is not there", null, /Cannot read p.json as a plan/],
  ["is no plan", "{}", /schema/],
])("a plan file that %s is refused with 2", async (_name, content, message) => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  if (content !== null) sandbox.write("repository/p.json", content);
  const done = await morello(sandbox, ["apply", "p.json", "--yes"], { cwd });
  expect(done.status).toBe(2);
  expect(done.stderr).toMatch(message);
});

test("the message that the editor leaves is the pick's", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const GIT_EDITOR = fakeEditor(sandbox, { write: '\n# Four\n\nIt is "four".\n\n\n' });
  const done = await morello(sandbox, ["pick", "fix", "--onto", "v2.7", "--edit", "--yes"], {
    cwd,
    env: { GIT_EDITOR },
  });
  expect(done.status).toBe(0);
  expect(await sandbox.git(["log", "-1", "--format=%B", "release/v2.7"], { cwd })).toMatch(
    /^# Four\n\nIt is "four"\.\n\n\(cherry picked from commit /,
  );
});

test.each([
  ["fails", { exit: 3 }, /The editor failed \(exit status 3\)/],
  ["leaves nothing", { write: " \n\n" }, /The edited message is empty/],
] as const)("where the editor %s, nothing moves", async (_name, deed, message) => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const before = await sandbox.git(["rev-parse", "release/v2.7"], { cwd });
  const env = { GIT_EDITOR: fakeEditor(sandbox, deed) };
  const done = await morello(sandbox, ["pick", "fix", "--onto", "v2.7", "-ey"], { cwd, env });
  expect(done.status).toBe(1);
  expect(done.stderr).toMatch(message);
  expect(await sandbox.git(["rev-parse", "release/v2.7"], { cwd })).toBe(before);
});

test("Ctrl-C ends with 130, says nothing, and moves nothing", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const opened = sandbox.path("opened");
  const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)";
  const script = `writeFileSync(${JSON.stringify(opened)}, ""); ${wait}; return text;`;
  const env = { GIT_EDITOR: fakeEditor(sandbox, { script }) };
  const cli = startMorello(sandbox, ["pick", "fix", "--onto", "v2.7", "-ey"], { cwd, env });
  while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 10));
  process.kill(-cli.pid, "SIGINT"); // as a terminal does: to the whole group
  expect(await cli.result).toMatchObject({ status: 130, stdout: "", stderr: "" });
  expect(await sandbox.git(["log", "--format=%s", "release/v2.7"], { cwd })).toBe("start");
});

test("a reader that has enough is no error", async () => {
  const sandbox = makeSandbox();
  const cwd = await repository(sandbox);
  const shell = `"$0" "$1" plan fix --onto v2.7 --json | true; echo "\${PIPESTATUS[0]}"`;
  const cli = new URL("../../dist/cli.js", import.meta.url).pathname;
  const done = await finished("bash", ["-c", shell, process.execPath, cli], { cwd, env: sandbox.env });
  expect({ stdout: done.stdout.toString(), stderr: done.stderr.toString() }).toEqual({ stdout: "0\n", stderr: "" });
});

test.each([
  ["help is asked about no verb there is", ["help", "nosuch"], "Unknown verb 'nosuch'"],
  ["there are options and no verb", ["-C", "x"], "No verb was given"],
])("where %s, that is the error", async (_name, words, message) => {
  const done = await morello(makeSandbox(), words);
  expect(done).toMatchObject({ status: 2, stdout: "", stderr: `error: ${message}\nhint: morello --help\n` });
});

test("the version is the package's", async () => {
  const done = await morello(makeSandbox(), ["--version"]);
  expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/^morello \d+\.\d+\.\d+\n$/) as string });
});

test("without words it shows help", async () => {
  const done = await morello(makeSandbox(), []);
  expect(done).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/^Examples:\n/) as string });
});
