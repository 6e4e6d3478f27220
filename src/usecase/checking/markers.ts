// Conflict markers that a commit brings.
import { markerLines } from "../../apply/markers.ts";
import { parseQuotedPath, pathBytes } from "../../object/path.ts";
import type { ChangedFile } from "../../patch/changed-file.ts";
import type { Place } from "../../policy/rule.ts";
import type { Workspace } from "../workspace.ts";
import type { Looked } from "./looked.ts";

/** A line of seven `=` alone is a heading somewhere; one of these is not. */
const TELLING = /^(?:<{7}|>{7})(?:[ \r]|$)/;

/** Whether a marker is among the lines that come. */
export function isMarked({ hunks }: ChangedFile): boolean {
  return hunks.some(({ added }) => added.some((line) => TELLING.test(line)));
}

/** Lines that a parent or the source holds too are text. */
export async function markersOf({ scratch }: Workspace, { classed, commit, files }: Looked): Promise<Place[]> {
  const suspicious = files.filter(isMarked);
  const found = await Promise.all(
    suspicious.map(async ({ path, from }) => {
      const at = (oid: string, name: string) =>
        scratch.reader.read(`${oid}:${pathBytes(parseQuotedPath(name)).toString("utf8")}`);
      const others = [...commit.parents, ...(classed.source === null ? [] : [classed.source.commit])];
      const [file, ...sides] = await Promise.all([
        at(classed.commit, path),
        ...others.flatMap((oid) => (from === null ? [at(oid, path)] : [at(oid, path), at(oid, from)])),
      ]);
      if (file == null) return [];
      const lines = markerLines(
        file.body,
        sides.flatMap((side) => side?.body ?? []),
      );
      return lines.map((line) => ({ path, line }));
    }),
  );
  return found.flat();
}
