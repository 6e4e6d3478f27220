import { Option } from "commander";
import type { Verb } from "../verb.ts";

interface Flags {
  readonly check: boolean;
  readonly apply: boolean;
  readonly yes: boolean;
  readonly forge: "github" | "gitlab" | null;
  readonly remote: string | null;
}

const HOW = `Protected are release lines, the branches of their ledgers, and release tags. Rules that Morello did not set are shown
and never touched. The token comes from GH_TOKEN or GITHUB_TOKEN, or GITLAB_TOKEN; for a host of your own from
GH_ENTERPRISE_TOKEN with GH_HOST, or GITLAB_TOKEN with GITLAB_HOST. To read is enough for --check.
Exit status: 1 if something is not as it should be.`;

export function protectVerb(verb: Verb): Verb {
  return verb
    .description("show what the forge lets happen to lines, ledgers and tags, and set it right")
    .addOption(new Option("--check", "show the difference; the default").default(false, "").conflicts("apply"))
    .option("--apply", "show the difference, ask, write it, and read it back", false)
    .option("-y, --yes", "write without asking", false)
    .addOption(
      new Option("--forge <kind>", "what the remote's host is, where its name does not show it")
        .choices(["github", "gitlab"])
        .default(null, ""),
    )
    .addOption(new Option("--remote <name>", "the remote that the forge holds").default(null, ""))
    .examples("morello protect", "morello protect --apply")
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, _operands, flags) => {
      const { runProtect } = await import("../run/protect.ts");
      return runProtect(session, flags);
    });
}
