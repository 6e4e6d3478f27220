import { Option } from "commander";
import type { Verb } from "../../verb.ts";

interface Flags {
  readonly output: string | null;
  readonly from: string | null;
  readonly engine: string | null;
  readonly dryRun: boolean;
  readonly record: boolean;
  readonly attest: boolean | null;
  readonly sign: boolean | null;
}

export function imagePushVerb(verb: Verb): Verb {
  return verb
    .description("put the image of a release into its registry: all variants, proven, its floating names last")
    .argument("<tag|line>", "a release's tag, or a line: its tip, released or not")
    .addOption(
      new Option("-o, --output <repository>", "another repository than the one that morello.yaml names").default(
        null,
        "",
      ),
    )
    .addOption(
      new Option("--from <where>", "where it was built before, such as oci:DIR: it must be the same").default(null, ""),
    )
    .addOption(
      new Option(
        "--engine <name>",
        "buildah, podman, docker or mmdebstrap, where an environment has to be built",
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
    .examples("morello image push v2.7.1", "morello image push v2.7.1 --from oci:images")
    .does<Flags>(async (session, [wanted = ""], flags) => {
      const { runImageBuild } = await import("../../run/image/build.ts");
      return runImageBuild(session, { ...flags, wanted, variants: [], rebuild: false });
    });
}
