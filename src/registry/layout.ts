// An OCI image layout on disk as an image store: what skopeo, podman and docker load read. Tags are the names in its index.
// Never changes a blob that is right; never names an image of which a part is missing.
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { attestationTag } from "../oci/attestation-tag.ts";
import { isDigest } from "../oci/reference.ts";
import type { Descriptor } from "../oci/schema.ts";
import { checked, checkedManifest, damaged, digestOf, missing, tooLarge, LARGEST_MANIFEST } from "./content.ts";
import {
  blobPath,
  blobSize,
  ensureLayout,
  readIndex,
  updateIndex,
  writeWhole,
  type LayoutPlace,
} from "./layout-files.ts";
import { byDigest, partsOf, subjectIn, subjectOf, typeOf } from "./manifest.ts";
import type { Content, ImageStore, StoredManifest } from "./store.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

/** The directory need not be there: reading finds nothing, writing makes it. */
export function openLayout(place: LayoutPlace): ImageStore {
  return new LayoutStore(place);
}

class LayoutStore implements ImageStore {
  readonly name: string;
  readonly #place: LayoutPlace;

  constructor(place: LayoutPlace) {
    this.#place = place;
    this.name = place.name;
  }

  async manifest(reference: string): Promise<StoredManifest | null> {
    const { manifests } = readIndex(this.#place);
    const listed = manifests.find((entry) =>
      isDigest(reference) ? entry.digest === reference : nameOf(entry) === reference,
    );
    if (listed === undefined && !isDigest(reference)) return null;
    const digest = listed?.digest ?? reference;
    const size = blobSize(this.#place, digest);
    if (size === null && listed === undefined) return null;
    if (size === null) throw damaged(this.name, digest, "the index names it, and it is missing");
    if (size > LARGEST_MANIFEST) throw tooLarge(reference, this.name);
    const bytes = checkedManifest(readFileSync(this.#path(digest)), digest, this.name);
    return { mediaType: listed?.mediaType ?? typeOf(bytes, digest, this.name), digest, bytes };
  }

  async hasBlob(digest: string): Promise<boolean> {
    readIndex(this.#place);
    return blobSize(this.#place, digest) !== null;
  }

  async *blob(descriptor: Pick<Descriptor, "digest" | "size">): AsyncGenerator<Uint8Array> {
    readIndex(this.#place);
    if (blobSize(this.#place, descriptor.digest) === null) throw missing(this.name, descriptor.digest);
    const file = createReadStream(this.#path(descriptor.digest));
    yield* checked(file as AsyncIterable<Buffer>, descriptor, this.name);
  }

  async putBlob(content: Content): Promise<"there" | "written"> {
    await ensureLayout(this.#place);
    if (blobSize(this.#place, content.digest) === content.size) return "there";
    await writeWhole(this.#place, blobPath(content.digest), checked(content.open(), content, this.name));
    return "written";
  }

  async putManifest({ mediaType, bytes }: Pick<StoredManifest, "mediaType" | "bytes">, tag: string | null) {
    const digest = digestOf(bytes);
    if (bytes.length > LARGEST_MANIFEST) throw tooLarge(digest, this.name);
    const absent = partsOf({ mediaType, digest, bytes }, this.name).find(
      (part) => blobSize(this.#place, part.digest) === null,
    );
    if (absent !== undefined) throw missing(this.name, `${absent.digest}, a part of ${tag ?? digest},`);
    await ensureLayout(this.#place);
    if (blobSize(this.#place, digest) !== bytes.length) await writeWhole(this.#place, blobPath(digest), [bytes]);
    if (tag === null) return digest;
    const entry: Descriptor = { mediaType, digest, size: bytes.length, annotations: { [REF_NAME]: tag } };
    await updateIndex(this.#place, (index) => {
      const others = index.manifests.filter((other) => nameOf(other) !== tag);
      return { ...index, manifests: [...others, entry] };
    });
    return digest;
  }

  async putReferrer(manifest: Pick<StoredManifest, "mediaType" | "bytes">, kind: string): Promise<string> {
    const digest = digestOf(manifest.bytes);
    const subject = subjectIn({ ...manifest, digest }, this.name);
    return await this.putManifest(manifest, subject === null ? null : attestationTag(subject, kind, digest));
  }

  async tags(): Promise<readonly string[]> {
    const names = readIndex(this.#place).manifests.map(nameOf);
    return [...new Set(names.filter((name) => name !== null))].sort();
  }

  async referrers(digest: string): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    for (const { digest: listed } of readIndex(this.#place).manifests) {
      const stored = await this.manifest(listed);
      if (stored === null) continue;
      const referrer = subjectOf(stored, digest, this.name);
      if (referrer !== null) found.push(referrer);
    }
    return byDigest(found);
  }

  async close(): Promise<void> {}

  #path(digest: string): string {
    return join(this.#place.directory, blobPath(digest));
  }
}

function nameOf({ annotations }: Descriptor): string | null {
  return annotations?.[REF_NAME] ?? null;
}
