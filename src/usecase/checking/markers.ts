// Conflict markers that a commit brings.
import { markerLines } from "../../apply/markers.ts";
import type { ChangedFile } from "../../patch/changed-file.ts";
import type { Place } from "../../policy/rule.ts";
import type { Workspace } from "../workspace.ts";
import { entryAt } from "./entry-at.ts";
import type { Looked } from "./looked.ts";

/** A line of seven `=` alone is a heading somewhere; one of these is not. */
const TELLING = /^(?:<{7}|>{7})(?:[ \r]|$)/;

/** Whether a marker is among the lines that come. */
export function isMarked({ hunks }: ChangedFile): boolean {
  return hunks.some(({ added }) => added.some((line) => TELLING.test(line)));
}

/** Lines that a parent or the source holds too are text. */
export async function markersOf(workspace: Workspace, { classed, commit, files }: Looked): Promise<Place[]> {
  const at = async (oid: string, path: string): Promise<Buffer | null> => {
    const entry = await entryAt(workspace, oid, path);
    return entry === null ? null : ((await workspace.scratch.reader.read(entry.oid))?.body ?? null);
  };
  const others = [...commit.parents, ...(classed.source === null ? [] : [classed.source.commit])];
  const found = await Promise.all(
    files.filter(isMarked).map(async ({ path, from }) => {
      const names = from === null ? [path] : [path, from];
      const [file, ...sides] = await Promise.all([
        at(classed.commit, path),
        ...others.flatMap((oid) => names.map((name) => at(oid, name))),
      ]);
      if (file == null) return [];
      const lines = markerLines(
        file,
        sides.filter((side) => side !== null),
      );
      return lines.map((line) => ({ path, line }));
    }),
  );
  return found.flat();
}
