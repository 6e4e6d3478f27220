// A base image in an OCI layout: files, variables, and nothing that runs.
import { gzipSync } from "node:zlib";
import { NO_XATTRS } from "../../src/layer/entry.ts";
import { writeTar } from "../../src/layer/tar.ts";
import type { BytePath } from "../../src/object/path.ts";
import { OCI } from "../../src/oci/media-type.ts";
import { contentOf, digestOf } from "../../src/registry/content.ts";
import { openLayout } from "../../src/registry/layout.ts";

export interface BaseFiles {
  /** Lowest layer first: text by path. */
  readonly layers: readonly Readonly<Record<string, string | Buffer>>[];
  readonly env?: readonly string[];
  readonly created?: string;
}

/** Gives the manifest's digest. */
export async function baseImage(directory: string, { layers, env = [], created }: BaseFiles): Promise<string> {
  const store = openLayout({ directory, name: `oci:${directory}` });
  const tars = layers.map((files) =>
    writeTar(
      Object.entries(files).map(([path, text]) => ({
        path: path as BytePath,
        type: "file" as const,
        mode: 420,
        uid: 0,
        gid: 0,
        mtime: 0,
        ...{
          size: Buffer.from(text).length,
          link: "" as BytePath,
          device: null,
          xattrs: NO_XATTRS,
        },
        content: Buffer.from(text),
      })),
    ),
  );
  const packed = tars.map((tar) => contentOf(OCI.layerGzip, gzipSync(tar)));
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const config = contentOf(
    OCI.config,
    json({
      architecture: "amd64",
      os: "linux",
      ...(created === undefined ? {} : { created }),
      config: { Env: env },
      rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
    }),
  );
  for (const blob of [config, ...packed]) await store.putBlob(blob);
  const described = ({ mediaType, digest, size }: { mediaType: string; digest: string; size: number }) => ({
    mediaType,
    digest,
    size,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: described(config),
    layers: packed.map(described),
  };
  return store.putManifest({ mediaType: OCI.manifest, bytes: json(manifest) }, null);
}

/** What dpkg says of a system on which these are installed. */
export function dpkgStatus(installed: Readonly<Record<string, string>>): string {
  return Object.entries(installed)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: ${name}\n`,
    )
    .join("\n");
}
