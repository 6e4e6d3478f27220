// Reads commits with their patches: one `git log` for thousands of commits, its output handed on as it comes.
import { once } from "node:events";
import { runFailure, spawnFailure, start, type GitContext } from "./run.ts";

/**
 * Fields of a commit's header between NULs: object ID, parents, author's name and email, author and committer time,
 * message after a byte 2. It begins with byte 1 and ends with a NUL at the end of a line, for `DiffScanner`.
 */
const FORMAT = "--format=%x01%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%x02%B%x00";

const ARGS = [
  "log",
  "--stdin",
  "--no-walk=unsorted", // these commits, in this order
  FORMAT,
  "--encoding=UTF-8",
  "--no-color",
  "--no-decorate",
  "--no-notes",
  "--no-show-signature",
];

const PATCH = [
  "--patch",
  "--unified=0", // context is a quarter of the output, and git can be asked for it again
  "--root",
  "--no-renames",
  "--full-index", // shortening object IDs costs a search each
  "--irreversible-delete", // a deleted file is named, not listed
  "--no-ext-diff",
  "--no-textconv",
  "--submodule=short",
  "--src-prefix=a/",
  "--dst-prefix=b/",
];

/** `none`: headers only. `first-parent`: merges too, against their first parent. */
export type PatchKind = "ordinary" | "first-parent" | "none";

/** `complete` is false if git died on a commit: its output ends there, and `stderr` holds its last words. */
export async function logPatches(
  context: GitContext,
  commits: readonly string[],
  kind: PatchKind,
  onData: (chunk: Buffer) => void,
): Promise<{ readonly complete: boolean; readonly stderr: string }> {
  const patch = kind === "none" ? ["--no-patch"] : PATCH;
  const merges = kind === "first-parent" ? ["--diff-merges=first-parent"] : ["--diff-merges=off"]; // 2.31
  const args = [...ARGS, ...patch, ...merges];
  const child = start(context, args);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  child.stdout?.on("data", onData);
  child.stdin?.on("error", () => undefined); // EPIPE: the exit status says more
  const closed = once(child, "close").catch((cause: Error) => {
    throw spawnFailure("git", cause);
  });
  child.stdin?.end(`${commits.join("\n")}\n`);
  const [status] = (await closed) as [number | null];
  if (status === 0) return { complete: true, stderr };
  if (status === 128 && stderr.includes("fatal:")) return { complete: false, stderr };
  throw runFailure("git", args, { status: status ?? 255, stdout: Buffer.alloc(0), stderr });
}
