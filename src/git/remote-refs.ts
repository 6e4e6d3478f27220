// What a remote holds at this moment.
import { AppError, isAppError } from "../error.ts";
import type { Repository } from "./repository.ts";
import { redact, run } from "./run.ts";

/** Milliseconds after which a remote that nobody insists on counts as out of reach. */
const PATIENCE = 15_000;

/** All tags of a remote, annotated or not, and those branches; full refnames to what they hold, peeled for tags. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, string>;
  /** The commits that annotated tags name. */
  readonly peeled: ReadonlyMap<string, string>;
}

/** Null where it cannot be reached; `needed` waits for it, lets git ask for credentials, and throws `remote-failed`. */
export async function listRemoteRefs(
  repository: Repository,
  remote: string,
  branches: readonly string[],
  needed: boolean,
): Promise<RemoteRefs | null> {
  const args = ["ls-remote", "--quiet", "--end-of-options", remote, "refs/tags/*", ...branches];
  try {
    const options = needed ? {} : { signal: AbortSignal.timeout(PATIENCE), env: { GIT_TERMINAL_PROMPT: "0" } };
    return parsed((await run(repository, args, options)).stdout.toString("utf8"));
  } catch (cause) {
    if (!isAppError(cause, "git-failed")) throw cause;
    if (!needed) return null;
    throw new AppError("remote-failed", `Cannot look at the tags of ${redact(remote)}`, {
      cause,
      hint: "run it again without --push to release here, and push when the remote can be reached",
    });
  }
}

function parsed(listed: string): RemoteRefs {
  const refs = new Map<string, string>();
  const peeled = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [oid = "", refname = ""] = line.split("\t");
    if (refname === "") continue;
    if (refname.endsWith("^{}")) peeled.set(refname.slice(0, -"^{}".length), oid);
    else refs.set(refname, oid);
  }
  return { refs, peeled };
}
