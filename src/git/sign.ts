// Signs the bytes of a commit or tag as git is configured to: with an SSH key or OpenPGP. Source: git's gpg-interface.c.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../error.ts";
import type { ObjectFormat } from "../object/hash.ts";
import { readConfig } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { run, type GitContext, type RunResult } from "./run.ts";

export interface Signer {
  /** `ssh` or `openpgp`; `x509` works as OpenPGP does, with its own program. */
  readonly format: string;
  sign(payload: Uint8Array): Promise<string>;
}

/** The signer that git's configuration names, or null if it is not to sign. `wanted` overrides the setting. */
export async function openSigner(
  repository: Repository,
  committer: string,
  wanted: boolean | null,
  setting: "commit.gpgSign" | "tag.gpgSign" = "commit.gpgSign",
): Promise<Signer | null> {
  const configured = wanted ?? /^(true|yes|on|1)$/i.test((await readConfig(repository, setting)) ?? "");
  if (!configured) return null;
  const format = (await readConfig(repository, "gpg.format")) ?? "openpgp";
  const key = await readConfig(repository, "user.signingKey");
  const context = signingContext(repository);
  if (format === "ssh") {
    const chosen = key ?? (await defaultKey(repository));
    if (chosen === null) {
      throw new AppError("signing-failed", "Cannot sign: gpg.format is ssh and no key is configured", {
        hint: "git config user.signingKey ~/.ssh/id_ed25519.pub",
      });
    }
    return { format, sign: (payload) => signWithSsh(repository, chosen, "git", payload) };
  }
  const program =
    (await readConfig(repository, `gpg.${format}.program`)) ??
    (await readConfig(repository, "gpg.program")) ??
    (format === "x509" ? "gpgsm" : "gpg");
  return { format, sign: (payload) => signWithGpg(context, program, key ?? committer, payload) };
}

/** Puts a signature into a commit, where git puts it: the last header. */
export function withSignature(body: Buffer, signature: string, format: ObjectFormat): Buffer {
  const header = format === "sha1" ? "gpgsig" : "gpgsig-sha256";
  const end = body.indexOf("\n\n") + 1;
  const lines = signature.replace(/\n$/, "").replaceAll("\n", "\n ");
  return Buffer.concat([body.subarray(0, end), Buffer.from(`${header} ${lines}\n`), body.subarray(end)]);
}

/** The SSH key that git is configured to sign with: a path, a literal or `key::` and a literal. Null: none. */
export async function sshSigningKey(repository: Repository): Promise<string | null> {
  if ((await readConfig(repository, "gpg.format")) !== "ssh") return null;
  return (await readConfig(repository, "user.signingKey")) ?? (await defaultKey(repository));
}

async function defaultKey(repository: Repository): Promise<string | null> {
  const command = await readConfig(repository, "gpg.ssh.defaultKeyCommand");
  if (command === null) return null;
  const printed = await run(signingContext(repository), ["-c", command], { program: "sh" });
  const lines = printed.stdout.toString("utf8").split("\n");
  return lines.find((line) => literalKey(line) !== null) ?? "";
}

/** The public key, if it is one and no path. */
export function literalKey(key: string): string | null {
  return /^(key::|ssh-|ecdsa-|sk-)/.test(key) ? key.replace(/^key::/, "") : null;
}

/** Where the file of a key lies that is configured as a path. */
export function keyFile(repository: Repository, key: string): string {
  const home = repository.baseEnvironment["HOME"] ?? homedir();
  return resolve(repository.cwd, key.replace(/^~(?=\/)/, home));
}

/** The armoured signature that git's own program for it makes; it may ask for a passphrase or a touch. */
export async function signWithSsh(
  repository: Repository,
  key: string,
  namespace: string,
  payload: Uint8Array,
): Promise<string> {
  const program = (await readConfig(repository, "gpg.ssh.program")) ?? "ssh-keygen";
  const literal = literalKey(key);
  const directory = literal === null ? null : mkdtempSync(join(tmpdir(), "morello-key-"));
  try {
    const file = directory === null ? keyFile(repository, key) : join(directory, "key.pub");
    if (directory !== null) writeFileSync(file, `${literal ?? ""}\n`); // a public key: the agent holds the other half
    const signed = await runSigner(
      signingContext(repository),
      program,
      ["-Y", "sign", "-n", namespace, "-f", file],
      payload,
    );
    const signature = signed.stdout.toString("utf8");
    if (signed.status === 0 && signature.startsWith("-----BEGIN SSH SIGNATURE-----")) return signature;
    throw new AppError("signing-failed", `Cannot sign with ${key}: ${signed.stderr.trim()}`, {
      hint: "ssh-add, or --no-sign",
    });
  } finally {
    if (directory !== null) rmSync(directory, { recursive: true, force: true });
  }
}

function signingContext(repository: Repository): GitContext {
  return { cwd: repository.cwd, env: { ...repository.baseEnvironment } };
}

async function signWithGpg(context: GitContext, program: string, key: string, payload: Uint8Array): Promise<string> {
  const signed = await runSigner(context, program, ["--status-fd=2", "-bsau", key], payload);
  if (signed.status === 0 && /^\[GNUPG:\] SIG_CREATED /m.test(signed.stderr)) return signed.stdout.toString("utf8");
  throw new AppError("signing-failed", `Cannot sign as ${key}: ${signed.stderr.trim()}`, {
    hint: "gpg --list-secret-keys, or --no-sign",
  });
}

/** Whatever its exit status, the signer's own words say more. */
async function runSigner(
  context: GitContext,
  program: string,
  args: readonly string[],
  payload: Uint8Array,
): Promise<RunResult> {
  const ok = Array.from({ length: 256 }, (_, status) => status);
  try {
    return await run(context, args, { program, input: payload, ok });
  } catch (cause) {
    throw new AppError("signing-failed", `Cannot sign: ${program} cannot be run`, {
      cause,
      hint: `install ${program}, or --no-sign`,
      data: { program },
    });
  }
}
