import { describe, expect, test } from "vitest";
import { changedParts, environmentInputs } from "../../src/environment/inputs.ts";
import type { Lock } from "../../src/environment/lock.ts";
import { deb, DEBIAN, imageSection, lockOf, onlyVariant, wheel } from "./sections.ts";

const LOCK = lockOf({ debs: [deb("tmux")], wheels: [wheel("numpy")] });

function inputs(image: object = {}, lock: Lock | null = LOCK) {
  const section = imageSection({ environment: { base: DEBIAN }, ...image });
  return environmentInputs(section, lock, onlyVariant(section), "linux/amd64");
}

describe("the key of an environment", () => {
  test.each([
    ["the lock's packages", inputs({}, lockOf({ debs: [deb("tmux", "2.0")], wheels: [wheel("numpy")] })), ["debs"]],
    [
      "a wheel's hash",
      inputs({}, lockOf({ debs: [deb("tmux")], wheels: [wheel("numpy", "1.0", { sha256: "f".repeat(64) })] })),
      ["wheels"],
    ],
    ["the epoch", inputs({}, { ...LOCK, epoch: 1 }), ["epoch"]],
    ["the base", inputs({ environment: { base: DEBIAN.replaceAll("b", "c") } }), ["base"]],
    ["the recipe", inputs({}, { ...LOCK, recipe: "7".repeat(64) }), ["recipe"]],
    ["the user", inputs({ user: "1000" }), ["user"]],
    ["a service", inputs({ services: { ssh: true } }), ["services"]],
    ["a variable", inputs({ environment: { base: DEBIAN, env: { TZ: "UTC" } } }), ["env"]],
    ["the source's paths", inputs({ source: { include: ["src"] } }), ["source"]],
  ] as const)("changes with %s, and says so", (_, changed, parts) => {
    expect(changed.key).not.toBe(inputs().key);
    expect(changedParts(inputs(), changed)).toEqual(parts);
  });

  test.each([
    ["the image's name", inputs({ name: "registry.example/other" })],
    ["labels", inputs({ labels: { team: "vision" } })],
    [
      "a mirror",
      inputs(
        {},
        lockOf({
          debs: [deb("tmux", "1.0-1", { url: "http://mirror.example/tmux_1.0-1_amd64.deb" })],
          wheels: [wheel("numpy")],
        }),
      ),
    ],
    [
      "the registry that the base is pulled from",
      inputs({ environment: { base: DEBIAN.replace("docker.io", "mirror.example") } }),
    ],
  ])("stays with %s", (_, same) => {
    expect(same).toEqual(inputs());
  });

  test("does not know an epoch where nothing is built", () => {
    expect(inputs({}, null).parts.epoch).toBe("none");
    expect(inputs({}, { ...lockOf({}), epoch: 5 }).key).toBe(inputs({}, null).key);
  });
});
