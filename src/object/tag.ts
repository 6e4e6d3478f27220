// Annotated tags from bytes.
import { AppError } from "../error.ts";
import type { ObjectType } from "./hash.ts";

/** An annotated tag as bytes cut at its seams; values are undecoded (latin1). */
export interface Tag {
  readonly object: string;
  readonly type: ObjectType;
  /** The name that the tag gives itself; its ref may have another. */
  readonly name: string;
  /** `Name <email> seconds zone`; null in tags of git's first years. */
  readonly tagger: string | null;
  /** Message bytes as latin1, signature and all. */
  readonly message: string;
}

export function parseTagObject(body: Buffer): Tag {
  const raw = body.toString("latin1");
  const end = raw.indexOf("\n\n");
  const found: Record<string, string> = {};
  for (const line of (end < 0 ? raw : raw.slice(0, end)).split("\n")) {
    const space = line.indexOf(" ");
    found[line.slice(0, space)] ??= line.slice(space + 1);
  }
  const { object, type, tag, tagger } = found as Partial<Record<string, string>>;
  if (object === undefined || type === undefined || tag === undefined)
    throw new AppError("git-failed", "A tag object is damaged: it has no object, type or name");
  return {
    object,
    type: type as ObjectType,
    name: tag,
    tagger: tagger ?? null,
    message: end < 0 ? "" : raw.slice(end + 2),
  };
}
