import { expect, test } from "vitest";
import { openLog } from "../../src/ledger/log.ts";
import { fsck } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { contextOf, landed, LINE, pickedStory, settle, write, writerOf } from "./setting.ts";

for (const format of ["sha1", "sha256"] as const) {
  test(`a log that was appended to is read again, in a repository of ${format}`, async () => {
    const repository = await pickedStory(3, format).create(makeSandbox());
    const context = await contextOf(repository);
    const first = await write(context, repository, [await landed(repository, 1), await landed(repository, 2)]);
    const second = await write(context, repository, [await landed(repository, 3)]);
    const log = await openLog(await contextOf(repository), LINE, false);
    const entries = await log.entries();
    expect(entries).toEqual([...first.entries, ...second.entries]);
    expect(entries.map(({ record }) => record.kind)).toEqual(["checkpoint", "landed", "landed", "landed"]);
    expect(await log.last()).toEqual(second.entries[0]);
    for (const entry of entries) expect(await log.find(entry.record.key)).toEqual(entry);
    expect(await log.find("0".repeat(64))).toBeNull();
    await fsck(repository);
  });
}

test("each log commit adds one file, and keeps the landed commit and its source alive", async () => {
  const repository = await pickedStory(2).create(makeSandbox());
  const context = await contextOf(repository);
  const { entries } = await write(context, repository, [await landed(repository, 1), await landed(repository, 2)]);
  const refname = `refs/morello/ledger/${LINE}`;
  for (const [back, { record, commit }] of entries.toReversed().entries()) {
    expect(await repository.git(["rev-parse", `${refname}~${back}`])).toBe(commit);
    const changed = await repository.git(["show", "--format=", "--name-status", "--first-parent", "--root", commit]);
    expect(changed).toBe(`A\trecords/${record.key.slice(0, 2)}/${record.key}.json`);
  }
  expect(await repository.git(["show", "-s", "--format=%P", refname])).toBe(
    [entries[1]?.commit, repository.oid("pick 2"), repository.oid("fix 2")].join(" "),
  );
});

test("what landed once is not recorded again, until it was reverted", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  const context = await contextOf(repository);
  const draft = await landed(repository, 1);
  const [, first] = (await write(context, repository, [draft])).entries;
  const again = await write(context, repository, [draft]);
  expect([again.entries, again.already]).toEqual([[], [first?.record.key]]);
  const body = { commit: repository.oid("pick 1"), revert: null, reason: "it broke" };
  const { target, sources } = draft;
  const reverted = { kind: "reverted", target, sources, body, parents: [] } as const;
  const { entries } = await write(context, repository, [reverted, draft, draft]);
  expect(entries.map(({ record: { kind, attempt } }) => `${kind} ${attempt}`)).toEqual(["reverted 1", "landed 2"]);
});

test("of two writers who saw the same log one is refused", async () => {
  const { append } = await import("../../src/ledger/append.ts");
  const repository = await pickedStory(2).create(makeSandbox());
  const context = await contextOf(repository);
  await write(context, repository, []);
  const log = await openLog(context, LINE, false);
  const writer = await writerOf(context, repository);
  const [one, two] = await Promise.all(
    [1, 2].map(async (n) => append(context.scratch, log, [await landed(repository, n)], writer)),
  );
  expect(await settle(context, log, one!)).toBe("moved");
  expect(await settle(context, log, two!)).toBe("refused");
});
