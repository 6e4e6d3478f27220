import { Option } from "commander";
import { oneLine, type Verb } from "../verb.ts";
import { verifies, type VerifyFlags } from "./verify-options.ts";

interface Flags extends VerifyFlags {
  readonly adapt: boolean;
  readonly reason: string | null;
}

export function continueVerb(verb: Verb): Verb {
  return verifies(verb)
    .description("take the resolution as it stands in its work tree, and go on")
    .argument("[line]", "the line; without it, that of the work tree, or the only one laid out")
    .option("--adapt", "take changes to paths that did not conflict, too; needs --reason", false)
    .addOption(
      new Option("--reason <text>", "why they are needed: an Adapted trailer").argParser(oneLine).default(null, ""),
    )
    .examples("morello continue", 'morello continue release/v2.7 --adapt --reason "the old loader has no queue"')
    .does<Flags>(async (session, [line = null], { adapt, reason, ...flags }) => {
      const [{ continueResolution }, { renderContinue }, { verifyOptions }] = await Promise.all([
        import("../../usecase/continue.ts"),
        import("../render/resolution.ts"),
        import("../run/verify.ts"),
      ]);
      const outcome = await continueResolution(session.deps, {
        line,
        adapt,
        reason,
        verify: verifyOptions(session, { ...flags, yes: false }),
      });
      session.show(outcome, renderContinue);
      return outcome.kind === "advanced" ? 0 : 1;
    });
}
