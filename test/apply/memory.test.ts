import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { history } from "../support/history.ts";
import { sampleScenarios } from "../support/random-history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { materialise } from "../support/scenario.ts";
import { engineOn, sidesOf } from "./engine.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const [EARLY, LATE, BATCH] = LONG ? [2_000, 10_000, 500] : [200, 600, 100];
/** Of the heap and of buffers. What is kept on purpose is some 100 bytes for each object written. */
const ALLOWED = LONG ? 24_000_000 : 12_000_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`memory after ${LATE} picks is what it was after ${EARLY}`, async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const open = await engineOn(repository);
  let [early, clean] = [0, 0];
  for (let done = 0; done < LATE; done += BATCH) {
    const standing = await materialise(sampleScenarios(BATCH, 1_000 + done), repository);
    const sides = await Promise.all(
      standing.map(({ onto, source, mainline }) => sidesOf(open, onto, source, mainline)),
    );
    for (const merge of await open.engine.merge(sides)) if (merge.kind === "clean") clean++;
    open.engine.forget();
    if (done + BATCH === EARLY) early = inUse();
  }
  expect(clean).toBeGreaterThan(LATE / 4); // they were picks, not refusals
  expect(inUse() - early).toBeLessThan(ALLOWED);
});
