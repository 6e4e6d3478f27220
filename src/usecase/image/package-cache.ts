// Where packages of environments are kept between runs, for all repositories. It may be deleted at any time.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../git/environment.ts";

/** Below `XDG_CACHE_HOME`, else below `~/.cache`. */
export function packageCache(env: Environment): string {
  const cache = env["XDG_CACHE_HOME"];
  return join(
    cache === undefined || cache === "" ? join(env["HOME"] ?? homedir(), ".cache") : cache,
    "morello",
    "image",
  );
}
