import type { Verb } from "../verb.ts";

export function abortVerb(verb: Verb): Verb {
  return verb
    .description("give a resolution up; the branch was never touched")
    .argument("[line]", "the line; without it, that of the work tree, or the only one laid out")
    .examples("morello abort release/v2.7")
    .does(async (session, [line = null]) => {
      const [{ abortResolution }, { renderAbort }] = await Promise.all([
        import("../../usecase/resolve.ts"),
        import("../render/resolution.ts"),
      ]);
      session.show(await abortResolution(session.deps, { line }), renderAbort);
      return 0;
    });
}
