import { InvalidArgumentError, Option } from "commander";
import { AppError } from "../../error.ts";
import { oneLine, type Verb } from "../verb.ts";
import { verifies, type VerifyFlags } from "./verify-options.ts";

interface Flags extends VerifyFlags {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly push: boolean;
  readonly remote: string | null;
  /** True: the usual mark. */
  readonly pre: string | true | null;
  readonly version: string | null;
  readonly allowFeature: boolean;
  readonly reason: string | null;
  readonly notes: string | null;
  readonly sign: boolean | null;
}

/** `rc`, `beta`: a number would be taken for the pre-release's own. */
function mark(value: string): string {
  if (!/^[A-Za-z]+$/.test(value)) throw new InvalidArgumentError("A mark is a word such as rc or beta.");
  return value;
}

export function releaseVerb(verb: Verb): Verb {
  return verifies(verb)
    .description("make a line's next version: an annotated tag, and its notes")
    .argument("<line>", "the line: its name, branch or version")
    .option("-n, --dry-run", "show the release, and write nothing", false)
    .option("-y, --yes", "ask nothing, just do it", false)
    .option("--push", "push branch and tag, if the remote still holds what was seen", false)
    .addOption(new Option("--remote <name>", "push to this remote instead of the line's own").default(null, ""))
    .addOption(
      new Option("--pre [mark]", "a pre-release: rc unless another mark is named").argParser(mark).default(null, ""),
    )
    .addOption(new Option("--version <version>", "this version instead of the next one").default(null, ""))
    .option("--allow-feature", "let features and breaking changes in; wants --reason", false)
    .addOption(new Option("--reason <text>", "why; the tag says it").argParser(oneLine).default(null, ""))
    .addOption(
      new Option("--notes <file>", "write the release notes there, in Markdown; - is stdout").default(null, ""),
    )
    .addOption(new Option("-S, --sign", "sign the tag, as git is configured to").default(null, ""))
    .addOption(new Option("--no-sign", "do not sign, whatever is configured"))
    .examples(
      "morello release release/v2.7 --dry-run",
      "morello release v2.7 --yes --push",
      "morello release v2.8 --pre",
    )
    .does<Flags>(async (session, [line = ""], flags) => {
      if (flags.allowFeature !== (flags.reason !== null)) {
        throw new AppError("usage", "--allow-feature and --reason go together", {
          hint: 'morello release LINE --allow-feature --reason "the API was promised for this line"',
        });
      }
      if (flags.pre !== null && flags.version !== null) {
        throw new AppError("usage", "--version says the mark of a pre-release itself", { hint: "leave --pre out" });
      }
      const { runRelease } = await import("../run/release.ts");
      return runRelease(session, { ...flags, line, pre: flags.pre === true ? "rc" : flags.pre });
    });
}
