// What became of `morello image build` and `push`: images with their layers, where each came from, and their names.
import { z } from "zod";
import { ObjectId } from "../basic.ts";
import { WrittenAttestation } from "./attestation.ts";

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const ImageLayer = z.strictObject({
  digest: Digest,
  /** Bytes, compressed. */
  size: z.int().min(0),
  diffId: Digest,
  /** base and environment: what lies under the source; source: a whole tree; diff: what leads from it to this tree. */
  role: z.enum(["environment", "source", "diff"]),
});
export type ImageLayer = z.infer<typeof ImageLayer>;

export const EnvironmentReport = z.strictObject({
  /** The release whose image lies under this one; null: the image is its own environment's first. */
  release: z.string().nullable(),
  /** The manifest of that image. */
  digest: Digest.nullable(),
  /** SHA-256 over what the environment is made of. */
  key: z.string(),
  /**
   * Where it was found. ledger, adopted: by the digest on record; tag: under its tag; computed: made from git, since
   * nothing is installed; built: by an engine.
   */
  found: z.enum(["ledger", "adopted", "tag", "computed", "built"]),
  /** The store that holds it; null: it was made here. */
  store: z.string().nullable(),
  engine: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  /** Why the release before has another environment; null: there is none before, or it has the same. */
  differs: z.strictObject({ from: z.string(), parts: z.array(z.string()) }).nullable(),
  /** Made anew and the same, bit by bit. */
  rebuilt: z.boolean(),
});
export type EnvironmentReport = z.infer<typeof EnvironmentReport>;

export const TreeProof = z.strictObject({
  /** Digest over every path that a container sees: type, mode, owner, time, contents. */
  image: Digest,
  /** The same with the whole source put in anew. Equal, or nothing is published. */
  expected: Digest,
  /** Paths compared. */
  paths: z.int().min(0),
});
export type TreeProof = z.infer<typeof TreeProof>;

export const PlatformImage = z.strictObject({
  platform: z.string(),
  /** Of the manifest. */
  digest: Digest,
  config: Digest,
  layers: z.array(ImageLayer),
  environment: EnvironmentReport,
  proof: TreeProof,
});
export type PlatformImage = z.infer<typeof PlatformImage>;

export const ImageTag = z.strictObject({
  tag: z.string(),
  kind: z.enum(["version", "floating", "development"]),
  /** there: it stands for this image already; kept: it stands for a newer version. */
  state: z.enum(["created", "moved", "there", "kept"]),
  /** What it stood for before. */
  from: Digest.nullable(),
});
export type ImageTag = z.infer<typeof ImageTag>;

export const VariantImage = z.strictObject({
  /** Null where there is but one. */
  variant: z.string().nullable(),
  /** Of the index where there are several platforms, else of the manifest: what the tags stand for. */
  digest: Digest,
  mediaType: z.string(),
  platforms: z.array(PlatformImage),
  tags: z.array(ImageTag),
});
export type VariantImage = z.infer<typeof VariantImage>;

export const ImageRecorded = z.strictObject({
  /** Records appended; 0: the ledger has said so before. */
  appended: z.int().min(0),
  /** Why nothing is on record; null: it is. */
  reason: z.string().nullable(),
  key: z.string().nullable(),
  firstUse: z.boolean(),
  warning: z.string().nullable(),
});
export type ImageRecorded = z.infer<typeof ImageRecorded>;

const About = {
  /** As git's tag or `git describe` has it. */
  version: z.string(),
  /** The release's git tag; null for a build between releases. */
  tag: z.string().nullable(),
  tagObject: ObjectId.nullable(),
  commit: ObjectId,
  tree: ObjectId,
  /** The series of the version. */
  line: z.string().nullable(),
  /** Where it goes, without tag. */
  output: z.string(),
  images: z.array(VariantImage),
  /** What a person should know. */
  notices: z.array(z.string()),
};

/** Bytes of blobs and manifests, without what a protocol adds. */
const Transfer = z.strictObject({
  blobs: z.int().min(0),
  bytes: z.int().min(0),
  /** Blobs that were there already, and their bytes. */
  thereBlobs: z.int().min(0),
  thereBytes: z.int().min(0),
});
export type Transfer = z.infer<typeof Transfer>;

export const ImageBuildOutcome = z.discriminatedUnion("kind", [
  /** A dry run: what would go, and under which names. */
  z.strictObject({ kind: z.literal("planned"), ...About, transfer: Transfer }),
  z.strictObject({
    kind: z.literal("built"),
    ...About,
    transfer: Transfer,
    /** Null: an OCI layout, or a build between releases; neither goes on record. */
    recorded: ImageRecorded.nullable(),
    /** Statements that were attached; their bytes are not in `transfer`. */
    attestations: z.array(WrittenAttestation),
  }),
]);
export type ImageBuildOutcome = z.infer<typeof ImageBuildOutcome>;
