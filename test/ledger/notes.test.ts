import { expect, test } from "vitest";
import { updateRefs } from "../../src/git/refs.ts";
import { addNotes, mergeNotes, NOTES_REFNAME, notesOf, type Note } from "../../src/ledger/notes.ts";
import type { LedgerContext } from "../../src/ledger/log.ts";
import { COMMITTER, dateAt } from "../support/environment.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { contextOf, LINE, pickedStory } from "./setting.ts";

const WHO = { ...COMMITTER, date: dateAt(7200) };

async function noted(repository: TestRepository): Promise<string | null> {
  const tip = await repository.git(["rev-parse", "-q", "--verify", NOTES_REFNAME], { ok: [0, 1] });
  return tip === "" ? null : tip;
}

async function note(context: LedgerContext, repository: TestRepository, notes: readonly Note[]): Promise<void> {
  const tip = await noted(repository);
  const update = await addNotes(context.scratch, tip, notes, WHO);
  await context.scratch.transfer([update.to], tip === null ? [] : [tip]);
  expect(await updateRefs(context.repository, [update], "test")).toEqual({ kind: "moved" });
}

const shown = (repository: TestRepository, commit: string): Promise<string> =>
  repository.git(["log", "-1", "--notes=morello", "--format=%N", commit]);

/** The words of the notes on a commit, as plain git shows them. */
async function words(repository: TestRepository, commit: string): Promise<string[]> {
  const lines = (await shown(repository, commit)).split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { note: string }).note);
}

for (const format of ["sha1", "sha256"] as const) {
  test(`git log shows where a fix went and where a pick came from, in a repository of ${format}`, async () => {
    const repository = await pickedStory(1, format).create(makeSandbox());
    const context = await contextOf(repository);
    const [source, pick] = [repository.oid("fix 1"), repository.oid("pick 1")];
    const about = { key: "k".repeat(64), line: LINE, source, pick };
    await note(context, repository, notesOf({ ...about, version: null }));
    expect(await words(repository, source)).toEqual([`cherry-picked to ${LINE} as ${pick}`]);
    await note(context, repository, notesOf({ ...about, version: "v2.7.1" }));
    expect(await words(repository, source)).toEqual([`cherry-picked to ${LINE} as ${pick}, in v2.7.1`]);
    expect(await words(repository, pick)).toEqual([`cherry-picked from ${source}, in v2.7.1`]);
    await fsck(repository);
  });
}

test("notes that people wrote with git stay, and git adds to ours", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  const source = repository.oid("fix 1");
  await repository.git(["notes", "--ref=morello", "add", "-m", "my own words", source]);
  await note(await contextOf(repository), repository, [{ commit: source, key: "1", text: "ours" }]);
  await repository.git(["notes", "--ref=morello", "append", "-m", "more", source]);
  expect(await shown(repository, source)).toMatch(/^my own words\n\{"note":"ours","key":"1"\}\n\n?more/);
});

test("many writers lose nothing, whether Morello or git merges", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  const context = await contextOf(repository);
  const source = repository.oid("fix 1");
  await note(context, repository, [{ commit: source, key: "0", text: "first" }]);
  const base = (await noted(repository)) ?? "";
  const tips: string[] = [];
  for (const n of [1, 2, 3, 4]) {
    const notes = [source, repository.oid("pick 1")].map((commit) => ({ commit, key: String(n), text: `writer ${n}` }));
    tips.push((await addNotes(context.scratch, base, notes, WHO)).to);
  }
  let merged = tips[0]!;
  for (const tip of tips.slice(1, 3)) merged = await mergeNotes(context.scratch, merged, tip, WHO);
  await context.scratch.transfer([merged, tips[3]!], [base]);
  await repository.git(["update-ref", NOTES_REFNAME, merged]);
  await repository.git(["update-ref", "refs/notes/theirs", tips[3]!]);
  await repository.git(["notes", "--ref=morello", "merge", "-q", "-s", "cat_sort_uniq", "theirs"]);
  expect((await words(repository, source)).sort()).toEqual(["first", "writer 1", "writer 2", "writer 3", "writer 4"]);
  expect((await words(repository, repository.oid("pick 1"))).length).toBe(4);
});

test("notes that git has spread over directories are found, and hundreds are spread alike", async () => {
  const repository = await pickedStory(300).create(makeSandbox());
  const context = await contextOf(repository);
  const all = Array.from({ length: 300 }, (_, n) => repository.oid(`fix ${n + 1}`));
  await note(
    context,
    repository,
    all.map((commit) => ({ commit, key: "a", text: "one" })),
  );
  expect(await repository.git(["ls-tree", "--name-only", `${NOTES_REFNAME}:`])).toMatch(/^([0-9a-f]{2}\n?)+$/);
  await repository.git(["notes", "--ref=morello", "append", "-m", "by git", all[0]!]);
  await note(context, repository, [{ commit: all[0]!, key: "a", text: "two" }]);
  expect(await shown(repository, all[0]!)).toMatch(/by git\n\{"note":"two","key":"a"\}/);
  expect((await repository.git(["notes", "--ref=morello", "list"])).split("\n").length).toBe(300);
  await fsck(repository);
});
