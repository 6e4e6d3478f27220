// Which of the approvals that a commit has count.
import type { CommitFacts } from "./rule.ts";
import type { PolicySettings } from "./settings.ts";

/** Principals, each once: those that may approve, without the commit's own committer and author unless they may. */
export function approversOf(
  { approvals, author, committer }: Pick<CommitFacts, "approvals" | "author" | "committer">,
  { approvers, selfApproval }: PolicySettings,
): string[] {
  const own = selfApproval ? [] : [lower(committer.email), lower(author.email)];
  const may = approvers.map(lower);
  return [...new Set(approvals.map(lower))].filter(
    (principal) => !own.includes(principal) && (may.length === 0 || may.includes(principal)),
  );
}

function lower(email: string): string {
  return email.toLowerCase();
}
