// Layers on each other: whiteouts, opaque directories, hardlinks, and the table that comes of them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf } from "../../src/layer/bytes.ts";
import { NO_XATTRS } from "../../src/layer/entry.ts";
import { parseTable, serialiseTable, tableDigest } from "../../src/layer/flat-table.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../src/layer/flatten.ts";
import { gzip } from "../../src/layer/gzip.ts";
import { writeTar, type TarEntry } from "../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";

function entry(path: string, text = "", other: Partial<TarEntry> = {}): TarEntry {
  const content = Buffer.from(text);
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 7, link: "" as BytePath, device: null, xattrs: NO_XATTRS };
  return { ...common, path: bytePathOf(path), type: "file", size: content.length, content, ...other };
}

const directory = (path: string, other: Partial<TarEntry> = {}): TarEntry =>
  entry(path, "", { type: "directory", mode: 0o755, ...other });

async function stacked(...layers: readonly (readonly TarEntry[])[]): Promise<FlatTable> {
  let table = emptyTable();
  for (const layer of layers) table = await applyLayer(table, chunksOf(writeTar(layer)));
  return table;
}

const names = (table: FlatTable): string[] => [...table.keys()].sort();

test("a whiteout takes a file, and a directory with all that is in it", async () => {
  const lower = [directory("a"), entry("a/x"), entry("a/y"), directory("b"), entry("b/z")];
  expect(names(await stacked(lower, [entry("a/.wh.x"), entry(".wh.b")]))).toEqual(["a", "a/y"]);
});

test("a whiteout does not reach what its own layer has, before or after it", async () => {
  const lower = [entry("a/x", "old"), entry("a/y", "old")];
  const upper = [entry("a/x", "new"), entry("a/.wh.x"), entry("a/.wh.y"), entry("a/y", "new")];
  expect(names(await stacked(lower, upper))).toEqual(["a", "a/x", "a/y"]);
});

test("an opaque directory hides what lower layers have in it, and nothing of its own", async () => {
  const lower = [entry("a/x"), entry("a/sub/y"), entry("b")];
  const upper = [entry("a/new"), entry("a/.wh..wh..opq")];
  expect(names(await stacked(lower, upper))).toEqual(["a", "a/new", "b"]);
});

test("a whiteout of what is not there does nothing", async () => {
  expect(names(await stacked([entry("a")], [entry(".wh.b")]))).toEqual(["a"]);
});

test("a whiteout of nothing is damage", async () => {
  await expect(stacked([entry("a/.wh.")])).rejects.toThrow("a/.wh. deletes nothing");
  await expect(stacked([entry("a/.wh...")])).rejects.toThrow("deletes nothing");
});

test("a file takes the place of a directory, a directory that of a file", async () => {
  const table = await stacked([entry("a/x"), entry("b")], [entry("a"), directory("b"), entry("b/y")]);
  expect(names(table)).toEqual(["a", "b", "b/y"]);
  expect(table.get(bytePathOf("a"))?.type).toBe("file");
});

test("a directory that is named again keeps what is in it, and changes itself", async () => {
  const table = await stacked([entry("a/x")], [directory("a", { mode: 0o700, uid: 5 })]);
  expect(names(table)).toEqual(["a", "a/x"]);
  expect(table.get(bytePathOf("a"))).toMatchObject({ mode: 0o700, uid: 5 });
});

test("a hardlink is the file it names, also when that changes later", async () => {
  const twin = entry("twin", "", { type: "hardlink", link: bytePathOf("a") });
  const table = await stacked([entry("a", "one"), twin], [entry("a", "two")]);
  const one = (await stacked([entry("a", "one")])).get(bytePathOf("a"));
  expect(table.get(bytePathOf("twin"))).toEqual(one);
  expect(table.get(bytePathOf("a"))).not.toEqual(one);
  await expect(stacked([twin])).rejects.toThrow("twin is a hardlink to a, which is not there");
});

test("directories that no layer names are root's", async () => {
  expect((await stacked([entry("a/b")])).get(bytePathOf("a"))).toMatchObject({ mode: 0o755, uid: 0, mtime: 0 });
});

test("a gzipped layer is the same as a plain one, and zstd is refused by name", async () => {
  const tar = writeTar([entry("a", "x")]);
  expect(await applyLayer(emptyTable(), chunksOf(gzip(tar)))).toEqual(await applyLayer(emptyTable(), chunksOf(tar)));
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]);
  await expect(applyLayer(emptyTable(), chunksOf(zstd))).rejects.toThrow("compressed with zstd");
});

test("the table below stays as it was", async () => {
  const lower = await stacked([entry("a")]);
  await applyLayer(lower, chunksOf(writeTar([entry(".wh.a"), entry("b")])));
  expect(names(lower)).toEqual(["a"]);
});

test.each([
  ["content", entry("a", "y")],
  ["mode", entry("a", "x", { mode: 0o600 })],
  ["owner", entry("a", "x", { uid: 1 })],
  ["group", entry("a", "x", { gid: 1 })],
  ["mtime", entry("a", "x", { mtime: 8 })],
  ["type", entry("a", "", { type: "symlink", link: bytePathOf("x") })],
  ["extended attributes", entry("a", "x", { xattrs: new Map([["user.k", "v"]]) })],
  ["name", entry("b", "x")],
])("another %s is another digest", async (_, changed) => {
  expect(tableDigest(await stacked([changed]))).not.toBe(tableDigest(await stacked([entry("a", "x")])));
});

test("the order and number of layers do not count, only what they come to", async () => {
  const one = await stacked([entry("a", "1"), entry("b", "2")]);
  const two = await stacked([entry("b", "2"), entry("c")], [entry(".wh.c"), entry("a", "1")]);
  expect(tableDigest(two)).toBe(tableDigest(one));
});

test("a table comes back from its text", async () => {
  const device = entry("null", "", { type: "character", device: { major: 1, minor: 3 } });
  const odd = { ...entry("x", "1", { xattrs: new Map([["user.k", "\xff\0"]]) }), path: "\xff\n" as BytePath };
  const table = await stacked([entry("é", "x"), device, odd]);
  expect(parseTable(serialiseTable(table))).toEqual(table);
  expect(() => parseTable(serialiseTable(table).slice(0, -9))).toThrow("cannot be read");
  expect(() => parseTable("other\n")).toThrow("cannot be read");
});

test("layers applied at once are layers applied one by one: a table needs no memory of its layers", async () => {
  const path = fc.constantFrom("a", "a/b", "a/b/c", "d", ".wh.a", "a/.wh.b", "a/.wh..wh..opq", "d/e");
  const layer = fc.array(fc.record({ path, text: fc.constantFrom("1", "2") }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(layer, { maxLength: 4 }), async (layers) => {
      const tars = layers.map((drawn) => drawn.map(({ path, text }) => entry(path, path.includes(".wh.") ? "" : text)));
      const whole = await stacked(...tars);
      const [last, ...rest] = tars.reverse();
      const lower = parseTable(serialiseTable(await stacked(...rest.reverse())));
      expect(await applyLayer(lower, chunksOf(writeTar(last ?? [])))).toEqual(whole);
      for (const path of whole.keys()) {
        const above = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : null;
        if (above !== null) expect(whole.get(above as BytePath)?.type).toBe("directory");
      }
    }),
    { numRuns: 100 },
  );
});
