// morello.lock: everything an environment is made of, by hash. Written by `morello image lock`, read from the tag's own tree.
import { z } from "zod";
import { BlobDigest } from "../oci/schema.ts";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** What a line of the lock can hold as one word. */
const Word = z.string().regex(/^\S+$/);

export const LockedDeb = z.strictObject({
  name: Word,
  version: Word,
  architecture: Word,
  /** Where it was found; a mirror or a cache may have it elsewhere. */
  url: Word,
  sha256: Sha256,
  /** Bytes. */
  size: z.int().min(0),
});
export type LockedDeb = z.infer<typeof LockedDeb>;

export const LockedWheel = z.strictObject({
  /** Normal form of PEP 503. */
  name: Word,
  /** PEP 440, with its local part: `2.7.1+cu126`. */
  version: Word,
  /** Its last part is the wheel's file name. */
  url: Word,
  sha256: Sha256,
});
export type LockedWheel = z.infer<typeof LockedWheel>;

/** One variant on one platform. */
export const LockedEnvironment = z.strictObject({
  variant: Word,
  platform: Word,
  /** The base as morello.yaml names it, and the manifest of this platform; null for scratch. */
  base: z.strictObject({ reference: Word, digest: BlobDigest }).nullable(),
  /** Python's minor version that the wheels are for; null where there are none. */
  python: Word.nullable(),
  /** Row of the compatibility table that it was judged by; null where no PyTorch is asked for. */
  compat: Word.nullable(),
  /** What morello.yaml asked for, a line each, in order: `apt tmux`, `torch 2.7.1`. */
  asks: z.array(z.string().regex(/^\S[^\n]*$/)),
  /** In order of name and architecture. */
  debs: z.array(LockedDeb),
  /** In order of name. */
  wheels: z.array(LockedWheel),
});
export type LockedEnvironment = z.infer<typeof LockedEnvironment>;

export const Lock = z.strictObject({
  version: z.literal(1),
  /** Unix seconds: SOURCE_DATE_EPOCH of the build; no file is newer. */
  epoch: z.int().min(0),
  /**
   * SHA-256 over how Morello makes an environment: a build's steps and the files of the workbench. It is that of the
   * Morello that locked, so a newer one appends to the same environment, and does not take itself for a change.
   */
  recipe: Sha256,
  /** SHA-256 over what was asked for. */
  spec: Sha256,
  /** In order of variant and platform. */
  environments: z.array(LockedEnvironment),
});
export type Lock = z.infer<typeof Lock>;

/** Where the lock stands in a tree. */
export const LOCK_FILE = "morello.lock";

/** Null: the lock has none for them. */
export function lockedEnvironment(lock: Lock | null, variant: string, platform: string): LockedEnvironment | null {
  return lock?.environments.find((each) => each.variant === variant && each.platform === platform) ?? null;
}

/** As people name it: the wheel's file name, out of its URL. */
export function wheelFile(wheel: Pick<LockedWheel, "url">): string {
  return decodeURIComponent(
    wheel.url
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? "",
  );
}

/** The name under which a .deb stands in a build context; an epoch's colon is left out, as archives do. */
export function debFile({ name, version, architecture }: LockedDeb): string {
  return `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`;
}
