import { expect, test } from "vitest";
import { append, indexOf, scratchImage, type ImageParts } from "../../src/oci/append.ts";
import { canonicalJson } from "../../src/oci/canonical.ts";
import { checkpointOf, rfc3339 } from "../../src/oci/label.ts";
import { DOCKER, OCI } from "../../src/oci/media-type.ts";
import { imageTag, versionsAmong } from "../../src/oci/tag.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const LAYER = { digest: digest("a"), size: 10, diffId: digest("b"), createdBy: "morello: source of v1.0.0" };
const DRESS = { created: "2026-01-01T00:00:00Z", labels: { version: "1" }, annotations: { version: "1" } };
const scratch = (): ImageParts => scratchImage({ os: "linux", architecture: "amd64" });

test("the bytes of an image are these, on every machine", () => {
  const { manifest, config } = append(scratch(), [LAYER], DRESS);
  expect(config.bytes.toString()).toBe(
    `{"architecture":"amd64","config":{"Labels":{"version":"1"}},"created":"2026-01-01T00:00:00Z",` +
      `"history":[{"created":"2026-01-01T00:00:00Z","created_by":"morello: source of v1.0.0"}],"os":"linux",` +
      `"rootfs":{"diff_ids":["${digest("b")}"],"type":"layers"}}`,
  );
  expect(manifest.digest).toBe("sha256:2484efa1b32cc5df365555a23a9326db9905d76f62b00bad5f27748534d98ca4");
});

test("an image of Docker's family stays one, without annotations", () => {
  const base = scratch();
  const { manifest, parts } = append(
    { ...base, manifest: { ...base.manifest, mediaType: DOCKER.manifest } },
    [LAYER],
    DRESS,
  );
  expect([manifest.mediaType, parts.manifest.config.mediaType, parts.manifest.layers[0]?.mediaType]).toEqual([
    DOCKER.manifest,
    DOCKER.config,
    DOCKER.layerGzip,
  ]);
  expect(parts.manifest.annotations).toBeUndefined();
});

test("what a base says of itself does not become the image's; its other labels and its settings stay", () => {
  const base = scratch();
  const Labels = { "org.opencontainers.image.source": "https://example.com/base", "maintainer": "them" };
  const config = { ...base.config, config: { Labels, Env: ["A=1"], Healthcheck: { Test: ["CMD", "x"] } } };
  expect(append({ ...base, config }, [], DRESS).parts.config.config).toEqual({
    Labels: { maintainer: "them", version: "1" },
    Env: ["A=1"],
    Healthcheck: { Test: ["CMD", "x"] },
  });
});

test("an index names its images with their platforms, in the order given", () => {
  const { manifest } = append(scratch(), [], DRESS);
  const index = indexOf([{ platform: { os: "linux", architecture: "arm64" }, manifest }], {});
  expect(JSON.parse(index.bytes.toString())).toMatchObject({
    mediaType: OCI.index,
    manifests: [{ digest: manifest.digest, size: manifest.bytes.length, platform: { architecture: "arm64" } }],
  });
});

test("canonical JSON has one order of keys", () => {
  expect(canonicalJson({ b: [{ z: 1, a: null }], a: undefined }).toString()).toBe('{"b":[{"a":null,"z":1}]}');
});

test("a checkpoint is read from the trailer alone, the last one", () => {
  const id = "a".repeat(40);
  expect(checkpointOf(`v1\n\nLedger-Checkpoint: ${"b".repeat(40)}\nLedger-Checkpoint: ${id}\n`)).toBe(id);
  expect(checkpointOf("v1\n\nsee Ledger-Checkpoint: nothing\n")).toBeNull();
});

test("dates are RFC 3339 in UTC, whatever a commit says", () => {
  expect([rfc3339(1_767_225_600), rfc3339(9e15)]).toEqual(["2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]);
});

test("git's tags become image tags that registries take", () => {
  expect([imageTag("v1.0+cu118"), imageTag("api/v1.0", "-cpu"), imageTag("-x"), imageTag("v".repeat(129))]).toEqual([
    "v1.0_cu118",
    "api-v1.0-cpu",
    null,
    null,
  ]);
});

test("builds between releases are no versions", () => {
  expect(versionsAmong(["v2.7.1", "v2.7.1-3-g0123456789ab", "v2.7.1-cpu"], "", ["", "-cpu"])).toEqual(["v2.7.1"]);
});
