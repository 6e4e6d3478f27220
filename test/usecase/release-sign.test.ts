import { describe, expect, test } from "vitest";
import { mkdirSync } from "node:fs";
import { COMMITTER } from "../support/environment.ts";
import { finished } from "../support/process.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeKey } from "../support/ssh.ts";
import type { ObjectFormat } from "../support/tree.ts";
import { LINE, made, pickedStory, release, type Wish } from "./releasing.ts";

async function withKey(
  settings: Readonly<Record<string, string>> = {},
  objectFormat: ObjectFormat = "sha1",
  files: Readonly<Record<string, string>> = {},
): Promise<TestRepository> {
  const sandbox = makeSandbox();
  const repository = await pickedStory(files, objectFormat).create(sandbox);
  const key = await makeKey(sandbox, "key");
  const signers = sandbox.write("signers", `${COMMITTER.email} ${key.text}\n`);
  const all = { "gpg.format": "ssh", "user.signingKey": key.file, "gpg.ssh.allowedSignersFile": signers, ...settings };
  for (const [name, value] of Object.entries(all)) await repository.git(["config", name, value]);
  return repository;
}

const isSigned = async (repository: TestRepository, wish: Wish = {}): Promise<boolean> => {
  const found = made(await release(repository, wish));
  expect((await repository.git(["cat-file", "tag", "v2.7.1"])).includes("BEGIN SSH SIGNATURE")).toBe(found.signed);
  return found.signed;
};

describe.each(["sha1", "sha256"] as const)("an SSH key in a repository of %s", (objectFormat) => {
  test("signs the tag as git does, and git verifies it", async () => {
    const repository = await withKey({ "tag.gpgSign": "true" }, objectFormat);
    expect(await isSigned(repository)).toBe(true);
    await repository.git(["verify-tag", "v2.7.1"]);
    await fsck(repository);
  });
});

test("the same release signed twice is the same object", async () => {
  const repository = await withKey({ "tag.gpgSign": "true" });
  const first = made(await release(repository));
  await repository.git(["update-ref", "-d", "refs/tags/v2.7.1"]);
  await repository.git(["update-ref", "-d", `refs/morello/ledger/${LINE}`]);
  expect(made(await release(repository)).tagObject).toBe(first.tagObject);
});

test.each([
  ["commit.gpgSign alone signs no tag", { "commit.gpgSign": "true" }, {}, false],
  ["--sign signs without a setting", {}, { sign: true }, true],
  ["--no-sign does not, whatever is set", { "tag.gpgSign": "true" }, { sign: false }, false],
] as const)("%s", async (_, settings, wish, signed) => {
  expect(await isSigned(await withKey(settings), wish)).toBe(signed);
});

test("policy that asks for signed releases gets them without a setting of git's", async () => {
  expect(await isSigned(await withKey({}, "sha1", { "morello.yaml": "policy:\n  signed: true\n" }))).toBe(true);
});

test("the commit with the version is signed where git signs commits", async () => {
  const files = { "morello.yaml": "release:\n  versionFiles: [VERSION]\n", "VERSION": "2.7.0\n" };
  const repository = await withKey({ "tag.gpgSign": "true", "commit.gpgSign": "true" }, "sha1", files);
  await release(repository);
  await repository.git(["verify-commit", LINE]);
  await repository.git(["verify-tag", "v2.7.1"]);
});

test("a key that cannot sign stops all of it", async () => {
  const repository = await withKey({ "tag.gpgSign": "true", "user.signingKey": "/nowhere/key" });
  await expect(release(repository)).rejects.toMatchObject({
    code: expect.stringMatching(/signing-failed|unknown-key/) as string,
  });
  expect(await repository.git(["tag"])).toBe("v2.7.0");
});

test("an OpenPGP key signs the tag, and git verifies it", async () => {
  const sandbox = makeSandbox();
  const home = sandbox.path("gnupg");
  mkdirSync(home, { mode: 0o700 });
  const env = { ...sandbox.env, GNUPGHOME: home };
  const gpg = (args: readonly string[]) => finished("gpg", args, { cwd: sandbox.root, env });
  const made = await gpg([
    "--batch",
    "-q",
    "--passphrase",
    "",
    "--quick-gen-key",
    COMMITTER.email,
    "ed25519",
    "sign",
    "never",
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  sandbox.beforeRemoval(async () => void (await finished("gpgconf", ["--kill", "all"], { cwd: sandbox.root, env })));
  const repository = await pickedStory().create(sandbox);
  await repository.git(["config", "user.signingKey", COMMITTER.email]);
  await release(repository, { sign: true, env: { GNUPGHOME: home } });
  const verified = await repository.gitRun(["verify-tag", "v2.7.1"], { env: { GNUPGHOME: home } });
  expect(verified.stderr.toString()).toContain("Good signature");
});
