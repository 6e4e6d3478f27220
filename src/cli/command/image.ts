import type { Verb } from "../verb.ts";
import { upgradeVerb } from "./image/upgrade.ts";

const HOW = `An image is two things: an environment (base, Python, CUDA, packages: locked, built rarely) and a source layer, made
from git alone. A patch release appends one layer to the line's environment image.`;

/** Sub-verbs stand in image/, one file each; a new one is one line here. */
export function imageVerb(verb: Verb): Verb {
  verb
    .description("lock, build, push and prove the images of releases")
    .helpCommand(false) // `morello help image` shows the verbs
    .addHelpText("after", `\n${HOW}`);
  upgradeVerb(verb.verb("upgrade"));
  return verb;
}
