// Composed images to a store: blobs, manifests by digest, version tags, floating tags, in this order, so that whatever
// stops it leaves no name of something that is not whole. A version's tag is made once and never moved.
import { AppError } from "../../../error.ts";
import { LABEL } from "../../../oci/label.ts";
import type { Encoded } from "../../../oci/append.ts";
import { parseManifest, partsOf } from "../../../registry/manifest.ts";
import type { Content, ImageStore, StoredManifest } from "../../../registry/store.ts";
import type { ImageTag, Transfer } from "../../../wire/image/build.ts";
import type { Progress } from "../../workspace.ts";
import { mayMove } from "./floating-tags.ts";
import { mountFrom } from "../composing/stored-image.ts";

/** One variant as it is to be published. */
export interface Publication {
  /** Of all platforms; those that the store has for sure are left out. */
  readonly contents: readonly Content[];
  /** Manifests of single platforms, where `top` is an index. */
  readonly parts: readonly Encoded[];
  /** What the tags stand for. */
  readonly top: Encoded;
  readonly tags: readonly { readonly tag: string; readonly kind: ImageTag["kind"] }[];
  /** The release's git tag; for a build between releases its version. */
  readonly version: string;
}

export interface Survey {
  /** One list for each publication. */
  readonly tags: readonly (readonly ImageTag[])[];
  /** Digests that manifests in the store name, and manifests' own: they are there. */
  readonly held: ReadonlySet<string>;
}

/** What each name stands for now, and whether it may be given. Throws `image-refused` for a version that is taken. */
export async function surveyTags(store: ImageStore, publications: readonly Publication[]): Promise<Survey> {
  const known = new Set<string>();
  const tags = await Promise.all(
    publications.map(({ tags, top, version }) =>
      Promise.all(
        tags.map(async ({ tag, kind }): Promise<ImageTag> => {
          const held = await store.manifest(tag);
          if (held === null) return { tag, kind, state: "created", from: null };
          for (const digest of [held.digest, ...partsOf(held, store.name).map((part) => part.digest)])
            known.add(digest);
          if (held.digest === top.digest) return { tag, kind, state: "there", from: held.digest };
          if (kind === "version") throw taken(store, tag, held.digest, top.digest);
          const isKept = kind === "floating" && !mayMove(versionOf(held, store), version);
          return { tag, kind, state: isKept ? "kept" : "moved", from: held.digest };
        }),
      ),
    ),
  );
  return { tags, held: known };
}

function versionOf(held: StoredManifest, store: ImageStore): string | null {
  const parsed = parseManifest(held, store.name);
  const { annotations } = parsed.kind === "index" ? parsed.index : parsed.manifest;
  return annotations?.[LABEL.version] ?? null;
}

/** How many blobs travel at once. */
const LANES = 4;

/**
 * Puts everything but the names; where there is one manifest and no other depends on it, it comes with its first name.
 * `dryRun` only counts.
 */
export async function transfer(
  store: ImageStore,
  publications: readonly Publication[],
  { held }: Survey,
  dryRun: boolean,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Transfer> {
  const contents = [
    ...new Map(publications.flatMap((each) => each.contents).map((each) => [each.digest, each])).values(),
  ];
  const sum = { blobs: 0, bytes: 0, thereBlobs: 0, thereBytes: 0 };
  let done = 0;
  /** Whether no byte of it has to travel. */
  const isThere = async (content: Content): Promise<boolean> => {
    if (held.has(content.digest)) return true;
    if (dryRun) return store.hasBlob(content.digest);
    return (await store.putBlob(content, mountFrom(content, store))) !== "written";
  };
  const queue = [...contents];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const known = await isThere(next).catch((error: unknown) => {
        queue.length = 0; // nothing more is begun
        throw error;
      });
      sum[known ? "thereBlobs" : "blobs"] += 1;
      sum[known ? "thereBytes" : "bytes"] += next.size;
      onProgress?.({ step: `sending layers to ${store.name}`, done: ++done, total: contents.length });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = lanes.find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const manifests = publications.flatMap(({ parts, top }) => [...parts, top]);
  for (const manifest of manifests) {
    const known = held.has(manifest.digest);
    sum[known ? "thereBytes" : "bytes"] += manifest.bytes.length;
    if (!known && !dryRun && manifests.length > 1) await store.putManifest(manifest, null);
  }
  return sum;
}

/** Version tags of all variants first, then floating ones. Reads the versions again: registries have no compare-and-swap. */
export async function nameImages(
  store: ImageStore,
  publications: readonly Publication[],
  { tags }: Survey,
): Promise<void> {
  const wanted = publications.flatMap(({ top }, n) => (tags[n] ?? []).map((each) => ({ ...each, top })));
  const changed = wanted.filter(({ state }) => state === "created" || state === "moved");
  for (const { tag, top } of changed.filter(({ kind }) => kind !== "floating")) await store.putManifest(top, tag);
  await Promise.all(
    changed
      .filter(({ kind }) => kind === "version")
      .map(async ({ tag, top }) => {
        const held = await store.manifest(tag);
        if (held?.digest !== top.digest) throw taken(store, tag, held?.digest ?? "nothing", top.digest);
      }),
  );
  for (const { tag, top } of changed.filter(({ kind }) => kind === "floating")) await store.putManifest(top, tag);
}

function taken(store: ImageStore, tag: string, held: string, wanted: string): AppError {
  return new AppError(
    "image-refused",
    `${store.name}:${tag} is ${held}, and this image is ${wanted}: a version's tag is never moved`,
    {
      hint: `morello image diff ${store.name}@${held} ${store.name}@${wanted}; release the next version to publish another image`,
      data: { store: store.name, tag, held, wanted },
    },
  );
}
