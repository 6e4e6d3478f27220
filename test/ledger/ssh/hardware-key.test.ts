// Signatures of hardware keys, made in software as OpenSSH's PROTOCOL.u2f says a token makes them.
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armour, verifySshsig } from "../../../src/ledger/ssh/sshsig.ts";
import { mpint, string, uint32 } from "../../../src/ledger/ssh/wire.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import { keygenVerify } from "../../support/ssh.ts";
import { build, signedBytes } from "./build.ts";

const NAMESPACE = "record@morello";
const MESSAGE = Buffer.from("what was carried\n");
const TOUCHED = 0x01;
const VERIFIED = 0x04;

const sandbox = fileSandbox();
const sha256 = (bytes: Buffer | string): Buffer => createHash("sha256").update(bytes).digest();

interface Token {
  readonly type: string;
  readonly blob: Buffer;
  readonly text: string;
  /** The string of the signature, before flags and counter. */
  readonly value: (signed: Buffer) => Buffer;
}

function token(type: string, body: Buffer, application: string, value: Token["value"]): Token {
  const blob = Buffer.concat([string(type), body, string(application)]);
  return { type, blob, text: `${type} ${blob.toString("base64")}`, value };
}

function coordinate(key: KeyObject, name: "x" | "y"): Buffer {
  return Buffer.from(key.export({ format: "jwk" })[name] ?? "", "base64url");
}

function ed25519Token(application = "ssh:"): Token {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const body = string(coordinate(publicKey, "x"));
  return token("sk-ssh-ed25519@openssh.com", body, application, (signed) => sign(null, signed, privateKey));
}

function ecdsaToken(application = "ssh:"): Token {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const point = Buffer.concat([Buffer.from([4]), coordinate(publicKey, "x"), coordinate(publicKey, "y")]);
  const body = Buffer.concat([string("nistp256"), string(point)]);
  return token("sk-ecdsa-sha2-nistp256@openssh.com", body, application, (signed) => {
    const value = sign("sha256", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
    return Buffer.concat([mpint(value.subarray(0, 32)), mpint(value.subarray(32))]);
  });
}

interface Touch {
  readonly flags?: number;
  readonly counter?: number;
  readonly application?: string;
  /** Written into the signature in place of what was signed. */
  readonly claimed?: { readonly flags?: number; readonly counter?: number };
  readonly extra?: Buffer;
}

function signed(
  key: Token,
  { flags = TOUCHED, counter = 7, application = "ssh:", claimed, extra }: Touch = {},
): Buffer {
  const data = signedBytes(Buffer.from(NAMESPACE), "sha512", MESSAGE);
  const value = key.value(Buffer.concat([sha256(application), Buffer.from([flags]), uint32(counter), sha256(data)]));
  const tail = [Buffer.from([claimed?.flags ?? flags]), uint32(claimed?.counter ?? counter), extra ?? Buffer.alloc(0)];
  return build({
    magic: Buffer.from("SSHSIG"),
    version: 1,
    key: key.blob,
    namespace: Buffer.from(NAMESPACE),
    reserved: Buffer.alloc(0),
    hash: "sha512",
    signature: Buffer.concat([string(key.type), string(value), ...tail]),
  });
}

const why = (blob: Buffer): string => {
  const found = verifySshsig(blob, MESSAGE, NAMESPACE);
  return found.kind === "bad" ? found.why : "good";
};

describe.each([
  ["sk-ssh-ed25519", ed25519Token],
  ["sk-ecdsa-sha2-nistp256", ecdsaToken],
] as const)("a hardware key of %s", (_, make) => {
  it.each([
    ["touched", TOUCHED, 1],
    ["touched, with a PIN", TOUCHED | VERIFIED, 0xffff_ffff],
  ])("%s, is taken here and by ssh-keygen", async (_case, flags, counter) => {
    const key = make();
    const blob = signed(key, { flags, counter });
    expect(verifySshsig(blob, MESSAGE, NAMESPACE)).toMatchObject({ kind: "good", key: key.text });
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, armour(blob))).toBe(true);
  });

  it("is taken for an application of its own", async () => {
    const key = make("ssh:morello");
    const blob = signed(key, { application: "ssh:morello" });
    expect(why(blob)).toBe("good");
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, armour(blob))).toBe(true);
  });

  it("is refused if nobody touched it, unless that is not asked, as ssh-keygen does not", async () => {
    const key = make();
    const blob = signed(key, { flags: VERIFIED });
    expect(why(blob)).toBe("the hardware key signed without anybody touching it");
    expect(verifySshsig(blob, MESSAGE, NAMESPACE, "not-needed").kind).toBe("good");
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, armour(blob))).toBe(true);
  });

  it.each([
    ["a touch that was not", { flags: 0, claimed: { flags: TOUCHED } }],
    ["a PIN that was not", { claimed: { flags: TOUCHED | VERIFIED } }],
    ["another counter", { claimed: { counter: 8 } }],
    ["another application", { application: "ssh:other" }],
  ])("is refused if its signature claims %s", async (_case, touch) => {
    const key = make();
    const blob = signed(key, touch);
    expect(why(blob)).toMatch(/does not fit/);
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, armour(blob))).toBe(false);
  });

  it("is refused with bytes after its counter", () => {
    expect(why(signed(make(), { extra: Buffer.alloc(3) }))).toMatch(/followed by 3 bytes/);
  });

  it("is bad wherever its signature is cut and whichever bit is turned", () => {
    const blob = signed(make());
    for (let length = 0; length < blob.length; length++) expect(why(blob.subarray(0, length))).not.toBe("good");
    fc.assert(
      fc.property(fc.nat(blob.length * 8 - 1), (bit) => {
        const turned = Buffer.from(blob);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return why(turned) !== "good";
      }),
      { numRuns: 200 },
    );
  });
});

it("a software key's signature is none of a hardware key's", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const point = string(coordinate(publicKey, "x"));
  const data = signedBytes(Buffer.from(NAMESPACE), "sha512", MESSAGE);
  const parts = {
    magic: Buffer.from("SSHSIG"),
    version: 1,
    namespace: Buffer.from(NAMESPACE),
    reserved: Buffer.alloc(0),
    hash: "sha512",
  };
  const soft = Buffer.concat([string("ssh-ed25519"), point]);
  const hard = Buffer.concat([string("sk-ssh-ed25519@openssh.com"), point, string("ssh:")]);
  const signature = Buffer.concat([string("ssh-ed25519"), string(sign(null, data, privateKey))]);
  expect(why(build({ ...parts, key: soft, signature }))).toBe("good");
  expect(why(build({ ...parts, key: hard, signature }))).toMatch(/does not make/);
});
