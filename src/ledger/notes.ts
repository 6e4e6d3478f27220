// `refs/notes/morello`: what the ledger says of a commit, copied for people who read `git log --notes=morello`. One
// JSON line each, never the evidence. Made as objects in the scratch repository; whoever transfers them moves the ref.
import type { RefUpdate } from "../git/refs.ts";
import { run } from "../git/run.ts";
import type { Scratch } from "../git/scratch.ts";
import { serialiseCommit } from "../object/commit.ts";
import type { BytePath } from "../object/path.ts";
import { MODE_TREE, serialiseTree, type TreeEntry } from "../object/tree.ts";
import type { Identity } from "../wire/basic.ts";

export const NOTES_REFNAME = "refs/notes/morello";

/** A line on a commit. */
export interface Note {
  readonly commit: string;
  /** Key of the record that says so: a newer note of the record takes an older one's place. */
  readonly key: string;
  readonly text: string;
}

export interface NotedPick {
  /** Key of the `landed` record. */
  readonly key: string;
  /** The line's name. */
  readonly line: string;
  readonly source: string;
  readonly pick: string;
  /** The first version that has it; null until there is one. */
  readonly version: string | null;
}

/** On the source where it went, on the pick where it came from. */
export function notesOf({ key, line, source, pick, version }: NotedPick): Note[] {
  const where = version === null ? "" : `, in ${version}`;
  return [
    { commit: source, key, text: `cherry-picked to ${line} as ${pick}${where}` },
    { commit: pick, key, text: `cherry-picked from ${source}${where}` },
  ];
}

/**
 * Adds notes to what `tip` holds (null: there are none yet) and gives the ref's move. Lines that others wrote stay.
 * `known`: what the ref holds, where `tip` is a merge that was made of it.
 */
export async function addNotes(
  scratch: Scratch,
  tip: string | null,
  notes: readonly Note[],
  who: Identity,
  known: string | null = tip,
): Promise<RefUpdate & { readonly to: string }> {
  const held = await notesAt(scratch, tip);
  const changed = new Map<string, readonly string[]>();
  for (const { commit, key, text } of notes) {
    const lines = changed.get(commit) ?? (await linesOf(scratch, held.get(commit)));
    changed.set(commit, [...lines.filter((line) => keyOf(line) !== key), JSON.stringify({ note: text, key })]);
  }
  const to = await write(scratch, held, changed, tip === null ? [] : [tip], who);
  return { refname: NOTES_REFNAME, expected: known, to };
}

/** Every line of both, each once: no writer loses any. The same as git's `cat_sort_uniq`, so either may merge. */
export async function mergeNotes(scratch: Scratch, ours: string, theirs: string, who: Identity): Promise<string> {
  const [held, other] = await Promise.all([notesAt(scratch, ours), notesAt(scratch, theirs)]);
  const changed = new Map<string, readonly string[]>();
  for (const [commit, blob] of other) {
    const own = held.get(commit);
    if (own === blob) continue;
    const lines = [...(await linesOf(scratch, own)), ...(await linesOf(scratch, blob))];
    changed.set(commit, [...new Set(lines)].sort());
  }
  return write(scratch, held, changed, [ours, theirs], who);
}

/** Annotated object to the blob of its note. */
async function notesAt(scratch: Scratch, tip: string | null): Promise<Map<string, string>> {
  if (tip === null) return new Map();
  const listed = await run(scratch, ["ls-tree", "-r", "-z", tip]);
  const rows = listed.stdout.toString("latin1").split("\0");
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const [, blob = "", path = ""] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
      const oid = path.replaceAll("/", ""); // git spreads many notes over directories of two digits
      return /^[0-9a-f]{40,64}$/.test(oid) ? [[oid, blob]] : [];
    }),
  );
}

async function linesOf(scratch: Scratch, blob: string | undefined): Promise<string[]> {
  if (blob === undefined) return [];
  const found = await scratch.reader.read(blob);
  return (found?.body.toString("utf8") ?? "").split("\n").filter((line) => line.trim() !== "");
}

function keyOf(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    const key = typeof value === "object" && value !== null && "key" in value ? value.key : null;
    return typeof key === "string" ? key : null;
  } catch {
    return null; // somebody's own words
  }
}

async function write(
  scratch: Scratch,
  held: ReadonlyMap<string, string>,
  changed: ReadonlyMap<string, readonly string[]>,
  parents: readonly string[],
  { name, email, date }: Identity,
): Promise<string> {
  const notes = new Map(held);
  for (const [commit, lines] of changed) {
    notes.set(commit, scratch.write("blob", Buffer.from(`${lines.join("\n")}\n`, "utf8")));
  }
  const author = Buffer.from(`${name} <${email}> ${date}`, "utf8").toString("latin1");
  const tree = writeTree(scratch, [...notes]);
  const message = parents.length > 1 ? "notes: merge\n" : "notes: what the ledger says\n";
  return scratch.write("commit", serialiseCommit({ tree, parents, author, committer: author, message }));
}

/** More notes than this go into directories of two digits, as git does it. */
const FLAT = 256;

function writeTree(scratch: Scratch, notes: readonly (readonly [rest: string, blob: string])[]): string {
  const entries = new Map<BytePath, TreeEntry>();
  if (notes.length <= FLAT) {
    for (const [rest, oid] of notes) entries.set(rest as BytePath, { mode: "100644", oid });
  } else {
    const below = new Map<string, (readonly [string, string])[]>();
    for (const [rest, oid] of notes) {
      const start = rest.slice(0, 2);
      const group = below.get(start) ?? [];
      group.push([rest.slice(2), oid]);
      below.set(start, group);
    }
    for (const [start, group] of below)
      entries.set(start as BytePath, { mode: MODE_TREE, oid: writeTree(scratch, group) });
  }
  return scratch.write("tree", serialiseTree(entries));
}
