import { describe, expect, test } from "vitest";
import { protect, type ProtectInput } from "../../src/usecase/protect.ts";
import type { ProtectOutcome } from "../../src/wire/protect.ts";
import { fakeGitHub, type FakeGitHub } from "../support/forge/github.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, fixStory } from "./setting.ts";

interface Story {
  readonly repository: TestRepository;
  readonly github: FakeGitHub;
}

/** The fix story's repository, whose origin is the fake. `files`: what is committed on main besides. */
async function onGitHub(configuration?: string): Promise<Story> {
  const sandbox = makeSandbox();
  const github = await fakeGitHub(sandbox);
  const story = fixStory();
  if (configuration !== undefined) story.commit("configuration", { files: { "morello.yaml": configuration } });
  const repository = await story.create(sandbox);
  await repository.git(["remote", "add", "origin", `${github.url}/org/app.git`]);
  return { repository, github };
}

function run({ repository }: Story, wish: Partial<ProtectInput> = {}): Promise<ProtectOutcome> {
  return protect(depsOf(repository), {
    apply: false,
    forge: "github",
    remote: null,
    tokenFor: () => "admin-token",
    tokenNames: () => ["GH_TOKEN"],
    confirm: () => Promise.resolve(true),
    ...wish,
  });
}

describe("on GitHub, by rulesets", () => {
  test("a repository without rules lacks all of them, and nothing is written by looking", async () => {
    const story = await onGitHub();
    const outcome = await run(story);
    expect(outcome).toMatchObject({ kind: "checked", ok: false, means: "rulesets", project: "org/app" });
    expect([...new Set(outcome.differences.map(({ rule }) => rule))]).toEqual([
      "ruleset Morello: release lines",
      "ruleset Morello: ledgers",
      "ruleset Morello: release tags",
    ]);
    expect(story.github.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
    expect(story.github.misfits).toEqual([]);
  });

  test("applied, read back and checked again, nothing is left to do", async () => {
    const story = await onGitHub();
    const applied = await run(story, { apply: true });
    expect(applied).toMatchObject({ kind: "applied", ok: true, remaining: [], shortfalls: [] });
    expect(await run(story)).toMatchObject({ ok: true, differences: [], rulesDigest: applied.rulesDigest });
    const { state, misfits } = story.github;
    const by = { login: "ada" };
    expect(state.push("refs/heads/release/v2.9", "delete", by)).not.toEqual([]);
    expect(state.push("refs/heads/release/v2.7", "force", by)).not.toEqual([]);
    expect(state.push("refs/heads/release/v2.7", "forward", by)).toEqual([]);
    expect(state.push("refs/heads/morello-ledger/release/v2.7", "force", by)).not.toEqual([]);
    expect(state.push("refs/tags/v2.7.0", "force", by)).not.toEqual([]);
    expect(state.push("refs/tags/v2.7.1", "create", by)).toEqual([]);
    expect(state.push("refs/heads/main", "force", by)).toEqual([]);
    expect(misfits).toEqual([]);
  });
});
