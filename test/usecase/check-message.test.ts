import { describe, expect, test } from "vitest";
import { checkMessage } from "../../src/usecase/checking/check-message.ts";
import { checkStaged } from "../../src/usecase/checking/check-staged.ts";
import type { CheckOutcome } from "../../src/wire/check.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, text } from "./setting.ts";

const told = (outcome: CheckOutcome): string[] =>
  outcome.kind === "checked" ? [] : outcome.violations.map(({ severity, message }) => `${severity}: ${message}`);

const notices = (outcome: CheckOutcome): readonly string[] => (outcome.kind === "message" ? outcome.notices : []);

/** A repository whose main has these files, and is checked out. */
function withFiles(files: Readonly<Record<string, string>>): Promise<TestRepository> {
  return history()
    .commit("base", { files: { ...files, "a.txt": text() } })
    .create(makeSandbox());
}

const say = async (files: Readonly<Record<string, string>>, message: string): Promise<CheckOutcome> =>
  checkMessage(depsOf(await withFiles(files)), message);

describe("a message", () => {
  test("is read as git would: without comments, and without what follows the scissors", async () => {
    const written = `fix: a\n# Please enter\n# ------------------------ >8 ------------------------\ndiff --git\n${"x".repeat(200)}\n`;
    expect(told(await say({}, written))).toEqual([]);
  });

  test("that is empty is git's to refuse", async () => {
    expect(told(await say({}, "# nothing\n"))).toEqual([]);
  });

  test("may be no Conventional Commit, which is told and does not stand in the way", async () => {
    const outcome = await say({}, "Limit the queue\n");
    expect(told(outcome)).toEqual([
      "warning: subject may not be empty (subject-empty)",
      "warning: type may not be empty (type-empty)",
    ]);
    expect(outcome.kind === "message" && outcome.ok).toBe(true);
  });

  test("is refused where policy says so", async () => {
    const outcome = await say({ "morello.yaml": "policy: { rules: { message-form: error } }\n" }, "Limit\n");
    expect(outcome.kind === "message" && outcome.ok).toBe(false);
  });

  test("that was picked names its source in full", async () => {
    expect(told(await say({}, "fix: a\n\n(cherry picked from commit 1234567)\n"))).toEqual([
      "warning: it names its source as 1234567, which is not the full object ID",
    ]);
  });
});

describe("the repository's commitlint configuration", () => {
  const RULES = { "header-max-length": [2, "always", 10] };

  test.each([
    [".commitlintrc", JSON.stringify({ rules: RULES })],
    [".commitlintrc.json", JSON.stringify({ rules: RULES })],
    [".commitlintrc.yaml", "rules:\n  header-max-length: [2, always, 10]\n"],
    [".commitlintrc.yml", "rules: { header-max-length: [2, always, 10] }\n"],
    ["package.json", JSON.stringify({ name: "a", commitlint: { rules: RULES } })],
    ["commitlint.config.js", `module.exports = { rules: ${JSON.stringify(RULES)} };`],
    ["commitlint.config.cjs", `module.exports = { rules: ${JSON.stringify(RULES)} };`],
    ["commitlint.config.mjs", `export default { rules: ${JSON.stringify(RULES)} };`],
    ["commitlint.config.ts", `const c: UserConfig = { rules: ${JSON.stringify(RULES)} };\nexport default c;`],
  ])("%s counts", async (file, content) => {
    const outcome = await say({ [file]: content }, "No type, and long\n");
    expect(told(outcome)).toEqual([
      "warning: header must not be longer than 10 characters, current length is 17 (header-max-length)",
    ]);
    expect(notices(outcome)).toEqual([]);
  });

  test("counts in commitlint's own order", async () => {
    const files = { "package.json": "{}", ".commitlintrc.json": '{"rules":{}}', "commitlint.config.js": "nonsense(" };
    expect(told(await say(files, "Anything at all\n"))).toEqual([]);
  });

  test("is never run: what is more than data is told, and the ordinary rules count", async () => {
    const outcome = await say({ "commitlint.config.js": "process.exit(1);\nmodule.exports = make();" }, "fix: a\n");
    expect(told(outcome)).toEqual([]);
    expect(notices(outcome)).toEqual([
      "commitlint.config.js is more than plain data, and is never run: @commitlint/config-conventional counts",
    ]);
  });

  test("is the default branch's, never the branch's under change", async () => {
    const repository = await withFiles({ ".commitlintrc.json": JSON.stringify({ rules: RULES }) });
    await repository.git(["checkout", "-q", "-b", "topic"]);
    repository.sandbox.write("repository/.commitlintrc.json", '{"rules":{}}');
    await repository.git(["commit", "-q", "-a", "-m", "lax"]);
    expect(told(await checkMessage(depsOf(repository), "No type, and long\n")).length).toBe(1);
  });
});

describe("what is staged", () => {
  const MARKED = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";

  async function staged(content: string, env: Readonly<Record<string, string>> = {}): Promise<CheckOutcome> {
    const repository = await withFiles({ "about.md": "<<<<<<< is how it looks\n" });
    repository.sandbox.write("repository/a.txt", content);
    await repository.git(["add", "a.txt"]);
    return checkStaged(depsOf(repository, { env }));
  }

  test("with conflict markers is refused, with their lines", async () => {
    const outcome = await staged(text() + MARKED);
    expect(told(outcome)).toEqual(["error: conflict markers are staged in a.txt"]);
    expect(outcome.kind === "staged" && outcome.violations[0]?.paths.map(({ line }) => line)).toEqual([31, 33, 35]);
    expect(outcome.kind === "staged" && outcome.ok).toBe(false);
  });

  test("is told rightly, whatever the user's configuration of diffs says", async () => {
    const config = ["diff.noPrefix=true", "color.ui=always", "diff.external=false", "diff.renames=copies"];
    const env = Object.fromEntries(
      config.flatMap((setting, n) => [
        [`GIT_CONFIG_KEY_${n}`, setting.split("=")[0] ?? ""],
        [`GIT_CONFIG_VALUE_${n}`, setting.split("=")[1] ?? ""],
      ]),
    );
    const outcome = await staged(text() + MARKED, { ...env, GIT_CONFIG_COUNT: String(config.length) });
    expect(told(outcome)).toEqual(["error: conflict markers are staged in a.txt"]);
  });

  test("may hold what looks like one part of a marker", async () => {
    expect(told(await staged(`News\n=======\n${text()}`))).toEqual([]);
  });

  test("is the index that git names, while it commits a path alone", async () => {
    const repository = await withFiles({});
    repository.sandbox.write("repository/a.txt", MARKED);
    const index = repository.sandbox.path("other-index");
    await repository.git(["add", "a.txt"], { env: { GIT_INDEX_FILE: index } });
    expect(told(await checkStaged(depsOf(repository)))).toEqual([]);
    expect(told(await checkStaged(depsOf(repository, { env: { GIT_INDEX_FILE: index } }))).length).toBe(1);
  });

  test("before the first commit is looked at too", async () => {
    const repository = await withFiles({});
    await repository.git(["checkout", "-q", "--orphan", "new"]);
    repository.sandbox.write("repository/a.txt", MARKED);
    await repository.git(["add", "a.txt"]);
    expect(told(await checkStaged(depsOf(repository))).length).toBe(1);
  });
});
