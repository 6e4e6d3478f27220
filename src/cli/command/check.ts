import { Option } from "commander";
import { AppError } from "../../error.ts";
import type { Verb } from "../verb.ts";

interface Flags {
  readonly line: string | null;
  readonly prePush: boolean;
  readonly staged: boolean;
  readonly message: string | null;
  readonly sarif: boolean;
  readonly verify: boolean;
  readonly merge: string | null;
  readonly into: string | null;
}

const HOW = `A range is A..B; without one, lines are checked from where their ledger began, else from their last tag.
What each rule asks for: docs/reference/rules.md. Policy is read from morello.yaml on the default branch.`;

export function checkVerb(verb: Verb): Verb {
  return verb
    .description("does what landed meet policy? exits with 1 if not")
    .argument("[range|line...]", "A..B, or lines; without one, the current line or all maintained ones")
    .addOption(new Option("-l, --line <line>", "the line that the range is meant for").default(null, ""))
    .option("--pre-push", "check what git is about to push, as its pre-push hook tells it on stdin", false)
    .option("--staged", "check the index for conflict markers alone, as a pre-commit hook", false)
    .addOption(
      new Option("--message <file>", "check a commit message alone, as a commit-msg hook; - is stdin").default(
        null,
        "",
      ),
    )
    .addOption(
      new Option("--merge <branch>", "look ahead: what would a merge of the whole branch do?").default(null, ""),
    )
    .addOption(new Option("--into <target>", "with --merge: the line, or the main branch").default(null, ""))
    .option("--sarif", "print SARIF 2.1.0, for code scanning", false)
    .option("--no-verify", "run no verify commands")
    .examples(
      "morello check                                     the current line, since its last tag",
      "morello check origin/release/v2.7..HEAD           a branch that is to be merged into v2.7",
      "morello check v2.7 v2.8 --json",
      "morello check --merge feature --into v2.7         are its fixes there already, by pick?",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, what, flags) => {
      const modes = [flags.prePush, flags.staged, flags.message !== null, flags.merge !== null, what.length > 0].filter(
        Boolean,
      );
      if (modes.length > 1)
        throw new AppError(
          "usage",
          "A range or lines, --pre-push, --staged, --message and --merge exclude each other",
          {
            hint: "morello help check",
          },
        );
      const { merge, into } = flags;
      if ((merge === null) !== (into === null))
        throw new AppError("usage", "--merge and --into go together", {
          hint: `morello check --merge ${merge ?? "BRANCH"} --into ${into ?? "LINE"}`,
        });
      if (merge !== null && into !== null) {
        const { runCheckMerge } = await import("../run/check-merge.ts");
        return runCheckMerge(session, { branch: merge, into });
      }
      const { runCheck } = await import("../run/check.ts");
      return runCheck(session, { ...flags, what });
    });
}
