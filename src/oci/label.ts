// What is known of a tagged tree -> the labels and annotations of its image. Nothing here depends on the machine.

/** Keys of OCI's image annotations, and Morello's own. */
export const LABEL = {
  version: "org.opencontainers.image.version",
  revision: "org.opencontainers.image.revision",
  source: "org.opencontainers.image.source",
  created: "org.opencontainers.image.created",
  title: "org.opencontainers.image.title",
  baseName: "org.opencontainers.image.base.name",
  baseDigest: "org.opencontainers.image.base.digest",
  line: "morello.line",
  environment: "morello.environment",
  ledger: "morello.ledger",
  tree: "morello.tree",
  variant: "morello.variant",
  torch: "morello.torch",
  cuda: "morello.cuda",
  archs: "morello.archs",
} as const;

export interface Labelled {
  /** `v2.7.1`, `v2.7.1-3-gabc1234`: as the git tag or `git describe` has it. */
  readonly version: string;
  /** Of the commit. */
  readonly revision: string;
  readonly tree: string;
  /** Unix seconds: the commit's committer date. */
  readonly committed: number;
  /** The image repository as morello.yaml names it, without tag. */
  readonly name: string;
  /** Where the source is published; null: morello.yaml does not say. */
  readonly url: string | null;
  /** The series of the version, `v2.7`; null: the version names none. */
  readonly line: string | null;
  /** What the environment is made of, as one digest. */
  readonly environment: string;
  /** The ledger commit that the annotated tag names; null: it names none, or the tag is light. */
  readonly checkpoint: string | null;
  /** Null where there is only one. */
  readonly variant: string | null;
  /** PyTorch's wheel in it, `2.7.1+cu126`, so that a host can say before a pull whether it runs it; null: none, or unknown. */
  readonly torch: string | null;
  /** What lies under the layers of this release; null: nothing does. */
  readonly base: { readonly name: string; readonly digest: string } | null;
}

/** RFC 3339 in UTC; a date that no calendar holds becomes the epoch. */
export function rfc3339(seconds: number): string {
  const date = new Date(seconds * 1000);
  const valid = Number.isNaN(date.getTime()) ? new Date(0) : date;
  return valid.toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Keys without a value are left out. */
export function labelsOf(of: Labelled): Record<string, string> {
  const values: readonly (readonly [string, string | null])[] = [
    [LABEL.version, of.version],
    [LABEL.revision, of.revision],
    [LABEL.source, of.url],
    [LABEL.created, rfc3339(of.committed)],
    [LABEL.title, of.name.split("/").at(-1) ?? of.name],
    [LABEL.baseName, of.base?.name ?? null],
    [LABEL.baseDigest, of.base?.digest ?? null],
    [LABEL.line, of.line],
    [LABEL.environment, of.environment],
    [LABEL.ledger, of.checkpoint],
    [LABEL.tree, of.tree],
    [LABEL.variant, of.variant],
    [LABEL.torch, of.torch],
  ];
  return Object.fromEntries(values.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

/** The ledger commit in an annotated tag's message (bytes as latin1); null if it has no such trailer. */
export function checkpointOf(message: string): string | null {
  const trailers = [...message.matchAll(/^Ledger-Checkpoint: ([0-9a-f]{40}|[0-9a-f]{64})[ \t\r]*$/gm)];
  return trailers.at(-1)?.[1] ?? null;
}
