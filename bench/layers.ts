// How long layers take: node scripts/run.mjs bench/layers.ts [TAR]
// Trees of several sizes in full and with one file changed, in memory; with TAR, a compression of it by 1 and 2 threads.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { gzipParallel } from "../src/image/compress.ts";
import { applyLayer, emptyTable, tableDigest, withSource } from "../src/layer/flatten.ts";
import { chunksOf } from "../src/layer/bytes.ts";
import { diffLayer, fullLayer, type Layer, type SourceFile } from "../src/layer/source.ts";
import { hashObject } from "../src/object/hash.ts";
import { bytePathOf } from "../src/object/path.ts";

const PLACE = { path: "/opt/app", uid: 0, gid: 0 };
const SIZES = [100, 1_000, 10_000, 40_000];

/** Text that shrinks as source code does, the same always. */
function source(seed: number): Buffer {
  let state = seed + 1;
  const words = ["def ", "self.", "return ", "\n    ", "import ", "(", ")", ", ", " = ", "x", "queue", "batch"];
  const parts: string[] = [];
  for (let at = 0; at < 1_200; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    parts.push(words[(state >>> 16) % words.length] ?? "", at % 9 === 0 ? String(state % 977) : "");
  }
  return Buffer.from(parts.join(""));
}

function file(path: string, bytes: Buffer): SourceFile {
  return { path: bytePathOf(path), mode: "100644", oid: hashObject("sha1", "blob", bytes), bytes };
}

/** CPU seconds of this process and its threads, and the result. */
async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly seconds: string; readonly result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: ((user + system) / 1e6).toFixed(3), result };
}

const size = (layer: Layer | null): number => layer?.size ?? 0;

for (const count of SIZES) {
  const files = Array.from({ length: count }, (_, at) => file(`pkg${at % 97}/sub${at % 13}/mod${at}.py`, source(at)));
  const changed = files.map((one, at) => (at === 7 ? file(`${one.path}`, source(-1)) : one));
  const bytes = files.reduce((sum, one) => sum + one.bytes.length, 0);
  const full = await timed(() => fullLayer(files, PLACE));
  const diff = await timed(() => diffLayer(files, changed, PLACE));
  const after = fullLayer(changed, PLACE);
  const table = await applyLayer(emptyTable(), chunksOf(full.result.bytes));
  const proof = await timed(async () => {
    const patched = await applyLayer(table, chunksOf(diff.result?.bytes ?? Buffer.alloc(0)));
    return tableDigest(patched) === tableDigest(await withSource(table, after, PLACE));
  });
  console.log(
    `${count} files, ${bytes} bytes: full ${full.seconds} s (${size(full.result)} bytes), diff of one file ` +
      `${diff.seconds} s (${size(diff.result)} bytes), proof ${proof.seconds} s (${proof.result ? "equal" : "NOT EQUAL"})`,
  );
}

const [tar] = process.argv.slice(2);
for (const threads of tar === undefined ? [] : [1, 2]) {
  const hash = createHash("sha256");
  let [read, written] = [0, 0];
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(tar ?? "", { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  };
  const started = performance.now();
  const { seconds } = await timed(async () => {
    for await (const piece of gzipParallel(chunks(), threads)) {
      written += piece.length;
      hash.update(piece);
    }
  });
  const wall = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${tar}, ${threads} threads: ${read} -> ${written} bytes, ${seconds} s CPU, ${wall} s, sha256 ${hash.digest("hex")}`,
  );
}
