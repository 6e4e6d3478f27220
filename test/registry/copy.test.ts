// Images from store to store: what travels, what does not, and that other tools read what arrives.
import { beforeAll, describe, expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { contentOf } from "../../src/registry/content.ts";
import { copyImage } from "../../src/registry/copy.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { Content, ImageStore } from "../../src/registry/store.ts";
import { finished } from "../support/process.ts";
import { countingProxy, registryServer, type RegistryServer } from "../support/registry.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { described, json, noise, put, testImage, testIndex, type TestImage } from "./images.ts";

const sandbox = fileSandbox();
let server: RegistryServer;
let count = 0;

beforeAll(async () => {
  server = await registryServer(sandbox);
});

function open(text: string): Promise<ImageStore> {
  return openImageStore(parseReference(text), { env: sandbox.env, cwd: sandbox.root });
}

const layout = (): string => `oci:copy-${++count}`;
const repository = (host = server.host): string => `${host}/copies/app-${++count}`;

async function tool(program: string, ...args: string[]): Promise<string> {
  const done = await finished(program, args, { cwd: sandbox.root, env: sandbox.env });
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${done.stderr.toString()}`);
  return done.stdout.toString();
}

const IMAGE = testImage([{ "app/a.txt": "one" }, { "app/b.txt": "two" }]);
const ARM = testImage([{ "app/a.txt": "one" }, { "app/b.txt": "arm" }], { architecture: "arm64" });

async function bothIn(text: string): Promise<ImageStore> {
  const store = await open(text);
  for (const image of [IMAGE, ARM]) await put(store, image, null);
  await store.putManifest(testIndex([IMAGE, ARM]), "v1");
  return store;
}

describe("from a registry to a layout and back", () => {
  test("the digest stays, and skopeo finds the same on both sides", async () => {
    const [first, between, last] = [repository(), layout(), repository()];
    const source = await open(first);
    await put(source, IMAGE, "v1");
    const middle = await open(between);
    const platform = parsePlatform("linux/amd64");
    const there = await copyImage({ from: source, name: "v1", to: middle, tags: ["v1"], platform });
    const back = await copyImage({ from: middle, name: "v1", to: await open(last), tags: ["v1"], platform });
    expect([there.digest, back.digest]).toEqual([IMAGE.descriptor.digest, IMAGE.descriptor.digest]);
    const raw = IMAGE.manifest.bytes.toString();
    expect(await tool("skopeo", "inspect", "--raw", `${between}:v1`)).toBe(raw);
    expect(await tool("skopeo", "inspect", "--raw", "--tls-verify=false", `docker://${last}:v1`)).toBe(raw);
  });

  test("all platforms, as an index", async () => {
    const source = await bothIn(repository());
    const to = layout();
    const target = await open(to);
    const copied = await copyImage({ from: source, name: "v1", to: target, tags: ["v1", "v1.0"], platform: "all" });
    expect(copied).toMatchObject({ mediaType: OCI.index, digest: (await source.manifest("v1"))?.digest });
    expect(copied.blobs).toHaveLength(5); // two configurations, three layers: one is in both images
    expect(await target.tags()).toEqual(["v1", "v1.0"]);
    await tool("skopeo", "copy", "--all", `${to}:v1`, `${layout()}:v1`);
    const arm = await tool("skopeo", "inspect", "--override-arch", "arm64", `${to}:v1`);
    expect((JSON.parse(arm) as { Architecture: string }).Architecture).toBe("arm64");
  });

  test("one platform of an index", async () => {
    const target = await open(layout());
    const request = { from: await bothIn(repository()), name: "v1", to: target, tags: ["v1"] };
    const copied = await copyImage({ ...request, platform: parsePlatform("linux/arm64") });
    expect(copied.digest).toBe(ARM.descriptor.digest);
    expect(copied.blobs).toHaveLength(3);
    expect(await target.manifest(IMAGE.descriptor.digest)).toBeNull();
  });

  test("what skopeo writes is read: an image of Docker's family and a layout of its own", async () => {
    const [text, other] = [repository(), layout()];
    await put(await open(text), testImage([{ "app/a.txt": "docker" }], { family: "docker" }), "v1");
    await tool("skopeo", "copy", "--src-tls-verify=false", `docker://${text}:v1`, `${other}:v1`);
    const target = await open(repository());
    const platform = parsePlatform("linux/amd64");
    const copied = await copyImage({ from: await open(other), name: "v1", to: target, tags: ["v1"], platform });
    expect((await target.manifest("v1"))?.digest).toBe(copied.digest);
  });
});

test("podman pulls an image from a layout", async () => {
  const to = layout();
  await put(await open(to), IMAGE, "v1");
  const roots = ["--root", sandbox.path("podman"), "--runroot", sandbox.path("podman-run")];
  const podman = (...args: string[]): Promise<string> => tool("podman", ...roots, "--storage-driver", "vfs", ...args);
  const id = await podman("pull", "--quiet", `${to}:v1`);
  const layers = await podman("image", "inspect", "--format", "{{json .RootFS.Layers}}", id.trim());
  expect(JSON.parse(layers)).toHaveLength(2);
});

describe("what does not travel", () => {
  test("blobs of a neighbour in the same registry are mounted", async () => {
    const big = testImage([{ "app/big": noise(300_000).toString("latin1") }]);
    const proxy = await countingProxy(sandbox, server.host);
    const source = await open(repository(proxy.host));
    await put(source, big, "v1");
    proxy.reset();
    const to = await open(repository(proxy.host));
    const platform = parsePlatform("linux/amd64");
    const copied = await copyImage({ from: source, name: "v1", to, tags: ["v1"], platform });
    expect(copied.blobs.map((blob) => blob.outcome)).toEqual(["mounted", "mounted"]);
    expect(proxy.up + proxy.down).toBeLessThan(20_000);
    const again = await copyImage({ from: source, name: "v1", to, tags: ["v1"], platform });
    expect(again.blobs.map((blob) => blob.outcome)).toEqual(["there", "there"]);
  });

  test("layers that lie with their maker alone", async () => {
    const source = await open(layout());
    const foreign = { mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ...sized() };
    const config = contentOf(
      OCI.config,
      json({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [foreign.digest] } }),
    );
    await source.putBlob(config);
    const bytes = json({ schemaVersion: 2, mediaType: OCI.manifest, config: described(config), layers: [foreign] });
    await source.putManifest({ mediaType: OCI.manifest, bytes }, "v1");
    const to = await open(layout());
    const copied = await copyImage({ from: source, name: "v1", to, tags: ["v1"], platform: "all" });
    expect(copied.blobs.map((blob) => blob.digest)).toEqual([config.digest]);
  });
});

function sized() {
  const { digest, size } = contentOf("", noise(100));
  return { digest, size };
}

describe("a failure", () => {
  const lacking = (image: TestImage): readonly Content[] => image.blobs.slice(0, -1);

  test("in one blob: no manifest and no tag is written", async () => {
    const source = await open(layout());
    await put(source, IMAGE, "v1");
    const failing: ImageStore = {
      ...bound(source),
      async *blob(descriptor) {
        if (!lacking(IMAGE).some((blob) => blob.digest === descriptor.digest)) throw new Error("the disk is gone");
        yield* source.blob(descriptor);
      },
    };
    const to = await open(repository());
    const platform = parsePlatform("linux/amd64");
    const copying = copyImage({ from: failing, name: "v1", to, tags: ["v1"], platform });
    await expect(copying).rejects.toThrow("the disk is gone");
    expect(await to.tags()).toEqual([]);
    expect(await to.manifest(IMAGE.descriptor.digest)).toBeNull();
  });
});

/** The store's own methods, to be replaced one by one. */
function bound(store: ImageStore): ImageStore {
  return {
    name: store.name,
    manifest: (reference) => store.manifest(reference),
    hasBlob: (digest) => store.hasBlob(digest),
    blob: (descriptor) => store.blob(descriptor),
    putBlob: (content, from) => store.putBlob(content, from),
    putManifest: (manifest, tag) => store.putManifest(manifest, tag),
    putReferrer: (manifest, kind) => store.putReferrer(manifest, kind),
    tags: () => store.tags(),
    referrers: (digest) => store.referrers(digest),
    close: () => store.close(),
  };
}
