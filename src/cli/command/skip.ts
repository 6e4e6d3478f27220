import type { Verb } from "../verb.ts";

export function skipVerb(verb: Verb): Verb {
  return verb
    .description("leave out the commit in conflict, and go on with the rest")
    .argument("[line]", "the line; without it, that of the work tree, or the only one laid out")
    .examples("morello skip release/v2.7")
    .does(async (session, [line = null]) => {
      const [{ skipResolution }, { renderContinue }] = await Promise.all([
        import("../../usecase/resolve.ts"),
        import("../render/resolution.ts"),
      ]);
      const outcome = await skipResolution(session.deps, { line });
      session.show(outcome, renderContinue);
      return outcome.kind === "advanced" ? 0 : 1;
    });
}
