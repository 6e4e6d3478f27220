import { Option } from "commander";
import type { Verb } from "../../verb.ts";

export function imageContainerfileVerb(verb: Verb): Verb {
  return verb
    .description("print the Containerfile of an environment, as morello.yaml and morello.lock give it")
    .argument("[variant]", "a variant; the default one, without")
    .addOption(
      new Option("--platform <platform>", "for this platform; else the first of image.platforms").default(null, ""),
    )
    .examples("morello image containerfile", "morello image containerfile cu118 --platform linux/arm64")
    .does<{ readonly platform: string | null }>(async (session, [variant], { platform }) => {
      const { showContainerfile } = await import("../../../usecase/image/lint.ts");
      session.show(await showContainerfile(session.deps, variant ?? null, platform), (_view, { text }) => text);
      return 0;
    });
}
