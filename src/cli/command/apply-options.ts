// The options of verbs that move lines: `pick` and `apply`.
import { Option } from "commander";
import type { Verb } from "../verb.ts";
import { verifies, type VerifyFlags } from "./verify-options.ts";

export interface ApplyFlags extends VerifyFlags {
  readonly yes: boolean;
  readonly keepGoing: boolean;
  readonly push: boolean;
  readonly remote: string | null;
  /** Null: as git is configured. */
  readonly sign: boolean | null;
}

export function applies(verb: Verb): Verb {
  return verifies(verb)
    .option("-y, --yes", "ask nothing, just do it", false)
    .option("-k, --keep-going", "move the clean lines though others stop; the exit status is 1 all the same", false)
    .option("--push", "push what moved, if the remote still holds what was seen", false)
    .addOption(new Option("--remote <name>", "push to this remote instead of each line's own").default(null, ""))
    .addOption(new Option("-S, --sign", "sign the commits, as git is configured to").default(null, ""))
    .addOption(new Option("--no-sign", "do not sign, whatever is configured"));
}
