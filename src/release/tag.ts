// The annotated tag of a release: its bytes, signed where git is configured to, and how a tag that is there compares.
import type { Scratch } from "../git/scratch.ts";
import type { Signer } from "../git/sign.ts";
import { parseTagObject, serialiseTag } from "../object/tag.ts";
import type { Identity } from "../wire/basic.ts";

export interface ReleaseTag {
  /** Short name. */
  readonly name: string;
  readonly commit: string;
  readonly tagger: Identity;
  /** UTF-8 text that ends in a newline. */
  readonly message: string;
}

/**
 * Writes the tag object to the scratch repository. The same tag gives the same object, as far as its signer does. git
 * appends a tag's signature to the message, in SHA-256 repositories too.
 */
export async function writeTag(
  scratch: Scratch,
  { name, commit, tagger, message }: ReleaseTag,
  signer: Signer | null,
): Promise<{ readonly oid: string; readonly bytes: Buffer }> {
  const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  const body = serialiseTag({
    object: commit,
    type: "commit",
    name: bytesOf(name),
    tagger: `${bytesOf(`${tagger.name} <${tagger.email}>`)} ${tagger.date}`,
    message: bytesOf(message),
  });
  const bytes = signer === null ? body : Buffer.concat([body, Buffer.from(await signer.sign(body), "latin1")]);
  return { oid: scratch.write("tag", bytes), bytes };
}

/** The commit that an annotated tag names; null if the object is no tag, or one of something else. */
export async function taggedCommit(scratch: Scratch, tag: string): Promise<string | null> {
  const found = await scratch.reader.read(tag);
  const parsed = found?.type === "tag" ? parseTagObject(found.body) : null;
  return parsed?.type === "commit" ? parsed.object : null;
}
