// A repository of a registry as an image store: the OCI distribution protocol, which Docker's registries speak as well.
// Every byte that is read is checked against its digest; a tag is written after all that it names.
import { z } from "zod";
import { AppError } from "../error.ts";
import { attestationPrefix, attestationTag, sharedTag } from "../oci/attestation-tag.ts";
import { isDigest } from "../oci/reference.ts";
import { isImageTag } from "../oci/tag.ts";
import { Index, type Descriptor } from "../oci/schema.ts";
import { checked, checkedManifest, damaged, digestOf, LARGEST_MANIFEST, tooLarge } from "./content.ts";
import { download } from "./download.ts";
import { byDigest, MANIFEST_TYPES, parseManifest, subjectIn, subjectOf, typeOf } from "./manifest.ts";
import { Session, type ReadAnswer, type SessionOptions } from "./session.ts";
import type { Content, ImageStore, Progress, StoredManifest } from "./store.ts";
import { upload } from "./upload.ts";

export interface ClientOptions extends SessionOptions {
  readonly onProgress: (progress: Progress) => void;
}

/** Nothing is asked of the registry until the store is used. */
export function openRegistry(options: ClientOptions): ImageStore {
  return new RegistryStore(options);
}

const TagList = z.looseObject({ tags: z.array(z.string()).nullish() });
/** What registries answer that have no such list; 404 by the specification, the others by what stands before them. */
const WITHOUT_REFERRERS = [400, 404, 405, 406, 501];
/** Pages of a list; a registry that gives more is going in circles. */
const MOST_PAGES = 1000;

class RegistryStore implements ImageStore {
  readonly name: string;
  readonly #session: Session;
  readonly #onProgress: (progress: Progress) => void;
  /** Whether the registry says that it notes subjects; null: nothing was written yet that names one. */
  #tracksSubjects: boolean | null = null;

  constructor(options: ClientOptions) {
    this.#session = new Session(options);
    this.#onProgress = options.onProgress;
    this.name = this.#session.name;
  }

  async manifest(reference: string): Promise<StoredManifest | null> {
    if (!isDigest(reference) && !isImageTag(reference)) return null; // a layout's name, which no registry can have
    const headers = { Accept: MANIFEST_TYPES.join(", ") };
    const ask = { method: "GET", at: this.#path(`manifests/${reference}`), access: "pull", headers } as const;
    const answer = await this.#session.readAll(ask, [200, 404], LARGEST_MANIFEST);
    if (answer.status === 404) return null;
    if (answer.bytes === null) throw tooLarge(reference, this.name);
    const bytes = checkedManifest(answer.bytes, reference, this.name);
    const digest = digestOf(bytes);
    const said = answer.header("docker-content-digest");
    if (said !== null && isDigest(said) && said !== digest) {
      throw damaged(this.name, said, `its bytes have the digest ${digest}`);
    }
    const given = answer.header("content-type")?.split(";")[0]?.trim() ?? "";
    const isTyped = given.startsWith("application/vnd.");
    return { mediaType: isTyped ? given : typeOf(bytes, digest, this.name), digest, bytes };
  }

  hasBlob(digest: string): Promise<boolean> {
    return this.#session.hasBlob(digest);
  }

  async *blob(descriptor: Pick<Descriptor, "digest" | "size">): AsyncGenerator<Uint8Array> {
    const { digest, size } = descriptor;
    let done = 0;
    for await (const chunk of checked(download(this.#session, descriptor), descriptor, this.name)) {
      done += chunk.length;
      this.#onProgress({ direction: "down", digest, done, size });
      yield chunk;
    }
  }

  async putBlob(content: Content, from?: string): Promise<"there" | "mounted" | "written"> {
    if (await this.hasBlob(content.digest)) return "there";
    const { digest, size } = content;
    const onBytes = (done: number): void => this.#onProgress({ direction: "up", digest, done, size });
    return await upload({ session: this.#session, content, from, onBytes });
  }

  async putManifest(manifest: Pick<StoredManifest, "mediaType" | "bytes">, tag: string | null): Promise<string> {
    return (await this.#put(manifest, tag)).digest;
  }

  async putReferrer(manifest: Pick<StoredManifest, "mediaType" | "bytes">, kind: string): Promise<string> {
    const digest = digestOf(manifest.bytes);
    const subject = subjectIn({ ...manifest, digest }, this.name);
    const tag = subject === null ? null : attestationTag(subject, kind, digest);
    if (this.#tracksSubjects !== false) this.#tracksSubjects = (await this.#put(manifest, null)).isTracked;
    if (!this.#tracksSubjects) await this.#put(manifest, tag);
    return digest;
  }

  async tags(): Promise<readonly string[]> {
    const found = new Set<string>();
    for await (const value of this.#pages(this.#path("tags/list?n=1000"), [404])) {
      const page = TagList.safeParse(value);
      for (const tag of page.data?.tags ?? []) found.add(tag);
    }
    return [...found].sort();
  }

  async referrers(digest: string): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    let isTracked = false;
    for await (const value of this.#pages(this.#path(`referrers/${digest}`), WITHOUT_REFERRERS)) {
      isTracked = true;
      const page = Index.safeParse(value);
      if (!page.success) throw damaged(this.name, digest, "the list of its referrers is no index");
      found.push(...page.data.manifests);
    }
    return byDigest(isTracked ? found : await this.#taggedReferrers(digest));
  }

  async close(): Promise<void> {
    this.#session.close();
  }

  /** What others wrote into a shared index, and what stands under a tag of its own. */
  async #taggedReferrers(digest: string): Promise<readonly Descriptor[]> {
    const shared = await this.manifest(sharedTag(digest));
    const parsed = shared === null ? null : parseManifest(shared, this.name);
    const found = parsed?.kind === "index" ? [...parsed.index.manifests] : [];
    const prefix = attestationPrefix(digest);
    for (const tag of (await this.tags()).filter((tag) => tag.startsWith(prefix))) {
      const stored = await this.manifest(tag);
      const referrer = stored === null ? null : subjectOf(stored, digest, this.name);
      if (referrer !== null) found.push(referrer);
    }
    return found;
  }

  async #put({ mediaType, bytes }: Pick<StoredManifest, "mediaType" | "bytes">, tag: string | null) {
    const digest = digestOf(bytes);
    if (bytes.length > LARGEST_MANIFEST) throw tooLarge(digest, this.name);
    if (tag !== null && !isImageTag(tag)) throw noTag(tag, this.name);
    parseManifest({ mediaType, digest, bytes }, this.name);
    const ask = {
      method: "PUT",
      at: this.#path(`manifests/${tag ?? digest}`),
      access: "push",
      headers: { "Content-Type": mediaType },
      body: { size: bytes.length, open: () => [bytes] },
    } as const;
    const answer = await this.#session.request(ask, [200, 201]);
    await answer.discard();
    const said = answer.header("docker-content-digest");
    if (said !== null && said !== digest) throw damaged(this.name, digest, `the registry has it as ${said}`);
    return { digest, isTracked: answer.header("oci-subject") !== null };
  }

  /** Every page of a list, as JSON, by its Link header (RFC 8288); none where the status is one of `none`. */
  async *#pages(first: string, none: readonly number[]): AsyncGenerator<unknown> {
    let at: string | URL | null = first;
    for (let page = 0; at !== null && page < MOST_PAGES; page++) {
      const ask = { method: "GET", at, access: "pull" } as const;
      const answer: ReadAnswer = await this.#session.readAll(ask, [200, ...none], LARGEST_MANIFEST);
      if (answer.status !== 200) return;
      const next = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(answer.header("link") ?? "")?.[1];
      at = next === undefined ? null : new URL(next, answer.url);
      yield parsed(answer.bytes, answer.url.pathname, this.name);
    }
  }

  #path(rest: string): string {
    return `/v2/${this.#session.options.repository}/${rest}`;
  }
}

function parsed(bytes: Buffer | null, what: string, place: string): unknown {
  if (bytes === null) throw tooLarge(what, place);
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw damaged(place, what, "it is no JSON");
  }
}

function noTag(tag: string, place: string): AppError {
  return new AppError("image-reference", `${place} cannot have the tag ${JSON.stringify(tag)}`, {
    hint: "a tag has at most 128 of A-Z a-z 0-9 _ . - and begins with none of . -",
    data: { place, tag },
  });
}
