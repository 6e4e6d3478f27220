// Whether an image holds what its tag's tree says: its layers, one on the other, against the same environment with the
// whole source put in anew. Equal in every path and attribute, or the image is not published.
import { AppError } from "../../../error.ts";
import type { FlatEntry } from "../../../layer/flat-table.ts";
import { applyLayer, tableDigest, withSource, type FlatTable } from "../../../layer/flatten.ts";
import { chunksOf } from "../../../layer/bytes.ts";
import { fullTar, placePath, type Place, type SourceFile } from "../../../layer/source.ts";
import { quotePath, type BytePath } from "../../../object/path.ts";
import type { TreeProof } from "../../../wire/image/build.ts";

export interface Claim {
  /** What the layers below give. */
  readonly environment: FlatTable;
  /** The layer that goes on top; null: none is needed. */
  readonly layer: Uint8Array | null;
  readonly files: readonly SourceFile[];
  readonly place: Place;
  /** The source below was put there by other hands, with times and owners of their own: they are not compared. */
  readonly adopted: boolean;
}

/** Gives the flat table of the image with the proof. Throws `image-refused` where they differ, with the first paths. */
export async function prove(claim: Claim): Promise<{ readonly proof: TreeProof; readonly table: FlatTable }> {
  const { environment, layer, files, place, adopted } = claim;
  const table = layer === null ? environment : await applyLayer(environment, chunksOf(layer));
  const wanted = await withSource(environment, { bytes: fullTar(files, place) }, place);
  const [found, expected] = adopted ? [table, wanted].map((each) => contentsOnly(each, place)) : [table, wanted];
  if (found === undefined || expected === undefined) throw new AppError("internal", "A proof without tables");
  const proof: TreeProof = { image: tableDigest(found), expected: tableDigest(expected), paths: found.size };
  if (proof.image !== proof.expected) throw unproven(found, expected);
  return { proof, table };
}

/** At the place, what git knows of a file: type, contents, whether it is executable. */
export function contentsOnly(table: FlatTable, place: Place): FlatTable {
  const top = placePath(place);
  return new Map(
    [...table].map(([path, entry]) => {
      if (path !== top && !path.startsWith(`${top}/`)) return [path, entry];
      const mode = entry.type === "file" ? (entry.mode & 0o100 ? 0o755 : 0o644) : 0o755;
      return [path, { ...entry, mode, uid: place.uid, gid: place.gid, mtime: 0, xattrs: [] }];
    }),
  );
}

export interface PathDifference {
  readonly path: BytePath;
  /** `missing`, `extra`, or what differs: `contents`, `mode`. */
  readonly what: string;
}

/** In order of path. */
export function differences(found: FlatTable, expected: FlatTable): PathDifference[] {
  const paths = [...new Set([...found.keys(), ...expected.keys()])].sort();
  return paths.flatMap((path) => {
    const [is, should] = [found.get(path), expected.get(path)];
    if (is === undefined) return [{ path, what: "missing" }];
    if (should === undefined) return [{ path, what: "extra" }];
    const what = differing(is, should);
    return what === null ? [] : [{ path, what }];
  });
}

function differing(a: FlatEntry, b: FlatEntry): string | null {
  if (a.type !== b.type) return `${a.type} instead of ${b.type}`;
  if (a.digest !== b.digest || a.size !== b.size || a.link !== b.link) return "contents";
  if (a.mode !== b.mode) return `mode ${a.mode.toString(8)} instead of ${b.mode.toString(8)}`;
  if (a.uid !== b.uid || a.gid !== b.gid) return "owner";
  if (a.mtime !== b.mtime) return "time";
  return JSON.stringify([a.device, a.xattrs]) === JSON.stringify([b.device, b.xattrs]) ? null : "attributes";
}

const NAMED = 5;

/** `/opt/app/a.py (contents), …` */
function named(differing: readonly PathDifference[]): string {
  const some = differing.slice(0, NAMED).map(({ path, what }) => `/${quotePath(path)} (${what})`);
  return `${some.join(", ")}${differing.length > NAMED ? ` and ${differing.length - NAMED} more` : ""}`;
}

function unproven(found: FlatTable, expected: FlatTable): AppError {
  const differing = differences(found, expected);
  return new AppError(
    "image-refused",
    `The image is not what a build from scratch would be: ${named(differing)}; nothing was published`,
    {
      hint: "morello image build … --rebuild",
      data: { differences: differing.map(({ path, what }) => ({ path: quotePath(path), what })) },
    },
  );
}
