// Where git looks for the hooks of a repository.
import type { Repository } from "./repository.ts";
import { run, text } from "./run.ts";

/** `shared`: the user's or the system's configuration names the directory, so its hooks run in other repositories too. */
export async function hooksPath(repository: Repository): Promise<{ directory: string; shared: boolean }> {
  const [directory, configured] = await Promise.all([
    text(repository, ["rev-parse", "--path-format=absolute", "--git-path", "hooks"]), // heeds core.hooksPath
    run(repository, ["config", "--show-scope", "--get", "core.hooksPath"], { ok: [0, 1] }),
  ]);
  return { directory, shared: /^(?:global|system)\t/.test(configured.stdout.toString("utf8")) };
}
