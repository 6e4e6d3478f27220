// What the steps of a build share.
import { environmentInputs, type EnvironmentInputs } from "../../../environment/inputs.ts";
import type { Variant } from "../../../environment/variants.ts";
import type { ObjectReader } from "../../../git/objects.ts";
import type { WorkDirectory } from "../../../image/work-directory.ts";
import type { Reference } from "../../../oci/reference.ts";
import type { ImageStore } from "../../../registry/store.ts";
import type { Workspace } from "../../workspace.ts";
import type { ImageCache } from "./cache.ts";
import type { LedgerImages } from "../publishing/ledger-images.ts";
import type { Places } from "../places.ts";
import type { TreeSpec } from "../read-spec.ts";
import type { Subject } from "../subject.ts";

export interface Builder {
  readonly workspace: Workspace;
  readonly reader: ObjectReader;
  readonly cache: ImageCache;
  readonly ledger: LedgerImages;
  readonly places: Places;
  readonly output: ImageStore;
  /** Where the image was built before; null: nowhere that was named. */
  readonly from: ImageStore | null;
  /** The image repository that the tag's tree names. */
  readonly configured: Reference;
  /** Makes environments anew, and compares. */
  readonly rebuild: boolean;
  /** Only says what would be done: no engine builds. */
  readonly dryRun: boolean;
  /** Which engine builds; null: the first that works. */
  readonly engine: string | null;
  /** Where it builds. */
  readonly work: WorkDirectory;
  /** What a person should know; steps add to it. */
  readonly notices: string[];
}

/** A commit with what its tree says of its image. */
export interface Source {
  readonly subject: Subject;
  readonly spec: TreeSpec;
}

/** What a variant of that tree is made of; null: the tree has no such variant. */
export function inputsOf({ image, lock, variants }: TreeSpec, name: string, platform: string): Inputs | null {
  const variant = variants.find((each) => each.name === name);
  if (variant === undefined) return null;
  return { ...environmentInputs(image, lock, variant, platform), variant };
}

export interface Inputs extends EnvironmentInputs {
  readonly variant: Variant;
}
