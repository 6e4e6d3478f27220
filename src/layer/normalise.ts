// An engine's layer tar to one that says the same and is the same on every day: sorted, no time after the epoch, leftovers
// dropped, names of users and most extended attributes too. Two passes: headers first, then contents by their offsets, so
// that a layer of gigabytes needs memory for its headers alone; where the tar is kept meanwhile is the caller's affair.
import { AppError } from "../error.ts";
import { quotePath, type BytePath } from "../object/path.ts";
import { chunksOf } from "./bytes.ts";
import type { DropRule } from "./drop.ts";
import { baseName, inOrder, WHITEOUT, type TarHeader, type TarStreamEntry } from "./entry.ts";
import { damagedTar } from "./header.ts";
import { selects } from "./select.ts";
import { readTar, type LocatedEntry } from "./tar.ts";

export interface NormaliseOptions {
  /** Unix seconds: later mtimes become this; earlier ones (of packages' files) stay. */
  readonly epoch: number;
  readonly drop: readonly DropRule[];
}

interface NormalisedEntry extends TarHeader {
  /** Where the content begins in the tar that was read. */
  readonly offset: number;
}

export interface Normalised {
  /** In the order of the new tar. */
  readonly entries: readonly NormalisedEntry[];
  /** In the order in which they stood. */
  readonly dropped: readonly { readonly path: BytePath; readonly reason: string }[];
  /** How many entries were later than the epoch. */
  readonly clamped: number;
}

/** A name, and the file (or link) that it stands for; hardlinks share one. */
interface Named {
  readonly path: BytePath;
  readonly node: Omit<LocatedEntry, "content">;
}

/**
 * First pass: reads the tar to its end, contents passed over. Throws `image-damaged`, and `image-refused` for devices
 * outside /dev, where nothing but the running engine's own belong.
 */
export async function normalise(chunks: AsyncIterable<Uint8Array>, options: NormaliseOptions): Promise<Normalised> {
  const names = new Map<BytePath, Named>();
  const dropped: { path: BytePath; reason: string }[] = [];
  const rules = options.drop.map(({ pattern, reason }) => ({
    fits: selects({ include: [pattern], exclude: [] }),
    reason,
  }));
  for await (const { content: _, ...entry } of readTar(chunks)) {
    const whiteout = baseName(entry.path).startsWith(WHITEOUT); // what a lower layer has must stay deleted
    const reason = whiteout ? null : (rules.find(({ fits }) => fits(entry.path))?.reason ?? deviceProblem(entry));
    const target = entry.type === "hardlink" ? names.get(entry.link) : undefined;
    if (reason !== null) dropped.push({ path: entry.path, reason });
    // A dropped name may still be what another name links to, so it is known until the end.
    names.set(entry.path, { path: entry.path, node: target?.node ?? entry });
  }
  for (const { path } of dropped) names.delete(path);
  const { entries, clamped } = headers(inOrder([...names.values()]), options.epoch);
  return { entries, dropped, clamped };
}

function headers(names: readonly Named[], epoch: number): { entries: NormalisedEntry[]; clamped: number } {
  const first = new Map<Named["node"], BytePath>();
  let clamped = 0;
  const entries = names.map(({ path, node }): NormalisedEntry => {
    if (node.mtime > epoch) clamped++;
    const header = { ...node, path, mtime: Math.min(node.mtime, epoch), xattrs: keptXattrs(node.xattrs) };
    const link = first.get(node);
    if (link !== undefined) return { ...header, type: "hardlink", link, size: 0 };
    first.set(node, path);
    return header;
  });
  return { entries, clamped };
}

/** Capabilities, and what programs keep for users; labels of the building machine's SELinux and overlays go. */
function keptXattrs(xattrs: TarHeader["xattrs"]): TarHeader["xattrs"] {
  return new Map([...xattrs].filter(([name]) => name === "security.capability" || name.startsWith("user.")));
}

function deviceProblem({ path, type }: TarHeader): string | null {
  if (type !== "character" && type !== "block") return null;
  if (path.startsWith("dev/")) return "a device, which the engine makes anew";
  throw new AppError("image-refused", `/${quotePath(path)} is a ${type} device, which no image of ours carries`, {
    hint: `remove it in the build: rm /${quotePath(path)}`,
  });
}

/** Second pass: the entries with their contents, for `tarStream`. `read`: bytes of the tar that was read. */
export function* normalisedEntries(
  entries: Normalised["entries"],
  read: (offset: number, size: number) => AsyncIterable<Uint8Array>,
): Generator<TarStreamEntry> {
  for (const { offset, ...header } of entries) {
    if (header.type === "hardlink" && header.size > 0) throw damagedTar(`${quotePath(header.path)} has contents`);
    yield { ...header, content: header.size === 0 ? chunksOf(new Uint8Array(0)) : read(offset, header.size) };
  }
}
