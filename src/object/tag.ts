// Annotated tags to and from bytes.
import type { ObjectType } from "./hash.ts";

/** A tag object as bytes cut at its seams (latin1). */
export interface Tag {
  readonly object: string;
  readonly type: ObjectType;
  readonly name: string;
  /** `Name <email> seconds zone`; old tags have none. */
  readonly tagger: string | null;
  /** With the signature, if there is one: git puts it at the end. */
  readonly message: string;
}

/** Null if the bytes are no tag. */
export function parseTagObject(body: Buffer): Tag | null {
  const raw = body.toString("latin1");
  const found = /^object ([0-9a-f]+)\ntype (blob|tree|commit|tag)\ntag ([^\n]*)\n(?:tagger ([^\n]*)\n)?/.exec(raw);
  if (found === null) return null;
  const [head, object = "", type, name = "", tagger] = found;
  const end = raw.indexOf("\n\n", head.length - 1);
  return {
    object,
    type: type as ObjectType,
    name,
    tagger: tagger ?? null,
    message: end < 0 ? "" : raw.slice(end + 2),
  };
}

/** Serialises a tag without signature: what is signed, and what a signature is appended to. */
export function serialiseTag({ object, type, name, tagger, message }: Tag): Buffer {
  const head = [`object ${object}`, `type ${type}`, `tag ${name}`, ...(tagger === null ? [] : [`tagger ${tagger}`])];
  return Buffer.from(`${head.join("\n")}\n\n${message}`, "latin1");
}
