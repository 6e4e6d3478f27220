// SSH public keys: from their blobs or their one-line text to keys that Node can check signatures with.
// Certificates are not keys here: who may sign is said by the ledger, never by a certificate authority.
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { Malformed, padded, Reader } from "./wire.ts";

export interface Curve {
  /** As JSON Web Keys name it. */
  readonly jwk: string;
  /** Bytes of a coordinate. */
  readonly size: number;
  /** RFC 5656, section 6.2.1. */
  readonly digest: "sha256" | "sha384" | "sha512";
}

const CURVES: Readonly<Record<string, Curve>> = {
  nistp256: { jwk: "P-256", size: 32, digest: "sha256" },
  nistp384: { jwk: "P-384", size: 48, digest: "sha384" },
  nistp521: { jwk: "P-521", size: 66, digest: "sha512" },
};

const RSA_MIN_BITS = 2048; // NIST SP 800-131A; OpenSSH still takes 1024
const RSA_MAX_BITS = 16_384; // OpenSSH's limit: beyond it a check takes seconds
const RSA_MAX_EXPONENT_BYTES = 8;

interface Base {
  /** As the blob names it: `ssh-ed25519`. */
  readonly type: string;
  readonly blob: Buffer;
  readonly object: KeyObject;
}

/** `application`: what a hardware key was made for; null for keys in software. */
export type PublicKey =
  | (Base & { readonly kind: "ed25519"; readonly application: Buffer | null })
  | (Base & { readonly kind: "ecdsa"; readonly curve: Curve; readonly application: Buffer | null })
  | (Base & { readonly kind: "rsa"; /** Bytes of a signature. */ readonly size: number });

/** Reads a key's blob. Throws `Malformed`. */
export function readPublicKey(blob: Buffer): PublicKey {
  const name = blob.toString("latin1");
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const reader = new Reader(blob, "the public key");
  const type = reader.name();
  const key = readBody(type, blob, reader);
  reader.end();
  if (KNOWN.size >= FEW) KNOWN.clear();
  KNOWN.set(name, key);
  return key;
}

/** Keys that were read: few people sign a hundred thousand records, and OpenSSL takes its time over each key. */
const KNOWN = new Map<string, PublicKey>();
const FEW = 100;

function readBody(type: string, blob: Buffer, reader: Reader): PublicKey {
  switch (type) {
    case "ssh-ed25519":
      return { kind: "ed25519", type, blob, object: ed25519(reader), application: null };
    case "sk-ssh-ed25519@openssh.com":
      return { kind: "ed25519", type, blob, object: ed25519(reader), application: reader.string() };
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return { kind: "ecdsa", type, blob, ...ecdsa(reader, type.slice(-8)), application: null };
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return { kind: "ecdsa", type, blob, ...ecdsa(reader, "nistp256"), application: reader.string() };
    case "ssh-rsa":
      return { kind: "rsa", type, blob, ...rsa(reader) };
    default:
      if (/-cert-v0\d@openssh\.com$/.test(type)) throw new Malformed(`the key is a certificate (${type})`);
      throw new Malformed(`keys of type ${type} are not supported`);
  }
}

function ed25519(reader: Reader): KeyObject {
  const point = reader.string();
  if (point.length !== 32) throw new Malformed("the public key is no Ed25519 point");
  return imported({ kty: "OKP", crv: "Ed25519", x: point.toString("base64url") });
}

function ecdsa(reader: Reader, name: string): { curve: Curve; object: KeyObject } {
  const curve = CURVES[name];
  const named = reader.name();
  if (curve === undefined || named !== name) throw new Malformed(`the public key is on ${named}, not on ${name}`);
  const point = reader.string();
  if (point.length !== 1 + 2 * curve.size || point[0] !== 0x04) {
    throw new Malformed("the public key is no uncompressed point");
  }
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)];
  const jwk = { kty: "EC", crv: curve.jwk, x: x.toString("base64url"), y: y.toString("base64url") };
  return { curve, object: imported(jwk) };
}

function rsa(reader: Reader): { size: number; object: KeyObject } {
  const e = reader.mpint();
  const n = reader.mpint();
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  if (bits < RSA_MIN_BITS) throw new Malformed(`the RSA key has ${bits} bits, and ${RSA_MIN_BITS} are needed`);
  if (bits > RSA_MAX_BITS) throw new Malformed(`the RSA key has ${bits} bits, and ${RSA_MAX_BITS} is the most`);
  const odd = ((e.at(-1) ?? 0) & 1) === 1;
  if (!odd || e.length > RSA_MAX_EXPONENT_BYTES || (e.length === 1 && e[0] === 1)) {
    throw new Malformed("the RSA key has an exponent that no honest key has");
  }
  return {
    size: n.length,
    object: imported({ kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") }),
  };
}

function imported(jwk: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    throw new Malformed("the public key is no point or number of its kind"); // OpenSSL says no more
  }
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** `ssh-ed25519 AAAA…`, without comment. */
export function keyText(key: PublicKey): string {
  return `${key.type} ${key.blob.toString("base64")}`;
}

export type ParsedKey =
  | { readonly kind: "key"; readonly key: PublicKey; readonly fingerprint: string }
  | { readonly kind: "bad"; readonly why: string };

/** Parses one line of a `.pub` file: type, blob and perhaps a comment, which is dropped. */
export function parsePublicKey(line: string): ParsedKey {
  const [type = "", base64] = line.trim().split(/[ \t]+/);
  try {
    if (base64 === undefined) throw new Malformed("it is not a public key: TYPE BASE64 [COMMENT]");
    const key = readPublicKey(strictBase64(base64, "the public key"));
    if (key.type !== type) throw new Malformed(`the public key is of type ${key.type}, and its line says ${type}`);
    return { kind: "key", key, fingerprint: fingerprintOf(key.blob) };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "bad", why: error.message };
    throw error;
  }
}

/** Decodes base64 that is written the one right way. Throws `Malformed`. */
export function strictBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Malformed(`${what} is not base64`);
  return bytes;
}

/** A coordinate or scalar of that curve, as JSON Web Keys hold it. */
export function scalar(magnitude: Buffer, curve: Curve): string {
  return padded(magnitude, curve.size, "the key").toString("base64url");
}
