// On GitLab. What Morello writes is judged by what the played GitLab then refuses.
import { expect, test } from "vitest";
import { apply, onGitLab, protectOn, told, TWO_APPROVALS } from "./protecting.ts";
import { failure } from "./setting.ts";

const DEVELOPER = { name: "ada", role: 30 };
const MAINTAINER = { name: "bea", role: 40 };

test("a project without rules lacks them, and looking writes nothing", async () => {
  const story = await onGitLab();
  const outcome = await protectOn(story);
  expect(outcome).toMatchObject({ kind: "checked", ok: false, forge: "gitlab", project: "group/sub/app" });
  expect(told(outcome)).toEqual([
    "protected branch release/*: deletion: nothing -> refused",
    "protected branch release/*: force push: nothing -> refused",
    "protected branch release/*: push: nothing -> developers",
    "protected branch morello-ledger/*: deletion: nothing -> refused",
    "protected branch morello-ledger/*: force push: nothing -> refused",
    "protected branch morello-ledger/*: push: nothing -> developers",
    "protected branch morello-trust: deletion: nothing -> refused",
    "protected branch morello-trust: force push: nothing -> refused",
    "protected branch morello-trust: push: nothing -> developers",
    "protected tag v*.*: deletion: nothing -> refused",
    "protected tag v*.*: update: nothing -> refused",
  ]);
  expect(story.gitlab.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
});

test("applied, GitLab refuses what would lose a line, a ledger or a release, and lets work go on", async () => {
  const story = await onGitLab();
  expect(await apply(story)).toMatchObject({ kind: "applied", ok: true, remaining: [], shortfalls: [] });
  const { state } = story.gitlab;
  expect(state.push("refs/heads/release/v2.9", "delete", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.7", "force", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/heads/morello-ledger/release/v2.7", "force", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/tags/v2.7.0", "force", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/tags/v2.7.0", "delete", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.7", "forward", DEVELOPER)).toEqual([]);
  expect(state.push("refs/heads/morello-ledger/release/v2.7", "forward", DEVELOPER)).toEqual([]);
  expect(state.push("refs/tags/v2.7.1", "create", MAINTAINER)).toEqual([]);
  expect(await protectOn(story)).toMatchObject({ ok: true, differences: [] });
});

test("where policy asks for approvals, lines are changed by merge request alone, approved by others, after the last push", async () => {
  const story = await onGitLab(TWO_APPROVALS);
  const outcome = await apply(story);
  expect(outcome).toMatchObject({ ok: true, remaining: [] });
  const { state } = story.gitlab;
  expect(state.push("refs/heads/release/v2.7", "forward", MAINTAINER)).not.toEqual([]);
  const request = state.open("release/v2.7", "ada");
  expect(state.approve(request, "ada")).not.toEqual([]);
  state.approve(request, "bea");
  expect(state.merge(request)).not.toEqual([]);
  state.approve(request, "cleo");
  expect(state.merge(request)).toEqual([]);
  state.pushToMergeRequest(request, "bea");
  expect(state.merge(request)).not.toEqual([]);
  expect(state.approve(request, "bea")).not.toEqual([]);
  expect(state.merge(state.open("main", "ada"))).toEqual([]); // main is nobody's line
  expect(await protectOn(story)).toMatchObject({ ok: true, rulesDigest: outcome.rulesDigest });
});

test("a protected branch that is there becomes stricter and never looser, and who was named stays", async () => {
  const story = await onGitLab(TWO_APPROVALS);
  const { state } = story.gitlab;
  state.protect("release/*", 30, true, {
    push_access_levels: [state.access(40), state.access(30), state.access(40, { deploy_key_id: 3 })],
  });
  const outcome = await apply(story);
  expect(told(outcome).slice(0, 2)).toEqual([
    "protected branch release/*: force push: allowed -> refused",
    "protected branch release/*: push: developers -> no one",
  ]);
  expect(outcome).toMatchObject({
    ok: true,
    bypasses: [{ rule: "protected branch release/*", actor: "deploy key 3", when: "may push" }],
  });
  expect(state.push("refs/heads/release/v2.7", "forward", MAINTAINER)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.7", "forward", { ...DEVELOPER, deployKey: 3 })).toEqual([]);
});

test("a looser pattern of somebody else's wins on GitLab, and a person is told to change it", async () => {
  const story = await onGitLab();
  const { state } = story.gitlab;
  state.protect("*", 30, true);
  state.protect("rel*", 30, true, { inherited: true });
  const outcome = await apply(story);
  expect(outcome).toMatchObject({ kind: "applied", ok: false, remaining: [] });
  expect(outcome.shortfalls).toContainEqual({
    rule: "protected branch release/*",
    ref: "refs/heads/release/v2.7",
    setting: "force push",
    found: "allowed",
    wanted: "refused",
    why: "protected branch * matches too, and GitLab lets the looser one win",
  });
  expect(outcome.others).toMatchObject([
    { name: "protected branch *", source: "the project" },
    { name: "protected branch rel*", source: "a group above" },
  ]);
  expect(state.push("refs/heads/release/v2.7", "force", DEVELOPER)).toEqual([]); // which is why it is told
});

test("what a group above has set by the same pattern is the group's: the project gets an entry of its own", async () => {
  const story = await onGitLab();
  const { state } = story.gitlab;
  const theirs = state.protect("release/*", 30, true, { inherited: true });
  const outcome = await apply(story);
  expect(state.branches.filter(({ name }) => name === "release/*")).toMatchObject([
    theirs,
    { allow_force_push: false },
  ]);
  expect(outcome.others).toMatchObject([{ name: "protected branch release/*", source: "a group above" }]);
  expect(outcome.shortfalls).toMatchObject([
    { ref: "refs/heads/release/v2.8", setting: "force push" },
    { ref: "refs/heads/release/v2.7", setting: "force push" },
  ]);
});

test("a plan without approvals falls short of a policy that asks for them, and is no error", async () => {
  const story = await onGitLab(TWO_APPROVALS);
  story.gitlab.state.paid = false;
  const outcome = await apply(story);
  expect(outcome).toMatchObject({ kind: "applied", ok: false, remaining: [] });
  expect(outcome.shortfalls).toMatchObject([{ setting: "approvals", found: null, wanted: 2 }]);
  expect(outcome.limits.join()).toContain("paid plans");
});

test("a change that GitLab leaves out without a word is found when it is read back", async () => {
  const story = await onGitLab(TWO_APPROVALS);
  story.gitlab.state.paid = false;
  story.gitlab.state.protect("release/*", 30, true);
  const outcome = await apply(story);
  expect(outcome).toMatchObject({
    kind: "applied",
    ok: false,
    remaining: [{ rule: "protected branch release/*", setting: "push", found: "developers", wanted: "no one" }],
  });
});

test("GitLab's own default rule of no approvals is taken over; somebody's rule is not", async () => {
  const fresh = await onGitLab(TWO_APPROVALS);
  const rule = { id: 900, name: "All Members", rule_type: "any_approver", branch_ids: [] } as const;
  fresh.gitlab.state.rules = [{ ...rule, approvals_required: 0 }];
  expect(await apply(fresh)).toMatchObject({ ok: true });
  expect(fresh.gitlab.state.rules).toMatchObject([{ id: 900, name: "Morello: release lines", approvals_required: 2 }]);
  expect(fresh.gitlab.state.merge(fresh.gitlab.state.open("release/v2.7", "ada"))).not.toEqual([]);
  expect(fresh.gitlab.state.merge(fresh.gitlab.state.open("main", "ada"))).toEqual([]);

  const taken = await onGitLab(TWO_APPROVALS);
  taken.gitlab.state.rules = [{ ...rule, approvals_required: 1 }];
  const outcome = await apply(taken);
  expect(outcome.shortfalls).toMatchObject([{ setting: "approvals", found: 1, wanted: 2 }]);
  expect(taken.gitlab.state.rules).toMatchObject([{ name: "All Members", approvals_required: 1 }]);

  taken.gitlab.state.rules = [{ ...rule, approvals_required: 3 }];
  expect(await protectOn(taken)).toMatchObject({ ok: true });
});

test("the digest tells rules in force apart, and not by their numbers", async () => {
  const story = await onGitLab(TWO_APPROVALS);
  const { rulesDigest: first } = await apply(story);
  const { state } = story.gitlab;
  const { branches, rules } = state;
  const digest = async (): Promise<string> => (await protectOn(story)).rulesDigest;
  state.branches = branches.map((branch) => ({ ...branch, allow_force_push: true }));
  expect(await digest()).not.toBe(first);
  state.branches = [...branches].reverse();
  expect(await digest()).toBe(first);
  state.rules = rules.map((rule) => ({ ...rule, id: rule.id + 100 }));
  expect(await digest()).toBe(first);
  state.rules = rules.map((rule) => ({ ...rule, approvals_required: 3 }));
  expect(await digest()).not.toBe(first);
});

test("that main, where policy is read from, is not protected is said, and main is left alone", async () => {
  const story = await onGitLab();
  expect((await apply(story)).limits.join()).toContain("main is not protected, and policy is read from it");
  story.gitlab.state.protect("main", 40, false);
  expect((await protectOn(story)).limits).toEqual([]);
});

test("a token that may only read changes nothing", async () => {
  const story = await onGitLab();
  const error = await failure(protectOn(story, { apply: true, tokenFor: () => "reporter-token" }));
  expect(error).toMatchObject({ code: "forge-failed", data: { status: 403 } });
  expect(story.gitlab.state.branches).toEqual([]);
});
