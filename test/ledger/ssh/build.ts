// SSHSIG blobs put together field by field, so that each field can be wrong alone. Source: PROTOCOL.sshsig.
import { createHash } from "node:crypto";
import { string, uint32 } from "../../../src/ledger/ssh/wire.ts";

export interface Parts {
  readonly magic: Buffer;
  readonly version: number;
  readonly key: Buffer;
  readonly namespace: Buffer;
  readonly reserved: Buffer;
  readonly hash: string;
  readonly signature: Buffer;
}

export function build({ magic, version, key, namespace, reserved, hash, signature }: Parts): Buffer {
  const fields = [key, namespace, reserved, hash, signature].map(string);
  return Buffer.concat([magic, uint32(version), ...fields]);
}

/** The fields of a blob that is well made. */
export function takeApart(blob: Buffer): Parts {
  const fields: Buffer[] = [];
  for (let at = 10; at < blob.length;) {
    const length = blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [key, namespace, reserved, hash, signature] = fields as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const [magic, version] = [blob.subarray(0, 6), blob.readUInt32BE(6)];
  return { magic, version, key, namespace, reserved, hash: hash.toString(), signature };
}

/** What a key signs. */
export function signedBytes(namespace: Buffer, hash: string, message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([Buffer.from("SSHSIG"), ...[namespace, "", hash, digest].map(string)]);
}
