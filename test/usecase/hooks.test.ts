import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installHooks, uninstallHooks } from "../../src/usecase/hooks/hooks.ts";
import { branchPattern, newHook, withBlock, withoutBlock } from "../../src/usecase/hooks/script.ts";
import { HookName, type HooksOutcome } from "../../src/wire/hooks.ts";
import { CLI } from "../support/cli.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, failure, fixStory, text } from "./setting.ts";

const results = ({ hooks }: HooksOutcome): string[] => hooks.map(({ result }) => result);
const hookFile = (repository: TestRepository, name: string): string => join(repository.gitDir, "hooks", name);

function writeHook(repository: TestRepository, name: string, script: string, mode = 0o755): string {
  const file = hookFile(repository, name);
  mkdirSync(join(repository.gitDir, "hooks"), { recursive: true });
  writeFileSync(file, script);
  chmodSync(file, mode);
  return file;
}

const create = (): Promise<TestRepository> => fixStory().create(makeSandbox());

describe("scripts", () => {
  const FOREIGN = '#!/bin/bash\nset -eu\nexec other "$@"\n';

  test.each(HookName.options)("%s: our block goes first, and comes out without a trace", (hook) => {
    const added = withBlock(FOREIGN, hook, "x") ?? "";
    expect(added.startsWith("#!/bin/bash\n# >>> morello >>>\n")).toBe(true);
    expect(added.endsWith('# <<< morello <<<\nset -eu\nexec other "$@"\n')).toBe(true);
    expect(withBlock(added, hook, "x")).toBe(added);
    expect(withBlock(added, hook, "y") === added).toBe(hook !== "pre-push");
    expect(withoutBlock(added)).toBe(FOREIGN);
    expect(withoutBlock(FOREIGN)).toBe(FOREIGN);
    expect(withoutBlock(newHook(hook, "x"))).toBeNull();
  });

  test("only shell scripts take a block", () => {
    for (const head of ["#!/bin/sh", "#!/usr/bin/env bash", "#! /bin/zsh -e"])
      expect(withBlock(`${head}\n`, "pre-push", "x")).not.toBeNull();
    for (const head of ["#!/usr/bin/env python3", "#!/usr/bin/fish", "", "\x7fELF"])
      expect(withBlock(`${head}\n`, "pre-push", "x")).toBeNull();
  });

  test("names with a figure, and patterns of the configuration, may be release lines", () => {
    const pattern = new RegExp(`^(?:${branchPattern(["stable", "lts/*", "a.b"])})$`);
    for (const name of ["release/v2.7", "3.x", "stable", "lts/old", "a.b"]) expect(name).toMatch(pattern);
    for (const name of ["main", "topic", "stablex", "axb"]) expect(name).not.toMatch(pattern);
  });
});

describe("install", () => {
  test("makes hooks that git runs, and nothing else; a second time it does nothing", async () => {
    const repository = await create();
    expect(results(await installHooks(depsOf(repository)))).toEqual(["installed", "installed", "installed"]);
    expect(readdirSync(join(repository.gitDir, "hooks")).sort()).toEqual([...HookName.options].sort());
    for (const name of HookName.options) expect(statSync(hookFile(repository, name)).mode & 0o777).toBe(0o755);
    expect(results(await installHooks(depsOf(repository)))).toEqual(["unchanged", "unchanged", "unchanged"]);
    expect(results(await uninstallHooks(depsOf(repository)))).toEqual(["removed", "removed", "removed"]);
    expect(readdirSync(join(repository.gitDir, "hooks"))).toEqual([]);
    expect(results(await uninstallHooks(depsOf(repository)))).toEqual(["unchanged", "unchanged", "unchanged"]);
  });

  test.each([
    ["a hook in another language", "#!/usr/bin/env python3\nprint(1)\n", 0o755, "it is no shell script"],
    ["a hook that is switched off", "#!/bin/sh\nexit 1\n", 0o644, "it is switched off: not executable"],
  ])("leaves %s as it is, and says what to add", async (_, script, mode, reason) => {
    const repository = await create();
    const file = writeHook(repository, "commit-msg", script, mode);
    const [hook] = (await installHooks(depsOf(repository))).hooks;
    expect(hook).toMatchObject({ result: "left", reason, add: 'morello check --message "$1"' });
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([script, mode]);
  });

  test("leaves a symbolic link and what it names as they are", async () => {
    const repository = await create();
    const target = repository.sandbox.write("shared-hook", "#!/bin/sh\n");
    mkdirSync(join(repository.gitDir, "hooks"), { recursive: true });
    symlinkSync(target, hookFile(repository, "pre-push"));
    expect(results(await installHooks(depsOf(repository))).at(-1)).toBe("left");
    expect(readFileSync(target, "utf8")).toBe("#!/bin/sh\n");
  });

  test("goes where core.hooksPath says, unless that is every repository's", async () => {
    const repository = await create();
    await repository.git(["config", "core.hooksPath", "tools/hooks"]);
    await installHooks(depsOf(repository));
    expect(existsSync(join(repository.path, "tools/hooks/pre-push"))).toBe(true);
    await repository.git(["config", "--unset", "core.hooksPath"]);
    await repository.git(["config", "--global", "core.hooksPath", repository.sandbox.path("mine")]);
    expect((await failure(installHooks(depsOf(repository)))).code).toBe("usage");
    expect(existsSync(repository.sandbox.path("mine"))).toBe(false);
  });

  test("leaves what husky writes to husky, and names the file to add to", async () => {
    const repository = await create();
    await repository.git(["config", "core.hooksPath", ".husky/_"]);
    const { hooks } = await installHooks(depsOf(repository));
    expect(hooks.map(({ result, file }) => [result, file])).toEqual(
      HookName.options.map((name) => ["left", join(repository.path, ".husky", name)]),
    );
  });
});

describe("with hooks, git", () => {
  /** `morello` on the PATH, as an installation puts it there. */
  async function hooked(repository: TestRepository): Promise<Readonly<Record<string, string>>> {
    const bin = repository.sandbox.path("bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "morello"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
    await installHooks(depsOf(repository));
    return { PATH: `${bin}:${process.env["PATH"]}` };
  }

  async function configured(yaml: string): Promise<TestRepository> {
    return fixStory()
      .checkout("main")
      .commit("configuration", { files: { "morello.yaml": yaml } })
      .create(makeSandbox());
  }

  test("commits no bad message where policy refuses it", async () => {
    const repository = await configured("policy: { rules: { message-form: error } }\n");
    const env = await hooked(repository);
    const commit = (message: string) =>
      repository.gitRun(["commit", "-q", "--allow-empty", "-m", message], { env, ok: [0, 1] });
    const refused = await commit("Limit the queue");
    expect([refused.status, refused.stderr.toString()]).toEqual([1, expect.stringContaining("message-form")]);
    expect((await commit("fix: limit the queue")).status).toBe(0);
  });

  test("commits no conflict markers", async () => {
    const repository = await configured("");
    const env = await hooked(repository);
    repository.sandbox.write("repository/loader.py", `${text()}<<<<<<< a\n=======\n>>>>>>> b\n`);
    const refused = await repository.gitRun(["commit", "-q", "-a", "-m", "fix: a"], { env, ok: [0, 1] });
    expect([refused.status, refused.stderr.toString()]).toEqual([1, expect.stringContaining("loader.py:31")]);
  });

  test("pushes nothing to a line that its policy refuses, and what follows in the hook has git's own input", async () => {
    const repository = await configured("policy: { rules: { message-form: off }, classes: { native: refused } }\n");
    writeHook(repository, "pre-push", `#!/bin/sh\ncat > '${repository.sandbox.path("seen")}'\n`);
    const env = await hooked(repository);
    const remote = repository.sandbox.path("remote.git");
    await repository.git(["init", "-q", "--bare", remote]);
    const push = (...refs: readonly string[]) =>
      repository.gitRun(["push", "-q", remote, ...refs], { env, ok: [0, 1] });
    expect((await push("main")).status).toBe(0);
    expect(readFileSync(repository.sandbox.path("seen"), "utf8")).toMatch(
      /^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n$/,
    );
    const refused = await push("release/v2.7");
    expect([refused.status, refused.stderr.toString()]).toEqual([1, expect.stringContaining("class-approvals")]);
    expect((await push("release/v2.7:refs/heads/topic")).status).toBe(0);
  });

  test("goes on where Morello is not installed", async () => {
    const repository = await configured("");
    await installHooks(depsOf(repository));
    expect((await repository.gitRun(["commit", "-q", "--allow-empty", "-m", "Anything"])).status).toBe(0);
  });
});
