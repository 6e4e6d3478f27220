// Trees to layers: what a diff layer makes of the tree before must be the tree after, whatever the trees.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf } from "../../src/layer/bytes.ts";
import {
  applyLayer,
  emptyTable,
  placeProblem,
  tableDigest,
  withSource,
  type FlatTable,
} from "../../src/layer/flatten.ts";
import {
  diffLayer,
  fullLayer,
  lfsPointers,
  sourceMtime,
  treeDifference,
  type Layer,
  type SourceFile,
} from "../../src/layer/source.ts";
import { hashObject } from "../../src/object/hash.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";

const PLACE = { path: "/opt/app", uid: 1000, gid: 100 };

function file(path: string, text: string, mode = "100644"): SourceFile {
  const bytes = Buffer.from(text);
  return { path: bytePathOf(path), mode, oid: hashObject("sha1", "blob", bytes), bytes };
}

function link(path: string, target: string): SourceFile {
  return file(path, target, "120000");
}

const apply = (table: FlatTable, layer: Layer): Promise<FlatTable> => applyLayer(table, chunksOf(layer.bytes));

/** What a table says of paths below the place, briefly. */
function seen(table: FlatTable): string[] {
  return [...table]
    .map(([path, { type, mode, link }]) => `${path} ${type} ${mode.toString(8)}${link && ` ${link}`}`)
    .sort();
}

async function after(before: SourceFile[], now: SourceFile[]): Promise<string[]> {
  const diff = diffLayer(before, now, PLACE);
  const base = await apply(emptyTable(), fullLayer(before, PLACE));
  return seen(diff === null ? base : await apply(base, diff)).filter((line) => line.startsWith("opt/app/"));
}

test("a full layer holds every file with its mode, owner and directories", async () => {
  const table = await apply(emptyTable(), fullLayer([file("bin/run", "x", "100755"), link("now", "bin/run")], PLACE));
  expect(seen(table)).toEqual([
    "opt directory 755",
    "opt/app directory 755",
    "opt/app/bin directory 755",
    "opt/app/bin/run file 755",
    "opt/app/now symlink 777 bin/run",
  ]);
  expect(table.get(bytePathOf("opt"))).toMatchObject({ uid: 0, gid: 0, mtime: 1_000_000_000 });
  expect(table.get(bytePathOf("opt/app/bin"))).toMatchObject({ uid: 1000, gid: 100, mtime: 1_000_000_000 });
});

test("a file's mtime comes of its blob, so that equal sizes do not hide a change", () => {
  expect(sourceMtime("0000000fff")).toBe(1_000_000_000);
  expect(sourceMtime("fffffff000")).toBe(1_268_435_455);
});

test("two trees that are the same give no diff layer", () => {
  expect(diffLayer([file("a", "1")], [file("a", "1")], PLACE)).toBeNull();
});

test("a diff layer needs only the contents of what is written", () => {
  const same = file("same", "1");
  const layer = diffLayer([same], [{ path: same.path, mode: same.mode, oid: same.oid }, file("new", "2")], PLACE);
  expect(layer).toEqual(diffLayer([same], [same, file("new", "2")], PLACE));
});

test("a directory whose files are all gone is deleted by one whiteout", () => {
  const before = [file("a/b/c", "1"), file("a/b/d", "2"), file("a/e", "3")];
  expect(treeDifference(before, [file("a/e", "3")]).removed).toEqual(["a/b"]);
});

test("a file becomes a directory, and a directory a file", async () => {
  expect(await after([file("a", "1"), file("b/c", "2")], [file("a/x", "1"), file("b", "2")])).toEqual([
    "opt/app/a directory 755",
    "opt/app/a/x file 644",
    "opt/app/b file 644",
  ]);
});

test("a symlink becomes a file, and a mode changes alone", async () => {
  expect(await after([link("a", "t"), file("b", "2")], [file("a", "1"), file("b", "2", "100755")])).toEqual([
    "opt/app/a file 644",
    "opt/app/b file 755",
  ]);
});

test.each([
  [file(".wh.x", "1"), "it has a name that starts with .wh."],
  [file("a/.wh..wh..opq", "1"), "it has a name that starts with .wh."],
  [file("lib/sub", "", "160000"), "it is a submodule"],
  [file("../etc/passwd", "1"), "it has a name that leads out"],
  [file("a//b", "1"), "it has a name that leads out"],
])("what a layer cannot carry is refused: %#", (bad, message) => {
  expect(() => fullLayer([bad], PLACE)).toThrow(message);
  expect(() => diffLayer([], [bad], PLACE)).toThrow(message);
});

test("names that differ only in case are two files, the same name twice is refused", async () => {
  expect(await after([], [file("A", "1"), file("a", "2")])).toEqual(["opt/app/A file 644", "opt/app/a file 644"]);
  expect(() => fullLayer([file("a", "1"), file("a", "2")], PLACE)).toThrow("it is there twice");
});

test("pointers of git-lfs are named", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
  expect(lfsPointers([file("a", "x"), file("w.bin", pointer)])).toEqual(["w.bin"]);
});

test("an environment is told from one that stands in the source's way", async () => {
  const at = async (files: SourceFile[], path: string): Promise<FlatTable> =>
    apply(emptyTable(), fullLayer(files, { ...PLACE, path }));
  expect(placeProblem(await at([file("a", "1")], "/srv/x"), PLACE)).toBeNull();
  expect(placeProblem(await at([file("a", "1")], "/opt/app"), PLACE)).toBe(
    "the environment has /opt/app/a where the source goes",
  );
  expect(placeProblem(await at([], "/home/ada"), { ...PLACE, path: "/home/ada/app" })).toBe(
    "/home/ada is 0755, of 1000:100 in the environment, and a source layer would make it 0755, of 0:0",
  );
  expect(placeProblem(await at([link("var", "x")], "/run"), { ...PLACE, path: "/run/var/app" })).toBe(
    "/run is 0755, of 1000:100 in the environment, and a source layer would make it 0755, of 0:0",
  );
});

/** Few names, so that files meet directories. */
const name = fc.constantFrom("a", "b", "A", "a-b", "é", "x".repeat(60));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const anyFile = fc.record({
  path,
  text: fc.constantFrom("", "1", "2", "long\n".repeat(200)),
  mode: fc.constantFrom("100644", "100755", "120000"),
});

/** A tree: no file stands where a directory must. */
const tree = fc.array(anyFile, { maxLength: 12 }).map((drawn) => {
  const files: SourceFile[] = [];
  for (const { path, text, mode } of drawn) {
    const clash = files.some((other) => {
      const known = Buffer.from(other.path, "latin1").toString();
      return known === path || known.startsWith(`${path}/`) || path.startsWith(`${known}/`);
    });
    if (!clash) files.push(file(path, mode === "120000" && text === "" ? "t" : text, mode));
  }
  return files;
});

test("for any two trees the diff layer on the first is the second, attribute for attribute", async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, now) => {
      const environment = await apply(emptyTable(), fullLayer([file("lib/x", "0")], { ...PLACE, path: "/usr" }));
      const old = await apply(environment, fullLayer(before, PLACE));
      const full = fullLayer(now, PLACE);
      const diff = diffLayer(before, now, PLACE);
      const patched = diff === null ? old : await apply(old, diff);
      expect(tableDigest(patched)).toBe(tableDigest(await apply(environment, full)));
      expect(tableDigest(patched)).toBe(tableDigest(await withSource(old, full, PLACE)));
    }),
    { numRuns: 60 },
  );
});

test("the order in which files are given does not matter", () => {
  fc.assert(
    fc.property(tree, tree, (before, now) => {
      const turned = fullLayer([...now].reverse(), PLACE);
      expect(turned.digest).toBe(fullLayer(now, PLACE).digest);
      expect(diffLayer([...before].reverse(), [...now].reverse(), PLACE)?.digest).toBe(
        diffLayer(before, now, PLACE)?.digest,
      );
    }),
    { numRuns: 30 },
  );
});

test("a known tree gives a known digest, on every machine and with every Node", () => {
  const layer = fullLayer(
    [file("app/main.py", "print(1)\n"), file("é/long".padEnd(130, "x"), "y"), link("l", "app")],
    PLACE,
  );
  expect({ digest: layer.digest, diffId: layer.diffId, size: layer.size }).toMatchInlineSnapshot(`
    {
      "diffId": "sha256:e3bf4463e9dd9909bfdcd7d65767e06b746afa54a67d52db4f25de7f0294073f",
      "digest": "sha256:78bd7d0ebe839abde612f676521d7e507d05c277c9dccfb81c2ff6886f58f43c",
      "size": 355,
    }
  `);
  expect(layer.digest).toBe(`sha256:${createHash("sha256").update(layer.bytes).digest("hex")}`);
});

test("a path of any bytes comes back as it was", async () => {
  const odd = { ...file("x", "1"), path: "dir/\xff\xfe name\n" as BytePath };
  const table = await apply(emptyTable(), fullLayer([odd], PLACE));
  expect(table.has("opt/app/dir/\xff\xfe name\n" as BytePath)).toBe(true);
});
