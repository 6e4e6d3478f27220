import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lose } from "../git/open.ts";
import { FIX_MESSAGE, find, findOne, FIXED, LEAKING, leakStory, LIMITED_BY_HAND, loader } from "./finding.ts";
import type { History, HistoryOptions } from "../support/history.ts";
import { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** `release/v1.5` has the fix as itself, 1.4 as a pick, 1.3 picked and reverted, 1.2 lacks it. */
function story(options: HistoryOptions = {}): History {
  return leakStory(options)
    .branch("release/v1.5")
    .branch("release/v1.2", "base")
    .commit("only 1.2", { files: { own: "2\n" } })
    .branch("release/v1.3", "base")
    .commit("pick 1.3", { message: FIX_MESSAGE, files: FIXED })
    .commit("sorry", { message: 'Revert "loader: limit the prefetch queue"\n', files: LEAKING })
    .branch("release/v1.4", "base")
    .commit("pick 1.4", { message: FIX_MESSAGE, files: FIXED })
    .tag("v1.4.1")
    .checkout("main")
    .commit("after", { files: { "more.txt": "after\n" } });
}

const EXPECTED = [
  "release/v1.5: equivalent",
  "release/v1.4: equivalent",
  "release/v1.3: reverted",
  "release/v1.2: absent",
];

async function told(repository: TestRepository, place: Parameters<typeof find>[2] = {}): Promise<string[]> {
  const { lines } = await findOne(repository, repository.oid("fix"), place);
  return lines.map(({ line, standing }) => `${line}: ${standing}`);
}

/** A clone with the marks of its original. */
async function clone(original: TestRepository, args: readonly string[]): Promise<TestRepository> {
  const { sandbox, path } = original;
  await original.git(["config", "uploadpack.allowFilter", "true"]);
  const copy = sandbox.path("clone");
  await sandbox.git(["clone", "-q", ...args, `file://${path}`, copy], { cwd: sandbox.root });
  return new TestRepository(sandbox, copy, false, original.history, original.oids);
}

test("the answer is the same from a subdirectory, in a bare repository and with SHA-256", async () => {
  const open = await story().create(makeSandbox());
  expect(await told(open)).toEqual(EXPECTED);
  const bare = await story().create(makeSandbox(), { bare: true, head: "main" });
  expect(await told(bare)).toEqual(EXPECTED);
  const long = await story({ objectFormat: "sha256" }).create(makeSandbox(), { bare: true, head: "main" });
  expect(await told(long)).toEqual(EXPECTED);
});

test("the answer is the same the second time, and after new commits", async () => {
  const repository = await story().create(makeSandbox(), { bare: true, head: "main" });
  const first = await find(repository, repository.oid("fix"));
  expect(await find(repository, repository.oid("fix"))).toEqual(first);
  await repository.extend((line) =>
    line.checkout("release/v1.2").commit("pick 1.2", { message: FIX_MESSAGE, files: FIXED }),
  );
  expect((await told(repository)).at(-1)).toBe("release/v1.2: equivalent");
});

test("lines that only a remote has are answered for", async () => {
  const copy = await clone(await story().create(makeSandbox(), { bare: true, head: "main" }), []);
  expect(await told(copy)).toEqual(EXPECTED);
});

test("a shallow clone that cuts off where lines branched answers for what it holds", async () => {
  const original = await story().create(makeSandbox(), { bare: true, head: "main" });
  const copy = await clone(original, ["--depth=2", "--no-single-branch"]);
  expect(existsSync(join(copy.gitDir, "shallow"))).toBe(true);
  expect(await told(copy)).toEqual(EXPECTED);
});

test("a clone without blobs is answered for, and fetches nothing", async () => {
  const original = await story().create(makeSandbox(), { bare: true, head: "main" });
  const copy = await clone(original, ["--filter=blob:none", "--no-checkout"]);
  const before = await copy.git(["count-objects", "-v"]);
  const found = await find(copy, copy.oid("fix"));
  expect(found.unreadable.length).toBeGreaterThan(0);
  expect(found.fixes[0]?.lines[0]).toMatchObject({ line: "release/v1.5", standing: "equivalent" });
  expect(await copy.git(["count-objects", "-v"])).toBe(before);
});

test("a commit whose patch cannot be read is named, and found by its words", async () => {
  const repository = await story().create(makeSandbox(), { bare: true, head: "main" });
  await repository.extend((line) =>
    line.checkout("release/v1.2").commit("pick 1.2", {
      message: `${FIX_MESSAGE}\n(cherry picked from commit ${repository.oid("fix")})\n`,
      files: { "loader.py": loader({ queue: LIMITED_BY_HAND }) },
    }),
  );
  await lose(repository, "release/v1.2:loader.py");
  const { unreadable, fixes } = await find(repository, repository.oid("fix"));
  expect(unreadable).toEqual([repository.oid("pick 1.2")]);
  expect(fixes[0]?.lines.at(-1)).toMatchObject({ standing: "corresponding", match: { band: "ask" } });
  const { unreadable: elsewhere } = await find(repository, repository.oid("fix"), { lines: ["release/v1.4"] });
  expect(elsewhere).toEqual([]);
});
