// What tests of `morello protect` begin with: the fix story's repository, whose origin is a forge that is played.
import { protect, type ProtectInput } from "../../src/usecase/protect.ts";
import type { ProtectOutcome } from "../../src/wire/protect.ts";
import { fakeGitHub, type FakeGitHub } from "../support/forge/github.ts";
import { fakeGitLab, type FakeGitLab } from "../support/forge/gitlab.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, fixStory } from "./setting.ts";

export interface GitHubStory {
  readonly repository: TestRepository;
  readonly github: FakeGitHub;
}

export interface GitLabStory {
  readonly repository: TestRepository;
  readonly gitlab: FakeGitLab;
}

/** Policy under which every change needs two approvals, by others than its author. */
export const TWO_APPROVALS = "policy:\n  classes: { exact: 1, resolved: 2, adapted: 2, native: refused }\n";

/** With `morello.yaml` on main, if it is given; see `write` to change it later. */
export async function onGitHub(configuration?: string): Promise<GitHubStory> {
  const sandbox = makeSandbox();
  const github = await fakeGitHub(sandbox);
  github.state.branches = ["main", "release/v2.7", "release/v2.8"];
  const repository = await story(configuration).create(sandbox);
  await repository.git(["remote", "add", "origin", `${github.url}/org/app.git`]);
  return { repository, github };
}

export async function onGitLab(configuration?: string): Promise<GitLabStory> {
  const sandbox = makeSandbox();
  const gitlab = await fakeGitLab(sandbox);
  const repository = await story(configuration).create(sandbox);
  await repository.git(["remote", "add", "origin", `${gitlab.url}/group/sub/app.git`]);
  return { repository, gitlab };
}

function story(configuration: string | undefined): ReturnType<typeof fixStory> {
  return configuration === undefined
    ? fixStory()
    : fixStory().commit("configuration", { files: { "morello.yaml": configuration } });
}

/** Commits another configuration on main. */
export async function configure(repository: TestRepository, configuration: string): Promise<void> {
  await repository.extend((history) =>
    history.checkout("main").commit("another configuration", { files: { "morello.yaml": configuration } }),
  );
}

export function protectOn(story: GitHubStory | GitLabStory, wish: Partial<ProtectInput> = {}): Promise<ProtectOutcome> {
  const isGitHub = "github" in story;
  return protect(depsOf(story.repository), {
    apply: false,
    forge: isGitHub ? "github" : "gitlab",
    remote: null,
    tokenFor: () => (isGitHub ? "admin-token" : "maintainer-token"),
    tokenAdvice: () => ({ wanted: "SOME_TOKEN", command: "export SOME_TOKEN=…" }),
    confirm: () => Promise.resolve(true),
    ...wish,
  });
}

export const apply = (story: GitHubStory | GitLabStory): Promise<ProtectOutcome> => protectOn(story, { apply: true });

/** `rule: setting: found -> wanted`, a line each. */
export function told({ differences }: ProtectOutcome): string[] {
  return differences.map(({ rule, setting, found, wanted }) => `${rule}: ${setting}: ${say(found)} -> ${say(wanted)}`);
}

function say(value: ProtectOutcome["differences"][number]["found"]): string {
  return value === null ? "nothing" : typeof value === "object" ? value.join(", ") : String(value);
}
