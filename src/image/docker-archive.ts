// An image to a docker-archive, which every engine loads, and the layers of one that an engine saved. Layers are handed
// on as they are kept, by their place in the file; nothing is unpacked.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { AppError } from "../error.ts";
import { chunksOf } from "../layer/bytes.ts";
import { NO_XATTRS, type TarStreamEntry } from "../layer/entry.ts";
import { readTar, tarStream } from "../layer/tar.ts";
import { bytePathOf, type BytePath } from "../object/path.ts";
import { ImageConfig, type Manifest } from "../oci/schema.ts";
import type { ImageStore } from "../registry/store.ts";
import { noSpace } from "./compress.ts";

/** An image to build on, and where its blobs are. */
export interface BaseImage {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly store: ImageStore;
}

/** Writes the image under that name (`localhost/name:tag`). Throws `image-missing`, `image-damaged`, `disk-full`. */
export async function writeArchive({ manifest, config, store }: BaseImage, name: string, file: string): Promise<void> {
  const hex = (digest: string): string => digest.slice("sha256:".length);
  const layers = manifest.layers.map((layer, index) => ({
    ...layer,
    path: `${hex(config.rootfs.diff_ids[index] ?? layer.digest)}.tar`,
  }));
  const configPath = `${hex(manifest.config.digest)}.json`;
  const index = [{ Config: configPath, RepoTags: [name], Layers: layers.map(({ path }) => path) }];
  const text = Buffer.from(JSON.stringify(index));
  const twice = new Set<string>(); // two equal layers are one file
  const entries: TarStreamEntry[] = [
    entry("manifest.json", text.length, chunksOf(text)),
    entry(configPath, manifest.config.size, store.blob(manifest.config)),
    ...layers
      .filter(({ path }) => !twice.has(path) && twice.add(path))
      .map(({ path, size, digest }) => entry(path, size, store.blob({ digest, size }))),
  ];
  try {
    await pipeline(tarStream(entries), createWriteStream(file));
  } catch (cause) {
    throw noSpace(cause, file);
  }
}

function entry(path: string, size: number, content: AsyncIterable<Uint8Array>): TarStreamEntry {
  const plain = { type: "file", mode: 0o644, uid: 0, gid: 0, mtime: 0, device: null, xattrs: NO_XATTRS } as const;
  return { ...plain, path: bytePathOf(path), size, link: "" as BytePath, content };
}

/** Part of a file. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly size: number;
}

export interface ArchivedImage {
  readonly config: ImageConfig;
  /** Lowest first; tars as they were saved, mostly not compressed. */
  readonly layers: readonly FileRange[];
}

const ArchiveIndex = z.array(z.looseObject({ Config: z.string(), Layers: z.array(z.string()) })).length(1);

/** Texts of this size at most are kept while the archive is read once: indexes and configurations. */
const SMALL = 1 << 20;

/** Throws `image-damaged` where it is no archive of one image. */
export async function readArchive(file: string): Promise<ArchivedImage> {
  const ranges = new Map<string, FileRange>();
  const links = new Map<string, string>();
  const texts = new Map<string, Buffer>();
  for await (const { path, type, link, offset, size, content } of readTar(createReadStream(file))) {
    if (type === "symlink") links.set(path, link.replace(/^(?:\.\.\/)+/, ""));
    if (type === "hardlink") links.set(path, link);
    if (type !== "file") continue;
    ranges.set(path, { file, offset, size });
    if (size > SMALL || !/^(?:manifest\.json|blobs\/|[^/]*\.json)/.test(path)) continue;
    const parts: Uint8Array[] = [];
    for await (const chunk of content) parts.push(chunk);
    texts.set(path, Buffer.concat(parts));
  }
  try {
    const [index] = ArchiveIndex.parse(JSON.parse(texts.get("manifest.json")?.toString("utf8") ?? ""));
    const config = ImageConfig.parse(JSON.parse(texts.get(index?.Config ?? "")?.toString("utf8") ?? ""));
    const layers = (index?.Layers ?? []).map((path) => {
      const range = ranges.get(path) ?? ranges.get(links.get(path) ?? "");
      if (range === undefined) throw new Error(`${path} is not in it`);
      return range;
    });
    return { config, layers };
  } catch (cause) {
    throw new AppError("image-damaged", "What the engine saved is no docker-archive of one image", { cause });
  }
}
