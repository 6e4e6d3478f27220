import { expect, test } from "vitest";
import { findWanted, type WantedInput } from "../../src/usecase/find-wanted.ts";
import type { WantedOutcome } from "../../src/wire/find.ts";
import type { History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { FIXED, leakStory, LIMITED, loader, markOf } from "./finding.ts";
import { depsOf, failure } from "./setting.ts";

const OPENING = {
  "loader.py": loader({ queue: LIMITED, open: "\n\ndef open_shards(paths):\n    return sorted(paths)\n" }),
};

/** `release/v1.4` has the first fix of main and lacks the others; `release/v1.3` has none. */
function wantedStory(): History {
  return leakStory()
    .branch("release/v1.3", "base")
    .commit("only 1.3", { files: { own: "3\n" } })
    .branch("release/v1.4", "more")
    .tag("v1.4.0")
    .commit("pick", { message: `fix: limit the queue\n`, files: FIXED })
    .checkout("main")
    .branch("main", "more")
    .commit("typed", { message: "fix: limit the queue\n", files: FIXED })
    .commit("docs", { message: "docs: how to fix a loader\n", files: { README: "read me again\n" } })
    .commit("stable", {
      message: "sort the shards\n\nCc: stable@example.com\n",
      files: OPENING,
    })
    .commit("feature", { message: "feat: more shards\n", files: { "more.txt": "many more\n" } });
}

async function wanted(
  repository: TestRepository,
  wish: Partial<WantedInput> = {},
): Promise<{ outcome: WantedOutcome; told: string[] }> {
  const outcome = await findWanted(depsOf(repository), {
    lines: [],
    since: null,
    limit: 50,
    fetch: false,
    unaffected: true,
    ...wish,
  });
  const told = outcome.fixes.map(({ source, because, standings }) =>
    [`${markOf(repository, source.commit)} (${because})`, ...standings.map(({ standing }) => standing)].join(": "),
  );
  return { outcome, told };
}

async function standing(): Promise<TestRepository> {
  return wantedStory().create(makeSandbox(), { bare: true, head: "main" });
}

test("main's fixes are told newest first, by what makes them fixes, with their standing on every line", async () => {
  const { outcome, told } = await wanted(await standing());
  expect(outcome).toMatchObject({ kind: "wanted", main: "main", lines: ["release/v1.4", "release/v1.3"], more: 0 });
  expect(told).toEqual(["stable (Cc: stable): absent: absent", "typed (fix): equivalent: absent"]);
});

test("without a tag it begins where the newest line left main", async () => {
  const repository = await standing();
  expect((await wanted(repository)).outcome.since).toBe(repository.oid("more"));
});

test("with a tag it begins there", async () => {
  const repository = await standing();
  await repository.extend((main) => main.tag("nightly", "docs"));
  const { outcome, told } = await wanted(repository, { since: "nightly", lines: ["release/v1.3"] });
  expect({ since: outcome.since, told }).toEqual({ since: "nightly", told: ["stable (Cc: stable): absent"] });
});

test("what is beyond the limit is counted", async () => {
  const { outcome, told } = await wanted(await standing(), { limit: 1 });
  expect({ more: outcome.more, told }).toEqual({ more: 1, told: ["stable (Cc: stable): absent: absent"] });
});

test("a fix that main has taken back says so", async () => {
  const repository = await standing();
  await repository.extend((main) =>
    main.commit("sorry", {
      message: `Revert "fix: limit the queue"\n\nThis reverts commit ${repository.oid("typed")}.\n`,
      files: { own: "1\n" },
    }),
  );
  const { outcome } = await wanted(repository);
  const typed = outcome.fixes.find(({ source }) => source.commit === repository.oid("typed"));
  expect(typed?.revertedBy?.commit).toBe(repository.oid("sorry"));
});

test("words of fixes can be configured", async () => {
  const repository = await standing();
  await repository.extend((main) =>
    main.commit("configured", { files: { "morello.yaml": "fixes:\n  types: [feat]\n  trailers: []\n" } }),
  );
  expect((await wanted(repository)).told).toEqual(["feature (feat): absent: absent"]);
});

test("what a line does not need is told apart only if it is asked for", async () => {
  const repository = await standing();
  await repository.extend((main) =>
    main.commit("cause", { files: { "shard.py": "def close(shard):\n    shard.file.close()\n" } }).commit("late", {
      message: "fix: close once\n",
      files: { "shard.py": "def close(shard):\n    shard.finish()\n" },
    }),
  );
  const line = { lines: ["release/v1.3"], limit: 1 };
  expect((await wanted(repository, line)).told).toEqual(["late (fix): not affected"]);
  expect((await wanted(repository, { ...line, unaffected: false })).told).toEqual(["late (fix): absent"]);
});

test("only maintained lines are asked about, unless one is named", async () => {
  const repository = await standing();
  await repository.extend((main) =>
    main.commit("configured", {
      files: { "morello.yaml": "lines:\n  - pattern: release/v1.3\n    maintained: false\n" },
    }),
  );
  expect((await wanted(repository)).outcome.lines).toEqual(["release/v1.4"]);
  expect((await wanted(repository, { lines: ["release/v1.3"] })).outcome.lines).toEqual(["release/v1.3"]);
});

test("a line that has all of main wants nothing", async () => {
  const repository = await leakStory()
    .branch("release/v1.4")
    .checkout("main")
    .create(makeSandbox(), { bare: true, head: "main" });
  expect((await wanted(repository)).told).toEqual([]);
});

test("what is named and is not there is named", async () => {
  const repository = await standing();
  expect(await failure(wanted(repository, { since: "v9.9" }))).toMatchObject({ code: "unknown-revision" });
  expect(await failure(wanted(repository, { lines: ["release/v9"] }))).toMatchObject({ code: "unknown-line" });
});

test("without a main branch there is nothing to look on", async () => {
  const repository = await wantedStory().create(makeSandbox(), { head: "release/v1.4" });
  await repository.git(["branch", "-q", "-D", "main"]);
  expect(await failure(wanted(repository))).toMatchObject({
    code: "usage",
    message: expect.stringContaining("main") as string,
  });
});
