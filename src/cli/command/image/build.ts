import { Option } from "commander";
import { collect, type Verb } from "../../verb.ts";

interface Flags {
  readonly output: string | null;
  readonly variant: readonly string[];
  readonly allVariants: boolean;
  readonly rebuild: boolean;
  readonly engine: string | null;
  readonly dryRun: boolean;
  readonly record: boolean;
  readonly attest: boolean | null;
  readonly sign: boolean | null;
}

export function imageBuildVerb(verb: Verb): Verb {
  return verb
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
    .option("--rebuild", "make the environment anew, too, and compare", false)
    .addOption(
      new Option(
        "--engine <name>",
        "what builds: buildah, podman, docker, mmdebstrap; the first that works unless set",
      ).default(null, ""),
    )
    .option("-n, --dry-run", "say what would be sent and named, and send nothing", false)
    .addOption(new Option("--no-record", "put nothing on record in the ledger"))
    .addOption(
      new Option(
        "--attest",
        "attach signed statements: provenance and bills of materials; in a registry they are",
      ).default(null, ""),
    )
    .addOption(new Option("--no-attest", "attach none"))
    .addOption(new Option("-S, --sign", "sign record and statements, as git is configured to").default(null, ""))
    .addOption(new Option("--no-sign", "do not sign, whatever is configured"))
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
