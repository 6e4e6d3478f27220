import type { Verb } from "../verb.ts";
import { verifies, type VerifyFlags } from "./verify-options.ts";

export function skipVerb(verb: Verb): Verb {
  return verifies(verb)
    .description("leave out the commit in conflict, and go on with the rest")
    .argument("[line]", "the line; without it, that of the work tree, or the only one laid out")
    .examples("morello skip release/v2.7")
    .does<VerifyFlags>(async (session, [line = null], flags) => {
      const [{ skipResolution }, { renderContinue }, { verifyOptions }] = await Promise.all([
        import("../../usecase/resolve.ts"),
        import("../render/resolution.ts"),
        import("../run/verify.ts"),
      ]);
      const outcome = await skipResolution(session.deps, {
        line,
        verify: verifyOptions(session, { ...flags, yes: false }),
      });
      session.show(outcome, renderContinue);
      return outcome.kind === "advanced" ? 0 : 1;
    });
}
