// What the guard has to look at to judge an update: objects, in quarantine or not, and ancestry.
import { AppError } from "../../error.ts";
import { isAncestor } from "../../git/refs.ts";
import type { ObjectReader } from "../../git/objects.ts";
import { parseTagObject, type Tag } from "../../object/tag.ts";
import type { Workspace } from "../workspace.ts";
import type { Target, UpdateFacts } from "./judge.ts";
import type { Role } from "./role.ts";
import type { Update } from "./updates.ts";

/** Tags of tags of tags: more than anybody makes. */
const DEPTH = 8;

export async function gatherFacts(
  { scratch, main }: Workspace,
  { from, to }: Update,
  role: Role,
  /** Tips of branches once the push is through, by refname. */
  tips: ReadonlyMap<string, string>,
): Promise<UpdateFacts> {
  if (to === null) return { target: null, fastForward: true, onLine: null };
  const moves = role.kind === "line" || role.kind === "main" || role.kind === "log";
  const fastForward = !moves || from === null || (await isAncestor(scratch, from, to));
  if (role.kind !== "release") return { target: null, fastForward, onLine: null };
  const { target, commit } = await targetOf(scratch.reader, to);
  const { line } = role;
  if (line === null || commit === null) return { target, fastForward, onLine: null };
  const reaching = [line.refname, ...(line.open && main !== null ? [main.refname] : [])];
  for (const refname of reaching) {
    const tip = tips.get(refname);
    if (tip !== undefined && (await isAncestor(scratch, commit, tip))) return { target, fastForward, onLine: true };
  }
  return { target, fastForward, onLine: false };
}

async function targetOf(reader: ObjectReader, oid: string): Promise<{ target: Target; commit: string | null }> {
  const outer = await reader.info(oid);
  if (outer === null) return { target: { kind: "missing" }, commit: null };
  if (outer.type !== "tag")
    return { target: { kind: "object", type: outer.type }, commit: outer.type === "commit" ? oid : null };
  const tag = await tagAt(reader, oid);
  const { name } = tag;
  let { object, type } = tag;
  for (let depth = 0; type === "tag" && depth < DEPTH; depth++) ({ object, type } = await tagAt(reader, object));
  return {
    target: { kind: "tag", name, type, signature: { kind: "none" } },
    commit: type === "commit" ? object : null,
  };
}

/** Throws `git-failed` for a tag that is damaged or is not there: nothing is let through that cannot be read. */
async function tagAt(reader: ObjectReader, oid: string): Promise<Tag> {
  const tag = parseTagObject((await reader.read(oid))?.body ?? Buffer.alloc(0));
  if (tag === null) throw new AppError("git-failed", `The tag object ${oid} is damaged or is not there`);
  return tag;
}
