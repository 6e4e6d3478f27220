// SSH keys, made at run time, and OpenSSH's own programs as the oracle for signatures.
import { readFileSync } from "node:fs";
import type { RecordSigner } from "../../src/ledger/signer.ts";
import { parsePrivateKey } from "../../src/ledger/ssh/private-key.ts";
import { makeSignature } from "../../src/ledger/ssh/signature.ts";
import { bytesToSign, sshsigOf } from "../../src/ledger/ssh/sshsig.ts";
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export interface SshKey {
  /** The private key's file; the public one has `.pub` at its end. */
  readonly file: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly text: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** Every kind of key that OpenSSH makes without hardware. */
export const KEY_KINDS = {
  "ed25519": { type: "ed25519" },
  "ecdsa-256": { type: "ecdsa", bits: 256 },
  "ecdsa-384": { type: "ecdsa", bits: 384 },
  "ecdsa-521": { type: "ecdsa", bits: 521 },
  "rsa-2048": { type: "rsa", bits: 2048 },
  "rsa-3072": { type: "rsa", bits: 3072 },
} as const satisfies Readonly<Record<string, KeyOptions>>;
export type KeyKind = keyof typeof KEY_KINDS;
export const KEY_NAMES = Object.keys(KEY_KINDS) as KeyKind[];

export interface KeyOptions {
  readonly type?: "ed25519" | "ecdsa" | "rsa";
  readonly bits?: number;
  readonly passphrase?: string;
}

/** Makes a key with ssh-keygen. */
export async function makeKey(sandbox: Sandbox, name: string, options: KeyOptions = {}): Promise<SshKey> {
  const file = sandbox.path(name);
  const bits = options.bits === undefined ? [] : ["-b", String(options.bits)];
  const args = ["-q", "-t", options.type ?? "ed25519", ...bits, "-N", options.passphrase ?? "", "-C", name, "-f", file];
  await sshKeygen(sandbox, args);
  const listed = await sshKeygen(sandbox, ["-l", "-f", `${file}.pub`]);
  const [, fingerprint = ""] = listed.toString().split(" ");
  return { file, text: readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" "), fingerprint };
}

/** One key of every kind, by its name. */
export async function makeAllKeys(sandbox: Sandbox): Promise<Record<KeyKind, SshKey>> {
  const made = KEY_NAMES.map(async (name) => [name, await makeKey(sandbox, name, KEY_KINDS[name])] as const);
  return Object.fromEntries(await Promise.all(made)) as Record<KeyKind, SshKey>;
}

/** What ssh-keygen wrote to stdout; throws, with its stderr, unless it ended well. */
export async function sshKeygen(
  sandbox: Sandbox,
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<Buffer> {
  const done = await finished("ssh-keygen", args, { cwd: sandbox.root, env: sandbox.env, input });
  if (done.status !== 0)
    throw new Error(`ssh-keygen ${args.join(" ")}: exit ${done.status}\n${done.stderr.toString()}`);
  return done.stdout;
}

/** Signs in memory with a key that is not encrypted, as `openRecordSigner` would. */
export function nodeSigner({ file, text, fingerprint }: SshKey): RecordSigner {
  const opened = parsePrivateKey(readFileSync(file, "utf8"));
  if (opened.kind !== "open") throw new Error(`${file}: ${opened.kind}`);
  const { key, secret } = opened;
  return {
    key: text,
    fingerprint,
    sign: (namespace, message) => {
      const signature = makeSignature(key, secret, bytesToSign(namespace, message));
      return Promise.resolve(sshsigOf(key, namespace, signature));
    },
  };
}

/** The armoured signature that `ssh-keygen -Y sign` makes. */
export async function keygenSign(
  sandbox: Sandbox,
  key: SshKey,
  namespace: string,
  message: string | Uint8Array,
  ...more: readonly string[]
): Promise<string> {
  return (await sshKeygen(sandbox, ["-Y", "sign", ...more, "-n", namespace, "-f", key.file], message)).toString();
}

/** Starts an ssh-agent that holds these keys and ends with the sandbox; gives what SSH_AUTH_SOCK must name. */
export async function startAgent(sandbox: Sandbox, keys: readonly SshKey[]): Promise<string> {
  const socket = sandbox.path("agent.sock");
  const options = { cwd: sandbox.root, env: { ...sandbox.env, SSH_AUTH_SOCK: socket } };
  const started = await finished("ssh-agent", ["-a", socket], options);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started.stdout.toString())?.[1]);
  if (!(pid > 1)) throw new Error(`ssh-agent: exit ${started.status}\n${started.stderr.toString()}`);
  sandbox.beforeRemoval(() => void process.kill(pid));
  for (const { file } of keys) {
    const added = await finished("ssh-add", ["-q", file], options);
    if (added.status !== 0) throw new Error(`ssh-add ${file}: ${added.stderr.toString()}`);
  }
  return socket;
}

/** Whether `ssh-keygen -Y verify` takes an armoured signature of that message by that key. */
export async function keygenVerify(
  sandbox: Sandbox,
  key: string,
  namespace: string,
  message: string | Uint8Array,
  signature: string,
): Promise<boolean> {
  const signers = sandbox.write("oracle/allowed_signers", `someone@example.com ${key}\n`);
  const file = sandbox.write("oracle/signature", signature);
  const args = ["-Y", "verify", "-f", signers, "-I", "someone@example.com", "-n", namespace, "-s", file];
  const done = await finished("ssh-keygen", args, { cwd: sandbox.root, env: sandbox.env, input: message });
  return done.status === 0;
}
