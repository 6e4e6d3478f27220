import { describe, expect, test } from "vitest";
import { audit as auditWith } from "../../src/usecase/audit.ts";
import type { AuditOutcome } from "../../src/wire/audit.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { release } from "./releasing.ts";
import { depsOf, fixStory, pick, text } from "./setting.ts";

const audit = (repository: TestRepository): Promise<AuditOutcome> =>
  auditWith(depsOf(repository), { lines: ["release/v2.7"], fetch: false });

describe("audit", () => {
  test("has nothing to say of a line that stands as it was recorded", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    expect(await audit(repository)).toMatchObject({ ok: true, lines: [{ recorded: 1, fixes: [], unrecorded: [] }] });
  });

  test("names lines without a ledger", async () => {
    const repository = await fixStory().create(makeSandbox());
    expect(await audit(repository)).toEqual({ kind: "audit", lines: [], without: ["release/v2.7"], ok: true });
  });

  test("tells of a recorded fix that main has taken back", async () => {
    const story = fixStory();
    const repository = await story.create(makeSandbox());
    await pick(repository, "main", "v2.7");
    await repository.git(["revert", "--no-edit", "main"]);
    const { ok, lines } = await audit(repository);
    expect(ok).toBe(false);
    expect(lines[0]?.fixes).toMatchObject([
      {
        source: { commit: repository.oid("fix") },
        revertedBy: { commit: await repository.git(["rev-parse", "main"]) },
      },
    ]);
  });

  test("tells of a later fix of a recorded fix, until the line has it", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    repository.sandbox.write("repository/loader.py", text({ 20: "limited, and more" }));
    await repository.git(["commit", "-qam", `fix: the limit\n\nFixes: ${repository.oid("fix")}`]);
    const followUp = await repository.git(["rev-parse", "main"]);
    expect((await audit(repository)).lines[0]?.fixes).toMatchObject([
      { followUps: [{ commit: { commit: followUp }, how: "fixes", missingOn: ["release/v2.7"] }] },
    ]);
    await pick(repository, "main", "v2.7");
    expect((await audit(repository)).ok).toBe(true);
  });

  test("tells of commits that nobody recorded, and of a line that went back", async () => {
    const repository = await fixStory().create(makeSandbox(), { head: "release/v2.7" });
    await pick(repository, "main", "v2.7");
    await repository.git(["commit", "-q", "--allow-empty", "-m", "by hand"]);
    expect((await audit(repository)).lines[0]?.unrecorded).toMatchObject([{ subject: "by hand" }]);
    const landed = await repository.git(["rev-parse", "release/v2.7~"]);
    await repository.git(["reset", "-q", "--hard", "release/v2.7~2"]);
    const to = await repository.git(["rev-parse", "release/v2.7"]);
    expect((await audit(repository)).lines[0]?.backwards).toEqual({ from: landed, to });
  });

  test("tells of a release tag that was moved, or taken away", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    expect(await release(repository, {}, "release/v2.7")).toMatchObject({ kind: "released" });
    const released = await repository.git(["rev-parse", "v2.7.1"]);
    await repository.git(["tag", "-d", "v2.7.1"]);
    expect((await audit(repository)).lines[0]?.movedTags).toEqual([{ tag: "v2.7.1", released, found: null }]);
    await repository.git(["tag", "-a", "-m", "another", "v2.7.1", "main"]);
    const found = await repository.git(["rev-parse", "v2.7.1"]);
    expect((await audit(repository)).lines[0]?.movedTags).toEqual([{ tag: "v2.7.1", released, found }]);
  });
});
