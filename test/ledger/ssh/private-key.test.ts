import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parsePrivateKey } from "../../../src/ledger/ssh/private-key.ts";
import { keyText } from "../../../src/ledger/ssh/public-key.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import { KEY_NAMES, makeAllKeys, makeKey, sshKeygen, type KeyKind, type SshKey } from "../../support/ssh.ts";

const sandbox = fileSandbox();
let keys: Record<KeyKind, SshKey>;

beforeAll(async () => {
  keys = await makeAllKeys(sandbox);
});

const textOf = (key: SshKey): string => readFileSync(key.file, "utf8");

function decoded(key: SshKey): Buffer {
  return Buffer.from(textOf(key).replace(/-----[^-]+-----/g, ""), "base64");
}

function encoded(bytes: Buffer): string {
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

it.each(KEY_NAMES)("a file of %s opens, and holds the key that its public file says", (name) => {
  const parsed = parsePrivateKey(textOf(keys[name]));
  expect(parsed.kind === "open" && keyText(parsed.key)).toBe(keys[name].text);
});

it("an encrypted file stays closed, and tells its public key", async () => {
  const key = await makeKey(sandbox, "encrypted", { passphrase: "opens it" });
  const parsed = parsePrivateKey(textOf(key));
  expect(parsed.kind === "closed" && keyText(parsed.key)).toBe(key.text);
});

it.each(KEY_NAMES)("a file of %s is bad wherever it is cut", (name) => {
  const whole = decoded(keys[name]);
  for (let length = 0; length < whole.length; length++) {
    expect([length, parsePrivateKey(encoded(whole.subarray(0, length))).kind]).toEqual([length, "bad"]);
  }
});

describe("a private key's file is bad", () => {
  it("if it is something else", () => {
    const why = "it is not a private key as OpenSSH writes them";
    for (const text of ["", "ssh-ed25519 AAAA", encoded(Buffer.from("openssh-key-v2\0"))]) {
      expect(parsePrivateKey(text)).toEqual({ kind: "bad", why });
    }
  });

  it("if it is PEM", async () => {
    const key = await makeKey(sandbox, "pem", { type: "ecdsa" });
    await sshKeygen(sandbox, ["-q", "-p", "-m", "PEM", "-N", "", "-P", "", "-f", key.file]);
    expect(parsePrivateKey(textOf(key)).kind).toBe("bad");
  });

  it("if its halves are of two keys", async () => {
    const other = decoded(await makeKey(sandbox, "other"));
    const bytes = decoded(keys.ed25519);
    const point = bytes.indexOf("ssh-ed25519") + "ssh-ed25519".length + 4; // of the public half, which comes first
    other.copy(bytes, point, point, point + 32);
    expect(parsePrivateKey(encoded(bytes))).toEqual({
      kind: "bad",
      why: "its private and its public half do not match",
    });
  });

  it("and never an error, whatever bytes of it are turned", () => {
    for (const name of KEY_NAMES) {
      const whole = decoded(keys[name]);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
          const turned = Buffer.from(whole);
          turned[at] = (turned[at] ?? 0) ^ mask;
          expect(["open", "closed", "bad"]).toContain(parsePrivateKey(encoded(turned)).kind);
        }),
        { numRuns: 60 },
      );
    }
  });
});
