// `morello hooks`: puts checks into commit-msg, pre-commit and pre-push, and takes them out. Hooks that are there stay:
// nothing is renamed, overwritten or made executable.
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../error.ts";
import { hooksPath } from "../../git/hooks-path.ts";
import { HookName, type HookResult, type HooksOutcome } from "../../wire/hooks.ts";
import { withWorkspace, type Deps } from "../workspace.ts";
import { branchPattern, COMMANDS, hasBlock, newHook, withBlock, withoutBlock } from "./script.ts";

/** Throws `usage` where the hooks are those of every repository, `bare-repository`, `repository-read-only`. */
export function installHooks(deps: Deps): Promise<HooksOutcome> {
  return withWorkspace(deps, async ({ repository, config }) => {
    if (repository.workTree === null)
      throw new AppError("bare-repository", "Nobody commits in a bare repository", { hint: "morello guard install" });
    const { directory, shared } = await hooksPath(repository);
    if (shared)
      throw new AppError("usage", `core.hooksPath is set for more than this repository: ${directory}`, {
        hint: "git config --local core.hooksPath .git/hooks",
      });
    const branches = branchPattern(config.lines.map(({ pattern }) => pattern));
    return outcome(directory, (hook, file) => install(hook, file, branches));
  });
}

/** Takes out what was put in, and nothing else. */
export function uninstallHooks(deps: Deps): Promise<HooksOutcome> {
  return withWorkspace(deps, async ({ repository }) => outcome((await hooksPath(repository)).directory, uninstall));
}

type Change = Pick<HookResult, "result"> & Partial<HookResult>;

function outcome(directory: string, change: (hook: HookName, file: string) => Change): HooksOutcome {
  const hooks = HookName.options.map((hook): HookResult => {
    const file = join(directory, hook);
    try {
      return { hook, file, reason: null, add: null, ...change(hook, file) };
    } catch (cause) {
      throw new AppError("repository-read-only", `Cannot change the hook ${file}`, {
        cause,
        hint: "check who owns the directory",
      });
    }
  });
  return { kind: "hooks", directory, hooks };
}

function install(hook: HookName, file: string, branches: string): Change {
  const left = (reason: string): Change => ({ result: "left", reason, add: COMMANDS[hook] });
  if (basename(dirname(file)) === "_" && basename(dirname(dirname(file))) === ".husky")
    return { ...left("husky writes this directory anew"), file: join(dirname(dirname(file)), hook) };
  const there = kindOf(file);
  if (there === null) {
    write(file, newHook(hook, branches), 0o755);
    return { result: "installed" };
  }
  if (there !== "file") return left(`it is ${there}`);
  const script = readFileSync(file, "utf8");
  if (!hasBlock(script) && (statSync(file).mode & 0o111) === 0) return left("it is switched off: not executable");
  const changed = withBlock(script, hook, branches);
  if (changed === null) return left("it is no shell script");
  if (changed === script) return { result: "unchanged" };
  write(file, changed, statSync(file).mode & 0o777);
  return { result: hasBlock(script) ? "updated" : "added" };
}

function uninstall(_hook: HookName, file: string): Change {
  if (kindOf(file) !== "file") return { result: "unchanged" };
  const script = readFileSync(file, "utf8");
  const rest = withoutBlock(script);
  if (rest === script) return { result: "unchanged" };
  if (rest === null) rmSync(file);
  else write(file, rest, statSync(file).mode & 0o777);
  return { result: "removed" };
}

function kindOf(file: string): "file" | "a symbolic link" | "a directory" | null {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isSymbolicLink() ? "a symbolic link" : found.isFile() ? "file" : "a directory";
}

/** Whole or not at all: git may run the hook at any moment. */
function write(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, text, { mode });
  chmodSync(temporary, mode); // whatever the umask takes away
  renameSync(temporary, file);
}
