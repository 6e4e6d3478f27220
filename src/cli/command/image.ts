import type { Verb } from "../verb.ts";
import { imageAdoptVerb } from "./image/adopt.ts";
import { imageBuildVerb } from "./image/build.ts";
import { imageDiffVerb } from "./image/diff.ts";
import { imageContainerfileVerb } from "./image/containerfile.ts";
import { imageLintVerb } from "./image/lint.ts";
import { imageLockVerb } from "./image/lock.ts";
import { imagePushVerb } from "./image/push.ts";
import { imageRunVerb } from "./image/run.ts";
import { imageVerifyVerb } from "./image/verify.ts";
import { upgradeVerb } from "./image/upgrade.ts";

const HOW = `An image is two things: an environment (base, Python, CUDA, packages: locked, built rarely) and a source layer, made
from git alone. A patch release appends one layer to the line's environment image.`;

/** Sub-verbs stand in image/, one file each; a new one is one line here. */
export function imageVerb(verb: Verb): Verb {
  verb
    .description("lock, build, push and prove the images of releases")
    .examples("morello image build v2.7.1 --output oci:images", "morello image verify registry.example.com/app:v2.7.1")
    .helpCommand(false) // `morello help image` shows the verbs
    .addHelpText("after", `\n${HOW}`);
  imageLockVerb(verb.verb("lock"));
  imageContainerfileVerb(verb.verb("containerfile"));
  imageLintVerb(verb.verb("lint"));
  imageBuildVerb(verb.verb("build"));
  imagePushVerb(verb.verb("push"));
  imageAdoptVerb(verb.verb("adopt"));
  imageRunVerb(verb.verb("run"));
  imageVerifyVerb(verb.verb("verify"));
  imageDiffVerb(verb.verb("diff"));
  upgradeVerb(verb.verb("upgrade"));
  return verb;
}
