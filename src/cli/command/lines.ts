import type { Verb } from "../verb.ts";

interface Flags {
  readonly fetch: boolean;
}

export function linesVerb(verb: Verb): Verb {
  return verb
    .description("list the release lines: tip, last tag, distance to main")
    .option("-f, --fetch", "fetch all remotes first", false)
    .examples("morello lines", "morello lines --fetch --json")
    .does<Flags>(async (session, _operands, { fetch }) => {
      const [{ listLines }, { renderLines }] = await Promise.all([
        import("../../usecase/list-lines.ts"),
        import("../render/lines.ts"),
      ]);
      session.show(await listLines(session.deps, { fetch }), renderLines);
      return 0;
    });
}
