import { Option } from "commander";
import type { Verb } from "../verb.ts";
import { pickOptions, picks, type PickFlags } from "./pick-options.ts";
import { CONTAINER, type VerifyFlags } from "./verify-options.ts";

interface Flags extends PickFlags, VerifyFlags {
  readonly out: string | null;
  readonly causes: boolean;
  readonly needs: boolean;
}

export function planVerb(verb: Verb): Verb {
  return picks(verb)
    .description("show what a pick would do on every line; changes nothing")
    .addOption(new Option("--out <file>", "write the plan to a file, for morello apply").default(null, ""))
    .option("--verify", "run the lines' verify commands on what they would hold", false)
    .option(...CONTAINER)
    .option("--no-causes", "do not look for the commits that cause conflicts")
    .option("--no-needs", "do not look for what must be there first")
    .examples(
      "morello plan 1a2b3c4 --onto all",
      "morello plan fix/leak --onto v2.7,v2.8",
      "morello plan v2.8.0..v2.8.1 --onto release/v2.7 --out plan.json",
    )
    .does<Flags>(async (session, revisions, flags) => {
      const { runPlan } = await import("../run/plan.ts");
      return runPlan(session, { ...flags, revisions, options: pickOptions(flags) });
    });
}
