// Of a table over many repositories, the rows of the one at hand.
import type { Scratch } from "../src/git/scratch.ts";
import type { Case } from "./cases.ts";

/** Of several repositories in the table, the one whose commits are here. */
export async function ofThisRepository(scratch: Scratch, cases: readonly Case[]): Promise<Case[]> {
  const names = [...new Set(cases.map(({ repo }) => repo))];
  if (names.length <= 1) return [...cases];
  const present = await Promise.all(
    names.map(async (name) => {
      const some = cases.filter(({ repo }) => repo === name).slice(0, 20);
      const found = await Promise.all(some.map(({ backport }) => scratch.reader.info(backport)));
      return found.filter((object) => object !== null).length;
    }),
  );
  const best = names[present.indexOf(Math.max(...present))];
  return cases.filter(({ repo }) => repo === best);
}
