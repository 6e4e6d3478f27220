// A cause: why two images differ somewhere, and what to do about it. One shape for all of them.

export type CauseLevel = "manifest" | "configuration" | "layer" | "file";

export interface Cause {
  /** `apt-lists`: stable, for scripts. */
  readonly id: string;
  readonly level: CauseLevel;
  /** What differs, in plain words, without a full stop. */
  readonly title: string;
  /** One line to paste into a Containerfile, a shell or morello.yaml. */
  readonly remedy: string;
  /** True where a container sees nothing of it: packaging, times in the configuration, labels. */
  readonly unseen?: true;
}

/** One place where a cause shows. */
export interface Finding {
  readonly cause: Cause;
  /** The path below the root, quoted as git does, or the configuration's key; null: the image as a whole. */
  readonly where: string | null;
  readonly a: string | null;
  readonly b: string | null;
}

/** How each side has it; null: not at all. */
export interface Sides {
  readonly a: string | null;
  readonly b: string | null;
}
