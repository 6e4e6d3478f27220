import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareTagVersions, parseTag } from "../../../src/line/tag.ts";
import { floatingTags, mayMove } from "../../../src/usecase/image/publishing/floating-tags.ts";

const asked = (release: string, tags: readonly string[], suffix = "", suffixes: readonly string[] = [""]) =>
  floatingTags({ release, suffix, suffixes, releases: new Set(), tags });

describe("names that a version takes along", () => {
  test.each([
    ["v2.7.1", [], ["v2.7", "latest"]],
    ["v2.7.1", ["v2.8.0", "v2.7.0"], ["v2.7"]],
    ["v2.7.1", ["v2.7.2"], []],
    ["v2.8.0-rc.1", [], []],
    ["v2.7.1", ["v2.8.0-rc.1"], ["v2.7", "latest"]],
    ["v2.7.1", ["v2.7.1-9-g0123456789ab", "latest", "sha256-abc.sbom"], ["v2.7", "latest"]],
    ["2.7.1", ["2.7.0"], ["2.7", "latest"]],
    ["api/v1.2.0", ["v9.0.0"], ["api-v1.2", "api-latest"]],
  ])("%s beside %j: %j", (release, tags, floating) => expect(asked(release, tags)).toEqual(floating));

  test("a variant has its own, and others' tags are no versions of it", () => {
    const tags = ["v2.8.0-cu118", "v2.7.0-cu126", "v2.7.0"];
    const suffixes = ["-cu118", "-cu126"];
    expect(asked("v2.7.1", tags, "-cu126", suffixes)).toEqual(["v2.7-cu126", "latest-cu126"]);
    expect(asked("v2.7.1", tags, "-cu118", suffixes)).toEqual(["v2.7-cu118"]);
    expect(asked("v2.7.1", tags, "", suffixes)).toEqual(["v2.7", "latest"]);
  });

  test("a release's own name never floats", () => {
    const releases = new Set(["v2.7", "v2.7.1"]);
    const question = { release: "v2.7.1", suffix: "", suffixes: [""], releases, tags: ["v2.7"] };
    expect(floatingTags(question)).toEqual(["latest"]);
  });

  test("what a name stands for decides, too", () => {
    expect([
      mayMove("v2.7.2", "v2.7.1"),
      mayMove("v2.7.0", "v2.7.1"),
      mayMove("v2.7.1", "v2.7.1"),
      mayMove(null, "v2.7.1"),
      mayMove("api/v3.0.0", "v2.7.1"),
    ]).toEqual([false, true, true, true, false]);
  });
});

/** An image repository as a map, and a release that is pushed into it as `publish.ts` does. */
function push(repository: Map<string, string>, release: string): void {
  for (const name of [release, ...asked(release, [...repository.keys()])]) {
    const held = repository.get(name) ?? null;
    if (name === release || mayMove(held, release)) repository.set(name, release);
  }
}

const RELEASES = ["v1.9.0", "v2.7.0", "v2.7.1", "v2.7.2", "v2.7.10", "v2.8.0-rc.1", "v2.8.0", "v2.8.1", "v2.10.0"];

test("in 1,000 random orders of release no name ever moves to an older version", () => {
  let moved = 0;
  fc.assert(
    fc.property(fc.shuffledSubarray(RELEASES, { minLength: 2 }), (order) => {
      const repository = new Map<string, string>();
      for (const release of order) {
        const before = new Map(repository);
        push(repository, release);
        for (const [name, held] of before) {
          const [old, now] = [parseTag(held), parseTag(repository.get(name) ?? "")];
          if (old === null || now === null || compareTagVersions(old, now) > 0) moved += 1;
        }
      }
      const finals = order.filter((release) => !release.includes("rc"));
      const newest = finals.sort((a, b) => compareTagVersions(parseTag(a)!, parseTag(b)!)).at(-1);
      expect(repository.get("latest")).toBe(newest);
    }),
    { numRuns: 1000, seed: 20_260_101 },
  );
  expect(moved).toBe(0);
});
