// On GitHub, by rulesets. What Morello writes is judged by what the played GitHub then refuses.
import { expect, test } from "vitest";
import { failure } from "./setting.ts";
import { apply, configure, onGitHub, protectOn, told, TWO_APPROVALS } from "./protecting.ts";

const ADA = { login: "ada" };

test("a repository without rules lacks all of them, and looking writes nothing", async () => {
  const story = await onGitHub();
  const outcome = await protectOn(story);
  expect(outcome).toMatchObject({ kind: "checked", ok: false, means: "rulesets", project: "org/app" });
  expect(told(outcome)).toEqual([
    "ruleset Morello: release lines: applies to: nothing -> refs/heads/release/*",
    "ruleset Morello: release lines: enforcement: nothing -> active",
    "ruleset Morello: release lines: deletion: nothing -> refused",
    "ruleset Morello: release lines: force push: nothing -> refused",
    "ruleset Morello: ledgers: applies to: nothing -> refs/heads/morello-ledger/**/*, refs/heads/morello-trust",
    "ruleset Morello: ledgers: enforcement: nothing -> active",
    "ruleset Morello: ledgers: deletion: nothing -> refused",
    "ruleset Morello: ledgers: force push: nothing -> refused",
    "ruleset Morello: release tags: applies to: nothing -> refs/tags/v*.*",
    "ruleset Morello: release tags: enforcement: nothing -> active",
    "ruleset Morello: release tags: deletion: nothing -> refused",
    "ruleset Morello: release tags: force push: nothing -> refused",
    "ruleset Morello: release tags: update: nothing -> refused",
  ]);
  expect(outcome.differences.every(({ why }) => why !== "")).toBe(true);
  expect(story.github.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
});

test("applied, GitHub refuses what would lose a line, a ledger or a release, and lets work go on", async () => {
  const story = await onGitHub();
  expect(await apply(story)).toMatchObject({ kind: "applied", ok: true, remaining: [], shortfalls: [] });
  const { state } = story.github;
  expect(state.push("refs/heads/release/v2.9", "delete", ADA)).not.toEqual([]); // a line to come
  expect(state.push("refs/heads/release/v2.7", "force", ADA)).not.toEqual([]);
  expect(state.push("refs/heads/morello-ledger/release/v2.7", "force", ADA)).not.toEqual([]);
  expect(state.push("refs/heads/morello-trust", "delete", ADA)).not.toEqual([]);
  expect(state.push("refs/tags/v2.7.0", "force", ADA)).not.toEqual([]);
  expect(state.push("refs/tags/v2.7.0", "forward", ADA)).not.toEqual([]);
  expect(state.push("refs/tags/v2.7.0", "delete", ADA)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.7", "forward", ADA)).toEqual([]);
  expect(state.push("refs/heads/morello-ledger/release/v2.7", "forward", ADA)).toEqual([]);
  expect(state.push("refs/tags/v2.7.1", "create", ADA)).toEqual([]);
  expect(state.push("refs/tags/v2", "force", ADA)).toEqual([]); // moves along with its releases
  expect(state.push("refs/heads/main", "force", ADA)).toEqual([]);
});

test("applied twice, the second time writes nothing and finds the same rules in force", async () => {
  const story = await onGitHub(TWO_APPROVALS);
  const first = await apply(story);
  const written = story.github.requests.filter((request) => !request.startsWith("GET")).length;
  const second = await apply(story);
  expect(second).toMatchObject({ kind: "applied", ok: true, differences: [], rulesDigest: first.rulesDigest });
  expect(story.github.requests.filter((request) => !request.startsWith("GET"))).toHaveLength(written);
});

test("what policy asks of the class that needs most is asked of every change", async () => {
  const story = await onGitHub(TWO_APPROVALS);
  await apply(story);
  const { state } = story.github;
  expect(state.push("refs/heads/release/v2.7", "forward", ADA)).toEqual([
    "Changes must be made through a pull request",
  ]);
  const pull = state.open("release/v2.7", "ada");
  state.approve(pull, "bea");
  expect(state.merge(pull, ADA)).toEqual(["At least 2 approving review(s) required"]);
  state.approve(pull, "cleo");
  expect(state.merge(pull, ADA)).toEqual([]);
  state.pushToPull(pull, "ada");
  expect(state.merge(pull, ADA)).not.toEqual([]); // what was approved is not what would be merged
});

test("policy that changes changes the ruleset in place, and leaves who may bypass it", async () => {
  const story = await onGitHub();
  await apply(story);
  const { state } = story.github;
  const bot = { actor_id: 7, actor_type: "Integration", bypass_mode: "always" } as const;
  state.rulesets = state.rulesets.map((ruleset) =>
    ruleset.name.endsWith("release lines") ? { ...ruleset, bypass_actors: [bot] } : ruleset,
  );
  await configure(story.repository, TWO_APPROVALS);
  const outcome = await apply(story);
  expect(told(outcome)).toEqual([
    "ruleset Morello: release lines: pull request: not asked for -> required",
    "ruleset Morello: release lines: approvals: 0 -> 2",
    "ruleset Morello: release lines: stale approvals: kept -> dismissed",
    "ruleset Morello: release lines: last push: not looked at -> approved by another",
  ]);
  expect(outcome.bypasses).toEqual([{ rule: "Morello: release lines", actor: "app 7", when: "always" }]);
  expect(state.rulesets.map(({ name }) => name)).toHaveLength(3);
  expect(state.push("refs/heads/release/v2.7", "forward", { login: "bot", actors: [bot] })).toEqual([]);
});

test("a line of another policy has a ruleset of its own, and loses it with that policy", async () => {
  const special = "lines:\n  - pattern: release/v2.8\n    policy: { classes: { native: 1 } }\n";
  const story = await onGitHub(special);
  await apply(story);
  const { state } = story.github;
  expect(state.push("refs/heads/release/v2.8", "forward", ADA)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.7", "forward", ADA)).toEqual([]);
  await configure(story.repository, "{}\n");
  const outcome = await apply(story);
  expect(told(outcome)).toContain("ruleset Morello: release lines with 1 approval: all of it: there -> nothing");
  expect(outcome.ok).toBe(true);
  expect(state.push("refs/heads/release/v2.8", "forward", ADA)).toEqual([]);
});

test("the check that configuration names is required, of the app that it names", async () => {
  const story = await onGitHub("forge: { check: morello check, checkApp: 15368 }\n");
  await apply(story);
  const { state } = story.github;
  const pull = state.open("release/v2.7", "ada");
  pull.checks.push({ context: "morello check", app: 666 });
  expect(state.merge(pull, ADA)).not.toEqual([]);
  pull.checks.push({ context: "morello check", app: 15368 });
  expect(state.merge(pull, ADA)).toEqual([]);
});

test("rules that others set are shown and never touched, those inside Morello's ruleset too", async () => {
  const story = await onGitHub();
  const { state } = story.github;
  const condition = { ref_name: { include: ["refs/heads/release/*"], exclude: [] } };
  const theirs = { target: "branch", enforcement: "active", bypass_actors: [], conditions: condition } as const;
  state.add({ ...theirs, name: "house rules", rules: [{ type: "required_linear_history" }] });
  const above = { source_type: "Organization", source: "org" } as const;
  state.add({ ...theirs, ...above, name: "Morello: all", rules: [{ type: "deletion" }] }); // by name alone it is not ours
  await apply(story);
  state.rulesets = state.rulesets.map((ruleset) =>
    ruleset.name.endsWith("release lines")
      ? { ...ruleset, enforcement: "disabled", rules: [{ type: "required_signatures" }] }
      : ruleset,
  );
  const outcome = await apply(story);
  expect(told(outcome)).toContain("ruleset Morello: release lines: enforcement: disabled -> active");
  expect(outcome).toMatchObject({ ok: true, remaining: [] });
  expect(outcome.others.map(({ name, source }) => `${name}: ${source}`)).toEqual([
    "house rules: the repository",
    "Morello: all: organization org",
  ]);
  const types = state.rulesets.find(({ name }) => name.endsWith("release lines"))?.rules.map(({ type }) => type);
  expect(types).toEqual(["deletion", "non_fast_forward", "required_signatures"]);
  expect(state.rulesets.find(({ name }) => name === "house rules")?.rules).toEqual([
    { type: "required_linear_history" },
  ]);
});

test("what GitHub itself says of a line counts for more than what its rulesets say", async () => {
  const story = await onGitHub();
  await apply(story);
  const nothing = { status: 200, body: [] };
  story.github.disturb({ fits: ({ path }) => path.endsWith("release%2Fv2.7"), times: 1, told: nothing });
  const outcome = await protectOn(story);
  expect(outcome).toMatchObject({ ok: false, differences: [] });
  expect(outcome.shortfalls.map(({ ref, setting }) => `${ref}: ${setting}`)).toEqual([
    "refs/heads/release/v2.7: deletion",
    "refs/heads/release/v2.7: force push",
  ]);
});

test("a ruleset of a level above that the token may not look into is named, and is no error", async () => {
  const story = await onGitHub();
  const condition = { ref_name: { include: ["~ALL"], exclude: [] } };
  const above = { name: "enterprise", source_type: "Organization", source: "org", target: "branch" } as const;
  const { id } = story.github.state.add({
    ...above,
    enforcement: "active",
    bypass_actors: [],
    conditions: condition,
    rules: [],
  });
  const hidden = { status: 404, body: { message: "Not Found" } };
  story.github.disturb({ fits: ({ path }) => path.endsWith(`/rulesets/${id}`), times: 9, told: hidden });
  const outcome = await apply(story);
  expect(outcome.ok).toBe(true);
  expect(outcome.limits).toContain("the token may not see what the ruleset enterprise says");
  expect(outcome.others).toMatchObject([{ name: "enterprise", source: "organization org" }]);
});

test("a forge that answers in another form than is known is a failure of its own, not a defect", async () => {
  const story = await onGitHub();
  await apply(story);
  const strange = { status: 200, body: { id: "1", name: "x" } };
  story.github.disturb({ fits: ({ path }) => /rulesets\/\d+$/.test(path), times: 1, told: strange });
  const error = await failure(protectOn(story));
  expect(error.code).toBe("forge-failed");
  expect(error.message).toContain("in another form than is known: id");
});

test("a forge that is busy is waited for", async () => {
  const story = await onGitHub();
  const busy = { status: 429, body: { message: "slow down" }, headers: { "Retry-After": "0" } };
  story.github.disturb({ fits: () => true, times: 3, told: busy });
  expect(await apply(story)).toMatchObject({ ok: true });
});

test("that main, where policy is read from, is not protected is said, and main is left alone", async () => {
  const story = await onGitHub();
  expect((await apply(story)).limits.join()).toContain("main is not protected, and policy is read from it");
  const condition = { ref_name: { include: ["refs/heads/main"], exclude: [] } };
  const theirs = { name: "main", target: "branch", enforcement: "active", bypass_actors: [] } as const;
  story.github.state.add({ ...theirs, conditions: condition, rules: [{ type: "deletion" }] });
  expect((await protectOn(story)).limits).toEqual([]);
});

test("lines that somebody left out of the ruleset are put back", async () => {
  const story = await onGitHub();
  await apply(story);
  const { state } = story.github;
  state.rulesets = state.rulesets.map((ruleset) => ({
    ...ruleset,
    conditions: { ref_name: { ...ruleset.conditions.ref_name, exclude: ["refs/heads/release/v2.7"] } },
  }));
  expect(state.push("refs/heads/release/v2.7", "force", ADA)).toEqual([]);
  const outcome = await apply(story);
  expect(told(outcome)).toContain("ruleset Morello: release lines: except: refs/heads/release/v2.7 -> ");
  expect(state.push("refs/heads/release/v2.7", "force", ADA)).not.toEqual([]);
});

test("the digest tells rules in force apart, by their rules and by who may bypass them", async () => {
  const story = await onGitHub();
  const { rulesDigest: first } = await apply(story);
  const { state } = story.github;
  const before = state.rulesets;
  state.rulesets = [...before].reverse();
  expect((await protectOn(story)).rulesDigest).toBe(first);
  state.rulesets = before.map((ruleset) => ({ ...ruleset, rules: [...ruleset.rules].reverse() }));
  expect((await protectOn(story)).rulesDigest).toBe(first);
  state.rulesets = before.map((ruleset) => ({ ...ruleset, rules: ruleset.rules.slice(1) }));
  expect((await protectOn(story)).rulesDigest).not.toBe(first);
  state.rulesets = before.map((ruleset) => ({
    ...ruleset,
    bypass_actors: [{ actor_id: 1, actor_type: "Team", bypass_mode: "exempt" }],
  }));
  expect((await protectOn(story)).rulesDigest).not.toBe(first);
});

test("a token that may only read is enough to check; it sees no bypasses, and is told so", async () => {
  const story = await onGitHub();
  await apply(story);
  const outcome = await protectOn(story, { tokenFor: () => "read-token" });
  expect(outcome.ok).toBe(true);
  expect(outcome.limits.join()).toContain("who bypasses");
});

test("a token that may only read changes nothing, and the message holds no token", async () => {
  const story = await onGitHub();
  const error = await failure(protectOn(story, { apply: true, tokenFor: () => "read-token" }));
  expect(error).toMatchObject({ code: "forge-failed", data: { status: 404, method: "POST" } });
  expect(JSON.stringify([error.message, error.hint, error.data])).not.toContain("read-token");
});

test("whoever says no has nothing written", async () => {
  const story = await onGitHub();
  const outcome = await protectOn(story, { apply: true, confirm: () => Promise.resolve(false) });
  expect(outcome).toMatchObject({ kind: "declined", ok: false });
  expect(story.github.state.rulesets).toEqual([]);
});

test("more than a page of rulesets is read to its end", async () => {
  const story = await onGitHub();
  await apply(story);
  const { state } = story.github;
  const condition = { ref_name: { include: ["refs/heads/x"], exclude: [] } };
  const others = Array.from({ length: 120 }, (_, n) =>
    state.add({
      name: `rule ${n}`,
      target: "branch",
      enforcement: "disabled",
      bypass_actors: [],
      conditions: condition,
      rules: [],
    }),
  );
  state.rulesets = [...others, ...state.rulesets.filter((ruleset) => !others.includes(ruleset))];
  expect(await protectOn(story)).toMatchObject({ ok: true, differences: [] });
});

test("without a token, a remote, a forge or a line it says what is wanted", async () => {
  const story = await onGitHub();
  const { repository } = story;
  expect(await failure(protectOn(story, { tokenFor: () => null }))).toMatchObject({
    code: "token-missing",
    hint: "export SOME_TOKEN=…",
  });
  expect(await failure(protectOn(story, { forge: null }))).toMatchObject({ code: "forge-unknown" });
  await repository.git(["remote", "set-url", "origin", "/srv/git/app.git"]);
  const elsewhere = await failure(protectOn(story));
  expect(elsewhere.code).toBe("forge-unknown");
  expect(elsewhere.hint).toContain("morello guard install");
  await repository.git(["remote", "remove", "origin"]);
  expect(await failure(protectOn(story))).toMatchObject({ code: "usage", hint: "git remote add origin URL" });
  await repository.git(["branch", "-q", "-D", "release/v2.7", "release/v2.8"]);
  expect(await failure(protectOn(story))).toMatchObject({ code: "no-lines" });
});

test("configuration says which forge it is, where the host's name does not", async () => {
  const story = await onGitHub("forge: { kind: github }\n");
  expect(await protectOn(story, { forge: null })).toMatchObject({ forge: "github" });
});

test("what failed half-way is ended by the same command, and nothing is written twice", async () => {
  const story = await onGitHub();
  const broken = { status: 500, body: { message: "Server Error" } };
  let posts = 0;
  story.github.disturb({ fits: ({ method }) => method === "POST" && ++posts === 2, times: 1, told: broken });
  expect(await failure(apply(story))).toMatchObject({ code: "forge-failed", data: { status: 500 } });
  expect(story.github.state.rulesets.map(({ name }) => name)).toEqual(["Morello: release lines"]);
  const outcome = await apply(story);
  expect(outcome).toMatchObject({ kind: "applied", ok: true });
  expect(new Set(outcome.differences.map(({ rule }) => rule))).toEqual(
    new Set(["ruleset Morello: ledgers", "ruleset Morello: release tags"]),
  );
  expect(story.github.state.rulesets).toHaveLength(3);
});
