import { Option } from "commander";
import { collect, type Verb } from "../../verb.ts";
import { publishes, type PublishFlags } from "./publish-options.ts";

interface Flags extends PublishFlags {
  readonly variant: readonly string[];
  readonly allVariants: boolean;
  readonly rebuild: boolean;
}

export function imageBuildVerb(verb: Verb): Verb {
  return publishes(
    verb
      .description("make the image of a release, prove it, and put it into a registry or a layout on disk")
      .argument("<tag|line>", "a release's tag, or a line: its tip, released or not")
      .addOption(
        new Option(
          "-o, --output <where>",
          "oci:DIR, or a repository of a registry; morello.yaml names one unless set",
        ).default(null, ""),
      )
      .addOption(
        new Option("--variant <name>", "only this variant; several by repeating it").argParser(collect).default([], ""),
      )
      .addOption(new Option("--all-variants", "all variants, or none: as it is without --variant").default(false, ""))
      .option("--rebuild", "make the environment anew, too, and compare", false),
  )
    .examples(
      "morello image build v2.7.1 --output oci:out",
      "morello image build release/v2.7 --output registry.example.com/team/app",
      "morello image build v2.7.1 --dry-run",
    )
    .does<Flags>(async (session, [wanted = ""], { variant, allVariants, ...flags }) => {
      const { runImageBuild } = await import("../../run/image/build.ts");
      return runImageBuild(session, { ...flags, wanted, from: null, variants: allVariants ? [] : variant });
    });
}
