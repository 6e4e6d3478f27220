import { describe, expect, test } from "vitest";
import { ImageSection } from "../../src/environment/spec.ts";
import { variantsOf } from "../../src/environment/variants.ts";
import { DEBIAN, imageSection } from "./sections.ts";

describe("the image section", () => {
  test("needs a name alone", () => {
    const image = imageSection();
    expect(image.environment.base).toBe("scratch");
    expect(image.source).toEqual({ path: "/opt/app", include: ["."], exclude: [] });
    expect(image.platforms).toEqual(["linux/amd64"]);
  });

  test.each([
    [{ environment: { base: "debian:bookworm" } }, "by digest"],
    [{ environment: { python: 3.1 } }, "in quotes"],
    [{ environment: { cuda: 12.6 } }, "in quotes"],
    [{ environment: { packages: { apt: ["tmux && true"] } } }, "Debian package"],
    [{ environment: { env: { "A B": "x" } } }, "variable's name"],
    [{ source: { path: "opt/app/" } }, "absolute path"],
    [{ variants: { a: {}, b: {} } }, "one of a, b"],
    [{ variants: { a: {} }, default: "c" }, "one of a"],
    [{ default: "c" }, "no variants"],
    [{ user: "Not A User" }, "user's name"],
    [{ ports: [0] }, "from 1 on"],
    [{ platforms: ["windows/amd64"] }, "linux/amd64 or linux/arm64"],
  ])("refuses what no image can be made of %#", (image, wanted) => {
    const result = ImageSection.safeParse({ name: "registry.example/app", ...image });
    expect(JSON.stringify(result.error?.issues ?? "accepted")).toContain(wanted);
  });
});

describe("variants", () => {
  test("are one, bare, where none are written", () => {
    expect(variantsOf(imageSection()).map(({ name, isDefault, suffix }) => [name, isDefault, suffix])).toEqual([
      ["default", true, ""],
    ]);
  });

  test("say only what differs from the environment", () => {
    const image = imageSection({
      environment: {
        base: DEBIAN,
        torch: "2.7.1",
        packages: { apt: ["tmux"], pip: ["einops"] },
        indexes: { pip: ["https://wheels.example/simple"] },
        env: { A: "1", B: "2" },
      },
      variants: { cu118: { cuda: "cu118", packages: { apt: [] }, env: { B: "3" } }, cu126: { cuda: "cu126" } },
      default: "cu126",
    });
    const [old, current] = variantsOf(image);
    expect(old).toMatchObject({ name: "cu118", suffix: "-cu118", isDefault: false });
    expect(old?.environment).toMatchObject({
      base: DEBIAN,
      torch: "2.7.1",
      cuda: "cu118",
      packages: { apt: [], pip: ["einops"], defaults: true },
      indexes: { pip: ["https://wheels.example/simple"] },
      env: { A: "1", B: "3" },
    });
    expect(current).toMatchObject({ isDefault: true, environment: { base: DEBIAN, cuda: "cu126" } });
  });
});
