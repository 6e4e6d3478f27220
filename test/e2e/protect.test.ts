import { expect, test } from "vitest";
import { ProtectOutcome } from "../../src/wire/protect.ts";
import { morello, type CliResult } from "../support/cli.ts";
import type { Environment } from "../support/environment.ts";
import { onGitHub, onGitLab, type GitHubStory } from "../usecase/protecting.ts";

function run({ repository, github }: GitHubStory, args: readonly string[], env?: Environment): Promise<CliResult> {
  const all = ["protect", "--forge", "github", ...args];
  const named = { GH_ENTERPRISE_TOKEN: "admin-token", GH_HOST: github.host };
  return morello(repository.sandbox, all, { cwd: repository.path, env: env ?? named });
}

test("protect shows the difference and exits with 1; applied, it exits with 0; and no output holds the token", async () => {
  const story = await onGitHub();
  const checked = await run(story, []);
  expect([checked.status, checked.stderr]).toEqual([1, ""]);
  expect(checked.stdout).toContain("ruleset Morello: release lines: force push: different: nothing -> refused\n");
  const applied = await run(story, ["--apply", "--yes"]);
  expect(applied.status).toBe(0);
  expect(applied.stdout).toContain("written; protected by rulesets");
  const again = await run(story, ["--check"]);
  expect(again.status).toBe(0);
  const json = await run(story, ["--json"]);
  expect(ProtectOutcome.parse(json.json())).toMatchObject({ kind: "checked", ok: true, differences: [] });
  for (const { stdout, stderr } of [checked, applied, again, json])
    expect(stdout + stderr).not.toContain("admin-token");
});

test("where nobody can be asked, nothing is written without --yes", async () => {
  const story = await onGitHub();
  const { status, stderr } = await run(story, ["--apply"]);
  expect(status).toBe(1);
  expect(stderr).toContain("hint: look at them, then: morello protect --apply --yes");
  expect(story.github.state.rulesets).toEqual([]);
});

test("--check and --apply do not go together", async () => {
  expect((await run(await onGitHub(), ["--check", "--apply"])).status).toBe(2);
});

test("no token is sent to a host that nobody named, whatever the repository says it is", async () => {
  const story = await onGitHub("forge: { kind: github }\n");
  const all = { GH_TOKEN: "admin-token", GITHUB_TOKEN: "admin-token", GH_ENTERPRISE_TOKEN: "admin-token" };
  const { status, stderr } = await run(story, [], { ...all, GH_HOST: "git.corp.example" });
  expect(status).toBe(2);
  expect(stderr).toContain(`hint: export GH_HOST=${story.github.host} GH_ENTERPRISE_TOKEN=…`);
  expect(story.github.requests).toEqual([]);
});

test("a token that is not taken is said to be so, and not shown", async () => {
  const story = await onGitHub();
  const wrong = { GH_ENTERPRISE_TOKEN: "wr0ng-token", GH_HOST: story.github.host };
  const { status, stdout, stderr } = await run(story, ["--json"], wrong);
  expect(status).toBe(3);
  expect(stdout).toContain("answers 401 to GET /api/v3/repos/org/app: Bad credentials");
  expect(stdout + stderr).not.toContain("wr0ng-token");
});

test("on GitLab the host must be named along with the token", async () => {
  const { repository, gitlab } = await onGitLab();
  const protect = (env: Environment): Promise<CliResult> =>
    morello(repository.sandbox, ["protect", "--forge", "gitlab"], { cwd: repository.path, env });
  expect((await protect({ GITLAB_TOKEN: "maintainer-token" })).status).toBe(2);
  const named = await protect({ GITLAB_TOKEN: "maintainer-token", GITLAB_HOST: gitlab.url });
  expect(named.status).toBe(1);
  expect(named.stdout).toContain("protected branch release/*: force push: different: nothing -> refused\n");
});
