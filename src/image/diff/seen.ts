// Two images as far as they must be seen to say why they differ. Values only: reading them is `look.ts`' affair.
import type { FlatEntry, FlatTable } from "../../layer/flat-table.ts";
import type { BytePath } from "../../object/path.ts";
import type { ImageConfig, Manifest } from "../../oci/schema.ts";

export interface SeenLayer {
  readonly mediaType: string;
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
  /** The gzip header's first ten bytes; null where the other image has the same layer, or it is not gzipped. */
  readonly gzipHeader: Buffer | null;
  /** Digests over its entries' headers and contents, as they stand and sorted; null where both images have the layer. */
  readonly entries: { readonly asWritten: string; readonly sorted: string } | null;
}

export interface SeenImage {
  /** Of the manifest. */
  readonly digest: string;
  readonly manifestType: string;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly SeenLayer[];
  readonly table: FlatTable;
  /** What was kept of contents: what packages there are, and files that differ, as far as they are not big. */
  readonly contents: ReadonlyMap<BytePath, Buffer>;
}

export type Aspect = "content" | "type" | "link" | "mode" | "owner" | "mtime" | "xattrs" | "device";

/** One path that is not the same on both sides. */
export interface FileDifference {
  readonly path: BytePath;
  readonly a: FlatEntry | null;
  readonly b: FlatEntry | null;
  /** What differs; empty where one side has no such path. */
  readonly aspects: ReadonlySet<Aspect>;
}

/** In order of path. */
export function fileDifferences(a: FlatTable, b: FlatTable): FileDifference[] {
  const found: FileDifference[] = [];
  for (const [path, was] of a) {
    const is = b.get(path) ?? null;
    const aspects = is === null ? new Set<Aspect>() : aspectsOf(was, is);
    if (is === null || aspects.size > 0) found.push({ path, a: was, b: is, aspects });
  }
  for (const [path, is] of b) if (!a.has(path)) found.push({ path, a: null, b: is, aspects: new Set() });
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function aspectsOf(a: FlatEntry, b: FlatEntry): Set<Aspect> {
  if (a.type !== b.type) return new Set(["type"]);
  const found = new Set<Aspect>();
  if (a.digest !== b.digest) found.add("content");
  if (a.link !== b.link) found.add("link");
  if (a.mode !== b.mode) found.add("mode");
  if (a.uid !== b.uid || a.gid !== b.gid) found.add("owner");
  if (a.mtime !== b.mtime) found.add("mtime");
  if (JSON.stringify(a.xattrs) !== JSON.stringify(b.xattrs)) found.add("xattrs");
  if (a.device?.major !== b.device?.major || a.device?.minor !== b.device?.minor) found.add("device");
  return found;
}
