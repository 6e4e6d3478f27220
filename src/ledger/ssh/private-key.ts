// OpenSSH's private key files (PROTOCOL.key) to keys that Node can sign with. Encrypted ones and those that stand for
// a hardware key stay closed: other ways of signing open them.
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { readPublicKey, scalar, type PublicKey } from "./public-key.ts";
import { Malformed, Reader } from "./wire.ts";

const MAGIC = Buffer.from("openssh-key-v1\0");
const PEM = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/;

/** `closed`: the public half is known, the private one is encrypted or in hardware. */
export type PrivateKey =
  | { readonly kind: "open"; readonly key: PublicKey; readonly secret: KeyObject }
  | { readonly kind: "closed"; readonly key: PublicKey }
  | { readonly kind: "bad"; readonly why: string };

/** Reads a file's text. A file of another format (PEM) is `bad`, though ssh-keygen may be able to read it. */
export function parsePrivateKey(text: string): PrivateKey {
  const [, base64] = PEM.exec(text) ?? [];
  if (base64 === undefined) return { kind: "bad", why: "it is not a private key as OpenSSH writes them" };
  try {
    return read(Buffer.from(base64, "base64"));
  } catch (error) {
    if (error instanceof Malformed) return { kind: "bad", why: error.message };
    throw error;
  }
}

function read(bytes: Buffer): PrivateKey {
  const reader = new Reader(bytes, "the private key");
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new Malformed("it is not a private key as OpenSSH writes them");
  const cipher = reader.name();
  reader.string(); // how the passphrase is stretched
  reader.string();
  if (reader.uint32() !== 1) throw new Malformed("the file does not hold one key");
  const key = readPublicKey(reader.string());
  const inner = reader.string();
  if (cipher !== "none" || (key.kind !== "rsa" && key.application !== null)) return { kind: "closed", key };
  reader.end();
  const secret = readSecret(new Reader(inner, "the private key"), key);
  if (!createPublicKey(secret).equals(key.object)) throw new Malformed("its private and its public half do not match");
  return { kind: "open", key, secret };
}

function readSecret(reader: Reader, key: PublicKey): KeyObject {
  if (reader.uint32() !== reader.uint32()) throw new Malformed("the private key is damaged");
  if (reader.name() !== key.type) throw new Malformed("its private and its public half are of two types");
  const jwk = secretJwk(reader, key);
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    throw new Malformed("the private key is damaged"); // OpenSSL says no more
  }
}

function secretJwk(reader: Reader, key: PublicKey): JsonWebKey {
  switch (key.kind) {
    case "ed25519": {
      reader.string();
      const seed = reader.string().subarray(0, 32);
      return { ...key.object.export({ format: "jwk" }), d: seed.toString("base64url") };
    }
    case "ecdsa": {
      reader.string();
      reader.string();
      return { ...key.object.export({ format: "jwk" }), d: scalar(reader.mpint(), key.curve) };
    }
    case "rsa": {
      const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => reader.mpint());
      if (n === undefined || e === undefined || d === undefined) throw new Malformed("the private key is damaged");
      if (qi === undefined || p === undefined || q === undefined) throw new Malformed("the private key is damaged");
      const parts = { n, e, d, p, q, dp: remainder(d, p), dq: remainder(d, q), qi };
      const text = Object.entries(parts).map(([name, value]) => [name, value.toString("base64url")] as const);
      return { kty: "RSA", ...Object.fromEntries(text) };
    }
  }
}

/** d mod (prime - 1): OpenSSH does not keep it, OpenSSL wants it. */
function remainder(d: Buffer, prime: Buffer): Buffer {
  const big = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString("hex")}`);
  if (big(prime) < 3n) throw new Malformed("the private key is damaged");
  const hex = (big(d) % (big(prime) - 1n)).toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}
