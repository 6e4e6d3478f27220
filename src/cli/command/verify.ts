import { Option } from "commander";
import type { Verb } from "../verb.ts";
import { CONTAINER } from "./verify-options.ts";

interface Flags {
  readonly on: string | null;
  readonly allow: boolean;
  readonly again: boolean;
  readonly container: boolean;
}

const HOW = `A line's command is lines[].verify of morello.yaml on the default branch. It runs as sh -c in a temporary checkout,
with MORELLO_LINE, MORELLO_TREE and MORELLO_SOURCE (the commits picked), and nothing to read from.
Status 0: it works. 125: it cannot tell, as for git bisect run. Others: it does not work.`;

export function verifyVerb(verb: Verb): Verb {
  return verb
    .description("run lines' verify commands on the lines as they are")
    .argument("[line...]", "lines or patterns; without one, the maintained lines that have a command")
    .addOption(new Option("--on <rev>", "on this commit instead").default(null, ""))
    .option("--allow", "allow the commands to run here, now and later", false)
    .option("--again", "also where they passed before", false)
    .option(...CONTAINER)
    .examples(
      "morello verify release/v2.7",
      "morello verify v2.7 --on fix/leak",
      "morello verify --allow                   shows the commands, allows them, runs them",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, lines, flags) => {
      const { runVerify } = await import("../run/verify.ts");
      return runVerify(session, { ...flags, lines });
    });
}
