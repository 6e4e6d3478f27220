import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { allowedCommands, rememberAllowed } from "../../src/verify/allowed.ts";
import type { Environment } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

async function opened(sandbox: Sandbox, env: Environment = {}): Promise<Repository> {
  const path = sandbox.path("repository");
  await sandbox.git(["init", "-q", path]);
  return openRepository(path, { ...sandbox.env, ...env });
}

const allowed = (command: string): Parameters<typeof rememberAllowed>[1] => {
  return { command, lines: ["release/v1.0"], commit: "1".repeat(40), time: 1 };
};

const commandsOf = (repository: Repository): string[] => allowedCommands(repository).map(({ command }) => command);

test("what was allowed is known again, oldest first, each once", async () => {
  const repository = await opened(makeSandbox());
  for (const command of ["make", "make test", "make"]) rememberAllowed(repository, allowed(command));
  expect(commandsOf(repository)).toEqual(["make test", "make"]);
});

test("it is kept below the user's state, where the repository has no say", async () => {
  const sandbox = makeSandbox();
  const repository = await opened(sandbox);
  rememberAllowed(repository, allowed("make"));
  expect(readdirSync(sandbox.path("home/.local/state/morello/allowed"))).toHaveLength(1);
  const own = await opened(sandbox, { XDG_STATE_HOME: sandbox.path("state") });
  expect(commandsOf(own)).toEqual([]);
  rememberAllowed(own, allowed("make"));
  expect(readdirSync(sandbox.path("state/morello/allowed"))).toHaveLength(1);
});

test("a copy of the repository, however it was handed over, has allowed nothing", async () => {
  const sandbox = makeSandbox();
  const first = await opened(sandbox);
  rememberAllowed(first, allowed("make"));
  cpSync(first.cwd, sandbox.path("copy"), { recursive: true });
  expect(commandsOf(await openRepository(sandbox.path("copy"), sandbox.env))).toEqual([]);
});

test("a work tree of the same repository shares what was allowed", async () => {
  const sandbox = makeSandbox();
  const { path } = await history().commit("base").create(sandbox, { head: "main" });
  await sandbox.git(["worktree", "add", "-q", "--detach", sandbox.path("other")], { cwd: path });
  rememberAllowed(await openRepository(path, sandbox.env), allowed("make"));
  expect(commandsOf(await openRepository(sandbox.path("other"), sandbox.env))).toEqual(["make"]);
});

test("without a home nothing is allowed, and allowing says why it cannot be remembered", async () => {
  const repository = await opened(makeSandbox(), { HOME: undefined, XDG_STATE_HOME: "relative/is/ignored" });
  expect(commandsOf(repository)).toEqual([]);
  expect(() => rememberAllowed(repository, allowed("make"))).toThrow("HOME is not set");
});

test("a file that cannot be read is no consent", async () => {
  const sandbox = makeSandbox();
  const repository = await opened(sandbox);
  rememberAllowed(repository, allowed("make"));
  const directory = sandbox.path("home/.local/state/morello/allowed");
  const file = join(directory, readdirSync(directory)[0] ?? "");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
  expect(() => allowedCommands(repository)).toThrow("Cannot read the state file");
});

test("a place that cannot be written to is named", async () => {
  const sandbox = makeSandbox();
  const repository = await opened(sandbox);
  sandbox.write("home/.local/state/morello", "a file\n");
  expect(() => rememberAllowed(repository, allowed("make"))).toThrow("Cannot remember what you allow");
});
