import { expect, test } from "vitest";
import { append, firstRecord, type Draft } from "../../src/ledger/append.ts";
import { logAt, openLog, type Log } from "../../src/ledger/log.ts";
import { resettle } from "../../src/ledger/rebase.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { contextOf, landed, LINE, pickedStory, settle, TARGET, verified, writerOf } from "./setting.ts";

test("what only the local log has is recorded anew on the other, once, and the result holds", async () => {
  const repository = await pickedStory(3).create(makeSandbox());
  const context = await contextOf(repository);
  const { scratch } = context;
  const writer = await writerOf(context, repository);
  const empty = await openLog(context, LINE, false);
  const one = await landed(repository, 1);
  const [two, three] = [await landed(repository, 2), await landed(repository, 3)];
  const base = await append(scratch, empty, [firstRecord(TARGET, repository.oid("base")), one], writer);
  const remote = await append(scratch, base.log, [two], { ...writer, time: writer.time + 10 });
  const waiver: Draft = {
    kind: "waiver",
    target: TARGET,
    sources: [],
    body: { rule: "reason", commit: null, reason: "asked for", until: writer.time + 100 },
    parents: [],
  };
  const local = await append(scratch, base.log, [waiver, two, three], writer);
  const held = (log: Log): Log => logAt(context, { ...log, held: null });
  const settled = await resettle(context, held(local.log), { ...remote.log, tip: remote.update.to }, writer);
  expect(settled.entries.map(({ record }) => [record.kind, record.seq])).toEqual([
    ["waiver", 3],
    ["landed", 4],
  ]);
  expect(settled.already).toEqual([remote.entries[0]?.record.key]);
  expect(await settle(context, empty, settled)).toBe("moved");
  expect((await verified(repository)).findings).toEqual([]);
});

test("records that rely on a record whose attempt changed name it as it is now", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  const context = await contextOf(repository);
  const { scratch } = context;
  const writer = await writerOf(context, repository);
  const empty = await openLog(context, LINE, false);
  const base = await append(scratch, empty, [firstRecord(TARGET, repository.oid("base"))], writer);
  const waiver = (reason: string): Draft => ({
    kind: "waiver",
    target: TARGET,
    sources: [],
    body: { rule: "reason", commit: null, reason, until: writer.time + 100 },
    parents: [],
  });
  const remote = await append(scratch, base.log, [waiver("theirs")], writer);
  const waived = await append(scratch, base.log, [waiver("ours")], writer);
  const waivers = waived.entries.map(({ record }) => record.key);
  const local = await append(scratch, waived.log, [await landed(repository, 1, { waivers })], writer);
  const { entries } = await resettle(context, local.log, { ...remote.log, tip: remote.update.to }, writer);
  expect(entries[0]?.record).toMatchObject({ attempt: 2, reason: "ours" });
  expect(entries[1]?.record).toMatchObject({ waivers: [entries[0]?.record.key] });
});
