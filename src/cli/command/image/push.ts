import { Option } from "commander";
import type { Verb } from "../../verb.ts";
import { publishes, type PublishFlags } from "./publish-options.ts";

interface Flags extends PublishFlags {
  readonly from: string | null;
}

export function imagePushVerb(verb: Verb): Verb {
  return publishes(
    verb
      .description("put the image of a release into its registry: all variants, proven, its floating names last")
      .argument("<tag|line>", "a release's tag, or a line: its tip, released or not")
      .addOption(
        new Option("-o, --output <repository>", "another repository than the one that morello.yaml names").default(
          null,
          "",
        ),
      )
      .addOption(
        new Option("--from <where>", "where it was built before, such as oci:DIR: it must be the same").default(
          null,
          "",
        ),
      ),
  )
    .examples("morello image push v2.7.1", "morello image push v2.7.1 --from oci:images")
    .does<Flags>(async (session, [wanted = ""], flags) => {
      const { runImageBuild } = await import("../../run/image/build.ts");
      return runImageBuild(session, { ...flags, wanted, variants: [], rebuild: false });
    });
}
