// `morello find`: where commits stand, or what main has that lines may want; and judgements that are remembered.
import { find, type FindInput } from "../../usecase/find.ts";
import { findWanted, type WantedInput } from "../../usecase/find-wanted.ts";
import { renderFind } from "../render/find.ts";
import { renderWanted } from "../render/wanted.ts";
import type { Session } from "../session.ts";

export async function runFind(
  session: Session,
  { line, ...input }: Omit<FindInput, "lines"> & { readonly line: readonly string[] },
): Promise<number> {
  session.show(await find(session.deps, { ...input, lines: line }), renderFind);
  return 0;
}

export async function runWanted(
  session: Session,
  { line, ...input }: Omit<WantedInput, "lines"> & { readonly line: readonly string[] },
): Promise<number> {
  session.show(await findWanted(session.deps, { ...input, lines: line }), renderWanted);
  return 0;
}
