// The compressed bytes are part of every image's digest: held by golden digests, and by zlib itself.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gzipParallel } from "../../src/image/compress.ts";
import { chunksOf } from "../../src/layer/bytes.ts";
import { gunzip } from "../../src/layer/gunzip.ts";
import { gzip, gzipStream, GZIP_BLOCK } from "../../src/layer/gzip.ts";
import { finished } from "../support/process.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** Three blocks of text that neither repeats nor is random; the same always. */
const TEXT = ((): Buffer => {
  let state = 1;
  const words = Array.from({ length: 300_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ["return", "self.x", "\n    ", "import", "0x2a", "π"][(state >>> 16) % 6]! + ((state >>> 20) % 97);
  });
  return Buffer.from(words.join(" "));
})();

const GZIPPED = gzip(TEXT);

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("known bytes give known bytes: a digest that changes would change every image", () => {
  expect(TEXT.length).toBeGreaterThan(2 * GZIP_BLOCK);
  expect(sha256(TEXT)).toMatchInlineSnapshot(`"d40be2281f0cc04457bcb151e43d8ad25b1b7e39cb782717b77d4e4112e19b8a"`);
  expect(sha256(GZIPPED)).toMatchInlineSnapshot(`"cef0cb290669ce4f7485bb33538426c42c4c6e36baafa1a5643d67262c0b31b4"`);
  expect(gzip(Buffer.alloc(0)).toString("hex")).toMatchInlineSnapshot(`"1f8b08000000000000ff03000000000000000000"`);
});

test("the header names no time and no operating system", () => {
  expect(gzip(Buffer.from("x")).subarray(0, 10).toString("hex")).toBe("1f8b08000000000000ff");
});

test("zlib gives the same bytes, block for block", async () => {
  const sandbox = makeSandbox();
  const script = `
import sys, zlib
data, out = sys.stdin.buffer.read(), sys.stdout.buffer
out.write(bytes.fromhex("1f8b08000000000000ff"))
for at in range(0, len(data), ${GZIP_BLOCK}):
    block = zlib.compressobj(6, zlib.DEFLATED, -15, 8)
    out.write(block.compress(data[at:at + ${GZIP_BLOCK}]) + block.flush(zlib.Z_SYNC_FLUSH))
out.write(bytes([3, 0]) + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little"))
`;
  const done = await finished("python3", ["-c", script], { cwd: sandbox.root, env: sandbox.env, input: TEXT });
  expect(done.stdout.equals(GZIPPED)).toBe(true);
});

test("gunzip and Python read it", async () => {
  const sandbox = makeSandbox();
  const options = { cwd: sandbox.root, env: sandbox.env, input: GZIPPED };
  const gunzipped = await finished("gunzip", ["--stdout"], options);
  expect(sha256(gunzipped.stdout)).toBe(sha256(TEXT));
  const script = "import gzip, sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))";
  expect(sha256((await finished("python3", ["-c", script], options)).stdout)).toBe(sha256(TEXT));
});

test("the bytes depend neither on how the input is cut nor on the number of threads", async () => {
  const whole = sha256(GZIPPED);
  for (const size of [1000, GZIP_BLOCK]) expect(sha256(await joined(gzipStream(cut(TEXT, size))))).toBe(whole);
  for (const threads of [1, 3]) expect(sha256(await joined(gzipParallel(cut(TEXT, 70_000), threads)))).toBe(whole);
});

test("bytes that do not shrink come through", () => {
  const noise = Buffer.concat(
    Array.from({ length: 40_000 }, (_, index) => createHash("sha256").update(`${index}`).digest()),
  );
  expect(gunzipSync(gzip(noise)).equals(noise)).toBe(true);
});

test("what is compressed comes back, whatever it is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      expect((await joined(gunzip(chunksOf(gzip(bytes))))).equals(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a cut or changed stream is an error that says so", async () => {
  const bytes = GZIPPED;
  await expect(joined(gunzip(cut(bytes.subarray(0, 50_000), 1000)))).rejects.toThrow("it is cut or broken");
  const changed = Buffer.from(bytes);
  changed[30_000]! ^= 1;
  await expect(joined(gunzip(cut(changed, 1000)))).rejects.toThrow("it is cut or broken");
});

test("an error of the source is passed on as it is", async () => {
  // eslint-disable-next-line require-yield
  const failing = (async function* (): AsyncGenerator<Uint8Array> {
    throw new Error("registry is down");
  })();
  await expect(joined(gunzip(failing))).rejects.toThrow("registry is down");
});

test("a reader that stops early is let go", async () => {
  for await (const chunk of gunzip(cut(GZIPPED, 1000))) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});

test("no room of images compresses with node:zlib", () => {
  const src = new URL("../../src/", import.meta.url);
  const sources = ["layer", "image", "oci", "registry", "usecase/image"].flatMap((room) =>
    listing(new URL(`${room}/`, src)).map((name) => readFileSync(new URL(`${room}/${name}`, src), "utf8")),
  );
  expect(sources.length).toBeGreaterThan(10);
  for (const source of sources)
    expect(source).not.toMatch(/\b(?:createGzip|gzipSync|createDeflate\w*|deflate\w*Sync)\b/);
});

function listing(folder: URL): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  } catch {
    return []; // a room that has no file yet
  }
}
