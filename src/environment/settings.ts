// Image section and files -> what an environment's image configuration says, for a Containerfile or an image made without one.
import type { ImageFile } from "./files.ts";
import type { LockedEnvironment } from "./lock.ts";
import type { ImageSection } from "./spec.ts";
import type { Variant } from "./variants.ts";

/** Python packages go into an environment of their own, that sees what Debian or the base brings. */
export const VENV = "/opt/venv";

export interface ImageSettings {
  /** Goes before the base's PATH; null: that stays as it is. */
  readonly pathFirst: string | null;
  /** In order of name. They add to the base's. */
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly workingDir: string;
  /** TCP, ascending. */
  readonly ports: readonly number[];
  /** Null: as the base has it. */
  readonly user: string | null;
  readonly healthcheck: readonly string[] | null;
  /** Null: as the base has it, with its command. */
  readonly entrypoint: readonly string[] | null;
}

export function imageSettings(
  { services, user, source, ports }: ImageSection,
  { environment }: Variant,
  locked: LockedEnvironment | null,
  files: readonly ImageFile[],
): ImageSettings {
  const hasServices = services.jupyter || services.ssh;
  const named = (name: string): string | undefined => files.find(({ path }) => path.endsWith(`/${name}`))?.path;
  const [start, health] = [named("morello-start"), named("morello-health")];
  const env = {
    ...(hasServices ? { JUPYTER: services.jupyter ? "1" : "0", SSH: services.ssh ? "1" : "0" } : {}),
    ...environment.env,
  };
  return {
    pathFirst:
      locked !== null && locked.wheels.length > 0 && environment.env["PATH"] === undefined ? `${VENV}/bin` : null,
    env: Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    workingDir: hasServices ? "/workspace" : source.path,
    ports: [...new Set([...(services.jupyter ? [8888] : []), ...(services.ssh ? [22] : []), ...ports])].toSorted(
      (a, b) => a - b,
    ),
    user: user ?? null,
    healthcheck: health === undefined ? null : [health],
    entrypoint: start === undefined ? null : ["tini", "--", start],
  };
}
