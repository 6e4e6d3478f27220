import type { CommitRule } from "../rule.ts";

export const messageForm: CommitRule = {
  id: "message-form",
  about: "commit",
  description: "Messages are Conventional Commits, or what the repository's commitlint configuration asks for.",
  severity: "warning",
  hint: "git commit --amend   (type(scope): subject; see https://www.conventionalcommits.org)",
  needs: ["messageProblems"],
  check: ({ messageProblems }) => messageProblems.map(({ rule, message }) => ({ message: `${message} (${rule})` })),
};
