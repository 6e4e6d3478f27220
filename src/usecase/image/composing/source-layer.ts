// Source layers as content that is made when it is read: what is known of them (digest, size) is kept in the cache, so
// that a layer that a registry has already is never compressed again.
import type { SourceSection } from "../../../environment/spec.ts";
import type { ObjectReader } from "../../../git/objects.ts";
import { diffLayer, fullLayer, treeDifference, type Layer, type Place } from "../../../layer/source.ts";
import type { Content } from "../../../registry/store.ts";
import { cacheName, type ImageCache } from "./cache.ts";
import { sourceEntries, withContents } from "./source-files.ts";

export interface SourceLayer extends Content {
  readonly diffId: string;
}

/** Whose the source is in the image. */
export function placeOf({ path }: SourceSection): Place {
  return { path, uid: 0, gid: 0 };
}

interface Facts {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly diffId: string;
}

function isFacts(value: unknown): value is Facts {
  const { digest, diffId, size, mediaType } = (value ?? {}) as Partial<Facts>;
  return [digest, diffId, mediaType].every((each) => typeof each === "string") && typeof size === "number";
}

/** The whole tree as one layer. */
export function sourceLayer(
  reader: ObjectReader,
  cache: ImageCache,
  tree: string,
  section: SourceSection,
): Promise<SourceLayer> {
  return lazy(cache, cacheName("source", tree, section), async () => {
    const files = await withContents(reader, await sourceEntries(reader, tree, section));
    return fullLayer(files, placeOf(section));
  });
}

/** What leads from one tree to the other; null: nothing that is selected differs. */
export async function differenceLayer(
  reader: ObjectReader,
  before: { readonly tree: string; readonly section: SourceSection },
  after: { readonly tree: string; readonly section: SourceSection },
): Promise<Layer | null> {
  if (before.tree === after.tree) return null;
  const [old, now] = await Promise.all(
    [before, after].map(({ tree, section }) => sourceEntries(reader, tree, section)),
  );
  if (old === undefined || now === undefined) return null;
  const written = await withContents(reader, treeDifference(old, now).written);
  const contents = new Map(written.map((file) => [file.path, file.bytes]));
  const files = now.map((entry) => {
    const bytes = contents.get(entry.path);
    return bytes === undefined ? entry : { ...entry, bytes };
  });
  return diffLayer(old, files, placeOf(after.section));
}

export function contentOfLayer({ bytes, ...facts }: Layer): SourceLayer {
  return {
    ...facts,
    async *open() {
      yield bytes;
    },
  };
}

async function lazy(cache: ImageCache, name: string, make: () => Promise<Layer>): Promise<SourceLayer> {
  let made: Promise<Layer> | null = null;
  const layer = (): Promise<Layer> => (made ??= make());
  const facts = await cache.value(name, isFacts, async () => {
    const { mediaType, digest, size, diffId } = await layer();
    return { mediaType, digest, size, diffId };
  });
  return {
    ...facts,
    async *open() {
      yield (await layer()).bytes;
    },
  };
}
