// A census of a directory: proves that a command changed nothing at all, not even a time stamp.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats } from "node:fs";

export interface Census {
  /** Equal for equal directories. */
  readonly digest: string;
  /** Paths (bytes, one char each) to what is known of them. */
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Counts everything below a directory: paths, modes, sizes, times of change, content. The times of directories are
 * counted too, so that a file that came and went shows. A repository's path takes in its git directory.
 */
export function objectCensus(directory: string): Census {
  const entries = new Map<string, string>();
  const visit = (path: Buffer): void => {
    const stat = lstatSync(path, { bigint: true });
    const key = path.toString("latin1").slice(Buffer.byteLength(directory) + 1);
    entries.set(key, `${stat.mode.toString(8)} ${stat.size} ${stat.mtimeNs} ${stat.ino} ${content(path, stat)}`);
    if (!stat.isDirectory()) return;
    const names = readdirSync(path, { encoding: "buffer" }).sort((a, b) => a.compare(b));
    for (const name of names) visit(Buffer.concat([path, Buffer.from("/"), name]));
  };
  visit(Buffer.from(directory));
  return { digest: digestOf(JSON.stringify([...entries])), entries };
}

/** What differs, a line each: `added …`, `removed …`, `changed …`. */
export function censusChanges(before: Census, after: Census): string[] {
  const changes: string[] = [];
  for (const [path, known] of before.entries) {
    const now = after.entries.get(path);
    if (now === undefined) changes.push(`removed ${path}`);
    else if (now !== known) changes.push(`changed ${path === "" ? "." : path}`);
  }
  for (const path of after.entries.keys()) if (!before.entries.has(path)) changes.push(`added ${path}`);
  return changes.sort();
}

function content(path: Buffer, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return digestOf(readlinkSync(path, { encoding: "buffer" }));
  return stat.isFile() ? digestOf(readFileSync(path)) : "";
}

function digestOf(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
