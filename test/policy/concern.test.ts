import { describe, expect, test } from "vitest";
import type { ChangedFile, ChangedHunk } from "../../src/patch/changed-file.ts";
import { strayHunks } from "../../src/policy/concern.ts";
import { oneConcern } from "../../src/policy/rules/one-concern.ts";
import { pick, problems } from "./facts.ts";

function hunk(line: number, removed: readonly string[], added: readonly string[], section = ""): ChangedHunk {
  return { line, section, removed, added };
}

function file(path: string, ...hunks: readonly ChangedHunk[]): ChangedFile {
  return { path, from: null, status: "modified", binary: false, hunks };
}

const FIX = file(
  "loader.py",
  hunk(20, ["    return Queue()"], ["    return Queue(maxsize=limit)"], "def queue(self):"),
);

const REFORMATTED = file(
  "train.py",
  hunk(3, ["x = f(a,b)", "y = g( a )"], ["x = f(a, b)", "y = g(a)"]),
  hunk(30, ["z = [1,", "     2]"], ["z = [", "    1,", "    2,", "]"]),
  hunk(50, ["s = 'a'"], ['s = "a"']),
);

const RENAMED = file(
  "train.py",
  hunk(3, ["    loader = make(loader_size)", "    use(loader)"], ["    feed = make(loader_size)", "    use(feed)"]),
  hunk(13, ["    for b in loader:", "        loader.step(b)"], ["    for b in feed:", "        feed.step(b)"]),
  hunk(23, ["    loader.close()", "    del loader"], ["    feed.close()", "    del feed"]),
);

const BLOCK = ["def helper(values):", "    total = sum(values)", "    count = len(values)", "    return total / count"];
const MOVED = [
  file("train.py", hunk(3, BLOCK, []), hunk(30, ["# one  word"], ["# another word"])),
  file("util.py", hunk(1, [], BLOCK)),
];

const REWORDED = file(
  "train.py",
  hunk(3, ["# the loder", "# feeds"], ["# the loader", "# feeds us"]),
  hunk(13, ["# trainz", "# it"], ["# trains", "# them"]),
  hunk(23, ["# endz", "# here"], ["# ends", "# there"]),
);

const kinds = (...files: readonly ChangedFile[]): string[] => [...new Set(strayHunks(files).map(({ kind }) => kind))];

describe("beside a fix", () => {
  test.each([
    ["reformatting", [REFORMATTED]],
    ["renaming", [RENAMED]],
    ["moving", MOVED],
    ["rewording of comments", [REWORDED]],
  ] as const)("%s is found, in the hunks where it is", (kind, files) => {
    expect(kinds(FIX, ...files)).toContain(kind);
    expect(strayHunks([FIX, ...files]).some(({ path }) => path === FIX.path)).toBe(false);
  });

  test.each([
    ["nothing", []],
    ["a line or two that are tidied on the way", [file("train.py", REFORMATTED.hunks[2]!)]],
    ["tests, which change as they must", [file("tests/test_train.py", ...REFORMATTED.hunks)]],
    ["documents", [file("README.md", ...REFORMATTED.hunks)]],
    ["new comments", [file("train.py", ...[3, 13, 23].map((n) => hunk(n, [], ["# why", "# because"])))]],
  ] as const)("is nothing to tell: %s", (_, files) => {
    expect(strayHunks([FIX, ...files])).toEqual([]);
  });

  test("callers that follow a function which the fix brings are part of it", () => {
    const brings = file("queue.py", hunk(1, [], ["def feed(size):", "    return Queue(size)"]));
    expect(kinds(FIX, brings, RENAMED)).toEqual([]);
  });

  test("what stands in the fix's own function is part of it", () => {
    const section = "def queue(self):";
    const own = file("loader.py", ...FIX.hunks, ...REFORMATTED.hunks.map((one) => ({ ...one, section })));
    expect(strayHunks([own])).toEqual([]);
  });
});

test("tidying alone is no fix with something beside it", () => {
  expect(strayHunks([REFORMATTED, RENAMED])).toEqual([]);
});

describe("the rule", () => {
  const files = [FIX, REFORMATTED];

  test("names the hunks", () => {
    const [problem] = problems(oneConcern, pick({ files }));
    expect(problem?.message).toBe("beside the fix there is reformatting that it does not need");
    expect(problem?.paths).toEqual([3, 30, 50].map((line) => ({ path: "train.py", line })));
  });

  test.each([
    ["a refactoring", { message: "refactor: a\n", files }],
    ["a feature", { message: "feat: a\n", files }],
    ["a commit that is about tidying", { message: "fix: typos and formatting\n", files }],
    ["a merge", { parents: ["1", "2"], files }],
  ])("does not look at %s", (_, facts) => {
    expect(problems(oneConcern, pick(facts))).toEqual([]);
  });
});
