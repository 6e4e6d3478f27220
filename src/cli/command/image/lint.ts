import type { Verb } from "../../verb.ts";

const HOW = `Exits with 1 where a finding is an error. A comment \`# morello: allow RULE\` above a step takes it out of a rule.
docs/reference/containerfile-rules.md describes every rule.`;

export function imageLintVerb(verb: Verb): Verb {
  return verb
    .description("judge Containerfiles: pins, layer order, secrets, host keys, root")
    .argument("[file...]", "Containerfiles; else those of the directory, else what morello.yaml and morello.lock give")
    .examples("morello image lint", "morello image lint Dockerfile --json")
    .addHelpText("after", `\n${HOW}`)
    .does(async (session, files) => {
      const [{ lintImage }, { renderImageLint }] = await Promise.all([
        import("../../../usecase/image/lint.ts"),
        import("../../render/image/lint.ts"),
      ]);
      const outcome = await lintImage(session.deps, files);
      session.show(outcome, renderImageLint);
      return outcome.kind === "errors" ? 1 : 0;
    });
}
