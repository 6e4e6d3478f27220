import { expect, test } from "vitest";
import { isAppError } from "../../src/error.ts";
import { append } from "../../src/ledger/append.ts";
import { openLog, type LedgerContext } from "../../src/ledger/log.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { contextOf, landed, LINE, pickedStory, settle, verified, withContext, write, writerOf } from "./setting.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const [WRITERS, EACH] = LONG ? [24, 20] : [8, 4];

/** Appends until it is the first to move the ref, as `git push --force-with-lease` would. */
async function appendOne(context: LedgerContext, repository: TestRepository, n: number): Promise<void> {
  const draft = await landed(repository, n);
  const writer = await writerOf(context, repository);
  for (let moved = false; !moved;) {
    const log = await openLog(context, LINE, false);
    const appended = await append(context.scratch, log, [draft], writer);
    const settled = await settle(context, log, appended).catch((error: unknown) => {
      if (isAppError(error, "line-busy")) return "refused"; // its lock is held this moment
      throw error;
    });
    moved = settled === "moved";
  }
}

test(
  `${WRITERS} writers of ${EACH} records each, all at once, lose none and double none`,
  { timeout: 1_800_000 },
  async () => {
    const repository = await pickedStory(WRITERS * EACH).create(makeSandbox());
    await write(await contextOf(repository), repository, []);
    const numbers = Array.from({ length: WRITERS }, (_, w) =>
      Array.from({ length: EACH }, (__, n) => w * EACH + n + 1),
    );
    await Promise.all(
      numbers.map((own) =>
        withContext(repository, async (context) => {
          for (const n of own) await appendOne(context, repository, n);
        }),
      ),
    );
    const entries = await withContext(repository, async (context) => (await openLog(context, LINE, false)).entries());
    const wanted = numbers.flat().map((n) => repository.oid(`fix ${n}`));
    expect(entries.flatMap(({ record }) => record.sources).sort()).toEqual(wanted.sort());
    expect((await verified(repository)).findings).toEqual([]);
    await fsck(repository);
  },
);
