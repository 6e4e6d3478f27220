import { describe, expect, test } from "vitest";
import { check } from "../../src/usecase/check.ts";
import { waive } from "../../src/usecase/waive.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { approve, kindsRecorded, person, recordedOf, verified, type Person } from "./recording.ts";
import { depsOf, failure, fixStory, NOW, pick, plan, ran, results, text } from "./setting.ts";

const ONE_APPROVAL = `lines:
  - pattern: release/*
    policy: { classes: { exact: 1 } }
`;

/** Ann holds the root key; policy wants one approval, and Ann's is no approval of what Ann lands. */
async function story(configuration = ONE_APPROVAL): Promise<{
  readonly repository: TestRepository;
  readonly ann: Person;
}> {
  const repository = await fixStory()
    .commit("configuration", { files: { "morello.yaml": configuration } })
    .create(makeSandbox());
  return { repository, ann: await person(repository, "ann") };
}

const source = (repository: TestRepository): string => repository.oid("fix");

describe("a pick that lacks an approval", () => {
  test("moves nothing, and leaves a request with the commits that would land", async () => {
    const { repository, ann } = await story();
    const before = await repository.git(["rev-parse", "release/v2.7"]);
    const outcome = ran(await pick(repository, source(repository), "v2.7", { env: ann.env }));
    expect(results(outcome)).toEqual(["release/v2.7: stopped"]);
    expect(outcome.lines[0]?.violations).toMatchObject([{ rule: "class-approvals", severity: "error" }]);
    expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(before);
    const [request] = await recordedOf(repository, "request");
    expect(await repository.git(["rev-parse", `${request?.result}^`])).toBe(before);
  });

  test("asks once, however often it is tried", async () => {
    const { repository, ann } = await story();
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "request"]);
  });

  test("lands once somebody else has approved, and the record names the approval", async () => {
    const { repository, ann } = await story(ONE_APPROVAL.replace("exact: 1 }", "exact: 1 }, selfApproval: true"));
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    const approved = await approve(repository, {}, { env: ann.env });
    expect(approved).toMatchObject({ kind: "approved", approvals: [{ class: "exact", line: "release/v2.7" }] });
    expect(results(await pick(repository, source(repository), "v2.7", { env: ann.env }))).toEqual([
      "release/v2.7: moved",
    ]);
    const [landed] = await recordedOf(repository, "landed");
    const [approval] = await recordedOf(repository, "approval");
    expect(landed?.approvals).toEqual([approval?.key]);
    expect(await verified(repository, { env: ann.env })).toEqual(["holds"]);
  });

  test("is not helped by who lands it, unless policy says so", async () => {
    const { repository, ann } = await story();
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    await approve(repository, {}, { env: ann.env });
    expect(results(await pick(repository, source(repository), "v2.7", { env: ann.env }))).toEqual([
      "release/v2.7: stopped",
    ]);
  });

  test("is not helped by an approval of what stood there before the line moved", async () => {
    const { repository, ann } = await story(ONE_APPROVAL.replace("exact: 1 }", "exact: 1 }, selfApproval: true"));
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    await approve(repository, {}, { env: ann.env });
    const tree = await repository.git(["rev-parse", "release/v2.7^{tree}"]);
    const moved = await repository.git(["commit-tree", "-p", "release/v2.7", "-m", "moved", tree]);
    await repository.git(["update-ref", "refs/heads/release/v2.7", moved]);
    expect(results(await pick(repository, source(repository), "v2.7", { env: ann.env }))).toEqual([
      "release/v2.7: stopped",
    ]);
  });

  test("is not helped by an approval that has expired", async () => {
    const { repository, ann } = await story(ONE_APPROVAL.replace("exact: 1 }", "exact: 1 }, selfApproval: true"));
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    await approve(repository, { days: 1 }, { env: ann.env });
    const later = { env: ann.env, now: NOW + 2 * 86_400 };
    expect(results(await pick(repository, source(repository), "v2.7", later))).toEqual(["release/v2.7: stopped"]);
  });
});

describe("approve", () => {
  test("shows every field that it signs, and signs nothing when the answer is no", async () => {
    const { repository, ann } = await story();
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    const [request] = await recordedOf(repository, "request");
    const confirm = (previews: readonly { approval: unknown; diff: string }[]): Promise<boolean> => {
      expect(previews).toMatchObject([
        {
          approval: {
            target: "refs/heads/release/v2.7",
            base: request?.base,
            sources: [source(repository)],
            resultTree: request?.resultTree,
            approver: "ann@example.com",
          },
        },
      ]);
      expect(previews[0]?.diff).toContain("+limited");
      return Promise.resolve(false);
    };
    expect(await approve(repository, { confirm }, { env: ann.env })).toEqual({ kind: "declined" });
    expect(await recordedOf(repository, "approval")).toEqual([]);
  });

  test("takes a plan, computed anew, and refuses one that does not hold any more", async () => {
    const { repository, ann } = await story();
    const made = await plan(repository, source(repository), "v2.7", { env: ann.env });
    expect(await approve(repository, { plan: made, line: null }, { env: ann.env })).toMatchObject({
      kind: "approved",
      approvals: [{ approval: { resultTree: await treeOf(repository, made.lines[0]?.result ?? "", made) } }],
    });
    const tree = await repository.git(["rev-parse", "release/v2.7^{tree}"]);
    const moved = await repository.git(["commit-tree", "-p", "release/v2.7", "-m", "moved", tree]);
    await repository.git(["update-ref", "refs/heads/release/v2.7", moved]);
    const error = await failure(approve(repository, { plan: made, line: null }, { env: ann.env }));
    expect(error.code).toBe("apply-refused");
  });

  test("needs a key, and one that may approve", async () => {
    const { repository, ann } = await story();
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    expect((await failure(approve(repository, {}))).code).toBe("unknown-key");
    const bob = await person(repository, "bob");
    const error = await failure(approve(repository, {}, { env: bob.env }));
    expect(error.code).toBe("unknown-key");
    expect(error.hint).toContain("morello ledger trust --add");
  });

  test("says so where nothing waits", async () => {
    const { repository, ann } = await story();
    expect(await approve(repository, {}, { env: ann.env })).toMatchObject({ kind: "nothing", line: "release/v2.7" });
  });
});

/** The result tree that a plan names. */
function treeOf(_repository: TestRepository, result: string, made: Awaited<ReturnType<typeof plan>>): Promise<string> {
  const outcome = made.lines[0]?.picks.at(-1)?.outcome;
  expect(result).not.toBe("");
  return Promise.resolve(outcome?.kind === "clean" ? outcome.tree : "");
}

describe("a waiver", () => {
  const waiver = { rule: "class-approvals", line: "release/v2.7", revision: null, reason: "the API level" };

  test("lets the violation pass until its time is over, and the landing names it", async () => {
    const { repository, ann } = await story();
    const { record } = await waive(depsOf(repository, { env: ann.env }), { ...waiver, until: NOW + 86_400 });
    const late = { env: ann.env, now: NOW + 86_401 };
    expect(results(await pick(repository, source(repository), "v2.7", late))).toEqual(["release/v2.7: stopped"]);
    const outcome = ran(await pick(repository, source(repository), "v2.7", { env: ann.env }));
    expect(results(outcome)).toEqual(["release/v2.7: moved"]);
    expect(outcome.lines[0]?.violations).toMatchObject([{ waiver: { reason: "the API level" } }]);
    expect((await recordedOf(repository, "landed"))[0]?.waivers).toEqual([record]);
  });

  test("is for one commit where one is named", async () => {
    const { repository, ann } = await story();
    const until = NOW + 86_400;
    await waive(depsOf(repository, { env: ann.env }), { ...waiver, revision: source(repository), until });
    expect(results(await pick(repository, `${source(repository)}~`, "v2.7", { env: ann.env }))).toEqual([
      "release/v2.7: stopped",
    ]);
    expect(results(await pick(repository, source(repository), "v2.7", { env: ann.env }))).toEqual([
      "release/v2.7: moved",
    ]);
  });

  test("is seen by check too", async () => {
    const { repository, ann } = await story();
    await waive(depsOf(repository, { env: ann.env }), { ...waiver, until: NOW + 86_400 });
    await pick(repository, source(repository), "v2.7", { env: ann.env });
    const outcome = await check(depsOf(repository), { what: ["release/v2.7"], line: null, verify: null });
    expect(outcome).toMatchObject({ kind: "checked", ok: true });
  });

  test("of a rule that there is not, and for a time that is past, is refused", async () => {
    const { repository } = await story();
    const of = (wish: object): Promise<unknown> =>
      Promise.resolve().then(() => waive(depsOf(repository), { ...waiver, until: NOW + 1, ...wish }));
    expect((await failure(of({ rule: "no-such-rule" }))).hint).toContain("class-approvals");
    expect((await failure(of({ until: NOW }))).code).toBe("usage");
  });
});

describe("a source that no trusted branch reaches", () => {
  test("is picked, and named", async () => {
    const repository = await fixStory()
      .branch("topic", "fix")
      .commit("unreviewed", { files: { "loader.py": text({ 2: "unreviewed", 20: "limited" }) } })
      .checkout("main")
      .create(makeSandbox());
    const outcome = ran(await pick(repository, "topic", "v2.7"));
    expect(results(outcome)).toEqual(["release/v2.7: moved"]);
    expect(outcome.lines[0]?.violations).toMatchObject([{ rule: "unmerged-source", severity: "warning" }]);
    expect(await recordedOf(repository, "landed")).toMatchObject([{ reach: "unmerged" }]);
  });

  test("is stopped where policy wants an approval for it", async () => {
    const repository = await fixStory()
      .commit("configuration", { files: { "morello.yaml": "policy: { unmergedSource: 1 }\n" } })
      .branch("topic", "fix")
      .commit("unreviewed", { files: { "loader.py": text({ 2: "unreviewed", 20: "limited" }) } })
      .checkout("main")
      .create(makeSandbox());
    expect(results(await pick(repository, "topic", "v2.7"))).toEqual(["release/v2.7: stopped"]);
    expect(await kindsRecorded(repository)).toEqual(["checkpoint", "request"]);
  });

  test("and no ref at all is refused: an object that merely exists proves nothing", async () => {
    const repository = await fixStory().create(makeSandbox());
    const tree = await repository.git(["rev-parse", `${source(repository)}^{tree}`]);
    const loose = await repository.git(["commit-tree", "-p", repository.oid("more"), "-m", "fix: forged", tree]);
    const outcome = ran(await pick(repository, loose, "v2.7"));
    expect(results(outcome)).toEqual(["release/v2.7: stopped"]);
    expect(outcome.lines[0]?.violations).toMatchObject([{ rule: "unreachable-source", severity: "error" }]);
  });
});
