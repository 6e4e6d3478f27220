// Where packages are asked for before the place that the lock names: `MORELLO_MIRRORS`, for machines that reach no archive.
import { AppError } from "../../error.ts";
import type { Environment } from "../../git/environment.ts";
import type { Mirror } from "../../image/fetch.ts";

const EXAMPLE = "MORELLO_MIRRORS='http://deb.debian.org/debian=http://mirror.example.com/debian'";

/** `FROM=TO`, parted by white space; both are beginnings of URLs. Throws `usage`. */
export function packageMirrors(env: Environment): Mirror[] {
  const words = (env["MORELLO_MIRRORS"] ?? "").split(/\s+/).filter((word) => word !== "");
  return words.map((word) => {
    const [, from, to] = /^((?:https?|file):[^=]+)=((?:https?|file):\S+)$/.exec(word) ?? [];
    if (from !== undefined && to !== undefined) return { from, to };
    throw new AppError("usage", `MORELLO_MIRRORS holds ${JSON.stringify(word)}, and FROM=TO is wanted, two URLs`, {
      hint: `export ${EXAMPLE}`,
    });
  });
}
