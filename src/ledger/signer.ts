// Opens the SSH key that git is configured to sign with, to sign the ledger's records with it. In memory where the
// key's file is not encrypted, else through the agent that holds it, else through the program that git would run.
import { readFileSync } from "node:fs";
import type { Repository } from "../git/repository.ts";
import { keyFile, literalKey, signWithSsh, sshSigningKey } from "../git/sign.ts";
import { AppError } from "../error.ts";
import { signWithAgent } from "./ssh/agent.ts";
import { parsePrivateKey, type PrivateKey } from "./ssh/private-key.ts";
import { fingerprintOf, keyText, parsePublicKey, type PublicKey } from "./ssh/public-key.ts";
import { makeSignature } from "./ssh/signature.ts";
import { bytesToSign, sshsigOf, verifySshsig, withoutArmour } from "./ssh/sshsig.ts";

export interface RecordSigner {
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly key: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /**
   * The SSHSIG blob of a message. Ed25519 and RSA keys give the same bytes every time. Throws `signing-failed`.
   */
  sign(namespace: string, message: Uint8Array): Promise<Buffer>;
}

/**
 * The signer that git's configuration names, whether or not commits are to be signed; null if it names no SSH key
 * (`gpg.format`, `user.signingKey`, `gpg.ssh.defaultKeyCommand`). Throws `unknown-key` if the key cannot be read.
 */
export async function openRecordSigner(repository: Repository): Promise<RecordSigner | null> {
  const configured = await sshSigningKey(repository);
  if (configured === null) return null;
  const opened = openKey(repository, configured);
  const { key } = opened;
  return {
    key: keyText(key),
    fingerprint: fingerprintOf(key.blob),
    async sign(namespace, message) {
      const blob = await signedBlob(repository, configured, opened, namespace, message);
      const verified = blob === null ? null : verifySshsig(blob, message, namespace);
      if (blob !== null && verified?.kind === "good" && verified.key === keyText(key)) return blob;
      const why = verified?.kind === "bad" ? verified.why : "what came back is no signature by that key";
      throw new AppError("signing-failed", `Cannot sign with ${fingerprintOf(key.blob)}: ${why}`, {
        hint: "git config gpg.ssh.program",
      });
    },
  };
}

type Key = Exclude<PrivateKey, { kind: "bad" }>;

async function signedBlob(
  repository: Repository,
  configured: string,
  opened: Key,
  namespace: string,
  message: Uint8Array,
): Promise<Buffer | null> {
  const { key } = opened;
  const data = bytesToSign(namespace, message);
  const raw = opened.kind === "open" ? makeSignature(key, opened.secret, data) : await byAgent(repository, key, data);
  if (raw !== null) return sshsigOf(key, namespace, raw);
  return withoutArmour(await signWithSsh(repository, configured, namespace, message));
}

/** Null if no agent holds the key. */
async function byAgent(repository: Repository, key: PublicKey, data: Buffer): Promise<Buffer | null> {
  const socket = repository.baseEnvironment["SSH_AUTH_SOCK"] ?? "";
  if (socket === "") return null;
  const answer = await signWithAgent(socket, key, data);
  switch (answer.kind) {
    case "signed":
      return answer.signature;
    case "not-held":
      return null;
    case "refused":
      throw new AppError("signing-failed", `Cannot sign: ${answer.why}`, { hint: "ssh-add -l" });
  }
}

/** The key that is configured, and its private half where that can be had without asking anybody. */
function openKey(repository: Repository, configured: string): Key {
  if (configured === "") throw unreadable("that git is to ask for", "gpg.ssh.defaultKeyCommand prints none");
  const literal = literalKey(configured);
  if (literal !== null) return { kind: "closed", key: publicKey(literal, configured) };
  const file = keyFile(repository, configured);
  const isPublic = file.endsWith(".pub");
  const secretText = contentOf(isPublic ? file.slice(0, -".pub".length) : file);
  const publicText = contentOf(isPublic ? file : `${file}.pub`);
  const secret = parsePrivateKey(secretText ?? "");
  if (!isPublic && secret.kind !== "bad") return secret;
  if (publicText === null) {
    const isOther = !isPublic && secretText !== null && secret.kind === "bad";
    throw unreadable(configured, isOther ? secret.why : "there is no such file");
  }
  const key = publicKey(publicText, configured);
  return secret.kind === "open" && secret.key.blob.equals(key.blob) ? secret : { kind: "closed", key };
}

function publicKey(text: string, configured: string): PublicKey {
  const parsed = parsePublicKey(text.replace(/\n[^]*$/, ""));
  if (parsed.kind === "bad") throw unreadable(configured, parsed.why);
  return parsed.key;
}

function unreadable(configured: string, why: string): AppError {
  return new AppError("unknown-key", `Cannot read the signing key ${configured}: ${why}`, {
    hint: "git config user.signingKey ~/.ssh/id_ed25519.pub",
  });
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}
