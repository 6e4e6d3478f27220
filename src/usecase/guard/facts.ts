// What the guard has to look at to judge an update: objects, in quarantine or not, and ancestry.
import { AppError } from "../../error.ts";
import { isAncestor } from "../../git/refs.ts";
import type { ObjectReader } from "../../git/objects.ts";
import { openLog } from "../../ledger/log.ts";
import { logRefname, tagPath } from "../../ledger/place.ts";
import { hashObject } from "../../object/hash.ts";
import { parseTagObject, type Tag } from "../../object/tag.ts";
import type { Workspace } from "../workspace.ts";
import type { Signature, Target, UpdateFacts } from "./judge.ts";
import type { Role } from "./role.ts";
import { tagSignature, type Trusted } from "./signatures.ts";
import type { Update } from "./updates.ts";

/** Tags of tags of tags: more than anybody makes. */
const DEPTH = 8;

/** A push as a whole: what its parts are looked at with. */
export interface Push {
  readonly workspace: Workspace;
  /** Objects by refname, once the push is through. */
  readonly tips: ReadonlyMap<string, string>;
  readonly trusted: Trusted;
}

/** Looks at no more than the judgement of that role needs. Throws `git-failed`, `object-missing`. */
export async function gatherFacts(push: Push, { refname, from, to }: Update, role: Role): Promise<UpdateFacts> {
  const { scratch, main } = push.workspace;
  if (to === null) return { target: null, fastForward: true, onLine: null, released: null };
  const moves = role.kind === "line" || role.kind === "main" || role.kind === "log";
  const fastForward = !moves || from === null || (await isAncestor(scratch, from, to));
  if (role.kind !== "release") return { target: null, fastForward, onLine: null, released: null };
  const { target, commit } = await targetOf(push, to, role.policy.signed);
  const { line } = role;
  const released = line === null ? null : await releasedAs(push, line.name, refname);
  const facts = { target, fastForward, released };
  if (line === null || commit === null) return { ...facts, onLine: null };
  const reaching = [line.refname, ...(line.open && main !== null ? [main.refname] : [])];
  for (const branch of reaching) {
    const tip = push.tips.get(branch);
    if (tip !== undefined && (await isAncestor(scratch, commit, tip))) return { ...facts, onLine: true };
  }
  return { ...facts, onLine: false };
}

/** A release that was recorded stays what it was, also where its tag was taken away. */
async function releasedAs({ workspace, tips }: Push, line: string, refname: string): Promise<string | null> {
  const pushed = tips.get(logRefname(line, true)) ?? tips.get(logRefname(line, false));
  const tip = pushed ?? (await openLog(workspace, line, workspace.config.ledger.publish)).tip;
  const kept = tip === null ? null : await workspace.scratch.reader.read(`${tip}:${tagPath(refname)}`);
  return kept?.type === "blob" ? hashObject(workspace.repository.objectFormat, "tag", kept.body) : null;
}

async function targetOf(
  { workspace, trusted }: Push,
  oid: string,
  signed: boolean,
): Promise<{ target: Target; commit: string | null }> {
  const { reader } = workspace.scratch;
  const outer = await reader.info(oid);
  if (outer === null) return { target: { kind: "missing" }, commit: null };
  if (outer.type !== "tag")
    return { target: { kind: "object", type: outer.type }, commit: outer.type === "commit" ? oid : null };
  const { tag, body } = await tagAt(reader, oid);
  let { object, type } = tag;
  for (let depth = 0; type === "tag" && depth < DEPTH; depth++) ({ object, type } = (await tagAt(reader, object)).tag);
  const signature = signed ? await tagSignature(workspace, trusted, oid, body) : NO_SIGNATURE;
  return {
    target: { kind: "tag", name: tag.name, type, signature },
    commit: type === "commit" ? object : null,
  };
}

const NO_SIGNATURE: Signature = { kind: "none" };

/** Throws `git-failed` for a tag that is damaged or is not there: nothing is let through that cannot be read. */
async function tagAt(reader: ObjectReader, oid: string): Promise<{ readonly tag: Tag; readonly body: Buffer }> {
  const body = (await reader.read(oid))?.body ?? Buffer.alloc(0);
  const tag = parseTagObject(body);
  if (tag === null) throw new AppError("git-failed", `The tag object ${oid} is damaged or is not there`);
  return { tag, body };
}
