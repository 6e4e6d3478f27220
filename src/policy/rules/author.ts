import type { CommitRule } from "../rule.ts";

export const author: CommitRule = {
  id: "author",
  about: "commit",
  description: "A pick keeps the author of its source.",
  severity: "warning",
  hint: "git commit --amend --reset-author --author='NAME <EMAIL>', as the source has it",
  needs: [],
  check: ({ author: own, sourceAuthor, classed }) => {
    if (sourceAuthor === null || classed.moreSources.length > 0) return []; // a squash has one author for many
    if (own.email.toLowerCase() === sourceAuthor.email.toLowerCase()) return [];
    const written = ({ name, email }: { name: string; email: string }): string => `${name} <${email}>`;
    return [
      {
        message: `its author is ${written(own)}, and its source's is ${written(sourceAuthor)}`,
        hint: `git commit --amend --author='${written(sourceAuthor).replaceAll("'", "'\\''")}'`,
      },
    ];
  },
};
