// What use-cases that start containers are given besides.
import type { Deps } from "../workspace.ts";

export interface ContainerFace extends Deps {
  /** Milliseconds, rising. */
  readonly clock: () => number;
  /** 48 hexadecimal digits that nobody guesses. */
  readonly random: () => string;
  /** Who calls. */
  readonly user: { readonly uid: number; readonly gid: number };
}
