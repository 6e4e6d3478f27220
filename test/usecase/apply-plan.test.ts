import { describe, expect, test } from "vitest";
import { readPlan, writePlan } from "../../src/usecase/plan-file.ts";
import { applyPlan, type ApplyInput } from "../../src/usecase/apply-plan.ts";
import type { ApplyOutcome } from "../../src/wire/outcome.ts";
import type { Plan, PickOutcome } from "../../src/wire/plan.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import {
  conflictStory,
  depsOf,
  failure,
  fixStory,
  pick,
  plan,
  ran,
  results,
  text,
  VERIFY,
  type Place,
} from "./setting.ts";

function apply(
  repository: TestRepository,
  planned: Plan,
  wish: Partial<ApplyInput> & Place = {},
): Promise<ApplyOutcome> {
  const confirm = (): Promise<boolean> => Promise.resolve(true);
  const input = {
    keepGoing: false,
    push: false,
    remote: null,
    sign: null,
    confirm,
    verify: VERIFY,
    ...wish,
    plan: planned,
  };
  return applyPlan(depsOf(repository, wish), input);
}

/** The plan with its first clean pick changed. */
function tampered(planned: Plan, change: Partial<Extract<PickOutcome, { kind: "clean" }>>): Plan {
  const copy = structuredClone(planned);
  const found = copy.lines.flatMap(({ picks }) => picks).find(({ outcome }) => outcome.kind === "clean");
  if (found === undefined) throw new Error("The plan has no clean pick");
  Object.assign(found.outcome, change);
  return copy;
}

async function refsOf(repository: TestRepository): Promise<string> {
  return repository.git(["for-each-ref", "refs/heads", "refs/tags"]);
}

test("a plan written to a file and read again is carried out to the commit it promised", async () => {
  const repository = await fixStory().create(makeSandbox());
  const read = readPlan(writePlan(await plan(repository, "main", "all")), "plan.json");
  expect(results(await apply(repository, read))).toEqual(["release/v2.8: moved", "release/v2.7: moved"]);
  for (const { line, result } of read.lines) expect(await repository.git(["rev-parse", line.refname])).toBe(result);
});

test("a plan is carried out by somebody else, elsewhere and later, to the very same commits", async () => {
  const sandbox = makeSandbox();
  const repository = await fixStory().create(sandbox);
  const other = await fixStory().create(sandbox, { name: "other" });
  const planned = await plan(repository, "main", "all");
  await apply(repository, planned);
  const env = { GIT_COMMITTER_NAME: "Somebody Else", GIT_COMMITTER_DATE: "1800000000 +0900", TZ: "Asia/Tokyo" };
  await apply(other, planned, { env, now: 1_800_000_000 });
  expect(await refsOf(other)).toBe(await refsOf(repository));
});

test("the same plan twice is one effect, and a success", async () => {
  const repository = await fixStory().create(makeSandbox());
  const planned = await plan(repository, "main", "all");
  await apply(repository, planned);
  const refs = await refsOf(repository);
  expect(results(await apply(repository, planned))).toEqual(["release/v2.8: unchanged", "release/v2.7: unchanged"]);
  expect(await refsOf(repository)).toBe(refs);
});

test("a plan of which one line has landed lands the other", async () => {
  const repository = await fixStory().create(makeSandbox());
  const planned = await plan(repository, "main", "all");
  await apply(repository, { ...planned, lines: planned.lines.slice(0, 1) });
  expect(results(await apply(repository, planned))).toEqual(["release/v2.8: unchanged", "release/v2.7: moved"]);
});

describe("a tip that moved since", () => {
  test("makes the plan stale, it is named with both values, and nothing moves", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", "all");
    await repository.extend((more) => more.checkout("release/v2.7").commit("human", { files: { human: "1\n" } }));
    const refs = await refsOf(repository);
    expect(await apply(repository, planned)).toMatchObject({
      kind: "stale",
      moved: [
        {
          line: "release/v2.7",
          refname: "refs/heads/release/v2.7",
          expected: repository.oid("only 2.7"),
          found: repository.oid("human"),
        },
      ],
    });
    expect(await refsOf(repository)).toBe(refs);
  });

  test("and one that is gone is told as absent", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", "v2.7");
    await repository.git(["branch", "-q", "-D", "release/v2.7"]);
    expect(await apply(repository, planned)).toMatchObject({
      kind: "stale",
      moved: [{ line: "release/v2.7", found: null }],
    });
  });

  test("while the question is open is not overwritten", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", "all");
    const confirm = async (): Promise<boolean> => {
      await repository.extend((more) => more.checkout("release/v2.7").commit("human", { files: { human: "1\n" } }));
      return true;
    };
    expect(await apply(repository, planned, { confirm })).toMatchObject({
      kind: "stale",
      moved: [{ line: "release/v2.7" }],
    });
    expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(repository.oid("human"));
    expect(await repository.git(["rev-parse", "release/v2.8"])).toBe(repository.oid("only 2.8"));
  });
});

describe("a plan that was tampered with is not confirmed, and nothing moves:", () => {
  const evil = async (repository: TestRepository): Promise<string> => {
    await repository.extend((more) => more.branch("evil", "fix").commit("evil", { files: { backdoor: "!\n" } }));
    return repository.git(["rev-parse", "evil^{tree}"]);
  };

  test("another tree under the same commit", async () => {
    const repository = await fixStory().create(makeSandbox());
    const tree = await evil(repository);
    const refs = await refsOf(repository);
    const outcome = await apply(repository, tampered(await plan(repository, "main", "all"), { tree }));
    expect(outcome).toMatchObject({
      kind: "unconfirmed",
      differences: [{ line: "release/v2.8", planned: expect.stringContaining(tree) as string }],
    });
    expect(await refsOf(repository)).toBe(refs);
  });

  test("another commit", async () => {
    const repository = await fixStory().create(makeSandbox());
    await evil(repository);
    const planned = tampered(await plan(repository, "main", "all"), { commit: repository.oid("evil") });
    expect(await apply(repository, planned)).toMatchObject({ kind: "unconfirmed" });
  });

  test("another result", async () => {
    const repository = await fixStory().create(makeSandbox());
    await evil(repository);
    const planned = structuredClone(await plan(repository, "main", "v2.7"));
    Object.assign(planned.lines[0] ?? {}, { result: repository.oid("evil") });
    expect(await apply(repository, planned)).toMatchObject({ kind: "unconfirmed" });
  });

  test("another target branch", async () => {
    const repository = await fixStory().branch("release/v2.7-copy", "only 2.7").create(makeSandbox());
    const planned = structuredClone(await plan(repository, "main", "v2.7"));
    Object.assign(planned.lines[0]?.target ?? {}, { refname: "refs/heads/release/v2.7-copy" });
    expect(await apply(repository, planned)).toMatchObject({ kind: "unconfirmed" });
  });

  test("a committer who is another", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", "v2.7");
    const forged = { ...planned, committer: { ...planned.committer, name: "Mallory" } };
    expect(await apply(repository, forged)).toMatchObject({ kind: "unconfirmed" });
  });

  test("a pick left out of a series", async () => {
    const repository = await fixStory()
      .commit("apart", { files: { apart: "1\n" } })
      .create(makeSandbox());
    const planned = structuredClone(await plan(repository, "main~2..main", "v2.7"));
    planned.lines[0]?.picks.pop();
    expect(await apply(repository, planned)).toMatchObject({ kind: "unconfirmed" });
  });
});

test("a plan file of another schema is refused with the version that is wanted", async () => {
  const repository = await fixStory().create(makeSandbox());
  const old = { ...(await plan(repository, "main", "all")), schema: "morello.plan/0" };
  const error = await failure((async () => readPlan(JSON.stringify(old), "plan.json"))());
  expect(error).toMatchObject({ code: "plan-invalid", message: /morello\.plan\/0.*morello\.plan\/1/ });
});

test("a stopped plan moves nothing, and with keepGoing the clean lines", async () => {
  const repository = await conflictStory().create(makeSandbox());
  const planned = await plan(repository, "main", "all");
  expect(results(await apply(repository, planned))).toEqual([
    "release/v2.8: held-back",
    "release/v2.7: held-back",
    "release/v2.6: stopped",
  ]);
  const outcome = await apply(repository, planned, { keepGoing: true });
  expect(outcome.kind).toBe("stopped");
  expect(results(outcome)).toEqual(["release/v2.8: moved", "release/v2.7: moved", "release/v2.6: stopped"]);
});

test("a plan that is declined moves nothing", async () => {
  const repository = await fixStory().create(makeSandbox());
  const refs = await refsOf(repository);
  const declined = await apply(repository, await plan(repository, "main", "all"), {
    confirm: () => Promise.resolve(false),
  });
  expect(declined.kind).toBe("declined");
  expect(await refsOf(repository)).toBe(refs);
});

test("a plan made without an identity is looked at, and not applied", async () => {
  const repository = await fixStory().create(makeSandbox());
  await repository.git(["config", "user.useConfigOnly", "true"]);
  const env = { GIT_COMMITTER_NAME: undefined, GIT_COMMITTER_EMAIL: undefined };
  const planned = await plan(repository, "main", "v2.7", { env });
  expect(planned.notes).toEqual([{ kind: "no-identity" }]);
  expect(await failure(apply(repository, planned))).toMatchObject({
    code: "identity-missing",
    hint: /git config user\.name/,
  });
});

describe("--via nearest", () => {
  /** 2.8 has the loader under another name; 2.6 has it there too, so the pick of 2.8 suits it and the source does not. */
  const moved = fixStory()
    .checkout("release/v2.8")
    .commit("rewritten", { files: { "loader.py": text({ 19: "other above", 21: "other below" }) } })
    .branch("release/v2.6", "base")
    .commit("as 2.8", { files: { "loader.py": text({ 19: "other above", 21: "other below" }), "six.txt": "6\n" } })
    .checkout("main");
  const via = { options: { via: "nearest" as const } };

  /** The fix as a person landed it on v2.8, where it conflicts. */
  async function resolvedOn28(repository: TestRepository): Promise<string> {
    await repository.git(["switch", "-q", "release/v2.8"]);
    await repository.gitRun(["cherry-pick", "-x", repository.oid("fix")], { ok: [1] });
    repository.sandbox.write("repository/loader.py", text({ 19: "other above", 20: "limited", 21: "other below" }));
    await repository.git(["commit", "-q", "-a", "--no-edit"]);
    await repository.git(["switch", "-q", "main"]);
    return repository.git(["rev-parse", "release/v2.8"]);
  }

  test("a line takes the pick of the nearest newer line of the same plan, and names it", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", ["v2.8", "v2.7"], via);
    const [newer, older] = planned.lines;
    expect(newer?.picks[0]?.from).toBe(repository.oid("fix"));
    expect(older?.picks[0]?.from).toBe(newer?.result);
    await apply(repository, planned);
    const message = await repository.git(["log", "-1", "--format=%B", "release/v2.7"]);
    expect(message.match(/cherry picked from commit \w+/g)).toEqual([`cherry picked from commit ${newer?.result}`]);
  });

  test("the chain of -x lines leads from line to line to the source", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", ["v2.8", "v2.7"], via);
    const from = async (commit: string): Promise<string> => {
      const message = await repository.git(["log", "-1", "--format=%B", commit]);
      return [...message.matchAll(/cherry picked from commit (\w+)/g)].at(-1)?.[1] ?? "";
    };
    expect(await from("release/v2.7")).toBe(await repository.git(["rev-parse", "release/v2.8"]));
    expect(await from("release/v2.8")).toBe(repository.oid("fix"));
  });

  test("an older line waits while the newer one is not resolved", async () => {
    const repository = await moved.create(makeSandbox());
    const planned = await plan(repository, "main", ["v2.8", "v2.6"], via);
    expect(planned.lines.map(({ picks }) => picks[0]?.outcome)).toMatchObject([
      { kind: "conflict" },
      { kind: "refused", reason: "source-unresolved", detail: /release\/v2\.8/ },
    ]);
  });

  test("what landed on a newer line outside the plan is the source, in the plan and when it is applied", async () => {
    const repository = await moved.create(makeSandbox());
    expect(kindOf(await plan(repository, "main", "v2.6"))).toBe("conflict");
    const landed = await resolvedOn28(repository);
    const planned = await plan(repository, [landed], "v2.6");
    expect(kindOf(planned)).toBe("clean");
    expect(results(await apply(repository, planned))).toEqual(["release/v2.6: moved"]);
  });

  test("a pick that this repository's own run landed on a newer line is the source of the next", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.8");
    const landed = await repository.git(["rev-parse", "release/v2.8"]);
    const planned = await plan(repository, "main", "v2.7", via);
    expect(planned.lines[0]?.picks[0]).toMatchObject({ from: landed, outcome: { kind: "clean" } });
    expect(results(await apply(repository, planned))).toEqual(["release/v2.7: moved"]);
  });

  test("each pick is confirmed with the source that the plan names", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.8");
    const landed = await repository.git(["rev-parse", "release/v2.8"]);
    const asked: string[] = [];
    const outcome = await pick(repository, "main", "v2.7", {
      ...via,
      each: true,
      confirmPick: ({ pick: { from } }) => (asked.push(from), Promise.resolve("yes")),
    });
    expect(asked).toEqual([landed]);
    expect(ran(outcome).lines[0]?.kind).toBe("moved");
  });
});

function kindOf(planned: Plan): string | undefined {
  return planned.lines[0]?.picks[0]?.outcome.kind;
}
