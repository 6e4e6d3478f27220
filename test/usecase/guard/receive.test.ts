import { expect, test } from "vitest";
import type { History } from "../../support/history.ts";
import { history } from "../../support/history.ts";
import type { TestRepository } from "../../support/repository.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { keyPair, signedTag } from "../../support/ssh-keys.ts";
import { failure, text } from "../setting.ts";
import { receive, refusing } from "./setting.ts";

const LINE = "refs/heads/release/v2.7";

/** A fix on main, a line, and beside them commits that somebody would push to it. */
async function served(policy = "", more: (story: History) => unknown = () => undefined): Promise<TestRepository> {
  const story = history()
    .commit("base", { files: { "a.txt": text(), ...(policy === "" ? {} : { "morello.yaml": policy }) } })
    .branch("release/v2.7")
    .commit("seven", { files: { "seven.txt": "7\n" } })
    .tag("v2.7.0")
    .checkout("main")
    .commit("fix", { message: "fix: leak\n", files: { "a.txt": text({ 20: "fixed" }) } });
  const from = (mark: string, files: Record<string, string>, message: string): void =>
    void story.branch(`push/${mark}`, "seven").commit(mark, { message, files });
  from("native", { "a.txt": text({ 3: "native" }) }, "fix: here\n");
  from("markers", { "a.txt": text({ 3: "<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs" }) }, "fix: here\n");
  more(story);
  const repository = await story.create(makeSandbox(), { bare: true, head: "main" });
  const source = repository.oid("fix");
  const claim = `fix: leak\n\n(cherry picked from commit ${source})\n`;
  await repository.extend((told) => {
    const pick = (mark: string, files: Record<string, string>, message = claim): void =>
      void told.branch(`push/${mark}`, "seven").commit(mark, { message, files });
    pick("pick", { "a.txt": text({ 20: "fixed" }) });
    pick("lie", { "evil.txt": "evil\n" });
    pick("adapted", { "a.txt": text({ 20: "fixed", 2: "and more" }) });
    pick(
      "nowhere",
      { "a.txt": text({ 20: "fixed" }) },
      `fix: leak\n\n(cherry picked from commit ${"12".repeat(20)})\n`,
    );
    pick("policed", { "morello.yaml": "policy:\n  classes:\n    native: 0\n", "b.txt": "b\n" }, "fix: here\n");
  });
  for (const mark of repository.history.commits.keys())
    await repository.git(["update-ref", "-d", `refs/heads/push/${mark}`]);
  return repository;
}

const NO_NATIVE = "policy:\n  classes:\n    native: refused\n    adapted: refused\n";

test.each([
  ["an exact pick", "pick", "", []],
  ["a commit made on the line", "native", "", []],
  ["a pick with more in it", "adapted", "", []],
  ["conflict markers", "markers", "", ["markers"]],
  ["a pick of another commit than it says", "lie", "", ["x-line-lies"]],
  ["a pick of a commit that is nowhere", "nowhere", "", ["unreachable-source"]],
  ["an exact pick, where policy takes nothing else", "pick", NO_NATIVE, []],
  ["a commit made on the line, where policy takes none", "native", NO_NATIVE, ["class-approvals"]],
  ["a pick with more in it, where policy takes none", "adapted", NO_NATIVE, ["class-approvals"]],
  ["a commit that brings a policy of its own", "policed", NO_NATIVE, ["class-approvals"]],
])("%s", async (_, mark, policy, rules) => {
  const repository = await served(policy);
  expect(await refusing(repository, { [LINE]: repository.oid(mark) })).toEqual(rules);
});

test("every commit that is pushed is looked at, not only the last", async () => {
  const repository = await served();
  await repository.extend((story) =>
    story.branch("push/series", "lie").commit("honest", { files: { "b.txt": "b\n" } }),
  );
  await repository.git(["update-ref", "-d", "refs/heads/push/series"]);
  const { refusals } = await receive(repository, { [LINE]: repository.oid("honest") });
  expect(refusals).toMatchObject([{ rule: "x-line-lies", commit: repository.oid("lie"), refname: LINE }]);
});

test("a line that a push makes is looked at from where it left main", async () => {
  const repository = await served(NO_NATIVE);
  const made = "refs/heads/release/v2.8";
  expect(await refusing(repository, { [made]: repository.oid("fix") })).toEqual([]);
  await repository.extend((story) => story.branch("push/made", "fix").commit("evil", { files: { "e.txt": "e\n" } }));
  await repository.git(["update-ref", "-d", "refs/heads/push/made"]);
  expect(await refusing(repository, { [made]: repository.oid("evil") })).toEqual(["class-approvals"]);
});

test("the first push to an empty repository is its history", async () => {
  const repository = await served();
  const refs = (await repository.git(["for-each-ref", "--format=%(refname)"])).split("\n");
  for (const refname of refs) await repository.git(["update-ref", "-d", refname]);
  const [main, line] = [repository.oid("fix"), repository.oid("lie")];
  expect(await refusing(repository, { "refs/heads/main": main, [LINE]: line, "refs/tags/v2.7.0": line })).toEqual([]);
});

test("a source may come with the push, on a branch of its own", async () => {
  const repository = await served();
  await repository.extend((story) => story.branch("push/topic", "fix").commit("topic", { files: { "t.txt": "t\n" } }));
  const claim = `topic\n\n(cherry picked from commit ${repository.oid("topic")})\n`;
  await repository.extend((story) =>
    story.branch("push/carried", "seven").commit("carried", { message: claim, files: { "t.txt": "t\n" } }),
  );
  for (const name of ["topic", "carried"]) await repository.git(["update-ref", "-d", `refs/heads/push/${name}`]);
  const carried = repository.oid("carried");
  expect(await refusing(repository, { [LINE]: carried })).toEqual(["unreachable-source"]);
  expect(await refusing(repository, { [LINE]: carried, "refs/heads/topic": repository.oid("topic") })).toEqual([]);
});

test("what comes to main in the same push is not trusted yet: another hook may still refuse that part", async () => {
  const strict = "policy:\n  unmergedSource: refused\n  classes:\n    native: refused\n";
  const repository = await served(strict);
  await repository.extend((story) => story.branch("push/main", "fix").commit("evil", { files: { "e.txt": "e\n" } }));
  const evil = repository.oid("evil");
  const claim = `evil\n\n(cherry picked from commit ${evil})\n`;
  await repository.extend((story) =>
    story.branch("push/carried", "seven").commit("carried", { message: claim, files: { "e.txt": "e\n" } }),
  );
  for (const name of ["main", "carried"]) await repository.git(["update-ref", "-d", `refs/heads/push/${name}`]);
  const carried = repository.oid("carried");
  const main = { "refs/heads/main": evil };
  expect(await refusing(repository, { ...main, [LINE]: carried })).toEqual(["unmerged-source"]);
  expect(await refusing(repository, { ...main, "refs/heads/release/v2.8": evil })).toEqual(["class-approvals"]);
  await repository.git(["update-ref", "refs/heads/main", evil]);
  expect(await refusing(repository, { [LINE]: carried })).toEqual([]);
  expect(await refusing(repository, { "refs/heads/release/v2.8": evil })).toEqual([]);
});

test("whoever changes the configuration is told, and it goes through", async () => {
  const repository = await served();
  await repository.extend((story) =>
    story.branch("push/main", "fix").commit("conf", { files: { "morello.yaml": NO_NATIVE } }),
  );
  const outcome = await receive(repository, { "refs/heads/main": repository.oid("conf") });
  expect(outcome).toMatchObject({ accepted: true, refusals: [], notes: [expect.stringContaining("morello.yaml")] });
});

test("whoever breaks the configuration is told what that means", async () => {
  const repository = await served();
  await repository.extend((story) =>
    story.branch("push/main", "fix").commit("broken", { files: { "morello.yaml": "lines: 7\n" } }),
  );
  const outcome = await receive(repository, { "refs/heads/main": repository.oid("broken") });
  expect(outcome).toMatchObject({ accepted: true, notes: [expect.stringContaining("cannot be read")] });
});

test("while the configuration cannot be read, only the default branch can be pushed to", async () => {
  const repository = await served("lines: 7\n");
  await repository.extend((story) =>
    story.branch("push/main", "fix").commit("mended", { files: { "morello.yaml": "" } }),
  );
  await repository.git(["update-ref", "-d", "refs/heads/push/main"]);
  const mended = repository.oid("mended");
  expect(await refusing(repository, { "refs/heads/main": mended })).toEqual([]);
  expect(await refusing(repository, { "refs/heads/topic": mended })).toEqual(["configuration"]);
  expect(await refusing(repository, { [LINE]: repository.oid("pick") })).toEqual(["configuration"]);
  expect(await refusing(repository, { "refs/heads/main": repository.oid("base") })).toEqual(["main-rewound"]);
});

test("what somebody once pushed as a remote's main branch does not say what policy is", async () => {
  const repository = await served(NO_NATIVE);
  await repository.extend((story) =>
    story.branch("push/fake", "fix").commit("fake", { files: { "morello.yaml": "" } }),
  );
  await repository.git(["update-ref", "refs/remotes/origin/main", repository.oid("fake")]);
  await repository.git(["config", "remote.origin.url", "nowhere"]);
  expect(await refusing(repository, { [LINE]: repository.oid("native") })).toEqual(["class-approvals"]);
});

test("pushes to namespaces are refused, since refs there have other names", async () => {
  const repository = await served();
  const pushing = receive(repository, { "refs/heads/topic": repository.oid("fix") }, { GIT_NAMESPACE: "a" });
  expect((await failure(pushing)).message).toContain("namespace");
});

test("what is no update of refs is refused", async () => {
  const { receivePush } = await import("../../../src/usecase/guard/receive.ts");
  const repository = await served();
  const deps = { cwd: repository.path, environment: repository.sandbox.env, now: 0 };
  for (const input of ["x\n", `${"0".repeat(40)} ${"1".repeat(40)}\n`, `${"0".repeat(40)} ${"1".repeat(40)} HEAD\n`])
    expect((await failure(receivePush(deps, { input, auditOnly: false }))).code).toBe("usage");
});

test("a commit that is not there is refused", async () => {
  const repository = await served();
  await failure(receive(repository, { [LINE]: "12".repeat(20) }));
});

const SIGNED = "policy:\n  signed: true\n";

test("where policy wants signed releases: only a tag that a known key signed goes through", async () => {
  const repository = await served(SIGNED);
  const { sandbox } = repository;
  const [known, other] = [await keyPair(sandbox, "known"), await keyPair(sandbox, "other")];
  const signers = sandbox.write("signers", `ada@example.com ${known.text}\n`);
  await repository.git(["config", "gpg.ssh.allowedSignersFile", signers]);
  const push = async (oid: string): Promise<string[]> => refusing(repository, { "refs/tags/v2.7.1": oid });
  const at = repository.oid("seven");
  expect(await push(at)).toEqual(["release-lightweight"]);
  await repository.git(["tag", "-a", "-m", "v2.7.1", "v2.7.1", at]);
  const unsigned = await repository.git(["rev-parse", "refs/tags/v2.7.1"]);
  await repository.git(["update-ref", "-d", "refs/tags/v2.7.1"]);
  expect(await push(unsigned)).toEqual(["release-unsigned"]);
  expect(await push(await signedTag(repository, other, "v2.7.1", at))).toEqual(["release-signer"]);
  const good = await signedTag(repository, known, "v2.7.1", at);
  expect(await push(good)).toEqual([]);
  const body = (await repository.git(["cat-file", "tag", good])).replace("v2.7.1\n-----", "v2.7.1, and more\n-----");
  const forged = await repository.git(["hash-object", "-t", "tag", "-w", "--stdin"], { input: `${body}\n` });
  expect(await push(forged)).toEqual(["release-signature"]);
});
