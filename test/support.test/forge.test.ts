// What the played forges promise: GitHub's and GitLab's own words on what rules mean, sentence by sentence, and that
// their judges judge. Sources: GitHub's pages "Available rules for rulesets", "About rulesets" (layering, bypass),
// GitLab's "Protection rules and permissions" and "Merge request approval settings".
import { describe, expect, test } from "vitest";
import { judgeAnswer, judgeRequest } from "../support/forge/github-api.ts";
import { fakeGitHub } from "../support/forge/github.ts";
import { GitHubState, type BypassActor, type Rule, type Ruleset } from "../support/forge/github-state.ts";
import { judgeRequest as judgeGitLabRequest } from "../support/forge/gitlab-api.ts";
import { GitLabState } from "../support/forge/gitlab-state.ts";
import { Sandbox } from "../support/sandbox.ts";

const ADA = { login: "ada" };

function reviews(parameters: Readonly<Record<string, unknown>>): Rule {
  return {
    type: "pull_request",
    parameters: {
      dismiss_stale_reviews_on_push: false,
      require_last_push_approval: false,
      required_approving_review_count: 1,
      ...parameters,
    },
  };
}

function check(context: string, app?: number): Rule {
  const named = { context, ...(app === undefined ? {} : { integration_id: app }) };
  return { type: "required_status_checks", parameters: { required_status_checks: [named] } };
}

function withRules(...sets: readonly (readonly Rule[] | Partial<Ruleset>)[]): GitHubState {
  const state = new GitHubState("org/app");
  for (const [n, set] of sets.entries()) {
    state.add({
      name: `set ${n}`,
      target: "branch",
      enforcement: "active",
      bypass_actors: [],
      conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
      rules: [],
      ...("length" in set ? { rules: set } : set),
    });
  }
  return state;
}

describe("on GitHub", () => {
  test.each([
    [true, false],
    [false, true],
  ])("a push dismisses approvals where dismissal is set (%s), and keeps them where not", (dismiss, merges) => {
    const state = withRules([reviews({ dismiss_stale_reviews_on_push: dismiss })]);
    const pull = state.open("main", "ada");
    state.approve(pull, "bea");
    expect(state.merge(pull, ADA)).toEqual([]);
    state.pushToPull(pull, "ada");
    expect(state.merge(pull, ADA).length === 0).toBe(merges);
  });

  test("where the last push must be approved, it is by somebody else than who pushed it", () => {
    const state = withRules([reviews({ require_last_push_approval: true })]);
    const pull = state.open("main", "ada");
    state.pushToPull(pull, "bea");
    state.approve(pull, "bea");
    expect(state.merge(pull, ADA)).not.toEqual([]);
    state.approve(pull, "cleo");
    expect(state.merge(pull, ADA)).toEqual([]);
  });

  test("nobody approves a pull request of their own", () => {
    const state = withRules([reviews({})]);
    const pull = state.open("main", "ada");
    expect(state.approve(pull, "ada")).not.toEqual([]);
    expect(state.merge(pull, ADA)).not.toEqual([]);
  });

  test.each([
    ["always", true, true],
    ["exempt", true, true],
    ["pull_request", false, true],
  ] as const)("who bypasses %s: a push goes through: %s; a merge: %s", (mode, pushes, merges) => {
    const team = { actor_id: 3, actor_type: "Team" } as const;
    const actors: BypassActor[] = [{ ...team, bypass_mode: mode }];
    const state = withRules({ rules: [reviews({}), { type: "non_fast_forward" }], bypass_actors: actors });
    const member = { login: "bea", actors: [team] };
    expect(state.push("refs/heads/main", "force", member).length === 0).toBe(pushes);
    expect(state.merge(state.open("main", "bea"), member).length === 0).toBe(merges);
    expect(state.push("refs/heads/main", "force", ADA)).not.toEqual([]);
    const other = { login: "dan", actors: [{ ...team, actor_id: 4 }] };
    expect(state.push("refs/heads/main", "force", other)).not.toEqual([]);
  });

  test("who bypasses one ruleset is held to the others", () => {
    const team = { actor_id: 3, actor_type: "Team" } as const;
    const lenient = { rules: [{ type: "deletion" }], bypass_actors: [{ ...team, bypass_mode: "always" } as const] };
    const member = { login: "bea", actors: [team] };
    expect(withRules(lenient).push("refs/heads/main", "delete", member)).toEqual([]);
    expect(withRules(lenient, [{ type: "deletion" }]).push("refs/heads/main", "delete", member)).not.toEqual([]);
  });

  test("rulesets are joined, of the organisation too, and the most restrictive rule wins", () => {
    const organisation = { source_type: "Organization", source: "org" } as const;
    const strict = { ...organisation, rules: [reviews({ required_approving_review_count: 2 })] };
    const state = withRules([reviews({ required_approving_review_count: 1 })], strict, [{ type: "deletion" }]);
    const pull = state.open("main", "ada");
    state.approve(pull, "bea");
    expect(state.merge(pull, ADA)).not.toEqual([]);
    state.approve(pull, "cleo");
    expect(state.merge(pull, ADA)).toEqual([]);
    expect(state.push("refs/heads/main", "delete", ADA)).not.toEqual([]);
  });

  test.each(["evaluate", "disabled"] as const)("a ruleset that is set to %s refuses nothing", (enforcement) => {
    const state = withRules({ enforcement, rules: [{ type: "deletion" }] });
    expect(state.push("refs/heads/main", "delete", ADA)).toEqual([]);
  });

  test("what a ruleset leaves out is not held to it", () => {
    const conditions = { ref_name: { include: ["~ALL"], exclude: ["refs/heads/main"] } };
    const state = withRules({ conditions, rules: [{ type: "deletion" }] });
    expect(state.push("refs/heads/main", "delete", ADA)).toEqual([]);
    expect(state.push("refs/heads/next", "delete", ADA)).not.toEqual([]);
  });

  test("a required check counts from the app that is named, and from any where none is", () => {
    const report = (rule: Rule, app: number | null): boolean => {
      const state = withRules([rule]);
      const pull = state.open("main", "ada");
      pull.checks.push({ context: "ci", app });
      return state.merge(pull, ADA).length === 0;
    };
    expect([report(check("ci", 7), 7), report(check("ci", 7), 8), report(check("ci", 7), null)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([report(check("ci"), 8), report(check("other"), 8)]).toEqual([true, false]);
  });

  test("checks of the commits before a push do not count after it", () => {
    const state = withRules([check("ci")]);
    const pull = state.open("main", "ada");
    pull.checks.push({ context: "ci", app: null });
    state.pushToPull(pull, "ada");
    expect(state.merge(pull, ADA)).not.toEqual([]);
  });
});

describe("on GitLab", () => {
  const developer = { name: "ada", role: 30 };

  test("where patterns overlap, the most permissive wins, for who pushes and for force", () => {
    const state = new GitLabState();
    state.protect("v1.x", 0, false);
    expect(state.push("refs/heads/v1.x", "forward", developer)).not.toEqual([]);
    state.protect("v*", 30, true);
    expect(state.push("refs/heads/v1.x", "force", developer)).toEqual([]);
  });

  test("nobody deletes a protected branch or moves a protected tag by git", () => {
    const state = new GitLabState();
    state.protect("release/*", 30, true);
    state.tags = [{ name: "v*", create_access_levels: [state.access(30)] }];
    const maintainer = { name: "bea", role: 40 };
    expect(state.push("refs/heads/release/a/b", "delete", maintainer)).not.toEqual([]);
    for (const change of ["force", "forward", "delete"] as const)
      expect(state.push("refs/tags/v1", change, maintainer)).not.toEqual([]);
    expect(state.push("refs/tags/v1", "create", developer)).toEqual([]);
  });

  test("approvals go with a push where they are reset", () => {
    const state = new GitLabState();
    state.rules = [{ id: 1, name: "all", rule_type: "any_approver", approvals_required: 1, branch_ids: [] }];
    const request = state.open("main", "ada");
    state.approve(request, "bea");
    state.pushToMergeRequest(request, "ada");
    expect(state.merge(request)).toEqual([]);
    state.approvals = { ...state.approvals, reset_approvals_on_push: true };
    state.pushToMergeRequest(request, "ada");
    expect(state.merge(request)).not.toEqual([]);
  });
});

describe("the judges", () => {
  const path = "/repos/{owner}/{repo}/rulesets";
  const none = new URLSearchParams();

  test.each([
    [{ name: "x" }, "enforcement"],
    [{ name: "x", enforcement: "on" }, "/enforcement"],
    [{ name: "x", enforcement: "active", rule: [] }, "additional"],
    [{ name: "x", enforcement: "active", rules: [{ type: "deletions" }] }, "/rules/0"],
    [{ name: "x", enforcement: "active", rules: [{ type: "deletion", parameters: {} }] }, "/rules/0"],
  ])("GitHub's description refuses the request %j", (body, complaint) => {
    expect(judgeRequest("POST", path, none, body).errors.join("\n")).toContain(complaint);
  });

  test("GitHub's description refuses parameters, answers and statuses that it does not know", () => {
    expect(judgeRequest("GET", path, new URLSearchParams("parents=true"), undefined).errors).not.toEqual([]);
    expect(judgeRequest("GET", path, new URLSearchParams("includes_parents=true"), undefined).errors).toEqual([]);
    expect(judgeAnswer("GET", path, 200, [{ id: 1, name: "x" }]).errors).not.toEqual([]);
    expect(judgeAnswer("GET", path, 202, []).errors).not.toEqual([]);
  });

  test("GitLab's fields are all there are", () => {
    const judge = (body: unknown) => judgeGitLabRequest("POST /projects/:id/protected_branches", none, body);
    expect(judge({ name: "x", push_access_level: 30 })).toEqual([]);
    expect(judge({ name: "x", push_access_level: 20 })).not.toEqual([]);
    expect(judge({ name: "x", force_push: false })).not.toEqual([]);
  });

  test("a test in which something did not fit fails when its sandbox goes", async () => {
    const sandbox = new Sandbox();
    const { url } = await fakeGitHub(sandbox);
    await fetch(`${url}/api/v3/repos/org/app/rulesets?parents=true`, {
      headers: { Authorization: "Bearer admin-token" },
    });
    await expect(sandbox.remove()).rejects.toThrow("has no parameter parents");
  });
});
