import { describe, expect, test } from "vitest";
import { parseLineName, sameLine } from "../../src/line/name.ts";
import { words } from "./refs.ts";

describe("names that are lines whatever the tags", () => {
  test.each([
    ["release/v2.7", [2, 7], false, "release/*"],
    ["release/2.0.x", [2, 0], true, "release/*"],
    ["release-1.28", [1, 28], false, "release-*"],
    ["release_v1", [1], false, "release_*"],
    ["release_1.4", [1, 4], false, "release_*"],
    ["releases/v0.8.5", [0, 8, 5], false, "releases/*"],
    ["rel/7", [7], false, "rel/*"],
    ["Release/1.2", [1, 2], false, "Release/*"],
    ["release/2024-01-15", [2024, 1, 15], false, "release/*"],
    ["release/1.8-lts", [1, 8], false, "release/*"],
    ["release-23.1.11-rc", [23, 1, 11], false, "release-*"],
    ["stable/5.0.x", [5, 0], true, "stable/*"],
    ["stable/2024.1", [2024, 1], false, "stable/*"],
    ["stable-2.16", [2, 16], false, "stable-*"],
    ["maintenance/1.26.x", [1, 26], true, "maintenance/*"],
    ["maintenance/0.5.2.x", [0, 5, 2], true, "maintenance/*"],
    ["support/1.2", [1, 2], false, "support/*"],
    ["branch-3.5", [3, 5], false, "branch-*"],
    ["version-2024.2", [2024, 2], false, "version-*"],
    ["REL_16_STABLE", [16], false, "REL_*"],
    ["REL9_6_STABLE", [9, 6], false, "REL*"],
    ["1.12.x", [1, 12], true, "*.x"],
    ["27.x", [27], true, "*.x"],
    ["v20.x", [20], true, "*.x"],
    ["docker-29.x", [29], true, "*.x"],
    ["linux-6.1.y", [6, 1], true, "*.x"],
    ["7.0", [7, 0], false, "<version>"],
    ["v0.12", [0, 12], false, "<version>"],
    ["20.10", [20, 10], false, "<version>"],
    ["r2.12", [2, 12], false, "<version>"],
    ["7-1-stable", [7, 1], false, "<version>"],
    ["v1-10-stable", [1, 10], false, "<version>"],
    ["v3.5-branch", [3, 5], false, "<version>"],
  ])("%s", (name, numbers, open, pattern) => {
    expect(parseLineName(name)).toMatchObject({ numbers, open, pattern, proof: "none" });
  });
});

describe("names that need tags to be believed", () => {
  test.each([
    ["v2", "series", null],
    ["7", "series", null],
    ["support/1234", "series", null],
    ["branch-2", "series", null],
    ["docker-18.09", "product", "docker"],
    ["openssl-3.0", "product", "openssl"],
    ["OpenSSL_1_1_1-stable", "product", "OpenSSL"],
    ["releases/gcc-13", "product", "gcc"],
    ["release-branch.go1.21", "product", "go"],
    ["sdk/v1.2", "product", "sdk"],
    ["o1-bpop-5.0", "product", "o1-bpop"],
    ["user/release-1.2", "product", "user/release"],
    ["dependabot/github_actions/azure/login-3.0.1", "product", "dependabot/github_actions/azure/login"],
    ["revert-12-release-1.28", "product", "revert-12-release"],
    ["cherry-pick-123-to-release-1.28", "product", "cherry-pick-123-to-release"],
  ])("%s", (name, proof, product) => expect(parseLineName(name)).toMatchObject({ proof, product }));
});

describe("names that are no lines", () => {
  test.each([
    ...words(`
      main master unstable stable next docs release HEAD gpu-ci
      release/next release/foo release/LTS release/stable stable/jammy stable/foo
      release/v2.7/fix-leak release-1.28-fix user/release-1.2-fix
      backport/1.2.x/foo mergify/bp/release/1.2/pr release-please--branches--main gh-readonly-queue/release-1.2/pr-1-abc
      morello/abc/release/v2.7 morello-ledger/release/v2.7 morello/1.2
      fix-2.7 bugfix-1.2.x renovate-1.x backport-2.7.x bump-5.0 issue-2175 hotfix-1.2
      v20.x-staging v2-7-test 2024-01-15 2.7-rc1 1.2.x-dev 3b
    `),
    `release/${"1.".repeat(2000)}0`,
  ])("%s", (name) => expect(parseLineName(name)).toBeNull());
});

test("one version under two patterns is the same line, another version is not", () => {
  expect(sameLine("release/2.7", "release-2.7")).toBe(true);
  expect(sameLine("release/2.7", "main")).toBe(false);
  expect(sameLine("release/2.7", "release/2.8")).toBe(false);
  expect(sameLine("topic", "topic")).toBe(true);
});
