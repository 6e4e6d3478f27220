import { expect, onTestFinished, test } from "vitest";
import { ObjectReader } from "../../src/git/objects.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { damage, lose, scratchOn } from "./open.ts";

const BIG = "0123456789abcdef".repeat(20_000); // 320 kB, several times what a pipe holds

const told = history()
  .commit("one", { files: { "small": "small\n", "big": BIG, "dir/with space": "spaced\n", "empty": "" } })
  .commit("two", { files: { small: "other\n" } });

async function reading(): Promise<{ repository: TestRepository; reader: ObjectReader }> {
  const repository = await told.create(makeSandbox(), { bare: true });
  const { reader } = await scratchOn(repository);
  return { repository, reader };
}

test("objects come whole and in the order of the questions, however many are asked at once", async () => {
  const { repository, reader } = await reading();
  const one = repository.oid("one");
  const names = [
    `${one}:small`,
    `${one}:big`,
    "nothing",
    `${one}:empty`,
    `${one}:dir/with space`,
    `${one}:dir/with no such`,
  ];
  const wanted = ["small\n", BIG, null, "", "spaced\n", null];
  const many = Array.from({ length: 2_000 }, (_, n) => n % names.length);
  const found = await Promise.all(many.map((n) => reader.read(names[n] ?? "")));
  expect(found.map((object) => object?.body.toString() ?? null)).toEqual(many.map((n) => wanted[n]));
});

test("info tells ID and type and brings no body, in turn with whole objects", async () => {
  const { repository, reader } = await reading();
  const one = repository.oid("one");
  const [info, read, missing, tree] = await Promise.all([
    reader.info(`${one}:big`),
    reader.read(`${one}:small`),
    reader.info("1".repeat(40)),
    reader.info(`${one}^{tree}`),
  ]);
  expect(info).toMatchObject({ oid: await repository.git(["rev-parse", `${one}:big`]), type: "blob" });
  expect(info?.body).toHaveLength(0);
  expect([read?.body.toString(), missing, tree?.type]).toEqual(["small\n", null, "tree"]);
});

test("a name that is no object is missing, whatever it looks like", async () => {
  const { repository, reader } = await reading();
  const one = repository.oid("one");
  const names = [
    `${one} blob 12`,
    `${one} blob 12^{commit}`,
    "a\nb",
    `${one}\0`,
    "",
    " ",
    "-x",
    `${one}:`,
    `${one}:nothing`,
  ];
  const found = await Promise.all(names.map((name) => reader.read(name)));
  expect(found.map((object) => object?.type ?? null)).toEqual([null, null, null, null, null, null, null, "tree", null]);
});

test("an abbreviation that names several objects is missing", async () => {
  const { repository, reader } = await reading();
  const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`f${n}`, `content ${n}\n`]));
  await repository.extend((history) => history.commit("many", { files }));
  const listed = await repository.git(["ls-tree", "--format=%(objectname)", repository.oid("many")]);
  const seen = new Set<string>();
  const short = listed.split("\n").map((oid) => oid.slice(0, 4));
  const twice = short.find((start) => seen.size === seen.add(start).size);
  expect(twice).toBeDefined();
  expect(await reader.read(twice ?? "")).toBeNull();
});

test("an object that is gone is missing, and one that is damaged says so; the others come", async () => {
  const { repository, reader } = await reading();
  const one = repository.oid("one");
  const gone = await lose(repository, `${one}:dir/with space`);
  const big = await damage(repository, `${one}:big`);
  const asked = [`${one}:small`, gone, big, `${one}:small`, big, `${repository.oid("two")}:small`];
  const found = await Promise.allSettled(asked.map((name) => reader.read(name)));
  const said = found.map((answer) =>
    answer.status === "fulfilled" ? (answer.value?.body.toString() ?? null) : (answer.reason as Error).message,
  );
  expect(said).toEqual(["small\n", null, unreadable(big, said[2]), "small\n", unreadable(big, said[4]), "other\n"]);
});

/** Some gits die on a damaged object, others call it missing. */
function unreadable(oid: string, said: string | null | undefined): string | null {
  return said === null ? null : `Cannot read object ${oid}`;
}

test("trees and commits are parsed once, and an object of another type is none", async () => {
  const { repository, reader } = await reading();
  const one = repository.oid("one");
  const commit = await reader.commit(one);
  const tree = await reader.tree(commit?.tree ?? "");
  expect([...(tree?.keys() ?? [])]).toEqual(["big", "dir", "empty", "small"]);
  expect(await reader.tree(commit?.tree ?? "")).toBe(tree);
  expect([await reader.tree(one), await reader.commit(commit?.tree ?? "")]).toEqual([null, null]);
});

test("a reader that was closed reads again", async () => {
  const { repository } = await reading();
  const scratch = await scratchOn(repository);
  const reader = new ObjectReader(scratch, "sha1");
  onTestFinished(() => reader.close());
  const name = `${repository.oid("two")}:small`;
  for (let n = 0; n < 3; n++) {
    expect((await reader.read(name))?.body.toString()).toBe("other\n");
    reader.close();
  }
});
