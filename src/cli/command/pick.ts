import { Option } from "commander";
import { AppError } from "../../error.ts";
import type { Verb } from "../verb.ts";
import { applies, type ApplyFlags } from "./apply-options.ts";
import { pickOptions, picks, type PickFlags } from "./pick-options.ts";

interface Flags extends PickFlags, ApplyFlags {
  readonly each: boolean;
  readonly edit: boolean;
}

export function pickVerb(verb: Verb): Verb {
  return applies(picks(verb))
    .description("carry commits onto lines: plan, show, ask, apply")
    .addOption(new Option("--each", "ask for every commit on every line, with its diff").default(false))
    .option("-e, --edit", "edit each message first", false)
    .examples(
      "morello pick 1a2b3c4 --onto release/v2.7",
      "morello pick 1a2b3c4 --onto all --yes --push",
      "morello pick fix/leak~3..fix/leak --onto v2.7 --each",
    )
    .does<Flags>(async (session, revisions, flags) => {
      if (flags.each && flags.yes) {
        throw new AppError("usage", "--each asks for every commit, and --yes wants no questions", {
          hint: "leave one of them out",
        });
      }
      const { runPick } = await import("../run/pick.ts");
      return runPick(session, { ...flags, revisions, options: pickOptions(flags) });
    });
}
