// morello.lock: everything an environment is made of, by hash. Written by `morello image lock`, read from the tag's own tree.
import { z } from "zod";
import { BlobDigest } from "../oci/schema.ts";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const LockedDeb = z.strictObject({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  /** Below the archive's root, or a whole URL. */
  path: z.string(),
  sha256: Sha256,
  size: z.int().min(0),
});
export type LockedDeb = z.infer<typeof LockedDeb>;

export const LockedWheel = z.strictObject({
  name: z.string(),
  /** PEP 440, with its local part: `2.7.1+cu126`. */
  version: z.string(),
  url: z.string(),
  sha256: Sha256,
});
export type LockedWheel = z.infer<typeof LockedWheel>;

/** One variant on one platform. */
export const LockedEnvironment = z.strictObject({
  variant: z.string(),
  platform: z.string(),
  /** The base as morello.yaml names it, and the manifest of this platform; null for scratch. */
  base: z.strictObject({ reference: z.string(), digest: BlobDigest }).nullable(),
  /** Row of the compatibility table that it was judged by; null where no PyTorch is asked for. */
  compat: z.string().nullable(),
  debs: z.array(LockedDeb),
  wheels: z.array(LockedWheel),
});
export type LockedEnvironment = z.infer<typeof LockedEnvironment>;

export const Lock = z.strictObject({
  version: z.literal(1),
  /** Unix seconds: SOURCE_DATE_EPOCH of the build; no file is newer. */
  epoch: z.int().min(0),
  /** SHA-256 over what was asked for. */
  spec: Sha256,
  environments: z.array(LockedEnvironment),
});
export type Lock = z.infer<typeof Lock>;
