// Bytes of an image judged while they pass: digest and size, and how large a manifest may be. Holds no blob in memory.
import { createHash } from "node:crypto";
import { AppError } from "../error.ts";
import type { Descriptor } from "../oci/schema.ts";
import type { Content } from "./store.ts";

/** Bytes. What registries take at most, and the OCI distribution spec names. */
export const LARGEST_MANIFEST = 4 * 1024 * 1024;

/** `sha256:…` of those bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Content that is in memory. */
export function contentOf(mediaType: string, bytes: Uint8Array): Content {
  return {
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
    async *open() {
      yield bytes;
    },
  };
}

/** All bytes of a stream that is known to be small. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/**
 * Passes the bytes on and throws `image-damaged` where they are more than the descriptor says, end early or do not fit
 * the digest: whoever writes them keeps nothing until this has ended well. `place` is for the message: `oci:DIR`.
 */
export async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
  place: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > size) throw damaged(place, digest, `it has more than the ${size} bytes that its descriptor says`);
    hash.update(chunk);
    yield chunk;
  }
  if (seen < size) throw damaged(place, digest, `it ends after ${seen} of ${size} bytes`);
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) throw damaged(place, digest, `its bytes have the digest ${found}`);
}

/** Bytes of a manifest that are asked for by digest: returned as they are, or refused. */
export function checkedManifest(bytes: Buffer, reference: string, place: string): Buffer {
  if (bytes.length > LARGEST_MANIFEST) throw tooLarge(reference, place);
  const found = digestOf(bytes);
  if (reference.startsWith("sha256:") && found !== reference) {
    throw damaged(place, reference, `its bytes have the digest ${found}`);
  }
  return bytes;
}

export function tooLarge(reference: string, place: string): AppError {
  return new AppError(
    "image-damaged",
    `${reference} of ${place} has more than the ${LARGEST_MANIFEST} bytes that a manifest may have`,
    { hint: "no image has a manifest of that size: check the name", data: { place, reference } },
  );
}

export function damaged(place: string, digest: string, why: string): AppError {
  return new AppError("image-damaged", `${digest} of ${place} is damaged: ${why}`, {
    hint: place.startsWith("oci:")
      ? "write the image into a new directory; this one's disk or copy is broken"
      : "run it again; if it stays so, the registry's storage or a proxy before it is broken",
    data: { place, digest },
  });
}

export function missing(place: string, what: string): AppError {
  return new AppError("image-missing", `${what} is not in ${place}`, {
    hint: place.startsWith("oci:")
      ? `cat '${place.slice("oci:".length)}/index.json'`
      : `skopeo list-tags docker://${place}`,
    data: { place, what },
  });
}
