// LINE, TAG or IMAGE, as it was typed, and the image that an engine shall run.
import { describe, expect, test } from "vitest";
import { namedImage } from "../../../src/usecase/image/named-image.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { depsOf } from "../setting.ts";
import { LINE, releases, SPEC } from "./images.ts";

const APP = "registry.example.com/team/app";
const VARIANTS = `${SPEC}  variants: { cu118: {}, cu126: {} }\n  default: cu126\n`;

describe("in a repository", () => {
  test.each([
    ["a line is its newest release", LINE, null, `${APP}:v2.7.1`, "app-v2.7"],
    ["a line by its version", "v2.7", null, `${APP}:v2.7.1`, "app-v2.7"],
    ["a release by its tag", "v2.7.0", null, `${APP}:v2.7.0`, "app-v2.7.0"],
    ["a variant of a line", LINE, "cu118", `${APP}:v2.7.1-cu118`, "app-v2.7-cu118"],
    ["an image all the same", "debian:12", null, "debian:12", "debian-12"],
    ["a layout", "oci:out/Build:v1", null, "oci:out/Build:v1", "Build-v1"],
  ])("%s", async (_what, typed, variant, reference, title) => {
    const repository = await releases(VARIANTS).create(makeSandbox());
    expect(await namedImage(depsOf(repository), typed, variant)).toEqual({ reference, asked: reference, title });
  });

  test("a variant that there is not is named with the nearest", async () => {
    const repository = await releases(VARIANTS).create(makeSandbox());
    await expect(namedImage(depsOf(repository), LINE, "cu188")).rejects.toMatchObject({
      code: "image-spec",
      message: "v2.7.1 has no variant cu188; it has cu118, cu126",
      hint: "--variant cu118",
    });
  });

  test("an image has no variants to choose from here", async () => {
    const repository = await releases().create(makeSandbox());
    await expect(namedImage(depsOf(repository), "debian:12", "cu118")).rejects.toMatchObject({ code: "usage" });
  });
});
