// What an engine makes of a full layer and a diff layer is what our flat table says: buildah's storage is the oracle.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chunksOf } from "../../src/layer/bytes.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../src/layer/flatten.ts";
import { diffLayer, fullLayer, type Layer, type SourceFile } from "../../src/layer/source.ts";
import { hashObject } from "../../src/object/hash.ts";
import { bytePathOf } from "../../src/object/path.ts";
import { OCI } from "../../src/oci/media-type.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { containers } from "../support/containers.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const PLACE = { path: "/opt/app", uid: 1000, gid: 100 };

function file(path: string, text: string, mode = "100644"): SourceFile {
  const bytes = Buffer.from(text);
  return { path: bytePathOf(path), mode, oid: hashObject("sha1", "blob", bytes), bytes };
}

const BEFORE = [
  file("becomes-directory", "1"),
  file("becomes-file/a", "1"),
  file("becomes-link", "1"),
  file("changes", "1"),
  file("gone/deep/a", "1"),
  file("gone/deep/b", "1"),
  file("is-link", "changes", "120000"),
  file("stays/a", "1"),
  file("stays/b", "1"),
  file("tool", "1"),
  file("ünïcode/" + "x".repeat(120), "1"),
];
const AFTER = [
  file("becomes-directory/a", "1"),
  file("becomes-file", "1"),
  file("becomes-link", "changes", "120000"),
  file("changes", "2"),
  file("is-link", "2"),
  file("new/deep/a", "1"),
  file("stays/a", "1"),
  file("tool", "1", "100755"),
  file("ünïcode/" + "x".repeat(120), "2"),
];

async function layout(sandbox: Sandbox, layers: readonly Layer[]): Promise<string> {
  const directory = sandbox.path("image");
  const store = openLayout({ directory, name: "oci:image" });
  const put = async (mediaType: string, bytes: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    await store.putBlob({ mediaType, digest, size: bytes.length, open: () => chunksOf(bytes) });
    return { mediaType, digest, size: bytes.length };
  };
  const described = [];
  for (const { mediaType, bytes } of layers) described.push(await put(mediaType, bytes));
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = await put(OCI.config, Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs })));
  const manifest = { schemaVersion: 2, mediaType: OCI.manifest, config, layers: described };
  await store.putManifest({ mediaType: OCI.manifest, bytes: Buffer.from(JSON.stringify(manifest)) }, "t");
  await store.close();
  return `oci:${directory}:t`;
}

/** One line an entry, as a flat table has it. */
function expected(table: FlatTable): string[] {
  return [...table]
    .map(([path, { type, mode, uid, gid, mtime, digest, link }]) => {
      const name = Buffer.from(path, "latin1").toString();
      return `${name} ${type} ${mode.toString(8)} ${uid}:${gid} ${mtime} ${digest}${link}`;
    })
    .sort();
}

function onDisk(root: string, below = ""): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, path));
    const type = stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "symlink" : "file";
    const link = type === "symlink" ? readlinkSync(join(root, path)) : "";
    const content = type === "file" ? readFileSync(join(root, path)) : null;
    const digest = content === null ? "" : createHash("sha256").update(content).digest("hex");
    const mode = (stat.mode & 0o7777).toString(8);
    const line = `${path} ${type} ${mode} ${stat.uid}:${stat.gid} ${Math.floor(stat.mtimeMs / 1000)} ${digest}${link}`;
    return type === "directory" ? [line, ...onDisk(root, path)] : [line];
  });
}

test("buildah lays out full and diff layer as the flat table says, type for type and time for time", async () => {
  const sandbox = makeSandbox();
  const engine = containers(sandbox);
  const layers = [fullLayer(BEFORE, PLACE), diffLayer(BEFORE, AFTER, PLACE)!];
  let table = emptyTable();
  for (const { bytes } of layers) table = await applyLayer(table, chunksOf(bytes));
  const stored = "localhost/layers:t";
  await engine.run("skopeo", ["copy", "--quiet", await layout(sandbox, layers), `containers-storage:${stored}`]);
  const container = await engine.text("buildah", ["from", stored]);
  const root = await engine.text("buildah", ["mount", container]);
  const ofEngine = new Set(["proc", "sys", "dev", "run", "etc"].map((name) => `${name} `));
  const found = onDisk(root).filter((line) => ![...ofEngine].some((start) => line.startsWith(start)));
  expect(found.sort()).toEqual(expected(table));
  await engine.run("buildah", ["umount", container]);
});
