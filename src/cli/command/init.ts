import type { Verb } from "../verb.ts";

interface Flags {
  readonly write: boolean;
}

export function initVerb(verb: Verb): Verb {
  return verb
    .description("show what is detected, as a morello.yaml; nothing has to be configured")
    .option("--write", "write it to the work tree", false)
    .examples("morello init", "morello init --write")
    .does<Flags>(async (session, _operands, { write }) => {
      const [{ init }, { renderConfiguration, renderInit }] = await Promise.all([
        import("../../usecase/init.ts"),
        import("../render/init.ts"),
      ]);
      const outcome = await init(session.deps, { write });
      session.show(outcome, renderConfiguration);
      if (!session.json) session.say(`${session.out.plain ? "" : "\n"}${renderInit(session.err, outcome)}`);
      return 0;
    });
}
