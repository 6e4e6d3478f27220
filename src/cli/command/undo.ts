import type { Verb } from "../verb.ts";

interface Flags {
  readonly yes: boolean;
}

export function undoVerb(verb: Verb): Verb {
  return verb
    .description("take back what the last run moved; what was pushed is reverted instead")
    .option("-y, --yes", "ask nothing, just do it", false)
    .examples("morello undo", "morello undo --yes")
    .does<Flags>(async (session, _operands, { yes }) => {
      const [{ undo }, { isUndone, renderUndo }] = await Promise.all([
        import("../../usecase/undo.ts"),
        import("../render/undo.ts"),
      ]);
      const outcome = await undo(session.deps, {
        confirm: async (wanted) => {
          if (yes) return true;
          session.needPerson("The last run would be taken back", "morello undo --yes");
          session.say(renderUndo(session.err, wanted, true));
          const { ask } = await import("../prompt.ts");
          return ask("Take it back?");
        },
      });
      session.show(outcome, renderUndo);
      return isUndone(outcome) ? 0 : 1;
    });
}
