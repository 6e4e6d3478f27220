import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/schema.ts";
import { detectLines, type DetectedLine } from "../../src/line/detect.ts";
import { oidOf, refs, tags, words } from "./refs.ts";

interface Options {
  readonly main?: string;
  readonly remotes?: string[];
  readonly config?: Partial<Pick<Config, "lines" | "remotes">>;
}

function detect(
  names: readonly string[],
  { main = "main", remotes = ["origin"], config = {} }: Options = {},
): DetectedLine[] {
  return detectLines({ refs: refs(names, remotes), config: { lines: [], remotes: [], ...config }, main, remotes });
}

const namesOf = (lines: readonly DetectedLine[]) => lines.map(({ name }) => name);

const BOTS = [
  ...words(`
      dependabot/go_modules/github.com/google/certtostore-1.0.7 dependabot-pip-requirements-torch-2.10.0 renovate/1.x
      cherry-pick-123-to-release-1.28 backport/1.2.x/foo backport/1.2.x mergify/bp/release/1.2/pr-1 copilot/update-v20-to-v21
      morello/abc/release/1.2 morello-ledger/release/1.2 user/release-1.2-fix user/release-1.2 hotfix/1.2.1 fix/2.7 bump/pt-2.11
    `),
];

describe("the lines of real projects, newest first", () => {
  test.each([
    [
      "kubernetes",
      "master",
      "release-1.9 release-1.28 release-1.30 feature-rate-limiting",
      "v1.28.0 v1.28.3 v1.30.0-rc.1",
      "release-1.30 release-1.28 release-1.9",
    ],
    [
      "moby",
      "master",
      "1.12.x 19.03 20.10 26.1 27.x 28.x docker-29.x docs 17.03.x",
      "v20.10.1 v27.0.0 docker-v29.0.0 api/v1.52.0",
      "docker-29.x 28.x 27.x 26.1 20.10 19.03 17.03.x 1.12.x",
    ],
    [
      "numpy",
      "main",
      "maintenance/1.0.3.x maintenance/1.26.x maintenance/2.0.x maintenance/1.9.x",
      "v1.26.4",
      "maintenance/2.0.x maintenance/1.26.x maintenance/1.9.x maintenance/1.0.3.x",
    ],
    [
      "redis",
      "unstable",
      "7.0 6.2 8.0 o1-bpop-5.0 less-mstime-28 issue_2175 rdb9 precise-timeout-2 2.8",
      "7.0.1 5.0.1 2.8.1 v2.0.0-rc1b",
      "8.0 7.0 6.2 2.8",
    ],
    [
      "pytorch-lightning",
      "master",
      "release/2.0.x release/1.5.x release/LTS release/app release/pytorch release/stable",
      "2.0.1 app/0.5.6",
      "release/2.0.x release/1.5.x",
    ],
    [
      "buildkit",
      "master",
      "v0.12 v0.9 docker-18.09 docker-19.03 testing/dockerfile-test-versioning",
      "v0.12.1 dockerfile/1.2.0",
      "v0.12 v0.9",
    ],
    ["django", "main", "stable/5.0.x stable/4.2.x attic/magic-removal", "5.0.1 4.2", "stable/5.0.x stable/4.2.x"],
    [
      "postgres",
      "master",
      "REL_16_STABLE REL9_6_STABLE REL_17_STABLE",
      "REL_16_3 REL9_6_24 REL_17_RC1",
      "REL_17_STABLE REL_16_STABLE REL9_6_STABLE",
    ],
    [
      "containerd",
      "main",
      "release/1.7 release/2.0 v0.2.x mikebrow-patch-1",
      "v1.7.1 api/v1.7.19",
      "release/2.0 release/1.7 v0.2.x",
    ],
    ["node", "main", "v20.x v20.x-staging v18.x v18.20.1-proposal", "v20.1.0", "v20.x v18.x"],
    ["rails", "main", "7-1-stable 7-0-stable", "v7.1.3", "7-1-stable 7-0-stable"],
    [
      "openstack",
      "master",
      "stable/2024.1 stable/2023.2 stable/xena unmaintained/yoga",
      "29.0.1",
      "stable/2024.1 stable/2023.2",
    ],
    ["tensorflow", "master", "r2.12 r2.9 r1", "v2.12.0", "r2.12 r2.9"],
    ["actions", "main", "v1 v2 v3", "v1.2.0 v2 v2.0.1", "v2 v1"],
    [
      "gcc",
      "master",
      "releases/gcc-13 releases/gcc-9 devel/omp/gcc-13",
      "releases/gcc-13.2.0 releases/gcc-9.5.0",
      "releases/gcc-13 releases/gcc-9",
    ],
  ])("%s", (_project, main, branches, tagNames, wanted) => {
    const remote = [main, ...branches.split(" "), ...BOTS].map((name) => `origin/${name}`);
    const head = `origin/HEAD -> refs/remotes/origin/${main}`;
    const lines = detect([main, ...remote, head, ...tags(...tagNames.split(" "))], { main });
    expect(namesOf(lines).join(" ")).toBe(wanted);
  });
});

describe("local and remote", () => {
  test("the same branch on both sides is one line that knows both tips", () => {
    const [line, ...others] = detect(["release/v2.7", "origin/release/v2.7"]);
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      name: "release/v2.7",
      refname: "refs/heads/release/v2.7",
      remoteRefname: "refs/remotes/origin/release/v2.7",
      localTip: oidOf("release/v2.7"),
      remoteTip: oidOf("origin/release/v2.7"),
      version: [2, 7],
    });
  });

  test("a branch that only a remote has is a line under its short name", () => {
    expect(detect(["origin/release/v2.7"])[0]).toMatchObject({
      refname: "refs/heads/release/v2.7",
      localTip: null,
      localTime: null,
    });
  });

  test("the upstream comes before origin, preferred remotes before origin, origin before the alphabet", () => {
    const remotes = ["alpha", "origin", "upstream"];
    const all = remotes.map((remote) => `${remote}/release/1.0`);
    const remoteOf = (local: string[], preferred: string[] = []) =>
      detect([...local, ...all], { remotes, config: { remotes: preferred } }).map((line) => line.remoteRefname);
    expect(remoteOf(["release/1.0 ^refs/remotes/upstream/release/1.0"])).toEqual(["refs/remotes/upstream/release/1.0"]);
    expect(remoteOf([])).toEqual(["refs/remotes/origin/release/1.0"]);
    expect(remoteOf([], ["upstream"])).toEqual(["refs/remotes/upstream/release/1.0"]);
    expect(detect(["zeta/1.0.x", "alpha/1.0.x"], { remotes: ["zeta", "alpha"] })[0]?.remoteRefname).toBe(
      "refs/remotes/alpha/1.0.x",
    );
  });

  test("a line made from origin/main does not take main for its other side", () => {
    const lines = detect(["release/v2.8 ^refs/remotes/origin/main", "origin/main"]);
    expect(lines).toMatchObject([{ name: "release/v2.8", remoteRefname: null, remoteTip: null }]);
  });

  test("an upstream of another spelling is the same line, and no second one", () => {
    const lines = detect(["release/2.7 ^refs/remotes/origin/release-2.7", "origin/release-2.7"]);
    expect(lines).toMatchObject([{ name: "release/2.7", remoteRefname: "refs/remotes/origin/release-2.7" }]);
  });

  test("an upstream that is gone leaves the namesake, or nothing", () => {
    expect(detect(["release/1.0 ^refs/remotes/gone/release/1.0", "origin/release/1.0"])[0]?.remoteRefname).toBe(
      "refs/remotes/origin/release/1.0",
    );
    expect(detect(["release/1.0 ^refs/remotes/origin/release/1.0"])[0]?.remoteRefname).toBeNull();
  });

  test("remote names may hold slashes", () => {
    expect(namesOf(detect(["team/fork/release/1.0"], { remotes: ["team", "team/fork"] }))).toEqual(["release/1.0"]);
  });

  test("a symbolic ref is an alias and no line", () =>
    expect(detect(["1.x -> refs/heads/1.9", "1.9"]).map(({ name }) => name)).toEqual(["1.9"]));

  test("the main branch is no line though its name is a version", () => {
    expect(namesOf(detect(["7.1", "6.4", "origin/7.1"], { main: "7.1" }))).toEqual(["6.4"]);
  });
});

describe("tag series", () => {
  const series = (branch: string, ...names: string[]) => {
    const line = detect([branch, ...tags(...names)])[0]!;
    return [line.tagPrefix, line.tags.map(({ name }) => name)];
  };

  test("holds the line's tags, newest first, pre-releases below their release", () => {
    expect(series("release/2.7", "v2.7.0-rc1", "v2.7.10", "v2.70.0", "v2.7.9", "v2.7.0", "v2.8.0", "nightly")).toEqual([
      "v",
      ["v2.7.10", "v2.7.9", "v2.7.0", "v2.7.0-rc1"],
    ]);
  });

  test("of an open line holds the whole of it", () =>
    expect(series("2.x", "v2.0.0", "v2.9.1", "v3.0.0")).toEqual(["v", ["v2.9.1", "v2.0.0"]]));

  test("prefers the product that the branch names", () => {
    expect(series("docker-29.x", "v29.9.0", "v29.9.1", "docker-v29.0.0")).toEqual(["docker-v", ["docker-v29.0.0"]]);
  });

  test("prefers plain tags to a component's", () => {
    expect(series("release/1.7", "api/v1.7.0", "api/v1.7.1", "v1.7.0")).toEqual(["v", ["v1.7.0"]]);
    expect(series("release/1.9", "api/v1.9.0", "v1.7.0")).toEqual(["v", []]);
  });

  test("takes the prefix with the most tags where none is plain", () => {
    expect(series("release/1.2", "core-v1.2.0", "core-v1.2.1", "web-v1.2.0")).toEqual([
      "core-v",
      ["core-v1.2.1", "core-v1.2.0"],
    ]);
    expect(series("release/1.2", "v1.2.0", ...[1, 2, 3, 4, 5].map((patch) => `pkg-v1.2.${patch}`))[0]).toBe("pkg-v");
  });

  test("without tags takes the prefix of the next older line, else of the repository, else v", () => {
    const prefixOf = (...names: string[]) => detect(names).map(({ tagPrefix }) => tagPrefix);
    expect(prefixOf("8.0", "7.0", "tag:7.0.1")).toEqual(["", ""]);
    expect(prefixOf("release/2.0", "release/1.0", "tag:rel-1.0.0")).toEqual(["rel-", "rel-"]);
    expect(prefixOf("stable/2024.1", "tag:29.0.1")).toEqual([""]);
    expect(prefixOf("release/1.0")).toEqual(["v"]);
  });

  test("names what an annotated tag points at", () => {
    const [branch, tag] = refs(["release/1.0", "tag:v1.0.0"]);
    const peeled = oidOf("target");
    const lines = detectLines({ refs: [branch!, { ...tag!, peeled }], config: { lines: [], remotes: [] }, main: null });
    expect(lines[0]?.tags).toMatchObject([{ refname: "refs/tags/v1.0.0", oid: peeled }]);
  });
});

describe("configuration", () => {
  test("makes a line of a branch whose name does not show it, last in the order", () => {
    const lines = detect(["release/next", "release/1.0"], { config: { lines: [{ pattern: "release/next" }] } });
    expect(lines).toMatchObject([
      { name: "release/1.0", pattern: "release/*" },
      { name: "release/next", pattern: "release/next", version: [], tags: [] },
    ]);
  });

  test("later entries win, key by key", () => {
    const entries = [
      { pattern: "release/*", owners: ["@a"], confirm: "each" as const },
      { pattern: "release/1.0", maintained: "end-of-life" as const, owners: ["@b"] },
    ];
    const settings = detect(["release/1.0", "release/2.0"], { config: { lines: entries } }).map(
      (line) => line.settings,
    );
    expect(settings).toMatchObject([
      { owners: ["@a"], confirm: "each", maintained: null },
      { owners: ["@b"], confirm: "each", maintained: "end-of-life" },
    ]);
  });

  test("sets the tag prefix", () => {
    const lines = detect(["release/1.0", ...tags("v1.0.0", "app-1.0.0")], {
      config: { lines: [{ pattern: "release/*", tagPrefix: "app-" }] },
    });
    expect(lines[0]).toMatchObject({ tagPrefix: "app-", tags: [{ name: "app-1.0.0" }] });
  });

  test("never makes a line of main or of Morello's own branches", () => {
    const everything = { lines: [{ pattern: "**" }] };
    expect(namesOf(detect(["main", "morello/k/1.0", "morello-ledger/1.0", "topic"], { config: everything }))).toEqual([
      "topic",
    ]);
  });
});
