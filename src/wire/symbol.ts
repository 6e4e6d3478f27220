// Names that a pick brings and its line does not have, or that it takes away from under the line, with what shows it
// and what to do.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";

export const SymbolRule = z.enum([
  /** A module, package or header, or a name taken from it, is not there. */
  "import",
  /** An identifier that nothing binds. */
  "unbound",
  /** A module or package that is there has no such name. */
  "member",
  /** A field, method or attribute that is not where it could be. */
  "attribute",
  /** A call that the definition does not accept. */
  "call",
  /** The pick takes away what the line still uses. */
  "stranded",
  /** The line has the definition already. */
  "twice",
  /** Bound and not used, where the language refuses that. */
  "unused",
  /** The line is built with a version whose standard library lacks it. */
  "standard",
  /** A word that the line has nowhere, in a file that has no rules. */
  "lexical",
]);
export type SymbolRule = z.infer<typeof SymbolRule>;

export const SymbolPlace = z.strictObject({ path: QuotedPath, line: z.int() });
export type SymbolPlace = z.infer<typeof SymbolPlace>;

export const SymbolVerdict = z.discriminatedUnion("kind", [
  /** Picked first, and then the source: both clean, and the alarm is gone. That was tried. */
  z.strictObject({ kind: z.literal("pick-first"), commit: ObjectId }),
  /** The line has it; the file does not import it. */
  z.strictObject({ kind: z.literal("add-import"), module: z.string(), name: z.string().nullable() }),
  /** The line needs an edit. `commit` brought the definition, where one did that the line lacks. */
  z.strictObject({ kind: z.literal("adapt"), commit: ObjectId.nullable() }),
]);
export type SymbolVerdict = z.infer<typeof SymbolVerdict>;

export const SymbolAlarm = z.strictObject({
  rule: SymbolRule,
  name: z.string(),
  /** Where the result of the pick refers to it. */
  use: SymbolPlace,
  /** What the look-up in the result met. */
  detail: z.string(),
  /** Where the name is found: on the source, or on the line before the pick if the rule is `stranded`. */
  definition: SymbolPlace,
  /** What the line has instead, or elsewhere. */
  instead: SymbolPlace.nullable(),
  /** How often the rule is right: looked up in full, looked up by name alone, or only read as a word. */
  confidence: z.enum(["high", "medium", "low"]),
  verdict: SymbolVerdict,
  /** What a person has said of it. */
  judged: z.enum(["accepted", "overridden"]).nullable(),
});
export type SymbolAlarm = z.infer<typeof SymbolAlarm>;

export const SymbolReport = z.strictObject({
  /** In the order of paths, then of lines. Empty: nothing was found, which is no proof that it compiles. */
  alarms: z.array(SymbolAlarm),
  /** Alarms beyond those shown. */
  more: z.int(),
  /** Commits to pick first, in order. */
  needs: z.strictObject({
    commits: z.array(CommitSummary),
    /** Picked in this order, and then the source, all are clean and every alarm that names one of them is gone. */
    proven: z.boolean(),
  }),
  /** Changed paths that no rule looked at, by file ending, or by why they were left out. */
  unchecked: z.array(z.strictObject({ what: z.string(), paths: z.array(QuotedPath) })),
  /** Objects that could not be read; what they hold counts as not there. */
  unreadable: z.array(ObjectId),
});
export type SymbolReport = z.infer<typeof SymbolReport>;
