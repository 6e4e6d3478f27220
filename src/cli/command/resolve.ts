import type { Verb } from "../verb.ts";

export function resolveVerb(verb: Verb): Verb {
  return verb
    .description("lay out the conflict at which a pick stopped, in a work tree of its own")
    .argument("[line]", "the line; without it, the only one that stopped")
    .examples("morello resolve release/v2.7", 'cd "$(morello resolve v2.7 --json | jq -r .resolution.worktree)"')
    .does(async (session, [line = null]) => {
      const [{ resolve }, { renderResolve }] = await Promise.all([
        import("../../usecase/resolve.ts"),
        import("../render/resolution.ts"),
      ]);
      session.show(await resolve(session.deps, { line }), renderResolve);
      return 0;
    });
}
