// What one engine is asked, as command lines: an adapter says them, `build.ts` runs them. All engines take an image and
// give one back as a docker-archive, the one format that all of them read and write without a registry.

export const ENGINE_NAMES = ["buildah", "podman", "docker"] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** How steps are kept apart from the machine that builds. */
export interface Isolation {
  /** As people are told: `containers without network`. */
  readonly name: string;
  readonly args: readonly string[];
}

export interface StepsRequest {
  readonly containerfile: string;
  readonly context: string;
  /** Where the engine writes the image's ID. */
  readonly idFile: string;
}

/** Arguments after the program's name. */
export interface EngineAdapter {
  readonly name: EngineName;
  /** Prints a version, and fails where the engine cannot be used: a daemon that does not answer. */
  readonly version: readonly string[];
  /** Best first. Each is tried on the base before the steps are run in it. */
  readonly isolations: readonly Isolation[];
  readonly load: (archive: string) => readonly string[];
  readonly build: (request: StepsRequest, isolation: Isolation) => readonly string[];
  readonly save: (image: string, archive: string) => readonly string[];
  readonly remove: (image: string) => readonly string[];
  /** Set for every call. */
  readonly env: Readonly<Record<string, string>>;
  /** A line of output that begins a step; its group is the step. */
  readonly step: RegExp;
  /** Lines of the engine's own, that say nothing about why a step failed. */
  readonly noise: RegExp;
}

/** Builds of buildah and podman go the same way: in containers where the host lets them, else in a chroot. */
export const ISOLATIONS: readonly Isolation[] = [
  { name: "containers without network", args: ["--isolation", "oci", "--network", "none"] },
  { name: "containers", args: ["--isolation", "oci", "--network", "host"] },
  { name: "chroot", args: ["--isolation", "chroot", "--network", "host"] }, // it refuses any other network
];

/**
 * Of `buildah build` and `podman build`. Never `--timestamp`: it would give every file one time, and Debian's files keep
 * theirs; what is newer than the lock's epoch is set back by Morello.
 */
export function buildArguments({ containerfile, context, idFile }: StepsRequest, { args }: Isolation): string[] {
  return [
    "build",
    ...args,
    "--no-cache", // what an earlier build left is not known to be the same
    "--layers=false",
    "--iidfile",
    idFile,
    "--file",
    containerfile,
    context,
  ];
}
