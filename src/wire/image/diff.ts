// Why two images differ: each difference under one cause, with what to do about it.
import { z } from "zod";
import { BlobDigest } from "../../oci/schema.ts";

export const DiffedImage = z.strictObject({
  /** As it was typed. */
  reference: z.string(),
  /** Of the manifest. */
  digest: BlobDigest,
  layers: z.int(),
});
export type DiffedImage = z.infer<typeof DiffedImage>;

export const DifferingPlace = z.strictObject({
  /** The path from the root, quoted as git does, or a key; null: the image as a whole. */
  where: z.string().nullable(),
  /** How each image has it; null: not at all. */
  a: z.string().nullable(),
  b: z.string().nullable(),
});
export type DifferingPlace = z.infer<typeof DifferingPlace>;

export const DifferenceCause = z.strictObject({
  /** `apt-lists`: stable. */
  cause: z.string(),
  level: z.enum(["manifest", "configuration", "layer", "file"]),
  title: z.string(),
  /** One line to paste. */
  remedy: z.string(),
  /** Whether a container sees the difference. */
  seen: z.boolean(),
  /** In order of path. */
  differences: z.array(DifferingPlace),
});
export type DifferenceCause = z.infer<typeof DifferenceCause>;

export const ImageDiffOutcome = z.strictObject({
  kind: z.literal("image-diff"),
  a: DiffedImage,
  b: DiffedImage,
  /**
   * `same-manifest`: one digest. `same-layers`: the same tars in the same order, wrapped otherwise. `same-files`: other
   * layers that come to the same files. `different`: a container sees it.
   */
  verdict: z.enum(["same-manifest", "same-layers", "same-files", "different"]),
  causes: z.array(DifferenceCause),
});
export type ImageDiffOutcome = z.infer<typeof ImageDiffOutcome>;
