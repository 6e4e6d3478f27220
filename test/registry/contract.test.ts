// What every image store promises, asked of a layout on disk and of a real registry.
import { beforeAll, describe, expect, test } from "vitest";
import { DOCKER, OCI } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { collect, contentOf, digestOf } from "../../src/registry/content.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { Content, ImageStore } from "../../src/registry/store.ts";
import { registryServer, type RegistryServer } from "../support/registry.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { described, json, noise, put, testImage, testIndex } from "./images.ts";

const sandbox = fileSandbox();
let server: RegistryServer;
let count = 0;

beforeAll(async () => {
  server = await registryServer(sandbox);
});

const KINDS = {
  layout: () => `oci:layout-${++count}`,
  registry: () => `${server.host}/team/app-${++count}`,
};

const IMAGE = testImage([{ "app/a.txt": "one" }, { "app/b.txt": "two" }]);

describe.each(["layout", "registry"] as const)("%s", (kind) => {
  const open = (): Promise<ImageStore> =>
    openImageStore(parseReference(KINDS[kind]()), { env: sandbox.env, cwd: sandbox.root });

  test("where nothing was written, nothing is there", async () => {
    const store = await open();
    expect(await store.manifest("v1")).toBeNull();
    expect(await store.manifest(IMAGE.descriptor.digest)).toBeNull();
    expect(await store.hasBlob(IMAGE.descriptor.digest)).toBe(false);
    expect(await store.tags()).toEqual([]);
    expect(await store.referrers(IMAGE.descriptor.digest)).toEqual([]);
    await store.close();
  });

  test("an image is read back by tag and by digest, to the byte", async () => {
    const store = await open();
    const digest = await put(store, IMAGE, "v1");
    const wanted = { ...IMAGE.manifest, digest };
    expect(await store.manifest("v1")).toEqual(wanted);
    expect(await store.manifest(digest)).toEqual(wanted);
    for (const blob of IMAGE.blobs) {
      expect(await store.hasBlob(blob.digest)).toBe(true);
      expect(digestOf(await collect(store.blob(blob)))).toBe(blob.digest);
    }
    await store.close();
  });

  test("a blob that is there is not written again", async () => {
    const store = await open();
    const blob = contentOf(OCI.layerGzip, noise(1000));
    expect(await store.putBlob(blob)).toBe("written");
    expect(await store.putBlob(blob)).toBe("there");
    await store.close();
  });

  test("a blob of many megabytes, and one of none", async () => {
    const store = await open();
    for (const blob of [contentOf(OCI.layer, noise(9_000_001)), contentOf(OCI.layer, new Uint8Array())]) {
      expect(await store.putBlob(blob)).toBe("written");
      expect(digestOf(await collect(store.blob(blob)))).toBe(blob.digest);
    }
    await store.close();
  });

  test("a tag is moved by writing it again, and the other image stays", async () => {
    const store = await open();
    const other = testImage([{ "app/a.txt": "three" }]);
    const first = await put(store, IMAGE, "v1");
    const second = await put(store, other, "v1");
    expect((await store.manifest("v1"))?.digest).toBe(second);
    expect((await store.manifest(first))?.digest).toBe(first);
    await store.close();
  });

  test("tags come in order, without what was written by digest alone", async () => {
    const store = await open();
    await put(store, testImage([{ "app/a.txt": "untagged" }]), null);
    for (const tag of ["v2", "v10", "latest"]) await put(store, IMAGE, tag);
    expect(await store.tags()).toEqual(["latest", "v10", "v2"]);
    await store.close();
  });

  test("Docker's family keeps its media types", async () => {
    const store = await open();
    await put(store, testImage([{ "app/a.txt": "one" }], { family: "docker" }), "v1");
    expect((await store.manifest("v1"))?.mediaType).toBe(DOCKER.manifest);
    await store.close();
  });

  test("an index of two platforms", async () => {
    const store = await open();
    const images = [IMAGE, testImage([{ "app/a.txt": "arm" }], { architecture: "arm64" })];
    for (const image of images) await put(store, image, null);
    const index = testIndex(images);
    const digest = await store.putManifest(index, "v1");
    expect(await store.manifest("v1")).toEqual({ ...index, digest });
    expect(await store.tags()).toEqual(["v1"]);
    await store.close();
  });

  test("a manifest of which a blob is missing is refused, and no tag is made", async () => {
    const store = await open();
    const [config, first] = IMAGE.blobs as [Content, Content, Content];
    await store.putBlob(config);
    await store.putBlob(first);
    await expect(store.putManifest(IMAGE.manifest, "v1")).rejects.toMatchObject({ code: "image-missing" });
    expect(await store.manifest("v1")).toBeNull();
    expect(await store.tags()).toEqual([]);
    await store.close();
  });

  test("an index of which an image is missing is refused", async () => {
    const store = await open();
    await expect(store.putManifest(testIndex([IMAGE]), "v1")).rejects.toMatchObject({ code: "image-missing" });
    expect(await store.manifest("v1")).toBeNull();
    await store.close();
  });

  test("a blob that is missing, or has another size", async () => {
    const store = await open();
    const blob = contentOf(OCI.layer, noise(1000));
    await expect(collect(store.blob(blob))).rejects.toMatchObject({ code: "image-missing" });
    await store.putBlob(blob);
    for (const size of [999, 1001]) {
      await expect(collect(store.blob({ digest: blob.digest, size }))).rejects.toMatchObject({ code: "image-damaged" });
    }
    await store.close();
  });

  test.each<[string, (blob: Content) => Content]>([
    ["other bytes", (blob) => ({ ...blob, digest: digestOf(Buffer.from("other")) })],
    ["fewer bytes", (blob) => ({ ...blob, size: blob.size + 1 })],
    ["more bytes", (blob) => ({ ...blob, size: blob.size - 1 })],
  ])("content with %s than its descriptor says is not kept", async (_, spoil) => {
    const store = await open();
    for (const size of [1000, 5_000_000]) {
      const blob = spoil(contentOf(OCI.layer, noise(size)));
      await expect(store.putBlob(blob)).rejects.toMatchObject({ code: "image-damaged" });
      expect(await store.hasBlob(blob.digest)).toBe(false);
    }
    await store.close();
  });

  test("content whose source fails in the middle is not kept", async () => {
    const store = await open();
    const blob = contentOf(OCI.layer, noise(5_000_000));
    const failing = {
      ...blob,
      async *open() {
        yield noise(2_000_000);
        throw new Error("the source is gone");
      },
    };
    await expect(store.putBlob(failing)).rejects.toThrow("the source is gone");
    expect(await store.hasBlob(blob.digest)).toBe(false);
    await store.close();
  });

  test("a name that no tag can be is not there", async () => {
    const store = await open();
    await put(store, IMAGE, "v1");
    for (const name of ["", "../v1", "v1?x", `sha256:${"g".repeat(64)}`]) expect(await store.manifest(name)).toBeNull();
    await store.close();
  });

  test("two attestations of one image are both found, each under a tag of its own", async () => {
    const store = await open();
    await put(store, IMAGE, "v1");
    const { digest } = IMAGE.descriptor;
    const empty = contentOf(OCI.empty, Buffer.from("{}"));
    await store.putBlob(empty);
    const written: string[] = [];
    for (const kind of ["sbom", "provenance"]) {
      const bytes = json({
        schemaVersion: 2,
        mediaType: OCI.manifest,
        artifactType: `application/vnd.example.${kind}`,
        config: described(empty),
        layers: [described(empty)],
        subject: IMAGE.descriptor,
        annotations: { kind },
      });
      written.push(await store.putReferrer({ mediaType: OCI.manifest, bytes }, kind));
    }
    const found = await store.referrers(digest);
    expect(found.map((descriptor) => descriptor.digest)).toEqual([...written].sort());
    const typed = new Map(found.map((descriptor) => [descriptor.digest, descriptor.artifactType]));
    expect(written.map((digest) => typed.get(digest))).toEqual([
      "application/vnd.example.sbom",
      "application/vnd.example.provenance",
    ]);
    const short = (at: number): string => written[at]!.slice(7, 19);
    const base = digest.replace(":", "-");
    expect(await store.tags()).toEqual([`${base}.provenance-${short(1)}`, `${base}.sbom-${short(0)}`, "v1"]);
    expect(await store.referrers(written[0]!)).toEqual([]);
    await store.close();
  });

  test.each<[string, string, object, string]>([
    ["of an unknown type", "application/vnd.example+json", { schemaVersion: 2 }, "application/vnd.example+json"],
    [
      "of Docker's oldest form",
      "application/vnd.docker.distribution.manifest.v1+prettyjws",
      { schemaVersion: 1 },
      "manifest.v1",
    ],
    ["without a configuration", OCI.manifest, { schemaVersion: 2, layers: [] }, "config"],
    ["that is manifest and index at once", OCI.index, { schemaVersion: 2, manifests: [], layers: [] }, "same time"],
    ["that says another type of itself", OCI.index, { schemaVersion: 2, mediaType: OCI.manifest }, OCI.manifest],
  ])("a manifest %s is refused before it is written", async (_, mediaType, value, wanted) => {
    const store = await open();
    await expect(store.putManifest({ mediaType, bytes: json(value) }, "v1")).rejects.toMatchObject({
      code: "image-damaged",
      message: expect.stringContaining(wanted) as string,
    });
    expect(await store.tags()).toEqual([]);
    await store.close();
  });

  test("a manifest larger than four megabytes is refused", async () => {
    const store = await open();
    const bytes = json({ schemaVersion: 2, annotations: { long: "x".repeat(4 * 1024 * 1024) } });
    await expect(store.putManifest({ mediaType: OCI.manifest, bytes }, "v1")).rejects.toMatchObject({
      code: "image-damaged",
      message: expect.stringContaining("more than the 4194304 bytes") as string,
    });
    await store.close();
  });
});
