// A tree's files as an image's source takes them: selected paths, and their contents as git keeps them. No attribute, no
// filter and no setting of the user touches a byte.
import type { SourceSection } from "../../../environment/spec.ts";
import { AppError } from "../../../error.ts";
import type { ObjectReader } from "../../../git/objects.ts";
import { selects, unmatched } from "../../../layer/select.ts";
import type { SourceEntry, SourceFile } from "../../../layer/source.ts";
import { quotePath, type BytePath } from "../../../object/path.ts";
import { MODE_TREE } from "../../../object/tree.ts";

/** Requests that are under way together. */
const WINDOW = 500;

/** In git's order. Throws `object-missing` where the clone lacks a part of the tree, `image-spec` where `include` errs. */
export async function sourceEntries(
  reader: ObjectReader,
  tree: string,
  section: SourceSection,
): Promise<readonly SourceEntry[]> {
  const below = async (oid: string, prefix: string): Promise<SourceEntry[]> => {
    const entries = await reader.tree(oid);
    if (entries === null) throw missingObject(oid, prefix === "" ? "the tree" : prefix);
    const parts = [...entries].map(async ([name, entry]): Promise<SourceEntry[]> => {
      const path = `${prefix}${name}` as BytePath;
      if (entry.mode === MODE_TREE) return below(entry.oid, `${path}/`);
      return [{ path, mode: entry.mode, oid: entry.oid }];
    });
    return (await Promise.all(parts)).flat();
  };
  const all = await below(tree, "");
  refuseUnmatched(section, tree, all);
  const isSelected = selects(section);
  return all.filter(({ path }) => isSelected(path));
}

/** A mistyped path must not make an image without it. Patterns are looked for, `.` may find an empty tree. */
function refuseUnmatched({ include }: SourceSection, tree: string, entries: readonly SourceEntry[]): void {
  const [idle] = unmatched(
    include,
    entries.map(({ path }) => path),
  ).filter((pattern) => pattern !== ".");
  if (idle === undefined) return;
  throw new AppError(
    "image-spec",
    `image.source.include names ${JSON.stringify(idle)}, and the tree has no such path`,
    {
      hint: `git ls-tree -r --name-only ${tree.slice(0, 12)}`,
      data: { pattern: idle },
    },
  );
}

/** The same entries with their contents; submodules keep none, and are for the layer to refuse. */
export async function withContents(
  reader: ObjectReader,
  entries: readonly SourceEntry[],
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (let at = 0; at < entries.length; at += WINDOW) {
    files.push(...(await Promise.all(entries.slice(at, at + WINDOW).map((entry) => read(reader, entry)))));
  }
  return files;
}

async function read(reader: ObjectReader, entry: SourceEntry): Promise<SourceFile> {
  if (entry.mode === "160000") return { ...entry, bytes: Buffer.alloc(0) };
  const found = await reader.read(entry.oid);
  if (found?.type !== "blob") throw missingObject(entry.oid, entry.path);
  return { ...entry, bytes: found.body };
}

/** What a partial clone lacks. */
export function missingObject(oid: string, path: string): AppError {
  const shown = quotePath(path as BytePath);
  return new AppError("object-missing", `This clone lacks ${shown} (${oid.slice(0, 12)}): it is a partial one`, {
    hint: "git fetch --refetch --no-filter origin",
    data: { object: oid, path: shown },
  });
}
