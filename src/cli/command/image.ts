import type { Verb } from "../verb.ts";
import { imageRunVerb } from "./image/run.ts";
import { imageVerifyVerb } from "./image/verify.ts";

const HOW = `An image is two things: an environment (base, Python, CUDA, packages: locked, built rarely) and a source layer, made
from git alone. A patch release appends one layer to the line's environment image.`;

/** Sub-verbs stand in image/, one file each; a new one is one line here. */
export function imageVerb(verb: Verb): Verb {
  verb
    .description("lock, build, push and prove the images of releases")
    .helpCommand(false) // `morello help image` shows the verbs
    .addHelpText("after", `\n${HOW}`);
  imageRunVerb(verb.verb("run"));
  imageVerifyVerb(verb.verb("verify"));
  return verb;
}
