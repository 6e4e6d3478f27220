// Tars in files to a layer in a file, judged by GNU tar.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { FileRange } from "../../src/image/docker-archive.ts";
import { writeEnvironmentLayer } from "../../src/image/environment-layer.ts";
import { NO_XATTRS } from "../../src/layer/entry.ts";
import { gzip } from "../../src/layer/gzip.ts";
import { writeTar, type TarEntry } from "../../src/layer/tar.ts";
import { bytePathOf, type BytePath } from "../../src/object/path.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

function file(path: string, text: string): TarEntry {
  const content = Buffer.from(text);
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 5, link: "" as BytePath, device: null, xattrs: NO_XATTRS };
  return { ...common, path: bytePathOf(path), type: "file", size: content.length, content };
}

/** The bytes in the midst of a file, as an archive holds them. */
function range(sandbox: Sandbox, name: string, bytes: Buffer): FileRange {
  const before = Buffer.alloc(1536, "x");
  return {
    file: sandbox.write(name, Buffer.concat([before, bytes, before])),
    offset: before.length,
    size: bytes.length,
  };
}

const options = (sandbox: Sandbox) => ({ base: null, epoch: 100, file: sandbox.path("layer.tar.gz"), directories: [] });

test("contents come from where they lie, of several layers", async () => {
  const sandbox = makeSandbox();
  const lower = range(sandbox, "lower", writeTar([file("a", "of the lower"), file("b", "hidden")]));
  const upper = range(sandbox, "upper", writeTar([file("b", "of the upper")]));
  await writeEnvironmentLayer([lower, upper], options(sandbox));
  const args = ["--extract", "--to-stdout", "--gzip", "--file", sandbox.path("layer.tar.gz")];
  const done = await finished("tar", args, { cwd: sandbox.root, env: sandbox.env });
  expect(done.stdout.toString()).toBe("of the lowerof the upper");
});

test("a compressed layer is read as a plain one, and what it was unpacked to is gone", async () => {
  const sandbox = makeSandbox();
  const tar = writeTar([file("a", "1"), file("b", "2")]);
  const plain = await writeEnvironmentLayer([range(sandbox, "plain", tar)], options(sandbox));
  const other = { ...options(sandbox), file: sandbox.path("again", "layer.tar.gz") };
  sandbox.write("again/x", "");
  const packed = await writeEnvironmentLayer([range(sandbox, "packed", gzip(tar))], other);
  expect(packed.digest).toBe(plain.digest);
  expect(readdirSync(sandbox.path("again")).toSorted()).toEqual(["layer.tar.gz", "x"]);
});

test("a layer that was cut is refused", async () => {
  const sandbox = makeSandbox();
  const cut = writeTar([file("a", "text")]).subarray(0, 514);
  const { file: whole } = range(sandbox, "cut", cut);
  await expect(writeEnvironmentLayer([{ file: whole, offset: 1536, size: 514 }], options(sandbox))).rejects.toThrow(
    'ends inside "a"',
  );
});
