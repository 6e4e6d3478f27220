import { expect, test } from "vitest";
import { FindOutcome, WantedOutcome } from "../../src/wire/find.ts";
import { morello } from "../support/cli.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { FIX_MESSAGE, FIXED, leakStory } from "../usecase/finding.ts";

/** `release/v1.4` has the fix, `release/v1.3` lacks it. */
async function standing(): Promise<TestRepository> {
  return leakStory()
    .branch("release/v1.3", "base")
    .commit("only 1.3", { files: { own: "3\n" } })
    .branch("release/v1.4", "base")
    .commit("pick", { message: FIX_MESSAGE, files: FIXED })
    .checkout("main")
    .commit("typed", { message: "fix: more\n", files: { "more.txt": "fixed\n" } })
    .create(makeSandbox());
}

async function refused(args: readonly string[]): Promise<{ status: number | null; code: string; hint: string }> {
  const repository = await standing();
  const done = await morello(repository.sandbox, [...args, "--json"], { cwd: repository.path });
  const { code, hint } = done.json<{ code: string; hint: string }>();
  return { status: done.status, code, hint };
}

test("find says where a commit stands, to people and as JSON of its schema", async () => {
  const repository = await standing();
  const fix = repository.oid("fix");
  const plain = await morello(repository.sandbox, ["find", fix], { cwd: repository.path });
  expect(plain.status).toBe(0);
  expect(plain.stdout).toContain(`release/v1.3: ${fix}: not there\n`);
  const json = await morello(repository.sandbox, ["find", fix, "--line", "release/v1.4", "--json"], {
    cwd: repository.path,
  });
  const outcome = FindOutcome.parse(json.json());
  expect(outcome.fixes.flatMap(({ lines }) => lines.map(({ line, standing }) => `${line}: ${standing}`))).toEqual([
    "release/v1.4: equivalent",
  ]);
});

test("find turned around, and the matrix, keep to their schema", async () => {
  const repository = await standing();
  const wanted = async (...args: readonly string[]): Promise<WantedOutcome> =>
    WantedOutcome.parse((await morello(repository.sandbox, [...args, "--json"], { cwd: repository.path })).json());
  expect((await wanted("find", "--line", "release/v1.4")).fixes.map(({ source }) => source.subject)).toEqual([
    "fix: more",
  ]);
  expect((await wanted("lines", "--matrix")).lines).toEqual(["release/v1.4", "release/v1.3"]);
});

test("a judgement is remembered by the next call", async () => {
  const repository = await standing();
  const { sandbox, path: cwd } = repository;
  const said = ["--different", "release/v1.4", "--reason", "another queue"];
  expect((await morello(sandbox, ["find", repository.oid("fix"), ...said], { cwd })).stdout).toContain(
    `judged: ${repository.oid("pick")}: another fix\n`,
  );
  const next = await morello(sandbox, ["find", repository.oid("fix"), "--json"], { cwd });
  expect(FindOutcome.parse(next.json()).fixes[0]?.lines.map(({ standing }) => standing)).toEqual(["absent", "absent"]);
});

test.each([
  [["find"], "usage"],
  [["find", "main", "--since", "main~1"], "usage"],
  [["find", "main", "--line", "release/v9.9"], "unknown-line"],
  [["find", "nothing"], "unknown-revision"],
  [["find", "--line", "release/v1.4", "--since", "nothing"], "unknown-revision"],
  [["find", "main", "--same", "release/v1.4"], "usage"],
  [["find", "main", "--reason", "why"], "usage"],
  [["find", "--line", "release/v1.4", "--forget", "main"], "usage"],
  [["find", "main", "--same", "nothing", "--reason", "why"], "unknown-revision"],
])("%j is refused as %s, with a hint", async (args, code) => {
  expect(await refused(args)).toMatchObject({ status: 2, code, hint: expect.stringMatching(/./) as string });
});

test("--since without a main branch is refused", async () => {
  const repository = await standing();
  await repository.git(["checkout", "-q", "release/v1.4"]);
  await repository.git(["branch", "-q", "-D", "main"]);
  const done = await morello(repository.sandbox, ["lines", "--matrix", "--json"], { cwd: repository.path });
  expect({ status: done.status, ...done.json<object>() }).toMatchObject({ status: 2, code: "usage" });
});
