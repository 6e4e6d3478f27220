// What `undo` moved back, or which reverts take back what was pushed.
import { unreachable } from "../../error.ts";
import type { UndoOutcome } from "../../wire/outcome.ts";
import { cleaned } from "./clean.ts";
import { count, paint, showId, symbol, type View } from "./view.ts";

/** `asked`: it is shown before the question, so nothing has happened yet. */
export function renderUndo(view: View, found: UndoOutcome, asked = false): string {
  const outcome = cleaned(found);
  const lines = outcome.kind === "undone" ? undone(view, outcome, asked) : revert(view, outcome, asked);
  return lines.map((line) => `${line}\n`).join("");
}

function undone(view: View, { refs }: Extract<UndoOutcome, { kind: "undone" }>, asked: boolean): string[] {
  return refs.map(({ refname, from, to }) => {
    const branch = refname.replace(/^refs\/heads\//, "");
    if (view.plain) return `${branch}: ${asked ? "would move" : "moved"} back from ${from} to ${to ?? "nothing"}`;
    const mark = asked ? symbol(view, "note") : paint(view, "good", symbol(view, "good"));
    const where =
      to === null
        ? asked
          ? "would be deleted: it was new"
          : "deleted: it was new"
        : `${asked ? "would go back" : "is back"} from ${showId(view, from)} to ${showId(view, to)}`;
    return `${mark} ${branch}  ${where}`;
  });
}

function revert(view: View, { lines, applied }: Extract<UndoOutcome, { kind: "revert" }>, asked: boolean): string[] {
  const out =
    asked || applied
      ? []
      : lines.some(({ outcome }) => outcome === "conflict")
        ? ["Nothing was moved: reverting conflicts"]
        : ["Nothing was moved"];
  out.push("It was pushed, so it is history: these commits take it back");
  for (const { line, refname, reverts, outcome, commit, paths } of lines) {
    const branch = refname.replace(/^refs\/heads\//, "");
    const name = branch === line ? line : branch;
    const what =
      outcome === "conflict"
        ? `conflicts in ${paths.join(", ")}`
        : `${applied ? "moved" : "would move"} to ${commit === null ? "nothing" : showId(view, commit)}`;
    if (view.plain) out.push(`${name}: ${what}`, ...reverts.map((oid) => `${name}: reverts ${oid}`));
    else {
      const mark =
        outcome === "conflict"
          ? paint(view, "bad", symbol(view, "bad"))
          : paint(view, applied ? "good" : "name", symbol(view, applied ? "good" : "note"));
      out.push(
        `${mark} ${name}  ${count(reverts.length, "revert")}, ${what}`,
        ...reverts.map((oid) => `    reverts ${showId(view, oid)}`),
      );
    }
  }
  return out;
}

/** Whether the answer was no, or could only be no. */
export function isUndone(outcome: UndoOutcome): boolean {
  switch (outcome.kind) {
    case "undone":
      return true;
    case "revert":
      return outcome.applied;
    default:
      return unreachable(outcome);
  }
}
