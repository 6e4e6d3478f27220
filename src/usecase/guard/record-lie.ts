// Whether a record says of a landed commit what its contents say. Pure.
import type { ClassedCommit } from "../../wire/class.ts";
import type { RecordOf } from "../../wire/record.ts";
import type { Finding } from "./judge.ts";

/** `classed`: as computed here, from the source that the record names; undefined if the commit is not there. */
export function recordLie(
  { class: said, sources, from, engine }: RecordOf<"landed">,
  classed: ClassedCommit | undefined,
): Finding | null {
  if (classed === undefined)
    return { rule: "record-forged", message: "the record is of a commit that is not there", hint: AGAIN };
  const source = classed.source?.commit ?? null;
  if (source === null || (!sources.includes(source) && source !== from))
    return {
      rule: "record-forged",
      message: `the record says that it came from ${(sources[0] ?? from).slice(0, 12)}, and it came from ${source?.slice(0, 12) ?? "nowhere else"}`,
      hint: AGAIN,
    };
  return said === classed.class
    ? null
    : {
        rule: "record-forged",
        message: `the record says ${said}, and it is ${classed.class} (as git here computes it; ${engine.git} was used)`,
        hint: AGAIN,
      };
}

const AGAIN = "morello undo, then pick again: records are made with the pick";
