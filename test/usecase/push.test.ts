import { describe, expect, test } from "vitest";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ApplyOutcome } from "../../src/wire/outcome.ts";
import type { Environment } from "../support/environment.ts";
import { httpBackend } from "../support/http-backend.ts";
import { bareRemote, type BareRemote, type RemoteOptions } from "../support/remote.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { failure, fixStory, pick, ran, results, type Wish } from "./setting.ts";

interface Pair {
  readonly repository: TestRepository;
  readonly remote: BareRemote;
}

async function pair(options: RemoteOptions = {}): Promise<Pair> {
  const repository = await fixStory().create(makeSandbox());
  return { repository, remote: await bareRemote(repository, options) };
}

const PUSH: Wish = { push: true };
const TO_BRANCH: Wish = { push: true, options: { toBranch: "leak" } };
const TARGET = "refs/heads/morello/leak/release/v2.7";

const tipOf = (repository: TestRepository, revision: string): Promise<string> =>
  repository.git(["rev-parse", revision]);

/** A commit on the remote's branch by somebody else. */
async function humanOn({ repository, remote }: Pair, branch: string): Promise<string> {
  const { sandbox } = repository;
  const clone = sandbox.path(`human-${branch.replaceAll("/", "-")}`);
  await sandbox.git(["clone", "-q", "-b", branch, remote.path, clone]);
  await sandbox.git(["commit", "-q", "--allow-empty", "-m", "by a person"], { cwd: clone });
  await sandbox.git(["push", "-q"], { cwd: clone });
  return sandbox.git(["rev-parse", "HEAD"], { cwd: clone });
}

describe("--push", () => {
  test("takes the lines to the remote, and the report names them", async () => {
    const { repository, remote } = await pair();
    const { push } = ran(await pick(repository, "main", "all", PUSH));
    const tips = { seven: await tipOf(repository, "release/v2.7"), eight: await tipOf(repository, "release/v2.8") };
    expect(await remote.refs()).toMatchObject({
      "refs/heads/release/v2.7": tips.seven,
      "refs/heads/release/v2.8": tips.eight,
    });
    expect(push).toEqual({
      remote: "origin",
      refs: [
        { line: "release/v2.8", refname: "refs/heads/release/v2.8", to: tips.eight, compareUrl: null },
        { line: "release/v2.7", refname: "refs/heads/release/v2.7", to: tips.seven, compareUrl: null },
      ],
    });
  });

  test("pushes these branches and nothing that a setting adds", async () => {
    const { repository, remote } = await pair();
    await repository.git(["config", "push.followTags", "true"]);
    await repository.git(["tag", "-a", "-m", "private", "private", repository.oid("base")]);
    await pick(repository, "main", "v2.7", PUSH);
    expect(Object.keys(await remote.refs())).not.toContain("refs/tags/private");
  });

  test("twice is one push and a success", async () => {
    const { repository, remote } = await pair();
    await pick(repository, "main", "all", PUSH);
    const refs = await remote.refs();
    expect((await pick(repository, "main", "all", PUSH)).kind).toBe("applied");
    expect(await remote.refs()).toEqual(refs);
  });

  test("publishes what an earlier run moved and did not push", async () => {
    const { repository, remote } = await pair();
    await pick(repository, "main", "all");
    const outcome = ran(await pick(repository, "main", "all", PUSH));
    expect(outcome.push?.refs.map(({ line }) => line)).toEqual(["release/v2.8", "release/v2.7"]);
    expect((await remote.refs())["refs/heads/release/v2.7"]).toBe(await tipOf(repository, "release/v2.7"));
  });

  test("does not publish a person's commits that lie on a line beside the pick", async () => {
    const { repository, remote } = await pair();
    await pick(repository, "main", "v2.7");
    await repository.git(["switch", "-q", "release/v2.7"]);
    await repository.git(["commit", "-q", "--allow-empty", "-m", "private"]);
    expect(ran(await pick(repository, "main", "v2.7", PUSH)).push).toBeNull();
    expect((await remote.refs())["refs/heads/release/v2.7"]).toBe(repository.oid("only 2.7"));
  });

  test("goes to the remote that is named", async () => {
    const { repository, remote } = await pair();
    const fork = await bareRemote(repository, { as: "fork" });
    await pick(repository, "main", "v2.7", { push: true, remote: "fork" });
    expect((await fork.refs())["refs/heads/release/v2.7"]).toBe(await tipOf(repository, "release/v2.7"));
    expect((await remote.refs())["refs/heads/release/v2.7"]).toBe(repository.oid("only 2.7"));
  });

  test("without a remote says how to add one", async () => {
    const repository = await fixStory().create(makeSandbox());
    expect(await failure(pick(repository, "main", "v2.7", PUSH))).toMatchObject({
      code: "usage",
      hint: /git remote add/,
    });
  });

  test("of a line that moved on the remote is refused, and the person's commit stays", async () => {
    const both = await pair();
    const human = await humanOn(both, "release/v2.7");
    const error = await failure(pick(both.repository, "main", "all", PUSH));
    expect(error.code).toBe("push-rejected");
    expect(await both.remote.refs()).toMatchObject({
      "refs/heads/release/v2.7": human,
      "refs/heads/release/v2.8": both.repository.oid("only 2.8"),
    });
  });

  test("that one line's hook rejects leaves nothing on the remote", async () => {
    const { repository, remote } = await pair({
      hooks: { update: 'test "$1" != refs/heads/release/v2.7 || { echo "the line is frozen" >&2; exit 1; }' },
    });
    const before = await remote.refs();
    const error = await failure(pick(repository, "main", "all", PUSH));
    expect(error.code).toBe("push-rejected");
    expect(JSON.stringify(error.data)).toContain("the line is frozen");
    expect(await remote.refs()).toEqual(before);
  });

  test("to a remote that cannot push all or none pushes line by line", async () => {
    const { repository, remote } = await pair({ config: { "receive.advertiseAtomic": "false" } });
    await pick(repository, "main", "all", PUSH);
    expect(await remote.refs()).toMatchObject({
      "refs/heads/release/v2.7": await tipOf(repository, "release/v2.7"),
      "refs/heads/release/v2.8": await tipOf(repository, "release/v2.8"),
    });
  });

  test("that cannot be reached leaves the picks on the local branches and says so", async () => {
    const { repository } = await pair();
    await repository.git(["remote", "set-url", "origin", repository.sandbox.path("gone.git")]);
    const error = await failure(pick(repository, "main", "v2.7", PUSH));
    expect(error).toMatchObject({ code: "remote-failed", hint: /local branches/ });
    expect(await repository.git(["rev-parse", "release/v2.7^"])).toBe(repository.oid("only 2.7"));
  });
});

describe("--to-branch with --push", () => {
  test("publishes a branch of its own and leaves the line alone, here and there", async () => {
    const { repository, remote } = await pair();
    await pick(repository, "main", "v2.7", TO_BRANCH);
    const tip = await tipOf(repository, TARGET);
    expect(await remote.refs()).toMatchObject({ [TARGET]: tip, "refs/heads/release/v2.7": repository.oid("only 2.7") });
    expect(await tipOf(repository, "release/v2.7")).toBe(repository.oid("only 2.7"));
  });

  test.each([
    [
      "https://github.com/org/app.git",
      "https://github.com/org/app/compare/release/v2.7...morello/leak/release/v2.7?expand=1",
    ],
    [
      "https://ghe.corp.example/org/app.git",
      "https://ghe.corp.example/org/app/compare/release/v2.7...morello/leak/release/v2.7?expand=1",
    ],
    [
      "git@gitlab.corp.example:org/app.git",
      "https://gitlab.corp.example/org/app/-/merge_requests/new?merge_request%5Bsource_branch%5D=morello%2Fleak%2Frelease%2Fv2.7&merge_request%5Btarget_branch%5D=release%2Fv2.7",
    ],
    [
      "ssh://git@gitea.corp.example/org/app.git",
      "https://gitea.corp.example/org/app/compare/release/v2.7...morello/leak/release/v2.7",
    ],
  ])("gives the compare page of %s", async (url, page) => {
    const { repository, remote } = await pair();
    await repository.git(["remote", "set-url", "origin", url]);
    const env = await reaching(repository, remote.path);
    expect(compareOf(await pick(repository, "main", "v2.7", { ...TO_BRANCH, env }))).toBe(page);
    expect(Object.keys(await remote.refs())).toContain(TARGET);
  });

  test("again is one branch and a success, with the page once more", async () => {
    const { repository, remote } = await pair();
    const server = await httpBackend(repository.sandbox);
    await repository.git(["remote", "set-url", "origin", `${server.url}/origin.git`]);
    const first = ran(await pick(repository, "main", "v2.7", TO_BRANCH));
    const refs = await remote.refs();
    const second = ran(
      await pick(repository, "main", "v2.7", { ...TO_BRANCH, env: { GIT_COMMITTER_DATE: "1900000000 +0000" } }),
    );
    expect(results(second)).toEqual(["release/v2.7: unchanged"]);
    expect(second.push).toEqual(first.push);
    expect(second.push?.refs[0]?.compareUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/origin\/compare\//);
    expect(await remote.refs()).toEqual(refs);
  });

  test("reports the commit that lies there, not the one that this run would have made", async () => {
    const { repository } = await pair();
    await pick(repository, "main", "v2.7", TO_BRANCH);
    const again = ran(
      await pick(repository, "main", "v2.7", { ...TO_BRANCH, env: { GIT_COMMITTER_DATE: "1900000000 +0000" } }),
    );
    expect(again.lines[0]?.picks[0]?.landed).toBe(await tipOf(repository, TARGET));
  });

  test("refuses a local branch of that name that holds a person's commit", async () => {
    const { repository, remote } = await pair();
    await pick(repository, "main", "v2.7", TO_BRANCH);
    await repository.git(["switch", "-q", "morello/leak/release/v2.7"]);
    await repository.git(["commit", "-q", "--allow-empty", "-m", "by a person"]);
    const human = await tipOf(repository, "HEAD");
    const refs = await remote.refs();
    expect(await failure(pick(repository, "main", "v2.7", TO_BRANCH))).toMatchObject({
      code: "apply-refused",
      data: { found: human },
    });
    expect(await tipOf(repository, TARGET)).toBe(human);
    expect(await remote.refs()).toEqual(refs);
  });

  test("leaves a person's commit on top of the remote's branch where it is, seen or not", async () => {
    const both = await pair();
    const { repository, remote } = both;
    await pick(repository, "main", "v2.7", TO_BRANCH);
    const human = await humanOn(both, "morello/leak/release/v2.7");
    for (const fetch of [false, true]) {
      expect((await pick(repository, "main", "v2.7", { ...TO_BRANCH, fetch })).kind).toBe("applied"); // the pick is there
      expect((await remote.refs())[TARGET]).toBe(human);
    }
  });

  test("never overwrites a branch of that name that was made of something else", async () => {
    const { repository, remote } = await pair();
    await repository.git(["push", "-q", "origin", `${repository.oid("more")}:${TARGET}`]);
    expect(await failure(pick(repository, "main", "v2.7", TO_BRANCH))).toMatchObject({ code: "push-rejected" });
    expect((await remote.refs())[TARGET]).toBe(repository.oid("more"));
  });
});

/**
 * An environment in which every address of a remote ends in the path: git's own transports with nothing but the network
 * taken out, a program in ssh's place and a remote helper in that of HTTPS.
 */
async function reaching({ sandbox }: TestRepository, path: string): Promise<Environment> {
  const ssh = sandbox.write("ssh", `#!/bin/sh\nexec git-receive-pack '${path}'\n`, 0o755);
  sandbox.write("helpers/git-remote-https", `#!/bin/sh\nexec git remote-ext origin "git %s ${path}"\n`, 0o755);
  const real = await sandbox.git(["--exec-path"]);
  mkdirSync(sandbox.path("exec")); // git looks for helpers there first: all but those of HTTP
  for (const name of readdirSync(real)) {
    if (!name.startsWith("git-remote-http")) symlinkSync(join(real, name), join(sandbox.path("exec"), name));
  }
  return {
    GIT_SSH: ssh,
    GIT_SSH_VARIANT: "simple",
    GIT_EXEC_PATH: sandbox.path("exec"),
    PATH: `${sandbox.path("helpers")}:${sandbox.env["PATH"] ?? ""}`,
    GIT_ALLOW_PROTOCOL: "ext:file:https:ssh",
  };
}

function compareOf(outcome: ApplyOutcome): string | null | undefined {
  return ran(outcome).push?.refs[0]?.compareUrl;
}

describe("over HTTP with a password", () => {
  const SECRET = "pa55-w0rd";

  async function served(): Promise<Pair & { readonly url: string }> {
    const both = await pair();
    const server = await httpBackend(both.repository.sandbox, { credentials: { user: "ada", password: SECRET } });
    const url = `${server.urlWithCredentials}/origin.git`;
    await both.repository.git(["remote", "set-url", "origin", url]);
    return { ...both, url };
  }

  test("the push goes through, and neither outcome nor compare page nor state files hold the password", async () => {
    const { repository, remote } = await served();
    const outcome = await pick(repository, "main", "v2.7", TO_BRANCH);
    expect((await remote.refs())[TARGET]).toBe(await tipOf(repository, TARGET));
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(everythingBelow(join(repository.gitDir, "morello"))).not.toContain(SECRET);
  });

  test("a remote given as an address is reported without its password", async () => {
    const { repository, url } = await served();
    const outcome = ran(await pick(repository, "main", "v2.7", { ...TO_BRANCH, remote: url }));
    expect(outcome.push?.remote).toMatch(/^http:\/\/\*\*\*@127/);
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(everythingBelow(join(repository.gitDir, "morello"))).not.toContain(SECRET);
  });

  test.each([
    ["a wrong password", (url: string) => url.replace(SECRET, `${SECRET}x`)],
    ["a repository that is not there", (url: string) => url.replace("origin.git", "gone.git")],
    ["a port where nobody listens", (url: string) => url.replace(/:\d+\//, ":1/")],
    ["a host that does not exist", (url: string) => url.replace(/127\.0\.0\.1:\d+/, "no-such-host.invalid")],
  ])("no error of %s holds it", async (_, spoil) => {
    const { repository, url } = await served();
    await repository.git(["remote", "set-url", "origin", spoil(url)]);
    const error = await failure(pick(repository, "main", "v2.7", PUSH));
    expect(error.code).toBe("remote-failed");
    expect(JSON.stringify([error.message, error.hint, error.data, String(error.cause), error.stack])).not.toContain(
      SECRET,
    );
  });

  test("a rejection holds it nowhere", async () => {
    const { repository, remote } = await served();
    remote.setHooks({ "pre-receive": "exit 1" });
    const error = await failure(pick(repository, "main", "v2.7", PUSH));
    expect(error.code).toBe("push-rejected");
    expect(JSON.stringify([error.message, error.hint, error.data])).not.toContain(SECRET);
  });
});

function everythingBelow(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => join(directory, name)).filter((path) => statSync(path).isFile());
  return files.map((path) => readFileSync(path, "latin1")).join("\n");
}
