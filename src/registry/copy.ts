// An image or index from one store to another: blobs a few at a time, then manifests by digest, tags last. What is there
// already does not travel; nothing gets a name before all of it is there.
import type { Descriptor, Platform } from "../oci/schema.ts";
import { parseReference } from "../oci/reference.ts";
import { isForeign, parseManifest } from "./manifest.ts";
import { manifestNamed, readImage } from "./read-image.ts";
import type { Content, ImageStore, StoredManifest } from "./store.ts";

export interface CopyRequest {
  readonly from: ImageStore;
  /** A tag or digest there. */
  readonly name: string;
  readonly to: ImageStore;
  /** In the order in which they are written; none: it can be had by its digest. */
  readonly tags: readonly string[];
  /** One of an index's images, or the index with all of them. */
  readonly platform: Platform | "all";
  readonly onBlob?: (blob: CopiedBlob) => void;
}

export interface CopiedBlob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly outcome: "there" | "mounted" | "written";
}

export interface Copied {
  /** What the tags name. */
  readonly digest: string;
  readonly mediaType: string;
  /** Each once, in the order of the manifests. */
  readonly blobs: readonly CopiedBlob[];
}

/** Blobs under way at a time. */
const AT_ONCE = 4;

/** The digests stay what they are. Throws what the stores throw; then no tag was written. */
export async function copyImage(request: CopyRequest): Promise<Copied> {
  const { from, to, tags, onBlob } = request;
  const [top, ...inner] = await manifestsOf(request);
  const wanted = new Map<string, Descriptor>();
  for (const stored of [top, ...inner]) {
    for (const blob of blobsOf(stored, from.name)) if (!isForeign(blob)) wanted.set(blob.digest, blob);
  }
  const mountable = neighbour(from.name, to.name);
  const blobs = await eachAtOnce([...wanted.values()], AT_ONCE, async (descriptor, isStopped) => {
    const outcome = await to.putBlob(contentIn(from, descriptor, isStopped), mountable);
    const copied = { digest: descriptor.digest, size: descriptor.size, outcome };
    onBlob?.(copied);
    return copied;
  });
  for (const stored of inner) await to.putManifest(stored, null);
  if (tags.length === 0) await to.putManifest(top, null);
  for (const tag of tags) await to.putManifest(top, tag);
  return { digest: top.digest, mediaType: top.mediaType, blobs };
}

/** What the name means first, then what it names, innermost first within the rest. */
async function manifestsOf({
  from,
  name,
  platform,
}: CopyRequest): Promise<readonly [StoredManifest, ...StoredManifest[]]> {
  if (platform !== "all") return [(await readImage(from, name, platform)).stored];
  const top = await manifestNamed(from, name);
  const below = async (stored: StoredManifest): Promise<StoredManifest[]> => {
    const parsed = parseManifest(stored, from.name);
    if (parsed.kind === "manifest") return [];
    const found: StoredManifest[] = [];
    for (const { digest } of parsed.index.manifests) {
      const child = await manifestNamed(from, digest);
      found.push(...(await below(child)), child);
    }
    return found;
  };
  return [top, ...(await below(top))];
}

function blobsOf(stored: StoredManifest, place: string): readonly Descriptor[] {
  const parsed = parseManifest(stored, place);
  return parsed.kind === "index" ? [] : [parsed.manifest.config, ...parsed.manifest.layers];
}

function contentIn(store: ImageStore, descriptor: Descriptor, isStopped: () => boolean): Content {
  const { mediaType, digest, size } = descriptor;
  return {
    mediaType,
    digest,
    size,
    async *open() {
      for await (const chunk of store.blob(descriptor)) {
        if (isStopped()) throw new Error("stopped: another blob failed");
        yield chunk;
      }
    },
  };
}

/** The repository that blobs may be mounted from: another one of the same registry. */
function neighbour(from: string, to: string): string | undefined {
  const [source, target] = [parseReference(from), parseReference(to)];
  if (source.kind !== "registry" || target.kind !== "registry" || source.host !== target.host) return undefined;
  return source.repository === target.repository ? undefined : source.repository;
}

/** In order. After the first failure nothing is begun, and what is under way is told to stop; that failure is thrown. */
async function eachAtOnce<T, U>(
  items: readonly T[],
  limit: number,
  act: (item: T, isStopped: () => boolean) => Promise<U>,
): Promise<U[]> {
  const results: U[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await act(items[at]!, () => failures.length > 0);
      } catch (cause) {
        failures.push(cause);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
