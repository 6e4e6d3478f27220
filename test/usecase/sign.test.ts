import { describe, expect, test } from "vitest";
import { mkdirSync, readFileSync } from "node:fs";
import { continueResolution } from "../../src/usecase/continue.ts";
import { resolve } from "../../src/usecase/resolve.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { COMMITTER } from "../support/environment.ts";
import { conflictStory, depsOf, failure, fixStory, pick, ran, results, text, VERIFY } from "./setting.ts";

async function sshKey(sandbox: Sandbox, type: "ed25519" | "rsa"): Promise<string> {
  const file = sandbox.path(`key-${type}`);
  const args = ["-q", "-t", type, ...(type === "rsa" ? ["-b", "2048"] : []), "-N", "", "-C", "test", "-f", file];
  const made = await finished("ssh-keygen", args, { cwd: sandbox.root, env: sandbox.env });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return file;
}

/** Makes git sign every commit with the key, and trust it. */
async function signWithSsh(repository: TestRepository, key: string): Promise<void> {
  const publicKey = readFileSync(`${key}.pub`, "utf8");
  const signers = repository.sandbox.write("signers", `${COMMITTER.email} ${publicKey}`);
  await configure(repository, {
    "gpg.format": "ssh",
    "user.signingKey": key,
    "gpg.ssh.allowedSignersFile": signers,
    "commit.gpgSign": "true",
  });
}

async function configure(repository: TestRepository, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(settings)) await repository.git(["config", key, value]);
}

/** The commit's bytes without its signature. */
async function unsigned(repository: TestRepository, revision: string): Promise<string> {
  const { stdout } = await repository.gitRun(["cat-file", "commit", revision]);
  return stdout.toString("latin1").replace(/^gpgsig(?:-sha256)? .*\n(?: .*\n)*/m, "");
}

const LINES = ["release/v2.7", "release/v2.8"];

describe.each(["ed25519", "rsa"] as const)("an %s SSH key", (type) => {
  test("signs as git does, and git verifies it", async () => {
    const repository = await fixStory().create(makeSandbox());
    await signWithSsh(repository, await sshKey(repository.sandbox, type));
    expect(ran(await pick(repository, "main", "all")).signed).toBe(true);
    for (const line of LINES)
      expect(await repository.git(["log", "-1", "--format=%G? %GS", line])).toBe(`G ${COMMITTER.email}`);
    await fsck(repository);
  });

  test("gives the same object ID in every clone, time zone and locale", async () => {
    const sandbox = makeSandbox();
    const key = await sshKey(sandbox, type);
    const ids: string[] = [];
    for (const [n, env] of [{}, { TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8" }].entries()) {
      const repository = await fixStory().create(sandbox, { name: `clone-${n}` });
      await signWithSsh(repository, key);
      await pick(repository, "main", "all", { env });
      ids.push(await repository.git(["rev-parse", ...LINES]));
    }
    expect(ids[1]).toBe(ids[0]);
  });

  test("changes nothing but the signature", async () => {
    const sandbox = makeSandbox();
    const [plain, signed] = [
      await fixStory().create(sandbox, { name: "plain" }),
      await fixStory().create(sandbox, { name: "signed" }),
    ];
    await signWithSsh(signed, await sshKey(sandbox, type));
    for (const repository of [plain, signed]) await pick(repository, "main", "all");
    for (const line of LINES) expect(await unsigned(signed, line)).toBe(await unsigned(plain, line));
  });
});

test("a series that is signed is a chain of signed commits", async () => {
  const repository = await fixStory()
    .commit("second", { files: { second: "2\n" } })
    .create(makeSandbox());
  await signWithSsh(repository, await sshKey(repository.sandbox, "ed25519"));
  await pick(repository, "main~2..main", "v2.7");
  expect(await repository.git(["log", "-2", "--format=%G? %s", "release/v2.7"])).toBe(
    "G second\nG loader: limit the prefetch queue",
  );
});

test("with --via nearest the line below names the signed commit, not the one that was planned", async () => {
  const repository = await fixStory().create(makeSandbox());
  await signWithSsh(repository, await sshKey(repository.sandbox, "ed25519"));
  await pick(repository, "main", "all", { options: { via: "nearest" } });
  const landed = await repository.git(["rev-parse", "release/v2.8"]);
  expect(await repository.git(["log", "-1", "--format=%B", "release/v2.7"])).toContain(
    `cherry picked from commit ${landed}`,
  );
});

test("a SHA-256 repository is signed under its own header, and verifies", async () => {
  const sandbox = makeSandbox();
  const repository = await history({ objectFormat: "sha256" })
    .commit("base", { files: { a: "1\n" } })
    .branch("release/v1.0")
    .checkout("main")
    .commit("fix", { files: { a: "2\n" } })
    .create(sandbox);
  await signWithSsh(repository, await sshKey(sandbox, "ed25519"));
  await pick(repository, "main", "v1.0");
  expect(await repository.git(["cat-file", "commit", "release/v1.0"])).toMatch(/^gpgsig-sha256 /m);
  await repository.git(["verify-commit", "release/v1.0"]);
});

test("a resolution is signed too", async () => {
  const repository = await conflictStory().create(makeSandbox());
  await signWithSsh(repository, await sshKey(repository.sandbox, "ed25519"));
  await pick(repository, "main", "v2.6");
  const laid = await resolve(depsOf(repository), { line: null });
  if (laid.kind !== "laid-out") throw new Error(laid.kind);
  repository.sandbox.write(
    `${laid.resolution.worktree.slice(repository.sandbox.root.length + 1)}/loader.py`,
    text({ 20: "limited here" }),
  );
  await continueResolution(depsOf(repository), { line: null, adapt: false, reason: null, verify: VERIFY });
  await repository.git(["verify-commit", "release/v2.6"]);
});

describe("GPG", () => {
  async function gpgKey(sandbox: Sandbox): Promise<Record<string, string>> {
    // A path for its agent's socket must be short; the sandbox's is.
    const env = { ...sandbox.env, GNUPGHOME: sandbox.path("gnupg") };
    mkdirSync(env.GNUPGHOME, { mode: 0o700 });
    const who = `${COMMITTER.name} <${COMMITTER.email}>`;
    const args = ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "never"];
    const made = await finished("gpg", args, { cwd: sandbox.root, env });
    if (made.status !== 0) throw new Error(made.stderr.toString());
    sandbox.beforeRemoval(async () => void (await finished("gpgconf", ["--kill", "all"], { cwd: sandbox.root, env })));
    return { GNUPGHOME: env.GNUPGHOME };
  }

  test("signs, git verifies it, and the unsigned bytes are those of any other clone", async () => {
    const sandbox = makeSandbox();
    const env = await gpgKey(sandbox);
    const [plain, signed] = [
      await fixStory().create(sandbox, { name: "plain" }),
      await fixStory().create(sandbox, { name: "signed" }),
    ];
    await signed.git(["config", "commit.gpgSign", "true"]);
    await pick(plain, "main", "all");
    expect(ran(await pick(signed, "main", "all", { env })).signed).toBe(true);
    for (const line of LINES) {
      await signed.git(["verify-commit", line], { env });
      expect(await unsigned(signed, line)).toBe(await unsigned(plain, line));
    }
  });

  test("signed picks are there already for a second run", async () => {
    const sandbox = makeSandbox();
    const env = await gpgKey(sandbox);
    const repository = await fixStory().create(sandbox);
    await repository.git(["config", "commit.gpgSign", "true"]);
    await pick(repository, "main", "v2.7", { env });
    const landed = await repository.git(["rev-parse", "release/v2.7"]);
    expect(results(await pick(repository, "main", "v2.7", { env }))).toEqual(["release/v2.7: unchanged"]);
    expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(landed);
  });
});

describe("a signature that cannot be had moves nothing:", () => {
  async function refused(settings: Readonly<Record<string, string>>, wanted: RegExp): Promise<void> {
    const repository = await fixStory().create(makeSandbox());
    await configure(repository, { "commit.gpgSign": "true", ...settings });
    const refs = await repository.git(["for-each-ref"]);
    const error = await failure(pick(repository, "main", "all"));
    expect(["signing-failed", "unknown-key"]).toContain(error.code);
    expect(`${error.message} ${error.hint}`).toMatch(wanted);
    expect(await repository.git(["for-each-ref"])).toBe(refs);
    expect(results(await pick(repository, "main", "all", { sign: false }))).toEqual([
      "release/v2.8: moved",
      "release/v2.7: moved",
    ]);
  }

  test("no key is configured", () => refused({ "gpg.format": "ssh" }, /user\.signingKey/));

  test("the key is not there", () => refused({ "gpg.format": "ssh", "user.signingKey": "no-such-key" }, /no-such-key/));

  test("the program is not there", () =>
    refused({ "gpg.format": "ssh", "user.signingKey": "k", "gpg.ssh.program": "no-such-program" }, /no-such-program/));

  test("the secret key of the committer is not there", () => refused({}, /gpg --list-secret-keys/));
});

test("--sign signs although git is not told to, and --no-sign does not although it is", async () => {
  const repository = await fixStory().create(makeSandbox());
  await signWithSsh(repository, await sshKey(repository.sandbox, "ed25519"));
  expect(ran(await pick(repository, "main", "v2.7", { sign: false })).signed).toBe(false);
  await repository.git(["config", "--unset", "commit.gpgSign"]);
  expect(ran(await pick(repository, "main", "v2.8", { sign: true })).signed).toBe(true);
});
