// Refreshes the remote-tracking refs of every remote, before a verb looks at them.
import { fetchRemotes } from "../git/push.ts";
import { openRepository } from "../git/repository.ts";
import { run } from "../git/run.ts";
import type { Deps } from "./workspace.ts";

export async function fetchAll(deps: Deps): Promise<void> {
  const repository = await openRepository(deps.cwd, deps.environment);
  const remotes = (await run(repository, ["remote"])).stdout
    .toString("utf8")
    .split("\n")
    .filter((name) => name !== "");
  await fetchRemotes(repository, remotes);
}
