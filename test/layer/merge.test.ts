// Layers as engines write them, each in its own way, come out as one layer that gives the same tree.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf } from "../../src/layer/bytes.ts";
import { LEFTOVERS } from "../../src/layer/drop.ts";
import { NO_XATTRS } from "../../src/layer/entry.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../src/layer/flatten.ts";
import { mergeLayers, type MergedEntry } from "../../src/layer/merge.ts";
import { MOUNTED } from "../../src/layer/mounted.ts";
import { readTar, writeTar, type TarEntry } from "../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";

const EPOCH = 1_700_000_000;

function file(path: string, text = "", other: Partial<TarEntry> = {}): TarEntry {
  const content = Buffer.from(text);
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 5, link: "" as BytePath, device: null, xattrs: NO_XATTRS };
  return { ...common, path: bytePathOf(path), type: "file", size: content.length, content, ...other };
}

const directory = (path: string, other: Partial<TarEntry> = {}): TarEntry =>
  file(path, "", { type: "directory", mode: 0o755, ...other });
const hardlink = (path: string, link: string): TarEntry => file(path, "", { type: "hardlink", link: bytePathOf(link) });

async function tableOf(...layers: readonly TarEntry[][]): Promise<FlatTable> {
  let table = emptyTable();
  for (const layer of layers) table = await applyLayer(table, chunksOf(writeTar(layer)));
  return table;
}

interface Merged {
  readonly entries: readonly MergedEntry[];
  readonly paths: readonly string[];
  /** The merged layer with its contents. */
  readonly layer: readonly TarEntry[];
}

async function merged(layers: readonly TarEntry[][], base: readonly TarEntry[] = []): Promise<Merged> {
  const tars = layers.map((layer) => writeTar(layer));
  const entries = await mergeLayers(
    tars.map((tar) => readTar(chunksOf(tar))),
    { epoch: EPOCH, base: await tableOf([...base]), drop: [...LEFTOVERS, ...MOUNTED], directories: [] },
  );
  const layer = entries.map(({ place, ...header }): TarEntry => {
    const content =
      place === null ? Buffer.alloc(0) : tars[place.layer]!.subarray(place.offset, place.offset + header.size);
    return { ...header, content };
  });
  return { entries, paths: entries.map(({ path }) => path), layer };
}

describe("layers on a base", () => {
  test("become one, in which the last of a path counts", async () => {
    const { layer, paths } = await merged([[file("a", "old"), file("b", "1")], [file("a", "newer")]]);
    expect(paths).toEqual(["a", "b"]);
    expect(layer[0]?.content.toString()).toBe("newer");
  });

  test("give with the base what they gave one on the other", async () => {
    const name = fc.constantFrom("a", "b", "c/d", "c/e", "c/f/g", "h");
    const one = fc.oneof(
      fc.record({ path: name, text: fc.constantFrom("1", "2") }).map(({ path, text }) => file(path, text)),
      name.map((path) => file(path.replace(/[^/]*$/, ".wh.$&"), "", { mode: 0 })),
      fc.constant(file("c/.wh..wh..opq", "", { mode: 0 })),
      fc.constantFrom("c", "c/f", "h").map((path) => directory(path)),
      fc.constant(file("c", "a file where a directory was")),
    );
    const whiteoutsFirst = (layer: TarEntry[]): TarEntry[] =>
      layer.toSorted((x, y) => Number(y.path.includes(".wh.")) - Number(x.path.includes(".wh.")));
    const lower = fc.uniqueArray(one, { selector: ({ path }) => path, maxLength: 6 }).map(whiteoutsFirst);
    await fc.assert(
      fc.asyncProperty(lower, lower, lower, async (base, first, second) => {
        const plain = base.filter(({ path }) => !path.includes(".wh."));
        const said = await tableOf(plain, first, second);
        const { layer } = await merged([first, second], plain);
        const found = await tableOf(plain, [...layer]);
        const timeless = (table: FlatTable): unknown =>
          new Map(
            [...table].map(([path, entry]) => [
              path,
              { ...entry, mtime: entry.type === "directory" ? 0 : entry.mtime },
            ]),
          );
        expect(timeless(found)).toEqual(timeless(said));
      }),
      { numRuns: 300 },
    );
  });

  test("leave out what says the same as the base, whatever time a directory has", async () => {
    const base = [directory("etc"), file("etc/a", "1"), file("etc/b", "2")];
    const { paths } = await merged([[directory("etc", { mtime: 99 }), file("etc/a", "1"), file("etc/b", "3")]], base);
    expect(paths).toEqual(["etc", "etc/b"]);
  });

  test("name each directory above, with the base's mode and owner, at the epoch", async () => {
    const { entries } = await merged([[file("srv/x/a", "1")]], [directory("srv", { mode: 0o2775, gid: 50 })]);
    expect(entries.map(({ path, mode, gid, mtime }) => [path, mode, gid, mtime])).toEqual([
      ["srv", 0o2775, 50, EPOCH],
      ["srv/x", 0o755, 0, EPOCH],
      ["srv/x/a", 0o644, 0, 5],
    ]);
  });

  test("name the topmost of what is gone, and nothing that the base never had", async () => {
    const base = [directory("opt"), directory("opt/a"), file("opt/a/x"), file("opt/b")];
    const { paths } = await merged([[file("opt/.wh.a"), file("opt/.wh.c")]], base);
    expect(paths).toEqual(["opt", "opt/.wh.a"]);
  });
});

describe("what differs from build to build", () => {
  test("is no time after the epoch, and no order", async () => {
    const entries = [file("b", "2", { mtime: EPOCH + 9 }), file("a", "1"), file("c/d", "3", { mtime: EPOCH + 9 })];
    const later = entries.toReversed().map((entry) => (entry.mtime > 5 ? { ...entry, mtime: EPOCH + 86_400 } : entry));
    const one = await merged([entries]);
    expect(writeTar((await merged([later])).layer)).toEqual(writeTar(one.layer));
    expect(one.entries.map(({ mtime }) => mtime)).toEqual([5, EPOCH, EPOCH, EPOCH]);
  });

  test("is left out: logs, caches, secrets of one machine, where engines mount", async () => {
    const left = ["var/log/dpkg.log", "var/lib/apt/lists/x", "etc/ssh/ssh_host_rsa_key", "tmp/a", "etc/shadow-"];
    const mounts = ["etc/resolv.conf", "dev/null", "run/morello/debs", ".dockerenv", "run/.containerenv"];
    const { entries } = await merged([[...left, ...mounts, "etc/shadow"].map((path) => file(path, "x"))]);
    expect(entries.filter(({ type }) => type !== "directory").map(({ path }) => path)).toEqual(["etc/shadow"]);
  });

  test("are extended attributes of the building machine, but not capabilities", async () => {
    const xattrs = new Map([
      ["security.capability", "\u0001"],
      ["security.selinux", "label"],
      ["trusted.overlay.origin", "x"],
    ]);
    const { entries } = await merged([[file("bin/ping", "x", { xattrs })]]);
    expect([...entries[1]!.xattrs.keys()]).toEqual(["security.capability"]);
  });
});

describe("hardlinks", () => {
  test("stay, the first name in order being the file", async () => {
    const { entries } = await merged([[file("z", "text"), hardlink("a", "z"), hardlink("m", "a")]]);
    expect(entries.map(({ path, type, link }) => [path, type, link])).toEqual([
      ["a", "file", ""],
      ["m", "hardlink", "a"],
      ["z", "hardlink", "a"],
    ]);
  });

  test("outlive a name that is left out", async () => {
    const { layer } = await merged([[file("tmp/x", "text"), hardlink("usr/x", "tmp/x")]]);
    expect(layer.at(-1)).toMatchObject({ path: "usr/x", type: "file", content: Buffer.from("text") });
  });

  test("are parted where a later layer writes one of the names", async () => {
    const { entries } = await merged([[file("a", "1"), hardlink("b", "a")], [file("b", "2")]]);
    expect(entries.map(({ type }) => type)).toEqual(["file", "file"]);
  });

  test("to what is not in the layers are refused", async () => {
    await expect(merged([[hardlink("a", "b")]])).rejects.toThrow("a is a hardlink to b, which is not there");
  });
});

test("a device outside of /dev is refused by name", async () => {
  const device = { type: "character", device: { major: 1, minor: 3 } } as const;
  expect((await merged([[file("dev/null", "", device)]])).paths).toEqual(["dev"]);
  await expect(merged([[file("srv/null", "", device)]])).rejects.toThrow("/srv/null is a character device");
});
