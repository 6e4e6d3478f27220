import { Option } from "commander";
import type { Verb } from "../verb.ts";
import { CONTAINER } from "./verify-options.ts";

interface Flags {
  readonly on: string | null;
  readonly allow: boolean;
  readonly again: boolean;
  readonly container: boolean;
}

export function verifyVerb(verb: Verb): Verb {
  return verb
    .description("run lines' verify commands on the lines as they are")
    .argument("[line...]", "lines or patterns; without one, the maintained lines that have a command")
    .addOption(new Option("--on <rev>", "on this commit instead").default(null, ""))
    .option("--allow", "allow the commands to run here, from now on", false)
    .option("--again", "also where they passed before", false)
    .option(...CONTAINER)
    .examples(
      "morello verify release/v2.7",
      "morello verify v2.7 --on fix/leak",
      "morello verify --allow                   shows the commands, allows them, runs them",
    )
    .does<Flags>(async (session, lines, flags) => {
      const { runVerify } = await import("../run/verify.ts");
      return runVerify(session, { ...flags, lines });
    });
}
