import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { ErrorReport } from "../../src/cli/render/error.ts";
import { CheckOutcome } from "../../src/wire/check.ts";
import { HooksOutcome } from "../../src/wire/hooks.ts";
import { CLI, morello, type CliOptions, type CliResult } from "../support/cli.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { fixStory } from "../usecase/setting.ts";

function cli(repository: TestRepository, words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return morello(repository.sandbox, words, { cwd: repository.path, ...options });
}

/** A line with a commit that says that it was picked, and holds something else. */
async function lied(): Promise<TestRepository> {
  const repository = await fixStory().create(makeSandbox());
  const message = `loader: limit\n\n(cherry picked from commit ${repository.oid("fix")})\n`;
  return repository.extend((line) =>
    line.checkout("release/v2.7").commit("lie", { message, files: { "evil.py": "import os\nos.remove('x')\n" } }),
  );
}

test("the exit status says whether policy is met; text, JSON and SARIF say the same", async () => {
  const repository = await lied();
  const [text, json, sarif] = await Promise.all([
    cli(repository, ["check", "release/v2.7"]),
    cli(repository, ["check", "release/v2.7", "--json"]),
    cli(repository, ["check", "release/v2.7", "--sarif"]),
  ]);
  expect([text.status, json.status, sarif.status]).toEqual([1, 1, 1]);
  expect(text.stdout).toMatch(/^release\/v2\.7: [0-9a-f]{40}: error: x-line-lies: /m);
  const outcome = CheckOutcome.parse(json.json());
  expect(
    outcome.kind === "checked" && outcome.lines.flatMap(({ violations }) => violations.map(({ rule }) => rule)),
  ).toContain("x-line-lies");
  expect(sarif.json<{ version: string }>().version).toBe("2.1.0");
  expect((await cli(repository, ["check", "release/v2.8"])).status).toBe(0);
});

test("a check reads, and writes nothing", async () => {
  const repository = await lied();
  const state = async (): Promise<string> =>
    `${await repository.git(["for-each-ref"])}\n${await repository.git(["count-objects", "-v"])}\n${await repository.git(["status", "--porcelain"])}`;
  const before = await state();
  await cli(repository, ["check", "release/v2.7"]);
  expect(await state()).toBe(before);
});

test("a message comes from a file or from stdin", async () => {
  const repository = await fixStory().create(makeSandbox());
  repository.sandbox.write("repository/message", "Limit\n");
  const fromFile = await cli(repository, ["check", "--message", "message"]);
  const fromStdin = await cli(repository, ["check", "--message", "-"], { input: "Limit\n" });
  expect(fromFile.stdout).toContain("message-form");
  expect([fromStdin.status, fromStdin.stdout]).toEqual([fromFile.status, fromFile.stdout]);
  expect((await cli(repository, ["check", "--message", "gone"])).status).toBe(2);
});

test("what a framework says in variables counts as what git says on stdin", async () => {
  const repository = await lied();
  const pushed = await cli(repository, ["check", "--pre-push"], {
    env: {
      PRE_COMMIT_REMOTE_BRANCH: "refs/heads/release/v2.7",
      PRE_COMMIT_TO_REF: repository.oid("lie"),
      PRE_COMMIT_FROM_REF: repository.oid("only 2.7"),
    },
  });
  expect([pushed.status, pushed.stdout]).toEqual([1, expect.stringContaining("x-line-lies")]);
});

test("what excludes each other is refused", async () => {
  const repository = await fixStory().create(makeSandbox());
  const refused = await cli(repository, ["check", "release/v2.7", "--pre-push", "--json"]);
  expect([refused.status, refused.json<ErrorReport>().code]).toEqual([2, "usage"]);
});

test("hooks are installed and taken out, and told", async () => {
  const repository = await fixStory().create(makeSandbox());
  const installed = HooksOutcome.parse((await cli(repository, ["hooks", "install", "--json"])).json());
  expect(installed.hooks.map(({ result }) => result)).toEqual(["installed", "installed", "installed"]);
  expect((await cli(repository, ["hooks", "uninstall"])).stdout).toBe(
    "commit-msg: taken out\npre-commit: taken out\npre-push: taken out\n",
  );
});

test("each hook of the pre-commit framework is a command that there is", async () => {
  const file = new URL("../../.pre-commit-hooks.yaml", import.meta.url);
  const hooks = parse(readFileSync(file, "utf8")) as { readonly id: string; readonly entry: string }[];
  expect(hooks.map(({ id }) => id)).toEqual(["morello-commit-msg", "morello-pre-commit", "morello-pre-push"]);
  const help = (await morello(makeSandbox(), ["help", "check"], { script: CLI })).stdout;
  for (const { entry } of hooks) {
    expect(entry).toMatch(/^morello check --/);
    expect(help).toContain(entry.slice("morello check ".length));
  }
});
