// The outcome of one pick in a symbol, a phrase, a short word for narrow tables, and a detail.
import { unreachable } from "../../error.ts";
import type { ConflictKind, PickOutcome, RefusalReason } from "../../wire/plan.ts";
import { PHRASES } from "./phrases.ts";
import { count, shortId, symbol, type SymbolName, type Tone, type View } from "./view.ts";

export interface Shown {
  readonly symbol: string;
  readonly tone: Tone;
  /** As `CONTEXT.md` has it. */
  readonly phrase: string;
  /** For the cells of a table of many lines. */
  readonly word: string;
  readonly detail: string;
  /** The detail for such a cell. */
  readonly brief: string;
}

/** Shows an outcome; its texts must be clean already. */
export function showOutcome(view: View, outcome: PickOutcome): Shown {
  const phrase = PHRASES.outcome[outcome.kind];
  const shown = (name: SymbolName, tone: Tone, word: string, detail: string, brief = ""): Shown => {
    return { symbol: symbol(view, name), tone, phrase, word, detail, brief };
  };
  switch (outcome.kind) {
    case "already-there": {
      const tag = outcome.tag === null ? "" : `, in ${outcome.tag}`;
      return shown("there", "name", "already there", `${evidence(view, outcome)}${tag}`, outcome.tag ?? "");
    }
    case "clean": {
      const { files, insertions, deletions } = outcome.stat;
      const lines = `+${insertions} ${view.unicode ? "−" : "-"}${deletions}`;
      const renames = outcome.renames.length === 0 ? "" : `, ${count(outcome.renames.length, "rename")} followed`;
      return shown("good", "good", "clean", `${count(files, "file")} ${lines}${renames}`, lines);
    }
    case "redundant": {
      const why = outcome.reason === "empty-source" ? "the commit is empty" : "the line holds it all";
      return shown("nothing", "quiet", "redundant", why);
    }
    case "conflict": {
      const [first] = outcome.paths;
      const paths = count(outcome.paths.length, "path");
      return shown(
        "bad",
        "bad",
        "conflict",
        outcome.paths.length === 1 && first ? `in ${first.path}` : `in ${paths}`,
        paths,
      );
    }
    case "not-applicable":
      return shown("away", "warn", "not applicable", missing(outcome.missing));
    case "refused":
      return shown("refused", "warn", "refused", view.plain ? outcome.detail : REFUSALS[outcome.reason]);
    case "blocked":
      return shown("waiting", "quiet", "waits", shortId(outcome.by));
    default:
      return unreachable(outcome);
  }
}

function evidence(view: View, outcome: Extract<PickOutcome, { kind: "already-there" }>): string {
  const id = view.plain ? outcome.commit : shortId(outcome.commit);
  switch (outcome.evidence) {
    case "ancestor":
      return "in its history";
    case "recorded":
      return `picked as ${id}`;
    case "patch-id":
      return `the same patch as ${id}`;
    case "judged":
      return `judged the same as ${id}`;
    case "similar":
      return `in another form, as ${id}`;
    default:
      return unreachable(outcome.evidence);
  }
}

function missing(paths: readonly string[]): string {
  const [first = ""] = paths;
  return paths.length <= 1 ? first : `${first} and ${paths.length - 1} more`;
}

/** In a few words; the outcome's detail says it in full. */
const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  "merge-without-mainline": "a merge, and no --mainline",
  "mainline-not-a-merge": "no merge, and --mainline",
  "no-such-parent": "no such parent",
  "shallow-history": "the clone is shallow",
  "end-of-life": "the line is at its end of life",
  "object-missing": "an object is missing",
  "source-unresolved": "its source conflicts",
};

/** What a conflict of that kind is, in words. */
export const CONFLICT_KINDS: Readonly<Record<ConflictKind, string>> = {
  "content": "both changed the same lines",
  "binary": "both changed a binary file",
  "add/add": "both added it, differently",
  "modify/delete": "one changed it, the other deleted it",
  "rename/delete": "one renamed it, the other deleted it",
  "rename/rename": "both renamed it, differently",
  "rename/add": "one renamed to it, the other added it",
  "directory-rename": "a directory was renamed around it",
  "file/directory": "a file here, a directory there",
  "mode": "both changed its mode",
  "submodule": "both moved the submodule",
  "type": "another type of file on each side",
  "other": "git could not merge it",
};
