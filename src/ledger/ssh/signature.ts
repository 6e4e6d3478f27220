// SSH's raw signatures (RFC 4253, 5656, 8332, 8709 and OpenSSH's PROTOCOL.u2f): made and checked with Node alone.
// RSA with SHA-1 (`ssh-rsa`) is neither made nor taken.
import { createHash, sign, verify, type KeyObject } from "node:crypto";
import type { PublicKey } from "./public-key.ts";
import { Malformed, mpint, padded, Reader, string } from "./wire.ts";

const USER_PRESENT = 0x01;

/** Of signatures by hardware keys. */
export type Touch = "needed" | "not-needed";

/** What OpenSSL is asked about a signature. */
export interface SignatureCheck {
  /** Null for Ed25519, which does its own. */
  readonly digest: string | null;
  readonly key: PublicKey;
  readonly value: Buffer;
  readonly signed: Buffer;
}

/** Reads a signature of these bytes by that key. Throws `Malformed`, with the reason, if it cannot be one. */
export function signatureCheck(key: PublicKey, signature: Buffer, data: Buffer, touch: Touch): SignatureCheck {
  const reader = new Reader(signature, "the signature");
  const algorithm = reader.name();
  const digest = digestOf(key, algorithm);
  const value = reader.string();
  const signed = key.kind !== "rsa" && key.application !== null ? byToken(reader, key.application, data, touch) : data;
  reader.end();
  return { digest, key, value: fixedSize(key, value), signed };
}

/** The digest to sign with; null for Ed25519, which does its own. */
function digestOf(key: PublicKey, algorithm: string): string | null {
  if (key.kind === "rsa") {
    if (algorithm === "rsa-sha2-512") return "sha512";
    if (algorithm === "rsa-sha2-256") return "sha256";
    if (algorithm === "ssh-rsa") throw new Malformed("the signature is RSA with SHA-1, which is not taken any more");
  } else if (algorithm === key.type) {
    return key.kind === "ecdsa" ? key.curve.digest : null;
  }
  throw new Malformed(`the signature is ${algorithm}, which a key of type ${key.type} does not make`);
}

/** What a hardware key signs in place of the data: the application, its flags and counter, the data's digest. */
function byToken(reader: Reader, application: Buffer, data: Buffer, touch: Touch): Buffer {
  const flagsAndCounter = reader.take(5);
  if (touch === "needed" && ((flagsAndCounter[0] ?? 0) & USER_PRESENT) === 0) {
    throw new Malformed("the hardware key signed without anybody touching it");
  }
  return Buffer.concat([sha256(application), flagsAndCounter, sha256(data)]);
}

/** The signature as OpenSSL takes it: of one size for each key. */
function fixedSize(key: PublicKey, value: Buffer): Buffer {
  if (key.kind === "ecdsa") {
    const reader = new Reader(value, "the signature");
    const [r, s] = [reader.mpint(), reader.mpint()];
    reader.end();
    return Buffer.concat([r, s].map((number) => padded(number, key.curve.size, "the signature")));
  }
  const size = key.kind === "rsa" ? key.size : 64;
  if (value.length !== size) throw new Malformed(`the signature has ${value.length} bytes, and ${size} are needed`);
  return value;
}

/** Whether the key made it. */
export function holds({ digest, key, value, signed }: SignatureCheck): boolean {
  try {
    return verify(digest, signed, { key: key.object, dsaEncoding: "ieee-p1363" }, value);
  } catch {
    return false; // OpenSSL refuses the numbers themselves
  }
}

/** The same, computed in Node's thread pool, beside whatever else is done. */
export function holdsAside({ digest, key, value, signed }: SignatureCheck): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      verify(digest, signed, { key: key.object, dsaEncoding: "ieee-p1363" }, value, (error, good) =>
        resolve(error === null && good),
      );
    } catch {
      resolve(false);
    }
  });
}

/**
 * Signs with a private key in memory. Ed25519 and RSA give the same bytes every time; ECDSA does not, since OpenSSL
 * draws a nonce.
 */
export function makeSignature(key: PublicKey, secret: KeyObject, data: Buffer): Buffer {
  switch (key.kind) {
    case "ed25519":
      return Buffer.concat([string(key.type), string(sign(null, data, secret))]);
    case "ecdsa": {
      const value = sign(key.curve.digest, data, { key: secret, dsaEncoding: "ieee-p1363" });
      const numbers = [value.subarray(0, key.curve.size), value.subarray(key.curve.size)].map(mpint);
      return Buffer.concat([string(key.type), string(Buffer.concat(numbers))]);
    }
    case "rsa":
      return Buffer.concat([string("rsa-sha2-512"), string(sign("sha512", data, secret))]);
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
