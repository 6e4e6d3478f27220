import { sign, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parsePrivateKey } from "../../../src/ledger/ssh/private-key.ts";
import { armour, verifySshsig, withoutArmour } from "../../../src/ledger/ssh/sshsig.ts";
import { mpint, string, uint32 } from "../../../src/ledger/ssh/wire.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import {
  KEY_KINDS,
  KEY_NAMES,
  keygenSign,
  keygenVerify,
  makeAllKeys,
  makeKey,
  nodeSigner,
  sshKeygen,
  type KeyKind,
  type SshKey,
} from "../../support/ssh.ts";
import { build, type Parts, signedBytes, takeApart } from "./build.ts";

const NAMESPACE = "record@morello";
const MESSAGE = Buffer.from("what was carried\n");
const FLIPS = process.env["MORELLO_LONG"] === "1" ? 5_000 : 200;

const sandbox = fileSandbox();
let keys: Record<KeyKind, SshKey>;
let blobs: Record<KeyKind, Buffer>;

beforeAll(async () => {
  keys = await makeAllKeys(sandbox);
  const signed = KEY_NAMES.map(async (name) => [name, await nodeSigner(keys[name]).sign(NAMESPACE, MESSAGE)] as const);
  blobs = Object.fromEntries(await Promise.all(signed)) as Record<KeyKind, Buffer>;
});

const verified = (blob: Buffer): ReturnType<typeof verifySshsig> => verifySshsig(blob, MESSAGE, NAMESPACE);
const why = (blob: Buffer): string => {
  const found = verified(blob);
  return found.kind === "bad" ? found.why : "good";
};
/** What an Ed25519 signature would be with these parts in place of its own. */
const forged = (parts: Partial<Parts>): Buffer => build({ ...takeApart(blobs.ed25519), ...parts });

describe.each(KEY_NAMES)("a key of %s", (name) => {
  it("signs in Node what ssh-keygen verifies", async () => {
    expect(await keygenVerify(sandbox, keys[name].text, NAMESPACE, MESSAGE, armour(blobs[name]))).toBe(true);
  });

  it.each(["sha256", "sha512"])("signs with ssh-keygen and %s what Node verifies", async (hash) => {
    const blob = withoutArmour(await keygenSign(sandbox, keys[name], NAMESPACE, MESSAGE, "-O", `hashalg=${hash}`));
    const { text: key, fingerprint } = keys[name];
    expect(verified(blob!)).toEqual({ kind: "good", key, fingerprint });
  });

  it("has signed no other message", () => {
    expect(verifySshsig(blobs[name], Buffer.from("what was carried"), NAMESPACE).kind).toBe("bad");
  });

  it("has signed for no other namespace", () => {
    expect(verifySshsig(blobs[name], MESSAGE, "approval@morello")).toEqual({
      kind: "bad",
      why: 'the signature was made for "record@morello", not for "approval@morello"',
    });
    const renamed = build({ ...takeApart(blobs[name]), namespace: Buffer.from("approval@morello") });
    expect(verifySshsig(renamed, MESSAGE, "approval@morello").kind).toBe("bad");
  });

  it("has signed with no other hash", () => {
    expect(why(build({ ...takeApart(blobs[name]), hash: "sha256" }))).toMatch(/does not fit/);
  });

  it("signs nothing in place of another key of its kind", async () => {
    const other = await makeKey(sandbox, `other-${name}`, KEY_KINDS[name]);
    const key = Buffer.from(other.text.split(" ")[1] ?? "", "base64");
    expect(verified(build({ ...takeApart(blobs[name]), key })).kind).toBe("bad");
  });

  it("is bad wherever its signature is cut", () => {
    for (let length = 0; length < blobs[name].length; length++) {
      expect([length, verified(blobs[name].subarray(0, length)).kind]).toEqual([length, "bad"]);
    }
  });

  it("is bad whichever bit of its signature is turned", () => {
    const blob = blobs[name];
    fc.assert(
      fc.property(fc.nat(blob.length * 8 - 1), (bit) => {
        const turned = Buffer.from(blob);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verified(turned).kind).toBe("bad");
      }),
      { numRuns: FLIPS },
    );
  });

  it("is bad with a byte after it", () => {
    expect(why(Buffer.concat([blobs[name], Buffer.alloc(1)]))).toMatch(/followed by 1 bytes/);
  });
});

it.each(["ed25519", "rsa-2048", "rsa-3072"] as const)(
  "a key of %s signs the same bytes as ssh-keygen",
  async (name) => {
    expect(armour(blobs[name])).toBe(await keygenSign(sandbox, keys[name], NAMESPACE, MESSAGE));
  },
);

it("any bytes are good or bad, and never an error", () => {
  const head = Buffer.concat([Buffer.from("SSHSIG"), uint32(1)]);
  const any = fc.uint8Array({ maxLength: 300 });
  fc.assert(fc.property(any, (bytes) => verified(Buffer.from(bytes)).kind === "bad"));
  fc.assert(fc.property(any, (bytes) => verified(Buffer.concat([head, bytes])).kind === "bad"));
  fc.assert(fc.property(any, (bytes) => verified(forged({ key: Buffer.from(bytes) })).kind === "bad"));
  fc.assert(fc.property(any, (bytes) => verified(forged({ signature: Buffer.from(bytes) })).kind === "bad"));
});

describe("a signature is refused", () => {
  it.each([
    ["without the magic", { magic: Buffer.from("SSHSIH") }, /no SSH signature/],
    ["of another version", { version: 2 }, /version 2, and 1 is known/],
    ["with something in the reserved field", { reserved: Buffer.from("x") }, /reserved/],
    ["with a hash that is too weak", { hash: "sha1" }, /hashes with sha1/],
    ["with a hash that has no name", { hash: "" }, /hashes with/],
    ["without a namespace", { namespace: Buffer.alloc(0) }, /made for ""/],
    ["for a namespace that only looks the same", { namespace: Buffer.from("record@morello\0") }, /made for/],
    ["with an empty key", { key: Buffer.alloc(0) }, /the public key is cut short/],
    ["without a signature in it", { signature: Buffer.alloc(0) }, /the signature is cut short/],
    ["by a DSA key", { key: string("ssh-dss") }, /type ssh-dss are not supported/],
    ["by a certificate", { key: string("ssh-ed25519-cert-v01@openssh.com") }, /certificate/],
    ["by a short point", { key: Buffer.concat([string("ssh-ed25519"), string(Buffer.alloc(31))]) }, /no Ed25519 point/],
  ] as const)("%s", (_, parts, reason) => {
    expect(why(forged(parts))).toMatch(reason);
  });

  it("with bytes after the key, and after the raw signature", () => {
    const { key, signature } = takeApart(blobs.ed25519);
    expect(why(forged({ key: Buffer.concat([key, uint32(0)]) }))).toMatch(/public key is followed by 4 bytes/);
    expect(why(forged({ signature: Buffer.concat([signature, uint32(0)]) }))).toMatch(/followed by 4 bytes/);
  });

  it("with an algorithm of another type than its key", () => {
    const signature = Buffer.concat([string("ecdsa-sha2-nistp256"), string(Buffer.alloc(64))]);
    expect(why(forged({ signature }))).toMatch(/which a key of type ssh-ed25519 does not make/);
  });

  it("by a curve that its key's name does not name", () => {
    const point = takeApart(blobs["ecdsa-384"]).key;
    const key = Buffer.concat([string("ecdsa-sha2-nistp256"), point.subarray(4 + "ecdsa-sha2-nistp384".length)]);
    expect(why(forged({ key }))).toMatch(/on nistp384, not on nistp256/);
  });

  it("by a point that is not on its curve", () => {
    const key = Buffer.from(takeApart(blobs["ecdsa-256"]).key);
    key[key.length - 1] = (key.at(-1) ?? 0) ^ 1;
    expect(why(forged({ key }))).toMatch(/no point or number of its kind/);
  });

  it("of ECDSA with needless zeros in its numbers", () => {
    const parts = takeApart(blobs["ecdsa-256"]);
    const value = Buffer.concat([
      string(Buffer.concat([Buffer.alloc(2), Buffer.alloc(32, 1)])),
      mpint(Buffer.alloc(32, 1)),
    ]);
    const signature = Buffer.concat([string("ecdsa-sha2-nistp256"), string(value)]);
    expect(why(build({ ...parts, signature }))).toMatch(/needless zeros/);
  });

  it("of ECDSA whose numbers are zero", () => {
    const signature = Buffer.concat([string("ecdsa-sha2-nistp256"), string(Buffer.concat([uint32(0), uint32(0)]))]);
    expect(why(build({ ...takeApart(blobs["ecdsa-256"]), signature }))).toMatch(/does not fit/);
  });
});

describe("RSA with SHA-1 is refused", () => {
  const secret = (): KeyObject => {
    const opened = parsePrivateKey(readFileSync(keys["rsa-2048"].file, "utf8"));
    if (opened.kind !== "open") throw new Error(opened.kind);
    return opened.secret;
  };

  it.each(["ssh-rsa", "rsa-sha2-512"])("under the name of %s", (algorithm) => {
    const parts = takeApart(blobs["rsa-2048"]);
    const data = signedBytes(parts.namespace, parts.hash, MESSAGE);
    const signature = Buffer.concat([string(algorithm), string(sign("sha1", data, secret()))]);
    expect(why(build({ ...parts, signature }))).toMatch(algorithm === "ssh-rsa" ? /SHA-1/ : /does not fit/);
  });

  it("and SHA-256 is taken, under its own name alone", () => {
    const parts = takeApart(blobs["rsa-2048"]);
    const value = string(sign("sha256", signedBytes(parts.namespace, parts.hash, MESSAGE), secret()));
    const under = (name: string): Buffer => build({ ...parts, signature: Buffer.concat([string(name), value]) });
    expect(why(under("rsa-sha2-256"))).toBe("good");
    expect(why(under("rsa-sha2-512"))).toMatch(/does not fit/);
  });
});

it.each([
  ["ed25519", 63, 64],
  ["rsa-2048", 255, 256],
] as const)("a signature of %s that lost a byte is refused for that", (name, length, size) => {
  const parts = takeApart(blobs[name]);
  const algorithm = string(name === "ed25519" ? "ssh-ed25519" : "rsa-sha2-512");
  const signature = Buffer.concat([algorithm, string(Buffer.alloc(length, 1))]);
  expect(why(build({ ...parts, signature }))).toBe(`the signature has ${length} bytes, and ${size} are needed`);
});

describe("an RSA key is refused", () => {
  const rsa = (e: number[], n: Buffer): Buffer =>
    forged({ key: Buffer.concat([string("ssh-rsa"), mpint(Buffer.from(e)), mpint(n)]) });

  it("of 1024 bits, which ssh-keygen still takes", async () => {
    const key = await makeKey(sandbox, "rsa-1024", { type: "rsa", bits: 1024 });
    const signature = await keygenSign(sandbox, key, NAMESPACE, MESSAGE);
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, signature)).toBe(true);
    expect(why(withoutArmour(signature)!)).toBe("the RSA key has 1024 bits, and 2048 are needed");
  });

  it.each([
    ["of 2047 bits", [1, 0, 1], Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(255, 1)]), /has 2047 bits/],
    ["of more bits than a check should take", [1, 0, 1], Buffer.alloc(2049, 0xff), /has 16392 bits/],
    ["whose exponent is 1", [1], Buffer.alloc(256, 0xff), /exponent/],
    ["whose exponent is even", [1, 0, 0], Buffer.alloc(256, 0xff), /exponent/],
    ["whose exponent is huge", Array.from({ length: 9 }, () => 0xff), Buffer.alloc(256, 0xff), /exponent/],
  ] as const)("%s", (_, e, n, reason) => {
    expect(why(rsa([...e], n))).toMatch(reason);
  });
});

describe("armour", () => {
  it.each([
    ["with text before it", (text: string) => `hello\n${text}`],
    ["with text after it", (text: string) => `${text}hello\n`],
    ["twice", (text: string) => text + text],
    ["without its end", (text: string) => text.replace(/-----END.*\n/, "")],
    ["with carriage returns alone", (text: string) => text.replaceAll("\n", "\r")],
    ["with a blank line", (text: string) => text.replace("\n", "\n\n")],
    ["with a character that is not base64", (text: string) => text.replace("U1NI", "U1N!")],
    ["of another kind", (text: string) => text.replaceAll("SSH", "PGP")],
  ])("%s is none", (_, change) => {
    const text = armour(blobs.ed25519);
    expect(change(text)).not.toBe(text);
    expect(withoutArmour(change(text))).toBeNull();
  });

  it("may have the line ends of Windows", () => {
    expect(withoutArmour(armour(blobs.ed25519).replaceAll("\n", "\r\n"))).toEqual(blobs.ed25519);
  });

  it("goes round for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
        expect(withoutArmour(armour(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

it("fingerprints are those that ssh-keygen prints", async () => {
  for (const name of KEY_NAMES) {
    const found = verified(blobs[name]);
    const listed = (await sshKeygen(sandbox, ["-l", "-f", `${keys[name].file}.pub`])).toString();
    expect(found.kind === "good" && listed.includes(` ${found.fingerprint} `)).toBe(true);
  }
});
