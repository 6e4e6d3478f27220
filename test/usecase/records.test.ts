import { describe, expect, test } from "vitest";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerTrust } from "../../src/usecase/ledgers/change-trust.ts";
import { undo } from "../../src/usecase/undo.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { fsck } from "../support/repository.ts";
import { kindsRecorded, person, recordedOf, recordsOn, verified } from "./recording.ts";
import { depsOf, failure, fixStory, NOW, pick, ran, results } from "./setting.ts";

const yes = { confirm: () => Promise.resolve(true) };

describe("a pick", () => {
  test("is recorded with what it carried, onto what, and how", async () => {
    const repository = await fixStory().create(makeSandbox());
    const before = await repository.git(["rev-parse", "release/v2.7"]);
    await pick(repository, "main", "v2.7", { options: { trailers: [{ key: "Reason", value: "it leaks" }] } });
    const landed = await repository.git(["rev-parse", "release/v2.7"]);
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "intent", "landed"]);
    expect(await recordedOf(repository, "landed")).toMatchObject([
      {
        target: "refs/heads/release/v2.7",
        sources: [repository.oid("fix")],
        base: before,
        commit: landed,
        tree: await repository.git(["rev-parse", `${landed}^{tree}`]),
        class: "exact",
        reason: "it leaks",
        reach: "trusted",
        attempt: 1,
      },
    ]);
    expect(await recordedOf(repository, "checkpoint")).toMatchObject([{ baseline: before }]);
    expect(await verified(repository)).toEqual(["holds"]);
    await fsck(repository);
  });

  test("moves its ledger in the branch's own transaction, so that a refused one records no landing", async () => {
    const repository = await fixStory().create(makeSandbox());
    writeFileSync(join(repository.gitDir, "refs/heads/release/v2.7.lock"), "");
    await failure(pick(repository, "main", "v2.7"));
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "intent"]);
  });

  test("of a series is one record a source commit, each on the one before", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main~2..main", "v2.7");
    const landed = await recordedOf(repository, "landed");
    expect(landed.map(({ sources }) => sources)).toEqual([[repository.oid("more")], [repository.oid("fix")]]);
    expect(landed[1]?.base).toBe(landed[0]?.commit);
    expect(await verified(repository)).toEqual(["holds"]);
  });

  test("to a branch of its own is a proposal, and nothing is recorded", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7", { options: { toBranch: "leak" } });
    expect(await recordsOn(repository)).toEqual([]);
  });

  test("that somebody else has recorded is there already, also for those who only fetched the ledger", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    rmSync(join(repository.gitDir, "morello"), { recursive: true }); // another clone has no journal
    const outcome = ran(await pick(repository, "main", "v2.7"));
    expect(outcome.lines[0]?.picks[0]?.outcome).toMatchObject({ kind: "already-there", evidence: "recorded" });
  });

  test("in a shallow clone records nothing: the repository's identity is not known there", async () => {
    const repository = await fixStory().create(makeSandbox());
    await repository.git(["clone", "-q", "--no-local", "--depth=2", "--no-single-branch", ".", "../shallow"]);
    const cwd = repository.sandbox.path("shallow");
    const outcome = ran(await pick(repository, "origin/main", "v2.7", { cwd }));
    expect(outcome.recorded).toBeNull();
  });
});

describe("what happened to the line in between", () => {
  test("is a gap record before the next landing", async () => {
    const repository = await fixStory().create(makeSandbox(), { head: "release/v2.7" });
    await pick(repository, "main~1", "v2.7");
    repository.sandbox.write("repository/own.txt", "own\n");
    await repository.git(["add", "."]);
    await repository.git(["commit", "-qm", "made by hand"]);
    await pick(repository, "main", "v2.7");
    expect(await recordedOf(repository, "gap")).toMatchObject([
      { backwards: false, commits: [{ subject: "made by hand" }] },
    ]);
    expect(await verified(repository)).toEqual(["holds"]);
  });

  test("is told where the branch went back by other hands, and the pick is a new attempt", async () => {
    const repository = await fixStory().create(makeSandbox());
    const before = await repository.git(["rev-parse", "release/v2.7"]);
    await pick(repository, "main", "v2.7");
    await repository.git(["update-ref", "refs/heads/release/v2.7", before]);
    await pick(repository, "main", "v2.7", { env: { GIT_COMMITTER_DATE: "1790000000 +0000" } });
    expect(await kindsRecorded(repository)).toEqual([
      "checkpoint",
      "intent",
      "landed",
      "gap",
      "reverted",
      "intent",
      "landed",
    ]);
    expect((await recordedOf(repository, "landed")).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await verified(repository)).toEqual(["holds"]);
  });
});

describe("undo", () => {
  test("appends that the landings were taken back: a log never goes back", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "all");
    await undo(depsOf(repository), yes);
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "intent", "landed", "reverted"]);
    await pick(repository, "main", "all");
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "intent", "landed", "reverted", "intent", "landed"]);
    expect(await verified(repository)).toEqual(["holds"]);
    await fsck(repository);
  });
});

describe("with a key", () => {
  test("the first one is the root, said so and remembered, and every record is signed by it", async () => {
    const repository = await fixStory().create(makeSandbox());
    const ann = await person(repository, "ann");
    const first = ran(await pick(repository, "main~1", "v2.7", { env: ann.env }));
    expect(first.recorded).toEqual({ key: ann.key.fingerprint, firstUse: true, warning: null });
    const second = ran(await pick(repository, "main", "v2.7", { env: ann.env }));
    expect(second.recorded).toEqual({ key: ann.key.fingerprint, firstUse: false, warning: null });
    expect(await verified(repository)).toEqual(["holds"]);
  });

  test("that nobody vouches for a pick succeeds, with the command that mends it, and does not hold", async () => {
    const repository = await fixStory().create(makeSandbox());
    const [ann, bob] = [await person(repository, "ann"), await person(repository, "bob")];
    await pick(repository, "main~1", "v2.7", { env: ann.env });
    const outcome = ran(await pick(repository, "main", "v2.7", { env: bob.env }));
    expect(results(outcome)).toEqual(["release/v2.7: moved"]);
    expect(outcome.recorded?.warning).toContain("morello ledger trust --add");
    expect((await verified(repository)).every((found) => found.startsWith("unknown-key"))).toBe(true);
  });

  test("that signed before it was trusted counts from the day on that a root key says, and no earlier", async () => {
    const repository = await fixStory().create(makeSandbox());
    const [ann, bob] = [await person(repository, "ann"), await person(repository, "bob")];
    await pick(repository, "main~1", "v2.7", { env: ann.env });
    await pick(repository, "main", "v2.7", { env: bob.env });
    const add = { file: `${bob.key.file}.pub`, principal: "bob@example.com", roles: ["writer"] as const };
    const change = { revoke: null, threshold: null, reason: null, out: null, sign: null };
    const trust = (since: number | null): Promise<unknown> =>
      ledgerTrust(depsOf(repository, { env: ann.env }), { ...change, add: { ...add, since } });
    await trust(null);
    expect((await verified(repository))[0]).toContain("unknown-key");
    await trust(NOW + 1);
    expect((await verified(repository))[0]).toContain("unknown-key");
    await trust(NOW - 86_400);
    expect(await verified(repository)).toEqual(["holds"]);
  });

  test("there is, and --no-sign leaves the records unsigned, which does not hold once there is a root key", async () => {
    const repository = await fixStory().create(makeSandbox());
    const ann = await person(repository, "ann");
    await pick(repository, "main~1", "v2.7", { env: ann.env });
    const outcome = ran(await pick(repository, "main", "v2.7", { env: ann.env, sign: false }));
    expect(outcome.recorded).toMatchObject({ key: null });
    expect((await verified(repository)).every((found) => found.startsWith("unsigned"))).toBe(true);
  });
});

test("notes tell it to people who read git log", async () => {
  const repository = await fixStory().create(makeSandbox());
  await pick(repository, "main", "v2.7");
  const landed = await repository.git(["rev-parse", "release/v2.7"]);
  const notes = (commit: string): Promise<string> => repository.git(["notes", "--ref=morello", "show", commit]);
  expect(await notes(repository.oid("fix"))).toContain(`cherry-picked to release/v2.7 as ${landed}`);
  expect(await notes(landed)).toContain(`cherry-picked from ${repository.oid("fix")}`);
});
