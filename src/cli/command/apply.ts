import type { Verb } from "../verb.ts";
import { applies, type ApplyFlags } from "./apply-options.ts";

export function applyVerb(verb: Verb): Verb {
  return applies(verb)
    .description("do exactly what a plan file says, or say what moved since")
    .argument("<plan>", "a file that morello plan --out wrote; - reads standard input")
    .examples("morello apply plan.json", "morello plan 1a2b3c4 --onto all --json | morello apply - --yes")
    .does<ApplyFlags>(async (session, [file = ""], flags) => {
      const { runApply } = await import("../run/apply.ts");
      return runApply(session, { ...flags, file });
    });
}
