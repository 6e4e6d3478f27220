// Engines as another machine on another day would have them: programs of the same names that go first on the PATH, and run
// the real ones with another blob-info cache, and their steps with another date.
import { mkdirSync } from "node:fs";
import { delimiter } from "node:path";
import type { Environment } from "./environment.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Disturbance {
  /** Directory that stands in for /var/lib/containers/cache, in which engines remember what they pushed where. */
  readonly cache: string;
  /** What steps take for the time, as faketime reads it; null: as it is. Only for bases with glibc. */
  readonly date: string | null;
}

const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/** The environment with that. Programs run in a mount namespace of their own. */
export function disturbed(sandbox: Sandbox, env: Environment, name: string, { cache, date }: Disturbance): Environment {
  mkdirSync(cache, { recursive: true });
  const options =
    date === null
      ? ""
      : `--env LD_PRELOAD=/run/faketime.so --env 'FAKETIME=${date}' --env NO_FAKE_STAT=1 --volume ${FAKETIME}:/run/faketime.so:ro`;
  for (const program of ["buildah", "podman"]) {
    const script = `#!/bin/sh
PATH='${env["PATH"]}'
verb=$1
if [ "$verb" = build ]; then shift; set -- build ${options} "$@"; fi
mkdir -p /var/lib/containers/cache
exec unshare --mount sh -c 'mount --bind "$0" /var/lib/containers/cache && exec ${program} "$@"' '${cache}' "$@"
`;
    sandbox.write(`${name}/${program}`, script, 0o755);
  }
  return { ...env, PATH: [sandbox.path(name), env["PATH"]].join(delimiter) };
}
