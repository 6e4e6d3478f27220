// Small images for tests: real tar layers, a configuration, a manifest, as bytes.
import { gzipSync } from "node:zlib";
import { DOCKER, OCI } from "../../src/oci/media-type.ts";
import type { Descriptor, ImageConfig } from "../../src/oci/schema.ts";
import { contentOf, digestOf } from "../../src/registry/content.ts";
import type { Content, ImageStore } from "../../src/registry/store.ts";

export interface TestImage {
  readonly blobs: readonly Content[];
  readonly manifest: { readonly mediaType: string; readonly bytes: Buffer };
  readonly descriptor: Descriptor;
}

/** One file a layer: `{ "app/a.txt": "…" }`. */
export function testImage(
  layers: readonly Readonly<Record<string, string>>[],
  options: {
    readonly family?: "oci" | "docker";
    readonly architecture?: string;
    /** What containers of it run with. */
    readonly config?: ImageConfig["config"];
  } = {},
): TestImage {
  const types = options.family === "docker" ? DOCKER : OCI;
  const architecture = options.architecture ?? "amd64";
  const tars = layers.map(tarOf);
  const packed = tars.map((tar) => contentOf(types.layerGzip, gzipSync(tar)));
  const config = contentOf(
    types.config,
    json({
      architecture,
      os: "linux",
      config: options.config ?? {},
      rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
    }),
  );
  const bytes = json({
    schemaVersion: 2,
    mediaType: types.manifest,
    config: described(config),
    layers: packed.map(described),
  });
  const descriptor = {
    mediaType: types.manifest,
    digest: digestOf(bytes),
    size: bytes.length,
    platform: { os: "linux", architecture },
  };
  return { blobs: [config, ...packed], manifest: { mediaType: types.manifest, bytes }, descriptor };
}

export function testIndex(images: readonly TestImage[], family: "oci" | "docker" = "oci"): TestImage["manifest"] {
  const { index: mediaType } = family === "docker" ? DOCKER : OCI;
  return {
    mediaType,
    bytes: json({ schemaVersion: 2, mediaType, manifests: images.map((image) => image.descriptor) }),
  };
}

export async function put(store: ImageStore, image: TestImage, tag: string | null): Promise<string> {
  for (const blob of image.blobs) await store.putBlob(blob);
  return await store.putManifest(image.manifest, tag);
}

/** Bytes that no compression makes smaller, the same every time. */
export function noise(bytes: number, seed = 1): Buffer {
  const out = Buffer.alloc(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    out[at] = state >>> 24;
  }
  return out;
}

export function described({ mediaType, digest, size }: Content): Descriptor {
  return { mediaType, digest, size };
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const body = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write("0ustar\x0000", 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
