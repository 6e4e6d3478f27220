// Small images in a layout on disk, as tests of differences need them: entries, configuration and wrapping as given.
import { createHash } from "node:crypto";
import { NO_XATTRS, type TarEntry } from "../../../src/layer/entry.ts";
import { gzip } from "../../../src/layer/gzip.ts";
import { writeTar } from "../../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../../src/object/path.ts";
import { DOCKER, OCI } from "../../../src/oci/media-type.ts";
import { openLayout } from "../../../src/registry/layout.ts";
import type { Sandbox } from "../../support/sandbox.ts";

/** 2026-01-01T00:00:00Z: when the images say that they were created. */
export const EPOCH = 1_767_225_600;

export function file(path: string, content: string | Uint8Array = "", other: Partial<TarEntry> = {}): TarEntry {
  const bytes = Buffer.from(content as Uint8Array);
  return {
    path: bytePathOf(path),
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: EPOCH - 100,
    size: bytes.length,
    link: "" as BytePath,
    device: null,
    xattrs: NO_XATTRS,
    content: bytes,
    ...other,
  };
}

export const link = (path: string, target: string): TarEntry =>
  file(path, "", { type: "symlink", mode: 0o777, link: bytePathOf(target) });

export interface ImageInput {
  /** Lowest first; a tar as bytes, or its entries. */
  readonly layers: readonly (readonly TarEntry[] | Buffer)[];
  readonly family?: "oci" | "docker";
  readonly compress?: (tar: Buffer) => Buffer;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** White space in the configuration's JSON. */
  readonly indent?: number;
}

/** Puts the image into the layout `name` under the tag `t`, and gives its reference. */
export async function image(sandbox: Sandbox, name: string, input: ImageInput): Promise<string> {
  const { layers, family = "oci", compress = gzip, config = {}, annotations, indent } = input;
  const types = family === "oci" ? OCI : DOCKER;
  const directory = sandbox.path(name);
  const store = openLayout({ directory, name: `oci:${directory}` });
  const put = async (mediaType: string, bytes: Buffer) => {
    const content = { mediaType, digest: digestOf(bytes), size: bytes.length };
    await store.putBlob({
      ...content,
      open: async function* () {
        yield bytes;
      },
    });
    return content;
  };
  const tars = layers.map((layer) => (Buffer.isBuffer(layer) ? layer : writeTar(layer)));
  const written = [];
  for (const tar of tars) written.push(await put(types.layerGzip, compress(tar)));
  const configured = {
    created: new Date(EPOCH * 1000).toISOString(),
    architecture: "amd64",
    os: "linux",
    config: {},
    history: tars.map((_, at) => ({ created: new Date(EPOCH * 1000).toISOString(), created_by: `step ${at}` })),
    ...config,
    rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: await put(types.config, Buffer.from(JSON.stringify(configured, null, indent))),
    layers: written,
    ...(annotations === undefined ? {} : { annotations }),
  };
  await store.putManifest({ mediaType: types.manifest, bytes: Buffer.from(JSON.stringify(manifest)) }, "t");
  await store.close();
  return `oci:${directory}:t`;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
