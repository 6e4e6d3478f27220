// `morello guard install` and `uninstall`: the pre-receive hook of a bare repository. A hook that was there is kept.
import { join } from "node:path";
import { AppError } from "../../error.ts";
import {
  hooksDirectory,
  isThere,
  moveHook,
  readHook,
  removeDirectory,
  removeHook,
  writeHook,
} from "../../git/hooks.ts";
import { readConfig } from "../../git/refs.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import type { GuardOutcomeOf } from "../../wire/guard.ts";
import { withWorkspace, type Deps } from "../workspace.ts";
import { hookScript, isGuardHook } from "./hook.ts";

export interface InstallInput {
  readonly auditOnly: boolean;
  /** Absolute paths of the node and the program that the hook will run. */
  readonly node: string;
  readonly program: string;
}

interface Places {
  readonly repository: Repository;
  readonly hook: string;
  /** Where a hook from before lies meanwhile, under the name that it knows itself by. */
  readonly chained: string;
  readonly chainedDirectory: string;
}

/** Throws `usage` if the repository is not bare or its hooks are shared with others. */
export async function installGuard(deps: Deps, input: InstallInput): Promise<GuardOutcomeOf<"guard-installed">> {
  const { repository, hook, chained } = await placesOf(deps);
  const { main, lines } = await withWorkspace(
    deps,
    ({ main, detected }) => Promise.resolve({ main, lines: detected.map(({ name }) => name) }),
    { asServer: true },
  );
  const script = hookScript({ ...input, chained });
  const before = readHook(hook);
  const renewed = before !== null && isGuardHook(before);
  writing(() => {
    if (before !== null && !renewed) {
      if (isThere(chained))
        throw new AppError("usage", `Two hooks would have to be kept: ${hook} and ${chained}`, {
          hint: "make one hook of them, and run this again",
        });
      moveHook(hook, chained);
    }
    writeHook(hook, script);
  });
  return {
    kind: "guard-installed",
    repository: repository.gitDir,
    hook,
    chained: isThere(chained) ? chained : null,
    auditOnly: input.auditOnly,
    renewed,
    lines,
    main: main?.name ?? null,
  };
}

/** Throws `nothing-to-do` if the repository has no guard. */
export async function uninstallGuard(deps: Deps): Promise<GuardOutcomeOf<"guard-removed">> {
  const { repository, hook, chained, chainedDirectory } = await placesOf(deps);
  const before = readHook(hook);
  if (before === null || !isGuardHook(before))
    throw new AppError("nothing-to-do", `There is no guard in ${repository.gitDir}`, { hint: "morello guard install" });
  const restored = isThere(chained);
  writing(() => {
    if (restored) moveHook(chained, hook);
    else removeHook(hook);
    removeDirectory(chainedDirectory);
  });
  return { kind: "guard-removed", repository: repository.gitDir, hook, restored };
}

async function placesOf(deps: Deps): Promise<Places> {
  const repository = await openRepository(deps.cwd, deps.environment);
  if ((await readConfig(repository, "core.bare")) !== "true")
    throw new AppError("usage", `${repository.gitDir} is not bare, and the guard is for repositories on a server`, {
      hint: "git clone --bare . DIR, then morello guard install DIR",
    });
  const hooks = await hooksDirectory(repository);
  if (!`${hooks}/`.startsWith(`${repository.commonDir}/`))
    throw new AppError("usage", `Hooks of ${repository.gitDir} lie in ${hooks}, outside of it (core.hooksPath)`, {
      hint: "git config core.hooksPath hooks, then morello guard install",
    });
  const chainedDirectory = join(hooks, "before-morello");
  return {
    repository,
    hook: join(hooks, "pre-receive"),
    chained: join(chainedDirectory, "pre-receive"),
    chainedDirectory,
  };
}

function writing(action: () => void): void {
  try {
    action();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("repository-read-only", "Cannot write the hooks of the repository", {
      cause,
      hint: "check who owns the git directory",
    });
  }
}
