// The pull request that a commit on main came by, as forges write it when they merge.

const MERGED = /^Merge pull request #(\d{1,7})\b/;
const SQUASHED = /\((?:[\w.-]+\/[\w.-]+)?#(\d{1,7})\)$/;

/** Its number: that of the merge, or the last one in brackets at the subject's end; null if there is none. */
export function pullOf(subject: string): number | null {
  const found = MERGED.exec(subject) ?? SQUASHED.exec(subject);
  return found === null ? null : Number(found[1]);
}
