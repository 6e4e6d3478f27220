import { Option } from "commander";
import { AppError } from "../../../error.ts";
import type { Verb } from "../../verb.ts";

interface Flags {
  readonly at: string | null;
  readonly variant: string | null;
  readonly dryRun: boolean;
  readonly sign: boolean | null;
}

export function imageAdoptVerb(verb: Verb): Verb {
  return verb
    .description("take an image that was built elsewhere as a release's, once its source is the tag's tree")
    .argument("<image>", "the image with its digest: registry.example.com/team/app@sha256:…")
    .addOption(new Option("--at <tag>", "the release that it is the image of").default(null, ""))
    .addOption(new Option("--variant <name>", "the variant that it is; the default one unless set").default(null, ""))
    .option("-n, --dry-run", "only compare", false)
    .addOption(new Option("-S, --sign", "sign the record, as git is configured to").default(null, ""))
    .addOption(new Option("--no-sign", "do not sign, whatever is configured"))
    .examples("morello image adopt registry.example.com/team/app@sha256:… --at v2.7.0")
    .does<Flags>(async (session, [image = ""], { at, ...flags }) => {
      if (at === null) {
        throw new AppError("usage", "adopt wants the release that the image is of", {
          hint: `morello image adopt ${image} --at v2.7.0`,
        });
      }
      const { runImageAdopt } = await import("../../run/image/adopt.ts");
      return runImageAdopt(session, { ...flags, image, at });
    });
}
