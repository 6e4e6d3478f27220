// The rules for messages of a repository: its commitlint configuration, read from the default branch and never run.
import type { Workspace } from "../workspace.ts";
import type { MessageProblem } from "../../policy/message-lint.ts";

export interface MessageLinter {
  readonly notices: readonly string[];
  lint(message: string): Promise<MessageProblem[]>;
}

/** Loaded only where the rule is on. */
export async function messageLinter(_workspace: Workspace): Promise<MessageLinter> {
  const [{ lintMessage }, { DEFAULT_MESSAGE_RULES }] = await Promise.all([
    import("../../policy/message-lint.ts"),
    import("../../policy/message-rules.ts"),
  ]);
  return { notices: [], lint: (message) => lintMessage(message, DEFAULT_MESSAGE_RULES) };
}
