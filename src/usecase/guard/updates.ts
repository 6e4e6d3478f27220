// What git tells a pre-receive hook -> the updates of a push. Anything that is not of that form refuses the push.
import { AppError } from "../../error.ts";

/** One ref that a push would move. */
export interface Update {
  /** As pushed, in full. Bytes that are not UTF-8 are U+FFFD here. */
  readonly refname: string;
  /** Null: it does not exist, and the push creates it. git holds the push to this. */
  readonly from: string | null;
  /** Null: the push deletes it. */
  readonly to: string | null;
}

const LINE = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs\/.+)$/s;

/** Reads `<old> <new> <refname>` lines, in their order. Throws `usage` at anything else. */
export function parseUpdates(input: string): Update[] {
  return input
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, from, to, refname] = LINE.exec(line) ?? [];
      if (from === undefined || to === undefined || refname === undefined)
        throw new AppError("usage", "What git told the hook is not `<old> <new> <ref>` lines", {
          hint: "morello guard receive is run by the hook that morello guard install writes",
        });
      return { refname, from: orNull(from), to: orNull(to) };
    });
}

function orNull(oid: string): string | null {
  return /^0+$/.test(oid) ? null : oid;
}
