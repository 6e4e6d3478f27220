// What the verbs take that make an image and put it somewhere.
import { Option } from "commander";
import type { Verb } from "../../verb.ts";

export interface PublishFlags {
  readonly output: string | null;
  readonly engine: string | null;
  readonly dryRun: boolean;
  readonly record: boolean;
  readonly attest: boolean | null;
  readonly sign: boolean | null;
}

/** All but `--output`, which means another place to each. */
export function publishes(verb: Verb): Verb {
  return verb
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
    .addOption(new Option("--no-sign", "do not sign, whatever is configured"));
}
