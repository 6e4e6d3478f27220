import { chmodSync, readFileSync, renameSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isAppError, type AppError } from "../../src/error.ts";
import { openRepository } from "../../src/git/repository.ts";
import { openRecordSigner, type RecordSigner } from "../../src/ledger/signer.ts";
import { armour, verifySshsig } from "../../src/ledger/ssh/sshsig.ts";
import type { Environment } from "../support/environment.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import {
  KEY_KINDS,
  KEY_NAMES,
  keygenSign,
  keygenVerify,
  makeKey,
  sshKeygen,
  startAgent,
  type SshKey,
} from "../support/ssh.ts";

const NAMESPACE = "record@morello";
const MESSAGE = Buffer.from("what was carried\n");

async function repositoryWith(settings: Readonly<Record<string, string>> = {}): Promise<TestRepository> {
  const repository = await history()
    .commit("base", { files: { a: "1\n" } })
    .create(makeSandbox());
  await configure(repository, settings);
  return repository;
}

async function configure(repository: TestRepository, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await repository.git(["config", name, value]);
}

async function signerOf(repository: TestRepository, env: Environment = {}): Promise<RecordSigner | null> {
  return openRecordSigner(await openRepository(repository.path, { ...repository.sandbox.env, ...env }));
}

async function signs(repository: TestRepository, key: SshKey, env: Environment = {}): Promise<void> {
  const signer = await signerOf(repository, env);
  expect(signer).toMatchObject({ key: key.text, fingerprint: key.fingerprint });
  const blob = await signer!.sign(NAMESPACE, MESSAGE);
  expect(verifySshsig(blob, MESSAGE, NAMESPACE)).toMatchObject({ kind: "good", key: key.text });
  expect(await keygenVerify(repository.sandbox, key.text, NAMESPACE, MESSAGE, armour(blob))).toBe(true);
}

async function failure(call: Promise<unknown>): Promise<AppError> {
  try {
    await call;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error("it went well");
}

const SSH = { "gpg.format": "ssh" };
/** A program that says it was called, for those who should not call it. */
const NO_PROGRAM = { "gpg.ssh.program": "no-such-program" };

describe("git's configuration names", () => {
  it.each(KEY_NAMES)("the private key's file, of %s", async (name) => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key", KEY_KINDS[name]);
    await configure(repository, { "user.signingKey": key.file });
    await signs(repository, key);
  });

  it("the public key's file, with the private one beside it", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key");
    await configure(repository, { "user.signingKey": `${key.file}.pub` });
    await signs(repository, key);
  });

  it("the private key's file, with no public one beside it", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key");
    rmSync(`${key.file}.pub`);
    await configure(repository, { "user.signingKey": key.file });
    await signs(repository, key);
  });

  it("the public key's file, with another private one beside it", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key");
    const socket = await startAgent(repository.sandbox, [key]);
    renameSync((await makeKey(repository.sandbox, "other")).file, key.file);
    await configure(repository, { "user.signingKey": `${key.file}.pub` });
    await signs(repository, key, { SSH_AUTH_SOCK: socket });
  });

  it("a file in the home directory", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM, "user.signingKey": "~/key" });
    await signs(repository, await makeKey(repository.sandbox, "home/key"));
  });

  it("a file by a path that starts at the work tree", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM, "user.signingKey": "../key.pub" });
    await signs(repository, await makeKey(repository.sandbox, "key"));
  });

  it.each(["", "key::"])("a literal key after '%s', which an agent holds", async (prefix) => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key", { type: "rsa", bits: 2048 });
    const socket = await startAgent(repository.sandbox, [key]);
    await configure(repository, { "user.signingKey": `${prefix}${key.text} a comment` });
    await signs(repository, key, { SSH_AUTH_SOCK: socket });
  });

  it("a command that prints the key", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key");
    const socket = await startAgent(repository.sandbox, [key]);
    await configure(repository, { "gpg.ssh.defaultKeyCommand": `echo the key: && cat '${key.file}.pub'` });
    await signs(repository, key, { SSH_AUTH_SOCK: socket });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["nothing", {}],
    ["OpenPGP", { "gpg.format": "openpgp", "user.signingKey": "ssh-ed25519 AAAA" }],
    ["SSH and no key", SSH],
  ])("%s: there is no signer", async (_, settings) => {
    expect(await signerOf(await repositoryWith(settings))).toBeNull();
  });
});

describe("a key that cannot be read is said to be so:", () => {
  it.each<[string, string, RegExp]>([
    ["it is not there", "no-such-key", /Cannot read the signing key no-such-key: there is no such file/],
    ["it is no key", "nonsense.pub", /nonsense\.pub: it is not a public key/],
    ["it is no private key either", "sole", /sole: it is not a private key as OpenSSH writes them/],
    ["the literal is cut", "key::ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", /the public key is cut short/],
    ["it is of a type that is not taken", "ssh-dss AAAAB3NzaC1kc3M=", /keys of type ssh-dss are not supported/],
  ])("%s", async (_, configured, message) => {
    const repository = await repositoryWith({ ...SSH, "user.signingKey": configured });
    for (const name of ["nonsense.pub", "sole"])
      repository.sandbox.write(`${repository.path.split("/").at(-1)}/${name}`, "?");
    const error = await failure(signerOf(repository));
    expect([error.code, error.hint]).toEqual(["unknown-key", "git config user.signingKey ~/.ssh/id_ed25519.pub"]);
    expect(error.message).toMatch(message);
  });

  it("the command prints none", async () => {
    const repository = await repositoryWith({ ...SSH, "gpg.ssh.defaultKeyCommand": "echo none" });
    expect((await failure(signerOf(repository))).message).toMatch(/gpg\.ssh\.defaultKeyCommand prints none/);
  });
});

describe("an encrypted key", () => {
  it("is signed with by the agent that holds it", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const { sandbox } = repository;
    const key = await makeKey(sandbox, "key");
    const socket = await startAgent(sandbox, [key]);
    await sshKeygen(sandbox, ["-q", "-p", "-N", "opens it", "-P", "", "-f", key.file]);
    await configure(repository, { "user.signingKey": key.file });
    await signs(repository, key, { SSH_AUTH_SOCK: socket });
  });

  it("is signed with by git's program, which asks for the passphrase", async () => {
    const repository = await repositoryWith(SSH);
    const key = await makeKey(repository.sandbox, "key", { passphrase: "opens it" });
    await configure(repository, { "user.signingKey": key.file });
    const ask = repository.sandbox.write("askpass", "#!/bin/sh\necho opens it\n", 0o755);
    await signs(repository, key, { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: "force" });
  });

  it("that nobody opens fails with the program's own words", async () => {
    const repository = await repositoryWith(SSH);
    const key = await makeKey(repository.sandbox, "key", { passphrase: "opens it" });
    await configure(repository, { "user.signingKey": key.file });
    const ask = repository.sandbox.write("askpass", "#!/bin/sh\necho wrong\n", 0o755);
    const signer = await signerOf(repository, { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: "force" });
    const error = await failure(signer!.sign(NAMESPACE, MESSAGE));
    expect(error.code).toBe("signing-failed");
    expect(error.message).toMatch(/incorrect passphrase/);
  });
});

describe("gpg.ssh.program", () => {
  it("signs with a key that it alone holds", async () => {
    const repository = await repositoryWith(SSH);
    const { sandbox } = repository;
    const key = await makeKey(sandbox, "key", { type: "ecdsa", bits: 384 });
    renameSync(key.file, sandbox.path("vault"));
    const program = sandbox.write(
      "bin/sign",
      `#!/bin/sh\nexec ssh-keygen -Y sign -n "$4" -f '${sandbox.path("vault")}'\n`,
    );
    chmodSync(program, 0o755);
    await configure(repository, { "user.signingKey": `${key.file}.pub`, "gpg.ssh.program": program });
    await signs(repository, key);
  });

  it("that signs with another key is not believed", async () => {
    const repository = await repositoryWith(SSH);
    const { sandbox } = repository;
    const key = await makeKey(sandbox, "key");
    const other = await makeKey(sandbox, "other");
    rmSync(key.file);
    const program = sandbox.write("sign", `#!/bin/sh\nexec ssh-keygen -Y sign -n "$4" -f '${other.file}'\n`, 0o755);
    await configure(repository, { "user.signingKey": `${key.file}.pub`, "gpg.ssh.program": program });
    const error = await failure((await signerOf(repository))!.sign(NAMESPACE, MESSAGE));
    expect(error.code).toBe("signing-failed");
    expect(error.message).toContain(`Cannot sign with ${key.fingerprint}: what came back is no signature by that key`);
  });

  it("that is not there is named", async () => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key");
    await configure(repository, { "user.signingKey": key.text });
    const error = await failure((await signerOf(repository))!.sign(NAMESPACE, MESSAGE));
    expect([error.code, error.message]).toEqual(["signing-failed", "Cannot sign: no-such-program cannot be run"]);
  });
});

it("a key in PEM, which ssh-keygen reads, signs through it", async () => {
  const repository = await repositoryWith(SSH);
  const { sandbox } = repository;
  const key = await makeKey(sandbox, "key", { type: "rsa", bits: 2048 });
  await sshKeygen(sandbox, ["-q", "-p", "-m", "PEM", "-N", "", "-P", "", "-f", key.file]);
  expect(readFileSync(key.file, "utf8")).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  await configure(repository, { "user.signingKey": key.file });
  await signs(repository, key);
});

describe("signatures are the same every time, and whoever makes them,", () => {
  it.each(["ed25519", "rsa-2048"] as const)("with a key of %s", async (name) => {
    const repository = await repositoryWith({ ...SSH, ...NO_PROGRAM });
    const key = await makeKey(repository.sandbox, "key", KEY_KINDS[name]);
    const socket = await startAgent(repository.sandbox, [key]);
    await configure(repository, { "user.signingKey": key.file });
    const inMemory = await (await signerOf(repository))!.sign(NAMESPACE, MESSAGE);
    await configure(repository, { "user.signingKey": key.text });
    const byAgent = await (await signerOf(repository, { SSH_AUTH_SOCK: socket }))!.sign(NAMESPACE, MESSAGE);
    expect(byAgent).toEqual(inMemory);
    expect(armour(inMemory)).toBe(await keygenSign(repository.sandbox, key, NAMESPACE, MESSAGE));
  });
});
