import { Option } from "commander";
import { oneLine, wholeNumber, type Verb } from "../verb.ts";

interface Flags {
  readonly line: string | null;
  readonly comment: string | null;
  readonly days: number | null;
  readonly yes: boolean;
  readonly push: boolean;
  readonly remote: string | null;
}

export function approveVerb(verb: Verb): Verb {
  return verb
    .description("sign that something may land: what a line's ledger asks for, or a plan file")
    .argument("<what>", "a line, or a file that morello plan --out wrote")
    .addOption(new Option("--line <line>", "of a plan, only this line").default(null, ""))
    .addOption(new Option("--comment <text>", "what you want to say with it").argParser(oneLine).default(null, ""))
    .addOption(new Option("--days <n>", "how many days it holds").argParser(wholeNumber).default(null, ""))
    .option("-y, --yes", "ask nothing, just sign", false)
    .option("--push", "push the ledger", false)
    .addOption(new Option("--remote <name>", "push to this remote").default(null, ""))
    .examples("morello approve release/v2.7", "morello approve plan.json --push")
    .does<Flags>(async (session, [what = ""], flags) => {
      const { runApprove } = await import("../run/approve.ts");
      return runApprove(session, { ...flags, what });
    });
}
