// Manifests, indexes and configurations of images as zod schemas. Unknown keys are kept: a layer is appended to what is there.
import { z } from "zod";

/** `sha256:` and 64 hexadecimal digits. */
export const BlobDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export type BlobDigest = z.infer<typeof BlobDigest>;

const Annotations = z.record(z.string(), z.string());

export const Platform = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
});
export type Platform = z.infer<typeof Platform>;

/** Where content is: by digest, with its size in bytes. */
export const Descriptor = z.looseObject({
  mediaType: z.string(),
  digest: BlobDigest,
  size: z.int().min(0),
  platform: Platform.optional(),
  annotations: Annotations.optional(),
  artifactType: z.string().optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor),
  subject: Descriptor.optional(),
  annotations: Annotations.optional(),
});
export type Manifest = z.infer<typeof Manifest>;

export const Index = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  manifests: z.array(Descriptor),
  subject: Descriptor.optional(),
  annotations: Annotations.optional(),
});
export type Index = z.infer<typeof Index>;

/** What runs: the image's configuration. `rootfs.diff_ids`: of the layers' tar streams, lowest first. */
export const ImageConfig = z.looseObject({
  created: z.string().optional(),
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      User: z.string().optional(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().optional(),
      Labels: z.record(z.string(), z.string()).nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
  rootfs: z.looseObject({ type: z.literal("layers"), diff_ids: z.array(BlobDigest) }),
  history: z
    .array(
      z.looseObject({
        created: z.string().optional(),
        created_by: z.string().optional(),
        comment: z.string().optional(),
        empty_layer: z.boolean().optional(),
      }),
    )
    .optional(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;
