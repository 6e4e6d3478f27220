// On a GitHub without rulesets, by branch protection.
import { expect, test } from "vitest";
import { apply, onGitHub, protectOn, told, TWO_APPROVALS, type GitHubStory } from "./protecting.ts";
import { failure } from "./setting.ts";

async function begin(configuration?: string): Promise<GitHubStory> {
  const story = await onGitHub(configuration);
  story.github.state.plan = "old server";
  return story;
}

const ADA = { login: "ada" };

test("each line that is there is protected by itself; tags and ledgers to come are told", async () => {
  const story = await begin(TWO_APPROVALS);
  const outcome = await apply(story);
  expect(outcome).toMatchObject({ kind: "applied", ok: true, means: "branch protection" });
  expect([...new Set(outcome.differences.map(({ rule }) => rule))]).toEqual([
    "branch protection of release/v2.8",
    "branch protection of release/v2.7",
  ]);
  const { state } = story.github;
  expect(state.push("refs/heads/release/v2.7", "delete", ADA)).not.toEqual([]);
  expect(state.push("refs/heads/release/v2.8", "force", ADA)).not.toEqual([]);
  expect(state.protections.get("release/v2.7")).toMatchObject({
    enforce_admins: true,
    required_pull_request_reviews: {
      required_approving_review_count: 2,
      dismiss_stale_reviews: true,
      require_last_push_approval: true,
    },
  });
  expect(outcome.limits.join("\n")).toContain("morello-ledger/release/v2.7");
  expect(outcome.limits.join("\n")).toContain("release tags");
  expect(await protectOn(story)).toMatchObject({ ok: true, differences: [], rulesDigest: outcome.rulesDigest });
});

test("what is there already becomes stricter and never looser", async () => {
  const story = await begin(`${TWO_APPROVALS}forge: { check: morello check }\n`);
  const { state } = story.github;
  const before = {
    required_status_checks: { strict: true, contexts: [], checks: [{ context: "build", app_id: 15368 }] },
    enforce_admins: false,
    required_pull_request_reviews: {
      dismiss_stale_reviews: false,
      require_code_owner_reviews: true,
      required_approving_review_count: 4,
      require_last_push_approval: false,
      bypass_pull_request_allowances: { users: ["robot"], teams: [], apps: [] },
    },
    restrictions: { users: ["ada"], teams: ["release"], apps: [] },
    required_linear_history: true,
    allow_force_pushes: true,
    allow_deletions: true,
    required_conversation_resolution: true,
  };
  state.protections.set("release/v2.7", before);
  const outcome = await apply(story);
  expect(told(outcome).filter((line) => line.startsWith("branch protection of release/v2.7"))).toEqual([
    "branch protection of release/v2.7: deletion: allowed -> refused",
    "branch protection of release/v2.7: force push: allowed -> refused",
    "branch protection of release/v2.7: stale approvals: kept -> dismissed",
    "branch protection of release/v2.7: last push: not looked at -> approved by another",
    "branch protection of release/v2.7: check: build by app 15368 -> build by app 15368, morello check",
    "branch protection of release/v2.7: administrators: exempt -> held to it",
  ]);
  expect(outcome).toMatchObject({ ok: true, bypasses: [{ actor: "user robot", when: "in pull requests" }] });
  expect(state.protections.get("release/v2.7")).toMatchObject({
    required_status_checks: {
      strict: true,
      checks: [
        { context: "build", app_id: 15368 },
        { context: "morello check", app_id: -1 },
      ],
    },
    required_pull_request_reviews: {
      require_code_owner_reviews: true,
      required_approving_review_count: 4,
      bypass_pull_request_allowances: { users: ["robot"] },
    },
    restrictions: { users: ["ada"], teams: ["release"] },
    required_linear_history: true,
    required_conversation_resolution: true,
  });
});

test("a private repository on a free plan has neither way, and GitHub's own words say so", async () => {
  const story = await begin();
  story.github.state.plan = "free";
  const error = await failure(protectOn(story));
  expect(error).toMatchObject({ code: "forge-failed", data: { status: 403 } });
  expect(error.message).toContain("Upgrade to GitHub Pro or make this repository public");
});

test("a token that does not administer the repository cannot see protection, and is told what is wanted", async () => {
  const story = await begin();
  const error = await failure(protectOn(story, { tokenFor: () => "read-token" }));
  expect(error.code).toBe("forge-failed");
  expect(error.hint).toContain("administers");
});
