// One platform's image out of whatever a name means.
import { describe, expect, test } from "vitest";
import { DOCKER, OCI } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { contentOf } from "../../src/registry/content.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { nameOf, readImage } from "../../src/registry/read-image.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { described, json, put, testImage, testIndex } from "./images.ts";

const AMD = testImage([{ "app/a.txt": "amd" }]);
const ARM = testImage([{ "app/a.txt": "arm" }], { architecture: "arm64" });
const LINUX_AMD64 = parsePlatform("linux/amd64");

function store(): ImageStore {
  return openLayout({ directory: makeSandbox().path("out"), name: "oci:out" });
}

/** An image whose parts are replaced before it is written. */
async function putWith(into: ImageStore, change: { config?: object; manifest?: object }): Promise<void> {
  for (const blob of AMD.blobs) await into.putBlob(blob);
  const own = JSON.parse(AMD.manifest.bytes.toString()) as { config: object };
  const config = contentOf(OCI.config, json(change.config ?? {}));
  if (change.config !== undefined) await into.putBlob(config);
  const changed = { ...own, ...(change.config === undefined ? {} : { config: described(config) }), ...change.manifest };
  await into.putManifest({ mediaType: OCI.manifest, bytes: json(changed) }, "v1");
}

describe("what the name means", () => {
  test("an image alone", async () => {
    const out = store();
    await put(out, AMD, "v1");
    const read = await readImage(out, "v1", LINUX_AMD64);
    expect(read.descriptor).toEqual(AMD.descriptor);
    expect(read.config.architecture).toBe("amd64");
    expect(read.manifest.layers).toHaveLength(1);
    expect(read.stored.bytes).toEqual(AMD.manifest.bytes);
    expect(read.index).toBeNull();
  });

  test("an index: the image of the platform, and the index itself", async () => {
    const out = store();
    for (const image of [AMD, ARM]) await put(out, image, null);
    const digest = await out.putManifest(testIndex([AMD, ARM]), "v1");
    for (const name of ["v1", digest]) {
      const read = await readImage(out, name, parsePlatform("linux/arm64"));
      expect(read.descriptor).toEqual(ARM.descriptor);
      expect(read.index?.digest).toBe(digest);
    }
    expect((await readImage(out, "v1", parsePlatform("linux/arm64/v8"))).descriptor).toEqual(ARM.descriptor);
  });

  test("Docker's image and list", async () => {
    const out = store();
    const image = testImage([{ "app/a.txt": "docker" }], { family: "docker" });
    await put(out, image, "v1");
    await out.putManifest(testIndex([image], "docker"), "all");
    for (const name of ["v1", "all"]) {
      const read = await readImage(out, name, LINUX_AMD64);
      expect(read.descriptor.mediaType).toBe(DOCKER.manifest);
      expect(read.manifest.layers[0]?.mediaType).toBe(DOCKER.layerGzip);
    }
  });

  test("without a platform, an index of one image is that image, and buildx's attestations do not count", async () => {
    const out = store();
    await put(out, AMD, null);
    const entry = { ...AMD.descriptor, platform: { os: "unknown", architecture: "unknown" } };
    const bytes = json({ schemaVersion: 2, mediaType: OCI.index, manifests: [entry, AMD.descriptor] });
    await out.putManifest({ mediaType: OCI.index, bytes }, "v1");
    expect((await readImage(out, "v1", null)).descriptor).toEqual(AMD.descriptor);
  });
});

describe("refused", () => {
  const wanted = (code: string, message: string) => ({ code, message: expect.stringContaining(message) as string });

  test("a name that is not there", async () => {
    await expect(readImage(store(), "v9", LINUX_AMD64)).rejects.toMatchObject(
      wanted("image-missing", "v9 is not in oci:out"),
    );
  });

  test("a platform that is not there, with those that are", async () => {
    const out = store();
    for (const image of [AMD, ARM]) await put(out, image, null);
    await out.putManifest(testIndex([AMD, ARM]), "v1");
    await expect(readImage(out, "v1", parsePlatform("linux/s390x"))).rejects.toMatchObject(
      wanted("image-missing", "oci:out v1 is for linux/amd64, linux/arm64, and linux/s390x is wanted"),
    );
    await expect(readImage(out, "v1", null)).rejects.toMatchObject(wanted("image-reference", "several platforms"));
  });

  test("an image alone of another platform", async () => {
    const out = store();
    await put(out, ARM, "v1");
    await expect(readImage(out, "v1", LINUX_AMD64)).rejects.toMatchObject(
      wanted("image-missing", "is for linux/arm64, and linux/amd64 is wanted"),
    );
  });

  test("a configuration of another kind: a chart, a signature", async () => {
    const out = store();
    const chart = contentOf("application/vnd.cncf.helm.config.v1+json", json({ name: "chart" }));
    await out.putBlob(chart);
    await putWith(out, { manifest: { config: described(chart) } });
    await expect(readImage(out, "v1", null)).rejects.toMatchObject(wanted("image-damaged", "helm.config"));
  });

  test("a layer of an unknown type", async () => {
    const out = store();
    const layer = contentOf("application/vnd.example.layer", json({}));
    await out.putBlob(layer);
    await putWith(out, { manifest: { layers: [described(layer)] } });
    await expect(readImage(out, "v1", null)).rejects.toMatchObject(wanted("image-damaged", "vnd.example.layer"));
  });

  test("a configuration that is no JSON, has another shape, or another number of layers", async () => {
    const config = { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } };
    const cases = [
      [{ ...config, rootfs: { type: "layers" } }, "rootfs.diff_ids"],
      [config, "it names 0 layers, and its manifest 1"],
    ] as const;
    for (const [changed, message] of cases) {
      const out = store();
      await putWith(out, { config: changed });
      await expect(readImage(out, "v1", null)).rejects.toMatchObject(wanted("image-damaged", message));
    }
  });

  test("a configuration that claims to be huge", async () => {
    const out = store();
    const { digest, mediaType } = AMD.blobs[0]!;
    await putWith(out, { manifest: { config: { digest, mediaType, size: 5_000_000 } } });
    await expect(readImage(out, "v1", null)).rejects.toMatchObject(wanted("image-damaged", "5000000 bytes"));
  });
});

describe("a reference without a tag", () => {
  test("is docker's latest in a registry", async () => {
    expect(await nameOf(parseReference("registry.example.com/app"), store())).toBe("latest");
  });

  test("is the only image of a layout", async () => {
    const out = store();
    await put(out, AMD, "v2.7.1");
    expect(await nameOf(parseReference("oci:out"), out)).toBe("v2.7.1");
  });

  test("must name one of several", async () => {
    const out = store();
    for (const tag of ["v1", "v2"]) await put(out, AMD, tag);
    await expect(nameOf(parseReference("oci:out"), out)).rejects.toMatchObject({
      code: "image-reference",
      hint: "name one of them: oci:out:v1",
    });
  });
});
