import { Option } from "commander";
import { collectJudgements, type Judgement, type Verb } from "../verb.ts";
import { pickOptions, picks, type PickFlags } from "./pick-options.ts";
import { CONTAINER, type VerifyFlags } from "./verify-options.ts";

interface Flags extends PickFlags, VerifyFlags {
  readonly out: string | null;
  readonly causes: boolean;
  readonly needs: boolean;
  readonly explain: boolean;
  readonly accept: readonly Judgement[];
  readonly override: readonly Judgement[];
}

export function planVerb(verb: Verb): Verb {
  return picks(verb)
    .description("show what a pick would do on every line; changes nothing")
    .addOption(new Option("--out <file>", "write the plan to a file, for morello apply").default(null, ""))
    .option("--verify", "run the lines' verify commands on what they would hold", false)
    .option(...CONTAINER)
    .option("--no-causes", "do not look for the commits that cause conflicts")
    .option("--no-needs", "do not look for what must be there first")
    .option("--explain", "show all that shows a need: definitions, look-ups, rules", false)
    .addOption(
      new Option("--accept <name=why>", "remember that the alarm about NAME is right")
        .argParser(collectJudgements)
        .default([], ""),
    )
    .addOption(
      new Option("--override <name=why>", "remember that the line does without NAME")
        .argParser(collectJudgements)
        .default([], ""),
    )
    .examples(
      "morello plan 1a2b3c4 --onto all",
      "morello plan fix/leak --onto v2.7,v2.8",
      "morello plan v2.8.0..v2.8.1 --onto release/v2.7 --out plan.json",
    )
    .does<Flags>(async (session, revisions, flags) => {
      const { runPlan } = await import("../run/plan.ts");
      const judgements = [
        ...flags.accept.map((said) => ({ ...said, verdict: "accepted" as const })),
        ...flags.override.map((said) => ({ ...said, verdict: "overridden" as const })),
      ];
      return runPlan(session, { ...flags, judgements, revisions, options: pickOptions(flags) });
    });
}
