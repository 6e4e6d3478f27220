// A release and its spec -> what the image says of itself.
import type { Variant } from "../../../environment/variants.ts";
import { AppError } from "../../../error.ts";
import type { Dress } from "../../../oci/append.ts";
import { LABEL, rfc3339, type Labelled } from "../../../oci/label.ts";
import { imageTag } from "../../../oci/tag.ts";
import { seriesName } from "./environment-release.ts";
import type { TreeSpec } from "../read-spec.ts";
import type { Subject } from "../subject.ts";

export interface Described {
  readonly subject: Subject;
  readonly spec: TreeSpec;
  readonly variant: Variant;
  /** Its key. */
  readonly environment: string;
  readonly base: Labelled["base"];
}

export function describedAs({ subject, spec, variant, environment, base }: Described): Labelled {
  return {
    version: subject.version,
    revision: subject.commit,
    tree: subject.tree,
    committed: subject.committed,
    name: spec.image.name,
    url: spec.image.url ?? null,
    line: seriesName(subject.numbers),
    environment,
    checkpoint: subject.checkpoint,
    variant: variant.suffix === "" ? null : variant.name,
    torch: wheelOf(spec, variant),
    base,
  };
}

/** As the lock has it: the table that it was judged by may be another one in the next version of Morello. */
function wheelOf({ lock }: TreeSpec, { name }: Variant): string | null {
  return lock?.environments.find((each) => each.variant === name)?.compat ?? null;
}

/** Labels that the spec asks for stand under those that Morello writes. The manifest travels once for each of its names. */
export function dressOf({ committed }: Subject, { image }: TreeSpec, labels: Readonly<Record<string, string>>): Dress {
  const annotations = { [LABEL.version]: labels[LABEL.version] ?? "" };
  return { created: rfc3339(committed), labels: { ...image.labels, ...labels }, annotations };
}

/** Throws `image-reference` where no image tag can stand for the version. */
export function versionTag(version: string, suffix: string): string {
  const tag = imageTag(version, suffix);
  if (tag !== null) return tag;
  throw new AppError("image-reference", `The version ${version}${suffix} cannot be an image's tag`, {
    hint: "tags of images have at most 128 of A-Z a-z 0-9 _ . -, none of . - first",
    data: { version },
  });
}
