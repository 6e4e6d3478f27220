// The options that say what is picked onto what, and how: of `plan` and of `pick`.
import { Option } from "commander";
import type { PickOptions } from "../../wire/plan.ts";
import { collect, collectLines, collectTrailers, oneLine, parentNumber, type Trailer, type Verb } from "../verb.ts";

export interface PickFlags {
  readonly onto: readonly string[];
  readonly mainline: number | null;
  readonly via: PickOptions["via"];
  readonly signoff: boolean;
  readonly trailer: readonly Trailer[];
  readonly fixes: readonly string[];
  readonly backportOf: readonly string[];
  readonly reason: string | null;
  readonly toBranch: string | null;
  readonly fetch: boolean;
  readonly withPrerequisites: boolean;
}

/** Declares REV… and the options. */
export function picks(verb: Verb): Verb {
  verb
    .argument("<rev...>", "commits, ranges (A..B, A^..B), branches, pull requests (#12)")
    .addOption(
      new Option(
        "-o, --onto <line>",
        "a line, a pattern, or all; several with commas, repeated, or one after another behind REV",
      )
        .argParser(collectLines)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("-m, --mainline <n>", "of a merge, take what it brought to its parent N")
        .argParser(parentNumber)
        .default(null, ""),
    )
    .addOption(
      new Option("--via <way>", "take it from the source, or from the nearest newer line that has it")
        .choices(["source", "nearest"])
        .default("source"),
    )
    .option("-s, --signoff", "add a Signed-off-by trailer", false)
    .addOption(new Option("--trailer <key=value>", "add a trailer").argParser(collectTrailers).default([], ""))
    .addOption(
      new Option("--reason <text>", "why it is carried: a Reason trailer").argParser(oneLine).default(null, ""),
    )
    .addOption(new Option("--fixes <issue>", "a Fixes trailer").argParser(collect).default([], ""))
    .addOption(new Option("--backport-of <x>", "a Backport-of trailer").argParser(collect).default([], ""))
    .addOption(
      new Option("--to-branch <key>", "pick to branches morello/KEY/LINE, and leave the lines alone").default(null, ""),
    )
    .option("--with-prerequisites", "take in what the commits need first, where picking proves it", false)
    .option("-f, --fetch", "fetch all remotes first", false);
  return verb;
}

export function pickOptions(flags: PickFlags): PickOptions {
  return {
    mainline: flags.mainline,
    signoff: flags.signoff,
    trailers: [
      ...flags.trailer,
      ...flags.fixes.map((value) => ({ key: "Fixes", value: oneLine(value) })),
      ...flags.backportOf.map((value) => ({ key: "Backport-of", value: oneLine(value) })),
      ...(flags.reason === null ? [] : [{ key: "Reason", value: flags.reason }]),
    ],
    messages: {},
    via: flags.via,
    toBranch: flags.toBranch,
  };
}
