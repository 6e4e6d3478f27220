// `morello find`: where commits stand, or what main has that lines may want; and judgements that are remembered.
import { find } from "../../usecase/find.ts";
import { findWanted, type WantedInput } from "../../usecase/find-wanted.ts";
import type { Said } from "../../usecase/judge.ts";
import { renderFind } from "../render/find.ts";
import { renderWanted } from "../render/wanted.ts";
import type { Session } from "../session.ts";

interface FindFlags extends Omit<Said, "reason"> {
  readonly revisions: readonly string[];
  readonly line: readonly string[];
  readonly mainline: number | null;
  readonly fetch: boolean;
  readonly reason: string | null;
}

export async function runFind(
  session: Session,
  { revisions, line, mainline, fetch, same, different, forget, reason }: FindFlags,
): Promise<number> {
  const said = { same, different, forget, reason: reason ?? "" };
  session.show(await find(session.deps, { revisions, lines: line, mainline, fetch, said }), renderFind);
  return 0;
}

export async function runWanted(
  session: Session,
  { line, ...input }: Omit<WantedInput, "lines"> & { readonly line: readonly string[] },
): Promise<number> {
  session.show(await findWanted(session.deps, { ...input, lines: line }), renderWanted);
  return 0;
}
