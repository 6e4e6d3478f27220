// The thread that compresses: one block of a layer in, its deflate blocks out. A bundle of its own in dist/.
import { parentPort } from "node:worker_threads";
import { deflateBlock } from "../layer/gzip.ts";

parentPort?.on("message", (block: Uint8Array<ArrayBuffer>) => {
  const deflated = Uint8Array.from(deflateBlock(block)); // its own memory, so that it can be handed over
  parentPort?.postMessage(deflated, [deflated.buffer]);
});
