// Pushes with the value expected on the remote, all refs or none where the remote can.
import { AppError } from "../error.ts";
import type { Repository } from "./repository.ts";
import { redact, run, text, type RunResult } from "./run.ts";

export interface PushUpdate {
  readonly refname: string;
  readonly to: string;
  /** What the remote's ref must hold; null: it must not exist. */
  readonly expected: string | null;
}

/** What stays here if a push fails, and what to do then. */
export interface Kept {
  readonly rejected: string;
  readonly unreachable: string;
}

const PICKS: Kept = {
  rejected: "the picks are on your local branches; fetch and look, then `morello undo` or push again",
  unreachable: "the picks are on your local branches; push them when the remote can be reached",
};

/** Throws `push-rejected` if the remote holds something else, `remote-failed` if it cannot be reached. */
export async function push(
  repository: Repository,
  remote: string,
  updates: readonly PushUpdate[],
  kept: Kept = PICKS,
): Promise<void> {
  const atomic = await attempt(repository, remote, updates, true);
  if (atomic.status === 0) return;
  if (!/does not support --atomic push/i.test(atomic.stderr)) throw failure(remote, atomic, kept);
  for (const update of updates) {
    const single = await attempt(repository, remote, [update], false);
    if (single.status !== 0) throw failure(remote, single, kept);
  }
}

function attempt(
  repository: Repository,
  remote: string,
  updates: readonly PushUpdate[],
  atomic: boolean,
): Promise<RunResult> {
  const args = [
    "push",
    "--porcelain",
    "--no-follow-tags", // these refs, and nothing that a setting adds
    ...(atomic ? ["--atomic"] : []),
    // Only the explicit form says which value was seen; the others trust remote-tracking refs.
    ...updates.map(({ refname, expected }) => `--force-with-lease=${refname}:${expected ?? ""}`),
    "--end-of-options",
    remote,
    ...updates.map(({ refname, to }) => `${to}:${refname}`),
  ];
  return run(repository, args, { ok: [0, 1, 128], env: { GIT_OPTIONAL_LOCKS: undefined } });
}

function failure(remote: string, result: RunResult, kept: Kept): AppError {
  const said = result.stderr.trim();
  const rejected = redact(result.stdout.toString("utf8"))
    .split("\n")
    .filter((line) => line.startsWith("!"));
  if (rejected.length > 0 || /\[(remote )?rejected\]|stale info/.test(said)) {
    const reasons = rejected.map((line) => line.split("\t").slice(1).join(" ")).join("; ");
    return new AppError("push-rejected", `${redact(remote)} refused the push: ${reasons === "" ? said : reasons}`, {
      hint: kept.rejected,
      data: { remote: redact(remote), stderr: said, rejected },
    });
  }
  return new AppError(
    "remote-failed",
    `Cannot push to ${redact(remote)}: ${said.split("\n").find((line) => line.startsWith("fatal:")) ?? said}`,
    {
      hint: kept.unreachable,
      data: { remote: redact(remote), stderr: said },
    },
  );
}

export async function fetchRemotes(repository: Repository, remotes: readonly string[]): Promise<void> {
  if (remotes.length === 0) return;
  const fetched = await run(repository, ["fetch", "--multiple", "--end-of-options", ...remotes], { ok: [0, 1, 128] });
  if (fetched.status === 0) return;
  throw new AppError(
    "remote-failed",
    `Cannot fetch: ${
      fetched.stderr
        .trim()
        .split("\n")
        .find((line) => /^(fatal|error):/.test(line)) ?? fetched.stderr.trim()
    }`,
    {
      hint: "run again without --fetch to work with what is here",
    },
  );
}

/** Where a remote points, with credentials taken out. A remote that is itself a URL or path is that. */
export async function remoteUrl(repository: Repository, remote: string): Promise<string> {
  const url = await text(repository, ["remote", "get-url", "--push", "--", remote], { ok: [0, 2, 128] });
  return redact(url === "" ? remote : url);
}
