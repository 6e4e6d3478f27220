import { describe, expect, test } from "vitest";
import { renderImageAdopt } from "../../src/cli/render/image/adopt.ts";
import { renderImageBuild } from "../../src/cli/render/image/build.ts";
import { bytes } from "../../src/cli/render/image/bytes.ts";
import type { ImageAdoptOutcome } from "../../src/wire/image/adopt.ts";
import type { ImageBuildOutcome } from "../../src/wire/image/build.ts";
import { oid, PIPE, terminal } from "./literal.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const layer = (digit: string, size: number, role: "environment" | "diff") => ({
  digest: digest(digit),
  size,
  diffId: digest(digit),
  role,
});

const BUILT: ImageBuildOutcome = {
  kind: "built",
  version: "v2.7.1",
  tag: "v2.7.1",
  tagObject: oid("1"),
  commit: oid("2"),
  tree: oid("3"),
  line: "v2.7",
  output: "registry.example.com/team/app",
  images: [
    {
      variant: null,
      digest: digest("a"),
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      platforms: [
        {
          platform: "linux/amd64",
          digest: digest("a"),
          config: digest("b"),
          layers: [layer("c", 63_317_484, "environment"), layer("d", 702, "diff")],
          environment: {
            release: "v2.7.0",
            digest: digest("e"),
            key: "f".repeat(64),
            found: "ledger",
            store: "registry.example.com/team/app",
            engine: null,
            differs: null,
            rebuilt: false,
          },
          proof: { image: digest("9"), expected: digest("9"), paths: 35_889 },
        },
      ],
      tags: [
        { tag: "v2.7.1", kind: "version", state: "created", from: null },
        { tag: "v2.7", kind: "floating", state: "moved", from: digest("e") },
        { tag: "latest", kind: "floating", state: "kept", from: digest("8") },
      ],
    },
  ],
  notices: ["v2.7.1 is a light tag\u001b[2J"],
  transfer: { blobs: 2, bytes: 5118, thereBlobs: 1, thereBytes: 63_317_484 },
  recorded: { appended: 1, reason: null, key: null, firstUse: false, warning: null },
  attestations: [],
};

describe("an image that was built", () => {
  test("shows digest, what lies under it, proof, names and bytes", () => {
    expect(renderImageBuild(terminal(80), BUILT)).toBe(
      [
        "✓ v2.7.1 → registry.example.com/team/app",
        `  digest    ${digest("a")}`,
        "  source    what differs from v2.7.0, 702 B, on its 1 layer",
        "  under it  the image on record for v2.7.0, in registry.example.com/team/app",
        "  proof     35889 paths, each as a build from scratch would have it",
        "  tags      v2.7.1 (new), v2.7 (moved), latest (stays with a newer version)",
        "  sent      2 blobs, 5.1 kB; 1 blob, 63.3 MB, there already",
        "  ledger    1 record",
        "! v2.7.1 is a light tag\\x1b[2J",
        "",
      ].join("\n"),
    );
  });

  test("is one fact a line in a pipe, digests in full", () => {
    const lines = renderImageBuild(PIPE, BUILT).split("\n");
    expect(lines[0]).toBe(`v2.7.1: ${digest("a")} in registry.example.com/team/app`);
    expect(lines).toContain("v2.7.1: tag latest: stays with a newer version");
    expect(lines).toContain("v2.7.1: sent: 2 blobs, 5118 bytes");
  });
});

const DIFFERENT: ImageAdoptOutcome = {
  kind: "different",
  tag: "v2.7.0",
  variant: null,
  digest: digest("a"),
  reference: "registry.example.com/app",
  path: "/opt/app",
  files: 3,
  differences: [{ platform: "linux/amd64", path: "/opt/app/train.py", what: "contents" }],
};

test("an image that is not a release's lists what differs", () => {
  expect(renderImageAdopt(terminal(120), DIFFERENT)).toBe(
    [
      `✗ registry.example.com/app@${digest("a")}`,
      "  not the image of v2.7.0: 1 difference in /opt/app",
      "  contents  /opt/app/train.py",
      "",
    ].join("\n"),
  );
});

test("sizes are counted in thousands", () => {
  expect([0, 702, 999, 1000, 518_877_765, 999_960].map(bytes)).toEqual([
    "0 B",
    "702 B",
    "999 B",
    "1.0 kB",
    "518.9 MB",
    "1.0 MB",
  ]);
});
