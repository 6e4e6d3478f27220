// Names that would be taken for other names. Pure: a refname and the names that are there in, a reason out.

/** The names that a pushed one is held against. */
export interface Names {
  /** Short names of branches: those there are and those that the push makes. */
  readonly branches: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  /** Short names of what is guarded: lines, the main branch, ledgers. */
  readonly guarded: readonly string[];
  /** Whether a release would be called so, and a line would not. */
  isReleaseName(name: string): boolean;
}

const HEADS = "refs/heads/";
const TAGS = "refs/tags/";

/** Words that git reads as something else than a branch or tag of that name. Source: git-rev-parse, "Specifying revisions". */
const PSEUDO = /^(?:@|(?:[A-Z]+_)*HEAD|AUTO_MERGE|MERGE_AUTOSTASH)$/;
const QUALIFIED = /^(?:refs|heads|tags|remotes)\//;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/**
 * Why a ref that a push makes or moves would be taken for another one; null if it would not. `creates`: names that
 * were there before the guard are not held against what came later.
 */
export function shadowOf(refname: string, creates: boolean, names: Names): string | null {
  if (refname.includes("\ufffd")) return "is no UTF-8, so names that look alike cannot be told apart";
  const branch = refname.startsWith(HEADS) ? refname.slice(HEADS.length) : null;
  const tag = refname.startsWith(TAGS) ? refname.slice(TAGS.length) : null;
  const name = branch ?? tag;
  if (name === null) {
    const short = refname.slice("refs/".length);
    if (names.guarded.includes(short)) return `would be taken for ${HEADS}${short}`;
    return PSEUDO.test(short) ? `would be taken for ${short}` : null;
  }
  if (PSEUDO.test(name)) return `would be taken for ${name}`;
  if (QUALIFIED.test(name)) return "would be taken for a ref by its full name";
  if (OBJECT_ID.test(name)) return "would be taken for an object ID";
  if (name.startsWith("-")) return "would be taken for an option";
  const alike = names.guarded.find((other) => other !== name && folded(other) === folded(name));
  if (alike !== undefined) return `looks like ${HEADS}${alike}`;
  if (branch !== null) {
    const remote = names.guarded.find((other) => branch === `origin/${other}`);
    if (remote !== undefined) return `would be taken for where ${HEADS}${remote} stands in clones`;
    if (creates && names.tags.has(branch)) return `would be taken for ${TAGS}${branch}`;
    return creates && names.isReleaseName(branch) ? "has the name of a release: that is a tag's" : null;
  }
  const shadowed = names.guarded.includes(name) || (creates && names.branches.has(name));
  return shadowed ? `would be taken for ${HEADS}${name}` : null;
}

/** What is left of a name where case, width and what cannot be seen make no difference. */
function folded(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/\p{Cf}|\p{Mn}/gu, "")
    .toLowerCase();
}
