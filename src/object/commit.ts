// Commits to and from bytes.
import { AppError } from "../error.ts";

/** A commit as bytes cut at its seams: header values and message are undecoded (latin1). */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `Name <email> seconds zone`, bytes as latin1. */
  readonly author: string;
  readonly committer: string;
  /** The `encoding` header, if there is one. */
  readonly encoding: string | null;
  /** Message bytes as latin1. */
  readonly message: string;
}

export function parseCommit(body: Buffer): Commit {
  const raw = body.toString("latin1");
  const end = raw.indexOf("\n\n");
  const head = end < 0 ? raw : raw.slice(0, end);
  const parents: string[] = [];
  const found: Record<string, string> = {};
  for (const line of head.split("\n")) {
    if (line.startsWith(" ")) continue; // continuation of a signature or merge tag
    const space = line.indexOf(" ");
    const key = line.slice(0, space);
    const value = line.slice(space + 1);
    if (key === "parent") parents.push(value);
    else found[key] ??= value;
  }
  const { tree, author, committer, encoding } = found as Partial<Record<string, string>>;
  if (tree === undefined || author === undefined || committer === undefined) {
    throw new AppError("git-failed", "A commit object is damaged: it has no tree, author or committer");
  }
  return { tree, parents, author, committer, encoding: encoding ?? null, message: end < 0 ? "" : raw.slice(end + 2) };
}

/** Serialises a commit without `encoding` header and without signature. Strings are bytes as latin1. */
export function serialiseCommit(commit: Omit<Commit, "encoding">): Buffer {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${commit.committer}`,
  ];
  return Buffer.from(`${head.join("\n")}\n\n${commit.message}`, "latin1");
}
