// `morello check --message`: one commit message, before there is a commit. What a commit-msg hook asks.
import { run } from "../../git/run.ts";
import { policyOf } from "../../line/settings.ts";
import { subjectOf } from "../../object/text.ts";
import { isMet, severityOf } from "../../policy/evaluate.ts";
import type { Problem } from "../../policy/rule.ts";
import { messageForm } from "../../policy/rules/message-form.ts";
import { placeProblems, xLine } from "../../policy/rules/x-line.ts";
import type { CheckOutcome, Violation } from "../../wire/check.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";

const HEADS = "refs/heads/";

/** Takes the file's text as an editor left it: comments and what follows a scissors line do not count. */
export function checkMessage(deps: Deps, written: string): Promise<CheckOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const message = await withoutComments(workspace, written);
    const branch = workspace.head?.startsWith(HEADS) === true ? workspace.head.slice(HEADS.length) : "";
    const settings = policyOf(workspace.config, branch);
    const violations: Violation[] = [];
    const notices: string[] = [];
    const tell = (rule: typeof messageForm, problems: readonly Problem[]): void => {
      const severity = severityOf(rule, settings);
      if (severity === "off") return;
      for (const { message: said, hint } of problems)
        violations.push({
          rule: rule.id,
          severity,
          commit: null,
          subject: subjectOf(message),
          message: said,
          hint: hint ?? rule.hint,
          paths: [],
          waiver: null,
        });
    };
    if (message !== "" && severityOf(messageForm, settings) !== "off") {
      const { messageLinter } = await import("./message-linter.ts");
      const linter = await messageLinter(workspace);
      notices.push(...linter.notices);
      tell(
        messageForm,
        (await linter.lint(message)).map(({ rule, message: said }) => ({ message: `${said} (${rule})` })),
      );
    }
    tell(xLine, placeProblems(message, workspace.repository.objectFormat === "sha256" ? 64 : 40));
    return { kind: "message", violations, notices, ok: isMet(violations) };
  });
}

const SCISSORS = /^. -{24} >8 -{24}$/m;

/** As `git commit` would; which character starts a comment is the user's to say. */
async function withoutComments({ repository }: Workspace, written: string): Promise<string> {
  const [kept = ""] = written.replaceAll("\r\n", "\n").split(SCISSORS);
  return (await run(repository, ["stripspace", "--strip-comments"], { input: kept })).stdout.toString("utf8");
}
