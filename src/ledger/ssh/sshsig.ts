// OpenSSH's signatures of files (PROTOCOL.sshsig): the blob, its armour, and whether it holds. `ssh-keygen -Y` makes
// and checks the same bytes. Whether the key is one to trust is for the caller to say.
import { createHash } from "node:crypto";
import { fingerprintOf, keyText, readPublicKey, strictBase64, type PublicKey } from "./public-key.ts";
import { holds, holdsAside, signatureCheck, type SignatureCheck, type Touch } from "./signature.ts";
import { Malformed, Reader, string, uint32 } from "./wire.ts";

const MAGIC = Buffer.from("SSHSIG");
const VERSION = 1;
const HASHES = ["sha256", "sha512"];
const HASH = "sha512"; // for our own, as ssh-keygen does
const COLUMNS = 70; // as ssh-keygen wraps
export const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";

/** `key`: `ssh-ed25519 AAAA…`, without comment; `fingerprint`: `SHA256:…`. */
export interface GoodSignature {
  readonly kind: "good";
  readonly key: string;
  readonly fingerprint: string;
}

export interface BadSignature {
  readonly kind: "bad";
  /** A clause without capital or full stop. */
  readonly why: string;
}

export type Verified = GoodSignature | BadSignature;

/**
 * Whether a blob is a signature of that message, made for that namespace, by the key that it names. Never throws:
 * whatever the bytes are, they are good or bad. `touch`: whether a hardware key must say that somebody touched it.
 * Without that, whoever gets into its owner's machine can have it sign; `ssh-keygen -Y verify` and git do not ask.
 */
export function verifySshsig(blob: Buffer, message: Uint8Array, namespace: string, touch: Touch = "needed"): Verified {
  const check = prepare(blob, message, namespace, touch);
  return "kind" in check ? check : verdict(check, holds(check));
}

/** The same, computed in Node's thread pool: for many at once. */
export async function verifySshsigAside(blob: Buffer, message: Uint8Array, namespace: string): Promise<Verified> {
  const check = prepare(blob, message, namespace, "needed");
  return "kind" in check ? check : verdict(check, await holdsAside(check));
}

function prepare(blob: Buffer, message: Uint8Array, namespace: string, touch: Touch): SignatureCheck | BadSignature {
  try {
    const { key, made, hash, signature } = parse(blob);
    if (made !== namespace) {
      throw new Malformed(`the signature was made for ${JSON.stringify(made)}, not for ${JSON.stringify(namespace)}`);
    }
    return signatureCheck(key, signature, signedBytes(namespace, hash, message), touch);
  } catch (error) {
    if (error instanceof Malformed) return { kind: "bad", why: error.message };
    throw error;
  }
}

function verdict({ key }: SignatureCheck, good: boolean): Verified {
  return good
    ? { kind: "good", key: keyText(key), fingerprint: fingerprintOf(key.blob) }
    : { kind: "bad", why: "the signature does not fit what it should have signed" };
}

interface Parts {
  readonly key: PublicKey;
  /** The namespace that it was made for. */
  readonly made: string;
  readonly hash: string;
  readonly signature: Buffer;
}

function parse(blob: Buffer): Parts {
  const reader = new Reader(blob, "the signature");
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new Malformed("this is no SSH signature");
  const version = reader.uint32();
  if (version !== VERSION) throw new Malformed(`the signature has version ${version}, and ${VERSION} is known`);
  const key = readPublicKey(reader.string());
  const made = reader.string().toString("latin1"); // an ASCII name equals no other bytes
  if (reader.string().length > 0) throw new Malformed("the signature uses a field that is reserved");
  const hash = reader.name();
  if (!HASHES.includes(hash)) throw new Malformed(`the signature hashes with ${hash}, not with ${HASHES.join(" or ")}`);
  const signature = reader.string();
  reader.end();
  return { key, made, hash, signature };
}

/** What the key signs: the message's digest, with the namespace, so that it holds for nothing else. */
function signedBytes(namespace: string, hash: string, message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([MAGIC, string(namespace), string(""), string(hash), string(digest)]);
}

/** What a key has to sign for a signature of that message. `namespace`: ASCII. */
export function bytesToSign(namespace: string, message: Uint8Array): Buffer {
  return signedBytes(namespace, HASH, message);
}

/** The blob around what a key made of `bytesToSign`: a signature as RFC 4253 encodes it. */
export function sshsigOf(key: PublicKey, namespace: string, signature: Buffer): Buffer {
  const fields = [key.blob, namespace, "", HASH, signature].map(string);
  return Buffer.concat([MAGIC, uint32(VERSION), ...fields]);
}

/** The blob as text, byte for byte as ssh-keygen writes it. */
export function armour(blob: Buffer): string {
  const base64 = blob.toString("base64");
  const lines = base64.match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
  return `${[BEGIN, ...lines, END].join("\n")}\n`;
}

/** The blob in an armour that is the whole of the text; null if it is not one. Windows' line ends too, as of OpenSSH 9.5. */
export function withoutArmour(text: string): Buffer | null {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines.length < 3 || lines[0] !== BEGIN || lines.at(-1) !== END || lines.slice(1, -1).includes("")) return null;
  try {
    return strictBase64(lines.slice(1, -1).join(""), "the signature");
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
