import { InvalidArgumentError, Option } from "commander";
import { oneLine, type Verb } from "../verb.ts";

interface Flags {
  readonly line: string;
  readonly commit: string | null;
  readonly reason: string;
  /** Seconds from now, or the moment itself in Unix seconds. */
  readonly until: { readonly in: number } | { readonly at: number };
}

export function waiveVerb(verb: Verb): Verb {
  return verb
    .description("let a violation of a rule pass, on the record")
    .argument("<rule>", "a rule's id, as morello check shows it")
    .addOption(new Option("--line <line>", "the line that it is for").makeOptionMandatory())
    .addOption(new Option("--commit <rev>", "only for this commit, landed or source").default(null, ""))
    .addOption(new Option("--reason <text>", "why, for the record").argParser(oneLine).makeOptionMandatory())
    .addOption(
      new Option("--until <when>", "a day (2026-12-31) or a time from now (12h, 30d)")
        .argParser(moment)
        .makeOptionMandatory(),
    )
    .examples('morello waive version-files --line release/v2.7 --commit 1a2b3c4 --reason "the API level" --until 7d')
    .does<Flags>(async (session, [rule = ""], flags) => {
      const { runWaive } = await import("../run/waive.ts");
      return runWaive(session, { ...flags, rule });
    });
}

const UNITS = { h: 3600, d: 86_400 } as const;

function moment(text: string): Flags["until"] {
  const span = /^([1-9]\d{0,3})([hd])$/.exec(text);
  if (span !== null) return { in: Number(span[1]) * UNITS[span[2] as keyof typeof UNITS] };
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59Z`) : Number.NaN;
  if (Number.isNaN(day)) throw new InvalidArgumentError("It is a day (2026-12-31) or a time from now (12h, 30d).");
  return { at: Math.floor(day / 1000) };
}
