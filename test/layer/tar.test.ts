// Our tars to other readers, and their tars to ours. GNU tar and Python's tarfile are the oracles.
import { mkdirSync, readFileSync, symlinkSync, linkSync, utimesSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf } from "../../src/layer/bytes.ts";
import { inOrder, NO_XATTRS } from "../../src/layer/entry.ts";
import { readTar, tarStream, writeTar, type TarEntry } from "../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

function entry(path: string, text: string, other: Partial<TarEntry> = {}): TarEntry {
  const content = Buffer.from(text);
  return {
    path: bytePathOf(path),
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 1_000_000_000,
    size: content.length,
    link: "" as BytePath,
    device: null,
    xattrs: NO_XATTRS,
    content,
    ...other,
  };
}

const directory = (path: string): TarEntry => entry(path, "", { type: "directory", mode: 0o755 });

interface Seen extends Omit<TarEntry, "content" | "xattrs"> {
  readonly text: string;
  readonly xattrs: Record<string, string>;
}

async function read(tar: AsyncIterable<Uint8Array>): Promise<Seen[]> {
  const found: Seen[] = [];
  for await (const { content, xattrs, offset: _, ...header } of readTar(tar)) {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    found.push({ ...header, xattrs: Object.fromEntries(xattrs), text: Buffer.concat(parts).toString("latin1") });
  }
  return found;
}

function seen({ content, xattrs, ...header }: TarEntry): Seen {
  return { ...header, xattrs: Object.fromEntries(xattrs), text: Buffer.from(content).toString("latin1") };
}

/** Cuts bytes into chunks of a size. */
async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const LONG = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

const HARD: readonly TarEntry[] = [
  directory("dir"),
  entry("dir/plain", "hello"),
  entry("dir/run", "#!/bin/sh\n", { mode: 0o4755, uid: 1000, gid: 100 }),
  entry("dir/empty", ""),
  entry("é", "not ASCII"),
  entry(`${"a".repeat(95)}/split.txt`, "in name and prefix"),
  entry(`${"x".repeat(101)}`, "too long for a name"),
  entry(LONG, "too long for both"),
  directory(`${"n".repeat(99)}é`),
  entry("link", "", { type: "symlink", mode: 0o777, link: bytePathOf("dir/plain") }),
  entry("far", "", { type: "symlink", mode: 0o777, link: bytePathOf(`../${"t".repeat(120)}`) }),
  entry("twin", "", { type: "hardlink", link: bytePathOf("dir/plain") }),
  entry("null", "", { type: "character", device: { major: 1, minor: 3 } }),
  entry("pipe", "", { type: "fifo" }),
  entry("big-owner", "x", { uid: 3_000_000, gid: 4_000_000 }),
  entry("before-1970", "x", { mtime: -5 }),
  entry("able", "x", { xattrs: new Map([["security.capability", "\x01\x00\x00\x02"]]) }),
];

test("what is written is read back, in chunks of any size", async () => {
  const tar = writeTar(HARD);
  for (const size of [1, 511, 512, 513, 1 << 20]) expect(await read(cut(tar, size))).toEqual(HARD.map(seen));
});

test("a stream of entries gives the bytes of the whole", async () => {
  const parts: Uint8Array[] = [];
  const entries = HARD.map((one) => ({ ...one, content: cut(one.content, 3) }));
  for await (const part of tarStream(entries)) parts.push(part);
  expect(Buffer.concat(parts).equals(writeTar(HARD))).toBe(true);
});

test("a stream whose content is not as long as its header says is refused", async () => {
  const lie = { ...entry("a", "12"), content: chunksOf(Buffer.from("1")) };
  await expect(read(tarStream([lie]))).rejects.toThrow(`"a" has 1 bytes, not 2`);
});

test("Python reads what is written, attribute for attribute", async () => {
  const sandbox = makeSandbox();
  const script = `
import json, sys, tarfile
kinds = {b"0": "file", b"1": "hardlink", b"2": "symlink", b"3": "character", b"5": "directory", b"6": "fifo"}
with tarfile.open(sys.argv[1]) as tar:
    print(json.dumps([[m.name, kinds[m.type], m.mode, m.uid, m.gid, m.mtime, m.size, m.linkname,
                       tar.extractfile(m).read().decode() if m.isreg() else ""] for m in tar]))
`;
  const file = sandbox.write("ours.tar", writeTar(HARD));
  const said = await python(sandbox, script, file);
  const text = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
  expect(JSON.parse(said)).toEqual(
    HARD.map((one) => [
      text(one.path),
      one.type,
      one.mode,
      one.uid,
      one.gid,
      one.mtime,
      one.size,
      text(one.link),
      Buffer.from(one.content).toString(),
    ]),
  );
});

async function python(sandbox: Sandbox, script: string, ...args: string[]): Promise<string> {
  const env = { ...sandbox.env, PYTHONIOENCODING: "utf-8", LC_ALL: "C.UTF-8" };
  const done = await finished("python3", ["-c", script, ...args], { cwd: sandbox.root, env });
  expect(done.stderr.toString()).toBe("");
  return done.stdout.toString();
}

test("GNU tar lists what is written without a word of complaint", async () => {
  const sandbox = makeSandbox();
  const file = sandbox.write("ours.tar", writeTar(HARD.filter(({ mtime }) => mtime >= 0)));
  const done = await finished("tar", ["--list", "--file", file], {
    cwd: sandbox.root,
    env: { ...sandbox.env, LC_ALL: "C.UTF-8" },
  });
  expect(done.stderr.toString()).toBe("");
  expect(done.stdout.toString().split("\n").slice(0, 4)).toEqual(["dir/", "dir/plain", "dir/run", "dir/empty"]);
});

test.each(["gnu", "posix", "ustar", "v7", "oldgnu"])("what GNU tar writes in the format %s is read", async (format) => {
  const sandbox = makeSandbox();
  sandbox.write("in/dir/plain", "hello");
  sandbox.write("in/dir/run", "run", 0o755);
  if (format === "gnu" || format === "posix") sandbox.write(`in/${LONG}`, "long");
  symlinkSync("dir/plain", sandbox.path("in/link"));
  linkSync(sandbox.path("in/dir/plain"), sandbox.path("in/twin"));
  mkdirSync(sandbox.path("in/void"));
  utimesSync(sandbox.path("in/dir/run"), 1_000_000_000, 1_000_000_000.75);
  const args = ["--create", `--format=${format}`, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "."];
  const done = await finished("tar", args, { cwd: sandbox.path("in"), env: sandbox.env });
  const found = new Map((await read(cut(done.stdout, 1000))).map((one) => [one.path as string, one]));
  expect(found.get("")).toMatchObject({ type: "directory" });
  expect(found.get("dir/plain")).toMatchObject({ type: "file", text: "hello", mode: 0o644, size: 5 });
  expect(found.get("dir/run")).toMatchObject({ mode: 0o755, mtime: 1_000_000_000 });
  expect(found.get("link")).toMatchObject({ type: "symlink", link: "dir/plain" });
  expect(found.get("twin")).toMatchObject({ type: "hardlink", link: "dir/plain" });
  expect(found.get("void")).toMatchObject({ type: "directory" });
  if (format === "gnu" || format === "posix") expect(found.get(LONG)).toMatchObject({ text: "long" });
});

test("Python's big numbers and non-UTF-8 names are read", async () => {
  const sandbox = makeSandbox();
  const script = `
import io, sys, tarfile
for format, name in ((tarfile.GNU_FORMAT, "gnu"), (tarfile.PAX_FORMAT, "pax")):
    with tarfile.open(sys.argv[1] + name, "w", format=format) as tar:
        info = tarfile.TarInfo("caf\\udce9"); info.uid = 5000000; info.mtime = 1000000000.5 if name == "pax" else 1000000000; info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
`;
  await python(sandbox, script, sandbox.path("t."));
  for (const name of ["gnu", "pax"]) {
    const [found] = await read(chunksOf(readFileSync(sandbox.path(`t.${name}`))));
    expect(found).toMatchObject({ path: "caf\xe9", uid: 5_000_000, mtime: 1_000_000_000, text: "x" });
  }
});

test.each([
  ["a cut header", (tar: Buffer) => tar.subarray(0, 100), "ends 412 bytes early"],
  ["a cut content", (tar: Buffer) => tar.subarray(0, 515), `ends inside "a"`],
  ["a changed header", (tar: Buffer) => Buffer.concat([Buffer.from("b"), tar.subarray(1)]), "checksum does not hold"],
])("%s is an error that says so", async (_, damage, message) => {
  await expect(read(chunksOf(damage(writeTar([entry("a", "hello")]))))).rejects.toThrow(message);
});

test.each(["../etc/passwd", "a/../../b", "/../x"])("a path that leaves the root is refused: %s", async (path) => {
  await expect(read(chunksOf(writeTar([entry(path, "x")])))).rejects.toThrow("leads out of the image's root");
});

test("absolute paths and dots are read as engines read them", async () => {
  const found = await read(chunksOf(writeTar([entry("/etc/./hosts", "x"), entry("./a//b", "y")])));
  expect(found.map(({ path }) => path)).toEqual(["etc/hosts", "a/b"]);
});

test("a sparse file is refused by name", async () => {
  const sandbox = makeSandbox();
  const args = ["-c", `truncate -s 1M hole && echo x >> hole && tar --create --sparse --format=gnu hole`];
  const done = await finished("sh", args, { cwd: sandbox.root, env: sandbox.env });
  await expect(read(chunksOf(done.stdout))).rejects.toThrow(`"hole" is a sparse file`);
});

test("whatever the paths, sizes and numbers, what is written is read back", async () => {
  const name = fc
    .string({ unit: "binary", minLength: 1, maxLength: 200 })
    .map((text) => Buffer.from(text).toString("latin1"));
  const path = fc
    .array(name, { minLength: 1, maxLength: 4 })
    .map((names) =>
      names
        .join("/")
        .split("/")
        .filter((one) => !["", ".", ".."].includes(one))
        .join("/")
        .replaceAll("\0", "0"),
    )
    .filter((text) => text !== "");
  const any = fc.record({
    path: path.map((text) => text as BytePath),
    uid: fc.nat(2 ** 31),
    mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    mode: fc.nat(0o7777),
    text: fc.string({ maxLength: 1200 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(any, { maxLength: 4 }), async (drawn) => {
      const entries = drawn.map(({ path, text, ...other }) => ({ ...entry("", text, other), path }));
      expect(await read(chunksOf(writeTar(entries)))).toEqual(entries.map(seen));
    }),
    { numRuns: 100 },
  );
});

test("a directory stands before what is in it, whiteouts first, and siblings by their bytes", () => {
  const paths = ["a.b", "a/z", "a", "a/.wh.q", "a/!", "b", "a/é"].map((path) => ({ path: bytePathOf(path) }));
  expect(inOrder(paths).map(({ path }) => Buffer.from(path, "latin1").toString())).toEqual([
    "a",
    "a/.wh.q",
    "a/!",
    "a/z",
    "a/é",
    "a.b",
    "b",
  ]);
});
