// Signs the bytes of a commit or tag as git is configured to: with an SSH key or OpenPGP. Source: git's gpg-interface.c.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
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
  const context: GitContext = { cwd: repository.cwd, env: { ...repository.baseEnvironment } };
  if (format === "ssh") {
    const program = (await readConfig(repository, "gpg.ssh.program")) ?? "ssh-keygen";
    const chosen = key ?? (await defaultKey(repository, context));
    return { format, sign: (payload) => signWithSsh(context, program, chosen, payload) };
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

async function defaultKey(repository: Repository, context: GitContext): Promise<string> {
  const command = await readConfig(repository, "gpg.ssh.defaultKeyCommand");
  if (command === null) {
    throw new AppError("signing-failed", "Cannot sign: gpg.format is ssh and no key is configured", {
      hint: "git config user.signingKey ~/.ssh/id_ed25519.pub",
    });
  }
  const printed = await run(context, ["-c", command], { program: "sh" });
  return (
    printed.stdout
      .toString("utf8")
      .split("\n")
      .find((line) => /^(key::|ssh-|ecdsa-|sk-)/.test(line)) ?? ""
  );
}

async function signWithSsh(context: GitContext, program: string, key: string, payload: Uint8Array): Promise<string> {
  const literal = /^(key::|ssh-|ecdsa-|sk-)/.test(key) ? key.replace(/^key::/, "") : null;
  const directory = literal === null ? null : mkdtempSync(join(tmpdir(), "morello-key-"));
  try {
    const file =
      directory === null ? key.replace(/^~(?=\/)/, context.env["HOME"] ?? homedir()) : join(directory, "key.pub");
    if (directory !== null) writeFileSync(file, `${literal ?? ""}\n`); // a public key: the agent holds the other half
    const signed = await runSigner(context, program, ["-Y", "sign", "-n", "git", "-f", file], payload);
    const signature = signed.stdout.toString("utf8");
    if (signed.status === 0 && signature.startsWith("-----BEGIN SSH SIGNATURE-----")) return signature;
    throw new AppError("signing-failed", `Cannot sign with ${key}: ${signed.stderr.trim()}`, {
      hint: "ssh-add, or --no-sign",
    });
  } finally {
    if (directory !== null) rmSync(directory, { recursive: true, force: true });
  }
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
