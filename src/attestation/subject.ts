// What attestations of an image tell of: the image, what it was made from, and every part of its environment.
import type { LockedEnvironment } from "../environment/lock.ts";

export interface AttestedImage {
  /** The image repository as morello.yaml names it, without tag. */
  readonly name: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly tag: string;
  readonly variant: string | null;
  readonly platform: string;
  /** The tagged commit's committer date, Unix seconds. Attestations of the same image are the same bytes on any day. */
  readonly created: number;
  readonly source: {
    /** `image.url` of morello.yaml; null if it names none. */
    readonly url: string | null;
    readonly commit: string;
    readonly tree: string;
    /** Object ID of the annotated tag; null for a light one. */
    readonly tagObject: string | null;
  };
  readonly base: { readonly reference: string; readonly digest: string } | null;
  /** The release whose image this one is appended to, by tag and digest; null where it is its own. */
  readonly environmentOf: { readonly tag: string; readonly digest: string } | null;
  readonly environmentKey: string;
  readonly lock: LockedEnvironment | null;
  /** Digests, lowest first. */
  readonly layers: readonly string[];
  /** Log commit named by the tag; null without a ledger. */
  readonly checkpoint: string | null;
}

/** `sha256:ab…` as in-toto writes it. */
export function bare(digest: string): string {
  return digest.replace(/^sha256:/, "");
}
