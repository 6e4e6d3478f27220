// Where images are kept, seen from outside: a registry's repository or an OCI layout on disk. Both keep one contract.
import type { Descriptor } from "../oci/schema.ts";

/** A manifest or index with the exact bytes that its digest is of. */
export interface StoredManifest {
  readonly mediaType: string;
  /** `sha256:…` of `bytes`. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** Content that can be read more than once, since an upload may have to begin again. */
export interface Content {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** How far one blob's bytes are. */
export interface Progress {
  readonly direction: "up" | "down";
  readonly digest: string;
  /** Bytes. */
  readonly done: number;
  readonly size: number;
}

export interface ImageStore {
  /** As people write it: `registry.example/team/app`, `oci:DIR`. */
  readonly name: string;
  /** By tag or by digest; null: it is not there. Bytes that do not fit a digest are refused. */
  manifest(reference: string): Promise<StoredManifest | null>;
  hasBlob(digest: string): Promise<boolean>;
  /** The blob's bytes, checked against digest and size while they are read. Throws `image-missing`, `image-damaged`. */
  blob(descriptor: Pick<Descriptor, "digest" | "size">): AsyncIterable<Uint8Array>;
  /** Does nothing where the blob is there. `from`: a repository of the same registry that it may be mounted from. */
  putBlob(content: Content, from?: string): Promise<"there" | "mounted" | "written">;
  /**
   * Writes the manifest by its digest, and under a tag if one is given: the tag never names what is not there. Refuses
   * one of which a part is missing (`image-missing`). Gives the digest.
   */
  putManifest(manifest: Pick<StoredManifest, "mediaType" | "bytes">, tag: string | null): Promise<string>;
  /**
   * Writes a manifest that names a subject so that `referrers` finds it: by its digest where the registry keeps track of
   * subjects, else under a tag of its own, since an index that all referrers share loses the entries of all writers but
   * the last. `kind`: small letters and digits, a part of that tag.
   */
  putReferrer(manifest: Pick<StoredManifest, "mediaType" | "bytes">, kind: string): Promise<string>;
  /** In order of name. */
  tags(): Promise<readonly string[]>;
  /** What names this manifest as its subject (attestations), newest API or fallback tags, in order of digest. */
  referrers(digest: string): Promise<readonly Descriptor[]>;
  close(): Promise<void>;
}
