import { describe, expect, test } from "vitest";
import { nextImage, parseImageName, versionOf } from "../../../src/image/upgrade/target.ts";
import { failure } from "../../usecase/setting.ts";

const APP = "registry.example:5000/team/app";

describe("the next image", () => {
  test.each([
    ["the line's own name for a patch", `${APP}:v2.7.0`, `${APP}:v2.7`],
    ["the variant's for a variant", `${APP}:v2.7.0-cu118`, `${APP}:v2.7-cu118`],
    ["the line's for a pre-release", `${APP}:v2.7.1-rc.1`, `${APP}:v2.7`],
    ["the variant's for a pre-release of it", `${APP}:v2.7.1-rc.1-cu118`, `${APP}:v2.7-cu118`],
    ["the line's without a v", `${APP}:2.7.0`, `${APP}:2.7`],
    ["the same name where that moves", `${APP}:v2.7`, `${APP}:v2.7`],
    ["latest for latest", `${APP}:latest`, `${APP}:latest`],
  ])("is %s", (_what, current, next) => {
    expect(nextImage(current, null, null, "lab")).toBe(next);
  });

  test.each([
    ["a version", "v2.7.3", `${APP}:v2.7.3-cu118`],
    ["a version without its v", "2.7.3", `${APP}:v2.7.3-cu118`],
    ["a version of another variant", "v2.7.3-cu126", `${APP}:v2.7.3-cu126`],
    ["an image", "other.example/app:v9.0.0", "other.example/app:v9.0.0"],
  ])("is what is asked for: %s", (_what, wanted, next) => {
    expect(nextImage(`${APP}:v2.7.0-cu118`, null, wanted, "lab")).toBe(next);
  });

  test("is told by what the image says of itself, where it has no tag", () => {
    expect(nextImage(`${APP}@sha256:${"a".repeat(64)}`, "v2.7.0", null, "lab")).toBe(`${APP}:v2.7`);
  });

  test("is not guessed for an image without a name or a version", async () => {
    for (const [image, version] of [
      ["f".repeat(64), "v2.7.0"],
      [APP, null],
    ] as const) {
      const call = async (): Promise<string> => nextImage(image, version, null, "lab");
      const hint = "morello image upgrade lab --to registry.example/app:v2.7.1";
      expect(await failure(call())).toMatchObject({ code: "usage", hint });
    }
  });
});

test("an image's name is taken apart, with a port in its host", () => {
  expect(parseImageName(`${APP}:v2.7.0`)).toEqual({ repository: APP, tag: "v2.7.0", digest: null });
  expect(parseImageName(APP)).toEqual({ repository: APP, tag: null, digest: null });
  expect(parseImageName(`${APP}:v1@sha256:ab`)).toEqual({ repository: APP, tag: "v1", digest: "sha256:ab" });
});

test("an image is called by its own version, then its tag, then its digest", () => {
  expect(versionOf(`${APP}:v2.7`, { "org.opencontainers.image.version": "v2.7.3" })).toBe("v2.7.3");
  expect(versionOf(`${APP}:v2.7`, {})).toBe("v2.7");
  expect(versionOf(`${APP}@sha256:0123456789abcdef`, {})).toBe("0123456789ab");
});
