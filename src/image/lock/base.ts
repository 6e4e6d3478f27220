// A base by digest -> the manifest of each platform, and what its file system says of packages: which are installed, which
// system it is, whose signatures it trusts. Layers are read from the top down, and only where somebody asks.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inflated } from "../../layer/flatten.ts";
import { readTar } from "../../layer/tar.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { parseReference } from "../../oci/reference.ts";
import type { Descriptor, ImageConfig, Manifest } from "../../oci/schema.ts";
import { openImageStore, type OpenDeps } from "../../registry/open.ts";
import { readImage } from "../../registry/read-image.ts";
import type { ImageStore } from "../../registry/store.ts";

export interface BaseImage {
  /** Of the platform's manifest. */
  readonly digest: string;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

export interface BaseFacts {
  /** Of /etc/os-release; empty where there is none. */
  readonly osRelease: string;
  /** /var/lib/dpkg/status; empty where there is none. */
  readonly status: Buffer;
  /** Keyrings that apt trusts there, by file name. */
  readonly keyrings: ReadonlyMap<string, Buffer>;
}

/** Throws `image-missing` where it is not there, or not for that platform. `reference`: as morello.yaml has it. */
export async function withBase<T>(
  reference: string,
  platform: string,
  deps: OpenDeps,
  use: (base: BaseImage, store: ImageStore) => Promise<T>,
): Promise<T> {
  const parsed = parseReference(reference);
  const store = await openImageStore(parsed, deps);
  try {
    const { descriptor, manifest, config } = await readImage(store, parsed.digest ?? "", parsePlatform(platform));
    return await use({ digest: descriptor.digest, manifest, config }, store);
  } finally {
    await store.close();
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const STATUS = "var/lib/dpkg/status";
const OS_RELEASE = ["usr/lib/os-release", "etc/os-release"];
const KEYRING =
  /^(?:usr\/share\/keyrings\/[^/]*-archive-(?:keyring|[^/]*)\.(?:gpg|asc)|etc\/apt\/trusted\.gpg\.d\/[^/]+\.(?:gpg|asc))$/;

/** Kept in the cache by digest, since a base's layers are large and never change. */
export async function baseFacts(base: BaseImage, store: ImageStore, cache: string): Promise<BaseFacts> {
  const file = join(cache, "base", `${base.digest.replace("sha256:", "")}.json`);
  const known = readFacts(file);
  if (known !== null) return known;
  const found = new Map<string, Buffer | null>();
  for (const layer of base.manifest.layers.toReversed()) {
    await readLayer(store, layer, found);
    const has = (path: string): boolean => found.get(path) !== undefined;
    if (has(STATUS) && OS_RELEASE.some(has) && [...found.keys()].some((path) => KEYRING.test(path))) break;
  }
  const osRelease = OS_RELEASE.map((path) => found.get(path)).find((bytes) => bytes !== undefined && bytes !== null);
  const facts = {
    osRelease: osRelease?.toString("utf8") ?? "",
    status: found.get(STATUS) ?? Buffer.alloc(0),
    keyrings: new Map(
      [...found].flatMap(([path, bytes]) =>
        KEYRING.test(path) && bytes !== null ? [[path.split("/").at(-1) ?? "", bytes] as const] : [],
      ),
    ),
  };
  writeFacts(file, facts);
  return facts;
}

/** Adds what is not there yet; null: deleted by an upper layer. */
async function readLayer(store: ImageStore, layer: Descriptor, found: Map<string, Buffer | null>): Promise<void> {
  const deleted: string[] = [];
  for await (const entry of readTar(inflated(store.blob(layer)))) {
    const path: string = entry.path;
    const name = path.split("/").at(-1) ?? "";
    if (name.startsWith(".wh.")) {
      const parent = path.slice(0, path.length - name.length);
      deleted.push(name === ".wh..wh..opq" ? parent : `${parent}${name.slice(".wh.".length)}`);
    } else if (
      entry.type === "file" &&
      !found.has(path) &&
      (path === STATUS || OS_RELEASE.includes(path) || KEYRING.test(path))
    )
      found.set(path, await whole(entry.content));
  }
  // Of the layers below, which come next: a deletion does not touch what its own layer holds.
  for (const path of [STATUS, ...OS_RELEASE])
    if (!found.has(path) && deleted.some((gone) => path === gone || path.startsWith(gone.replace(/\/?$/, "/"))))
      found.set(path, null);
}

function readFacts(file: string): BaseFacts | null {
  try {
    const { osRelease, status, keyrings } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    if (typeof osRelease !== "string" || typeof status !== "string" || typeof keyrings !== "object") return null;
    const pairs = Object.entries(keyrings as Record<string, string>);
    return {
      osRelease,
      status: Buffer.from(status, "base64"),
      keyrings: new Map(pairs.map(([name, bytes]) => [name, Buffer.from(bytes, "base64")])),
    };
  } catch {
    return null; // not there, or cut off: it is read from the layers again
  }
}

function writeFacts(file: string, { osRelease, status, keyrings }: BaseFacts): void {
  const pairs = [...keyrings].map(([name, bytes]) => [name, bytes.toString("base64")] as const);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    `${file}.part`,
    JSON.stringify({ osRelease, status: status.toString("base64"), keyrings: Object.fromEntries<string>(pairs) }),
  );
  renameSync(`${file}.part`, file);
}

/** Of the image configuration's variables. */
export function variable(config: ImageConfig, name: string): string | null {
  const found = config.config?.Env?.find((line) => line.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

/** The version of an installed package, without epoch; null: it is not installed. */
export function installedVersion(status: Buffer, name: string): string | null {
  const paragraph = status
    .toString("utf8")
    .split("\n\n")
    .find((text) => text.split("\n")[0] === `Package: ${name}` && /^Status: \S+ \S+ installed$/m.test(text));
  return /^Version: (?:\d+:)?(\S+)$/m.exec(paragraph ?? "")?.[1] ?? null;
}
