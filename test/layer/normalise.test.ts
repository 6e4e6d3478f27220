// What engines write differently each time comes out the same.
import { readFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { normaliseLayer } from "../../src/image/normalise-layer.ts";
import { chunksOf } from "../../src/layer/bytes.ts";
import { LEFTOVERS } from "../../src/layer/drop.ts";
import { NO_XATTRS } from "../../src/layer/entry.ts";
import { applyLayer, emptyTable, tableDigest } from "../../src/layer/flatten.ts";
import { gzip } from "../../src/layer/gzip.ts";
import { writeTar, type TarEntry } from "../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";
import { finished } from "../support/process.ts";
import { makeSandbox } from "../support/sandbox.ts";

const EPOCH = 1_700_000_000;

function entry(path: string, text = "", other: Partial<TarEntry> = {}): TarEntry {
  const content = Buffer.from(text);
  const common = {
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: EPOCH + 9,
    link: "" as BytePath,
    device: null,
    xattrs: NO_XATTRS,
  };
  return { ...common, path: bytePathOf(path), type: "file", size: content.length, content, ...other };
}

const hardlink = (path: string, link: string): TarEntry =>
  entry(path, "", { type: "hardlink", link: bytePathOf(link), size: 0 });

async function normalised(entries: readonly TarEntry[], blob = writeTar(entries)) {
  const sandbox = makeSandbox();
  await mkdir(sandbox.path("out"));
  const options = { epoch: EPOCH, drop: LEFTOVERS, threads: 1 };
  const layer = await normaliseLayer(chunksOf(blob), sandbox.path("out"), options);
  expect(await readdir(sandbox.path("out"))).toEqual(["layer.tar.gz"]);
  const listed = await finished(
    "tar",
    ["--list", "--verbose", "--utc", "--numeric-owner", "--file", sandbox.path("out/layer.tar.gz")],
    {
      cwd: sandbox.root,
      env: sandbox.env,
    },
  );
  expect(listed.stderr.toString()).toBe("");
  const lines = listed.stdout
    .toString()
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  const table = await applyLayer(emptyTable(), chunksOf(readFileSync(sandbox.path("out/layer.tar.gz"))));
  return { layer, lines, table, dropped: layer.dropped.map(({ path }) => path as string) };
}

test("another order and other times of the build give the same layer", async () => {
  const entries = [entry("b", "2"), entry("a", "1", { mtime: 5 }), entry("c/d", "3")];
  const later = [...entries].reverse().map((one) => (one.mtime > EPOCH ? { ...one, mtime: one.mtime + 86_400 } : one));
  const first = await normalised(entries);
  expect((await normalised(later)).layer.digest).toBe(first.layer.digest);
  expect(first.layer.clamped).toBe(2);
  expect(first.table.get(bytePathOf("a"))?.mtime).toBe(5);
  expect(first.table.get(bytePathOf("b"))?.mtime).toBe(EPOCH);
});

test("a gzipped blob is read as a plain one", async () => {
  const entries = [entry("a", "1")];
  expect((await normalised([], gzip(writeTar(entries)))).layer.digest).toBe((await normalised(entries)).layer.digest);
});

test("leftovers are dropped and named, with all that is in a directory of them", async () => {
  const left = [
    "var/log/dpkg.log",
    "var/lib/apt/lists/partial/x",
    "etc/ssh/ssh_host_rsa_key",
    "tmp/a/b",
    "etc/shadow-",
  ];
  const kept = ["etc/shadow", "etc/ssh/sshd_config", "var/log/app/x", "tmp"];
  const { dropped, table } = await normalised(
    [...left, ...kept].map((path) => entry(path)).filter(({ path }) => path !== "tmp"),
  );
  expect(dropped).toEqual(left);
  expect([...table.keys()]).toEqual(expect.arrayContaining(["etc/shadow", "etc/ssh/sshd_config", "var/log/app/x"]));
});

test("a whiteout stays even where the file would be dropped: lower layers have it", async () => {
  const { lines } = await normalised([entry("var/log/.wh.dpkg.log")]);
  expect(lines.join("\n")).toContain("var/log/.wh.dpkg.log");
});

test("hardlinks stay links, the first name in order holds the content", async () => {
  const { lines, table } = await normalised([entry("z", "text"), hardlink("a", "z"), hardlink("m", "a")]);
  expect(lines.map((line) => line.replace(/^.*:\d\d /, ""))).toEqual(["a", "m link to a", "z link to a"]);
  expect(table.get(bytePathOf("z"))).toEqual(table.get(bytePathOf("a")));
});

test("a name whose twin is dropped keeps the content", async () => {
  const { table } = await normalised([entry("tmp/x", "text"), hardlink("usr/x", "tmp/x")]);
  expect(table.get(bytePathOf("usr/x"))).toMatchObject({ type: "file", size: 4 });
});

test("of a name that is there twice the last one counts", async () => {
  const { table } = await normalised([entry("a", "old"), entry("a", "newer")]);
  expect(table.get(bytePathOf("a"))?.size).toBe(5);
});

test("capabilities are kept, labels of the building machine are not", async () => {
  const xattrs = new Map([
    ["security.capability", "\x01"],
    ["security.selinux", "label"],
    ["trusted.overlay.origin", "x"],
  ]);
  const { table } = await normalised([entry("bin/ping", "x", { xattrs })]);
  expect(table.get(bytePathOf("bin/ping"))?.xattrs).toEqual([["security.capability", "\x01"]]);
});

test("devices below /dev go, others are refused by name", async () => {
  const device = { type: "character", device: { major: 1, minor: 3 } } as const;
  expect((await normalised([entry("dev/null", "", device)])).dropped).toEqual(["dev/null"]);
  await expect(normalised([entry("srv/null", "", device)])).rejects.toThrow("/srv/null is a character device");
});

test("a cut blob is an error, and no layer is left behind", async () => {
  const blob = writeTar([entry("a", "text")]);
  await expect(normalised([], blob.subarray(0, 514))).rejects.toThrow(`ends inside "a"`);
});

test("a layer that is normal already says the same to a container", async () => {
  const entries = [
    entry("a", "1", { mtime: 3 }),
    entry("d", "", { type: "directory", mode: 0o755, mtime: 4 }),
    entry("d/x", "2", { mtime: 5 }),
  ];
  const before = await applyLayer(emptyTable(), chunksOf(writeTar(entries)));
  expect(tableDigest((await normalised(entries)).table)).toBe(tableDigest(before));
});
