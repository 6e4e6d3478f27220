// Tables of cases: tab separated, with a header, of several repositories.
import { readFileSync } from "node:fs";
import type { Scratch } from "../src/git/scratch.ts";

/** Column name to cell; a column that the table lacks is undefined. */
export type Row = Readonly<Record<string, string | undefined>>;

export function readTable(file: string): Row[] {
  const [header = "", ...rows] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const names = header.split("\t");
  return rows.map((row) => Object.fromEntries(row.split("\t").map((cell, n) => [names[n] ?? "", cell])));
}

/** Rows of the repository at hand: of several in the column `repo`, the one whose commits are here. */
export async function ofThisRepository(scratch: Scratch, rows: readonly Row[], column: string): Promise<Row[]> {
  const names = [...new Set(rows.map(({ repo }) => repo))];
  if (names.length <= 1) return [...rows];
  const present = await Promise.all(
    names.map(async (name) => {
      const some = rows.filter(({ repo }) => repo === name).slice(0, 20);
      const found = await Promise.all(some.map((row) => scratch.reader.info(row[column] ?? "")));
      return found.filter((object) => object !== null).length;
    }),
  );
  const best = names[present.indexOf(Math.max(...present))];
  return rows.filter(({ repo }) => repo === best);
}
