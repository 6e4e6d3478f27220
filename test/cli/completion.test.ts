import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { candidates, questionOf } from "../../src/cli/completion/candidates.ts";
import { completionScript, SHELLS, type Shell } from "../../src/cli/completion/script.ts";
import { createProgram } from "../../src/cli/program.ts";
import { complete } from "../../src/usecase/complete.ts";
import { CLOCK } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

function present(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

describe.each(SHELLS)("the script for %s", (shell: Shell) => {
  test.skipIf(!present(shell))(`has no syntax error (skipped where there is no ${shell})`, async () => {
    const sandbox = makeSandbox();
    const file = sandbox.write(`completion.${shell}`, completionScript(shell));
    const done = await finished(shell, ["-n", file], { cwd: sandbox.root, env: sandbox.env });
    expect({ status: done.status, stderr: done.stderr.toString() }).toEqual({ status: 0, stderr: "" });
  });

  test("serves git morello, too", () => {
    expect(completionScript(shell)).toMatch(/_git_morello|_git-morello|complete -c git /);
  });
});

/** Runs the script's function in bash with a `morello` that answers what it is told, and shows what it was asked. */
async function inBash(
  sandbox: Sandbox,
  call: string,
  words: readonly string[],
  answers: readonly string[],
): Promise<{ asked: string[]; replies: string[] }> {
  const script = sandbox.write("completion.bash", completionScript("bash"));
  const program = `source "$1"; shift; call="$1"; shift
morello() { printf '%s\\n' "$@" >"$ASKED"; printf '%b\\n' ${answers.map((answer) => `'${answer}'`).join(" ")}; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "$call"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...sandbox.env, ASKED: sandbox.path("asked") };
  const done = await finished("bash", ["-c", program, "bash", script, call, ...words], { cwd: sandbox.root, env });
  expect(done.stderr.toString()).toBe("");
  const asked = await finished("cat", [sandbox.path("asked")], { cwd: sandbox.root, env });
  const lines = (text: string): string[] => text.replace(/\n$/, "").split("\n");
  return { asked: lines(asked.stdout.toString()), replies: lines(done.stdout.toString()) };
}

test("bash joins what it cut at =, and inserts only what stands behind it", async () => {
  const words = ["morello", "plan", "x", "--onto", "=", "rel"];
  const { asked, replies } = await inBash(makeSandbox(), "_morello", words, [
    "--onto=release/v2.7\\tnewest tag v2.7.0",
  ]);
  expect(asked).toEqual(["__complete", "--", "plan", "x", "--onto=rel"]);
  expect(replies).toEqual(["release/v2.7"]);
});

test("git's completion in bash asks with the words behind morello", async () => {
  const words = ["git", "-C", "x", "morello", "plan", ""];
  const { asked } = await inBash(makeSandbox(), "_git_morello", words, ["main\\tbranch"]);
  expect(asked).toEqual(["__complete", "--", "plan", ""]);
});

test("a branch that is called like a command is quoted in bash, and never runs", async () => {
  const { replies } = await inBash(makeSandbox(), "_morello", ["morello", "plan", ""], ["$(touch-evil)\\tbranch"]);
  expect(replies).toEqual(["\\$\\(touch-evil\\)"]);
});

function asks(...words: string[]): unknown {
  const question = questionOf(createProgram(), words);
  return question.kind === "words"
    ? question.candidates.map(({ value }) => value)
    : { ask: question.ask, prefix: question.prefix };
}

test.each([
  ["revisions behind plan", ["plan", ""], { ask: "revisions", prefix: "" }],
  ["revisions behind a range's dots", ["plan", "main..fi"], { ask: "revisions", prefix: "main.." }],
  ["lines behind --onto", ["pick", "x", "--onto", ""], { ask: "lines", prefix: "" }],
  ["lines behind --onto=", ["pick", "--onto=re"], { ask: "lines", prefix: "--onto=" }],
  ["lines behind a comma", ["pick", "x", "--onto", "a,b,re"], { ask: "lines", prefix: "a,b," }],
  ["lines behind a comma, further on", ["pick", "x", "--onto", "a", "b,re"], { ask: "lines", prefix: "b," }],
  [
    "lines behind a line, where a revision stands before",
    ["pick", "x", "--onto", "a", ""],
    { ask: "lines", prefix: "" },
  ],
  [
    "revisions behind the line, where none stands before",
    ["pick", "--onto", "a", ""],
    { ask: "revisions", prefix: "" },
  ],
  ["lines behind --line of find", ["find", "x", "--line", "re"], { ask: "lines", prefix: "" }],
  ["lines behind -l and a comma", ["find", "-l", "a,re"], { ask: "lines", prefix: "a," }],
  ["revisions behind --since", ["find", "--since", ""], { ask: "revisions", prefix: "" }],
  ["revisions behind --same", ["find", "x", "--same", ""], { ask: "revisions", prefix: "" }],
  ["revisions behind find", ["find", ""], { ask: "revisions", prefix: "" }],
  ["the verbs of a verb", ["ledger", ""], expect.arrayContaining(["log", "show", "verify"]) as string[]],
  ["the line that is released", ["release", ""], { ask: "lines", prefix: "" }],
  ["one line alone", ["release", "v2.7", ""], []],
  ["the file of the notes", ["release", "v2.7", "--notes", ""], { ask: ":files", prefix: "" }],
  ["lines behind --line of a verb's verb", ["ledger", "verify", "--line", ""], { ask: "lines", prefix: "" }],
  ["revisions behind ledger show", ["ledger", "show", ""], { ask: "revisions", prefix: "" }],
  ["revisions behind --", ["pick", "x", "--onto", "a", "--", ""], { ask: "revisions", prefix: "" }],
  ["choices of an option", ["pick", "--via", ""], ["source", "nearest"]],
  ["choices of an argument", ["completion", ""], ["bash", "zsh", "fish"]],
  ["files for a plan", ["apply", ""], { ask: ":files", prefix: "" }],
  ["directories for -C", ["-C", ""], { ask: ":directories", prefix: "" }],
  ["nothing for a text", ["pick", "--reason", ""], []],
  ["nothing behind the only operand", ["apply", "plan.json", ""], []],
  ["nothing behind an unknown verb", ["nosuch", ""], []],
  ["lines that stopped behind resolve", ["resolve", ""], { ask: "stopped", prefix: "" }],
  ["lines laid out behind continue", ["continue", "--adapt", ""], { ask: "resolutions", prefix: "" }],
])("completes %s", (_name, words, wanted) => {
  expect(asks(...words)).toEqual(wanted);
});

test("completes verbs but hidden ones, and options but hidden ones", () => {
  expect(asks("")).toContain("plan");
  expect(asks("")).not.toContain("__complete");
  expect(asks("undo", "--")).toEqual(expect.arrayContaining(["--yes", "--json", "--help"]));
});

const REPOSITORY = history()
  .commit("start", { files: { a: "1" } })
  .branch("release/v2.7")
  .tag("v2.7.0")
  .commit("more", { files: { a: "2" } })
  .branch("fix/leak", "start")
  .ref("refs/remotes/origin/release/v2.8", "start")
  .ref("refs/heads/fix/odd\u202ename", "start");

test("the repository's lines and revisions are offered, and what begins otherwise is not", async () => {
  const sandbox = makeSandbox();
  const { path } = await REPOSITORY.create(sandbox);
  await sandbox.git(["remote", "add", "origin", "nowhere"], { cwd: path });
  const deps = { cwd: sandbox.root, environment: sandbox.env, now: CLOCK };
  const ask = (...words: string[]): Promise<string[]> => candidates(createProgram(), deps, ["-C", path, ...words]);
  expect(await ask("pick", "x", "--onto", "re")).toEqual([
    "release/v2.8\trelease line",
    "release/v2.7\tnewest tag v2.7.0",
  ]);
  expect(await ask("plan", "main..fi")).toEqual(["main..fix/leak\tbranch"]);
  expect(await ask("plan", "v2")).toEqual(["v2.7.0\ttag"]);
  expect(await ask("plan", "origin/")).toEqual(["origin/release/v2.8\tremote branch"]);
  expect(await ask("pick", "--remote", "")).toEqual(["origin\tremote"]);
});

test("lines are those of the configuration, where there is one", async () => {
  const sandbox = makeSandbox();
  const files = { "morello.yaml": 'lines:\n  - pattern: "ship/*"\n' };
  const { path } = await history().commit("start", { files }).branch("ship/lts").create(sandbox, { head: "main" });
  const found = await complete({ cwd: path, environment: sandbox.env, now: CLOCK }, "lines");
  expect(found).toEqual([{ value: "ship/lts", description: "release line" }]);
});

test("outside of a repository there is nothing to offer, and no error", async () => {
  const sandbox = makeSandbox();
  expect(
    await candidates(createProgram(), { cwd: sandbox.root, environment: sandbox.env, now: CLOCK }, ["plan", ""]),
  ).toEqual([]);
});
