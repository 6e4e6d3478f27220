// A small Debian as a base in a registry, made without an engine.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeEnvironmentLayer } from "../../src/image/environment-layer.ts";
import { OCI } from "../../src/oci/media-type.ts";
import type { ImageConfig, Manifest } from "../../src/oci/schema.ts";
import { contentOf } from "../../src/registry/content.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { finished } from "../support/process.ts";
import type { Sandbox } from "../support/sandbox.ts";

export interface DebianBase {
  /** OCI layout. */
  readonly directory: string;
  readonly tag: string;
  readonly digest: string;
}

/** Bookworm's minimal system from Debian's archive. */
export async function debianBase(sandbox: Sandbox, epoch: number): Promise<DebianBase> {
  const directory = sandbox.path("debian");
  mkdirSync(directory);
  const rootfs = join(directory, "rootfs.tar");
  const args = ["--mode=root", "--variant=minbase", "--include=ca-certificates", "bookworm", rootfs];
  const env = { ...sandbox.env, SOURCE_DATE_EPOCH: String(epoch), TMPDIR: directory };
  const made = await finished("mmdebstrap", args, { cwd: directory, env });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const range = { file: rootfs, offset: 0, size: statSync(rootfs).size };
  const layer = await writeEnvironmentLayer([range], {
    base: null,
    epoch,
    file: join(directory, "layer.tar.gz"),
    directories: [],
  });
  const config: ImageConfig = {
    created: new Date(epoch * 1000).toISOString(),
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["bash"] },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
    history: [{ created: new Date(epoch * 1000).toISOString(), created_by: "mmdebstrap bookworm" }],
  };
  const store = openLayout({ directory: join(directory, "layout"), name: "oci:debian" });
  const described = contentOf(OCI.config, Buffer.from(JSON.stringify(config)));
  await store.putBlob(described);
  await store.putBlob(layer);
  const part = ({ mediaType, digest, size }: { mediaType: string; digest: string; size: number }) => ({
    mediaType,
    digest,
    size,
  });
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: part(described),
    layers: [part(layer)],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = await store.putManifest({ mediaType: OCI.manifest, bytes }, "bookworm");
  return { directory: join(directory, "layout"), tag: "bookworm", digest };
}
