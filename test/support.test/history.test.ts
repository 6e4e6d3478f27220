import { expect, test } from "vitest";
import { censusChanges, objectCensus } from "../support/census.ts";
import { executable, submodule, symlink } from "../support/case/entries.ts";
import { history } from "../support/history.ts";
import { copyRepository, fsck } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { latin1 } from "../support/tree.ts";
import { utimesSync } from "node:fs";

test.each(["sha1", "sha256"] as const)("a history stands in a %s repository as it was told", async (objectFormat) => {
  const sandbox = makeSandbox();
  const repository = await history({ objectFormat })
    .commit("base", {
      files: { "a.txt": "a\n", "d/run.sh": executable("#!\n"), "link": symlink("a.txt"), "module": submodule("1") },
    })
    .branch("release/v2.7")
    .annotatedTag("v2.7.0")
    .commit("moved", {
      rename: { d: "e" },
      files: [
        [latin1('\xff\n"'), latin1("\0\xff")],
        ["a.txt", null],
      ],
    })
    .checkout("main")
    .commit("latin", { message: latin1("\xe9\n\n\n"), encoding: "ISO-8859-1", author: { name: latin1("Zo\xeb") } })
    .merge("merged", "release/v2.7")
    .orphan("other")
    .commit("root", { files: { a: "a\n" } })
    .tag("light")
    .create(sandbox);

  await fsck(repository);
  expect(await repository.git(["status", "--porcelain"])).toBe("");
  const oids = (...marks: string[]): string => marks.map((mark) => repository.oid(mark)).join(" ");
  expect(await repository.git(["rev-list", "--parents", "-1", "main"])).toBe(oids("merged", "latin", "moved"));
  expect(await repository.git(["rev-list", "--parents", "-1", "other"])).toBe(oids("root"));
  const tree = await repository.gitRun(["ls-tree", "-r", "-z", "main"]);
  expect(
    tree.stdout
      .toString("latin1")
      .replaceAll(/ \w{40,}\t/g, " ")
      .split("\0"),
  ).toEqual(["100755 blob e/run.sh", "120000 blob link", "160000 commit module", '100644 blob \xff\n"', ""]);
  const { stdout } = await repository.gitRun(["cat-file", "commit", repository.oid("latin")]);
  expect(stdout.toString("latin1")).toMatch(
    /\nauthor Zo\xeb <ada@example.com> 1767225720 \+0000\n[^]*\nencoding ISO-8859-1\n\n\xe9\n\n\n$/,
  );
  expect(await repository.git(["rev-parse", "v2.7.0", "v2.7.0^{commit}", "light"])).toBe(
    [repository.oid("tag:v2.7.0"), repository.oid("base"), repository.oid("root")].join("\n"),
  );
  expect(await repository.git(["for-each-ref", "--format=%(refname)"])).toBe(
    "refs/heads/main\nrefs/heads/other\nrefs/heads/release/v2.7\nrefs/tags/light\nrefs/tags/v2.7.0",
  );
});

test("the same history has the same object IDs, bare or not, and goes on where it stopped", async () => {
  const sandbox = makeSandbox();
  const told = history().commit("one", { files: { a: "1\n" } });
  const [first, second] = [
    await told.create(sandbox, { name: "first" }),
    await told.create(sandbox, { name: "second", bare: true }),
  ];
  const more = await second.extend((goOn) => goOn.commit("two", { files: { "a": null, "a/b": "2\n" } }));
  expect(more.oid("one")).toBe(first.oid("one"));
  expect(await second.git(["rev-parse", "main", "main^"])).toBe(`${second.oid("two")}\n${first.oid("one")}`);
  expect(() => first.oid("two")).toThrow("no commit of the mark two");
});

test("a merge of files that both sides changed wants to be told what stands there", () => {
  const told = history()
    .commit("base", { files: { a: "1\n" } })
    .branch("b")
    .commit("b", { files: { a: "2\n" } })
    .checkout("main")
    .commit("m", { files: { a: "3\n" } });
  expect(() => told.fork().merge("merged", "b")).toThrow("both sides changed a");
  expect(
    told
      .fork()
      .merge("merged", "b", { files: { a: "4\n" } })
      .commits.get("merged")
      ?.tree.get("a"),
  ).toBe("4\n");
});

test("a copied repository is clean, and reading it leaves its census as it was", async () => {
  const sandbox = makeSandbox();
  const template = await history()
    .commit("one", { files: { "a": "1\n", "d/b": "2\n" } })
    .create(sandbox);
  const copy = await copyRepository(template, sandbox);
  const before = objectCensus(copy.path);
  expect(await copy.git(["status", "--porcelain"])).toBe("");
  expect(censusChanges(before, objectCensus(copy.path))).toEqual([]);
  expect(objectCensus(copy.path).digest).toBe(before.digest);
});

test("the census notices a touched file, a written one, and one that came and went", async () => {
  const sandbox = makeSandbox();
  const repository = await history()
    .commit("one", { files: { a: "1\n", b: "1\n" } })
    .create(sandbox);
  const before = objectCensus(repository.path);
  utimesSync(`${repository.path}/a`, 0, 0);
  sandbox.write("repository/b", "2\n");
  await repository.git(["update-ref", "refs/heads/gone", "main"]);
  await repository.git(["update-ref", "-d", "refs/heads/gone"]);
  const changes = censusChanges(before, objectCensus(repository.path));
  expect(changes).toEqual(expect.arrayContaining(["changed a", "changed b", "changed .git/refs/heads"]));
});
