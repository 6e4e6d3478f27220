// Object IDs and formats: what git hashes, and how.
import { createHash } from "node:crypto";

export type ObjectFormat = "sha1" | "sha256";
export type ObjectType = "blob" | "tree" | "commit" | "tag";

export function hashObject(format: ObjectFormat, type: ObjectType, body: Uint8Array): string {
  return createHash(format).update(`${type} ${body.length}\0`).update(body).digest("hex");
}

export function hexLength(format: ObjectFormat): number {
  return format === "sha1" ? 40 : 64;
}

export function emptyTree(format: ObjectFormat): string {
  return hashObject(format, "tree", Buffer.alloc(0));
}
