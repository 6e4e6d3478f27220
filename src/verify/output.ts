// Keeps what verify commands wrote: a file each under Morello's directory, the oldest of them removed.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statePath } from "../apply/state.ts";
import type { Repository } from "../git/repository.ts";
import type { Tail } from "./tail.ts";

/** Files that are kept; each is at most as long as a tail. */
const KEPT = 50;

export interface OutputOf {
  readonly line: string;
  readonly tree: string;
  readonly command: string;
}

/** The file's path; null where the repository cannot be written to. The same line, tree and command have one file. */
export function keepOutput(repository: Repository, of: OutputOf, output: Tail): string | null {
  const directory = statePath(repository, "verify");
  const path = join(directory, nameOf(of));
  const cut = output.dropped === 0 ? "" : `(${output.dropped} bytes before this were not kept)\n`;
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, Buffer.concat([Buffer.from(cut), output.bytes]));
    prune(directory);
    return path;
  } catch {
    return null; // the verdict counts, not its minutes
  }
}

/** `release-v2.7-0123456789ab-89abcdef.txt`: a line's name can hold what a file's name cannot, and be longer. */
function nameOf({ line, tree, command }: OutputOf): string {
  const readable = line.replace(/[^\w.-]+/g, "-").slice(0, 60);
  const digest = createHash("sha256").update(`${line}\0${tree}\0${command}`).digest("hex");
  return `${readable}-${tree.slice(0, 12)}-${digest.slice(0, 8)}.txt`;
}

function prune(directory: string): void {
  const files = readdirSync(directory).map((name) => join(directory, name));
  if (files.length <= KEPT) return;
  const byAge = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(KEPT)) rmSync(file, { force: true });
}
