import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parsePrivateKey } from "../../../src/ledger/ssh/private-key.ts";
import { makeSignature } from "../../../src/ledger/ssh/signature.ts";
import { armour, makeSshsig, verifySshsig, withoutArmour } from "../../../src/ledger/ssh/sshsig.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import { keygenSign, keygenVerify, makeKey, type KeyOptions, type SshKey } from "../../support/ssh.ts";

const NAMESPACE = "record@morello";
const MESSAGE = Buffer.from("what was carried\n");

const KINDS: readonly (KeyOptions & { readonly name: string })[] = [
  { name: "ed25519", type: "ed25519" },
  { name: "ecdsa-256", type: "ecdsa", bits: 256 },
  { name: "ecdsa-384", type: "ecdsa", bits: 384 },
  { name: "ecdsa-521", type: "ecdsa", bits: 521 },
  { name: "rsa-2048", type: "rsa", bits: 2048 },
  { name: "rsa-3072", type: "rsa", bits: 3072 },
];

const sandbox = fileSandbox();
const keys = new Map<string, SshKey>();

beforeAll(async () => {
  for (const kind of KINDS) keys.set(kind.name, await makeKey(sandbox, kind.name, kind));
});

async function signInNode(key: SshKey, namespace = NAMESPACE, message = MESSAGE): Promise<Buffer> {
  const opened = parsePrivateKey(readFileSync(key.file, "utf8"));
  if (opened.kind !== "open") throw new Error(`${key.file}: ${opened.kind}`);
  return makeSshsig(opened.key, namespace, message, (data) => makeSignature(opened.key, opened.secret, data));
}

describe.each(KINDS.map(({ name }) => name))("a key of %s", (name) => {
  it("signs in Node what ssh-keygen verifies", async () => {
    const key = keys.get(name)!;
    const signature = armour(await signInNode(key));
    expect(await keygenVerify(sandbox, key.text, NAMESPACE, MESSAGE, signature)).toBe(true);
  });

  it.each(["sha256", "sha512"])("signs with ssh-keygen and %s what Node verifies", async (hash) => {
    const key = keys.get(name)!;
    const blob = withoutArmour(await keygenSign(sandbox, key, NAMESPACE, MESSAGE, "-O", `hashalg=${hash}`));
    expect(verifySshsig(blob!, MESSAGE, NAMESPACE)).toEqual({
      kind: "good",
      key: key.text,
      fingerprint: key.fingerprint,
    });
  });
});

it.each(["ed25519", "rsa-2048", "rsa-3072"])("a key of %s signs the same bytes as ssh-keygen", async (name) => {
  const key = keys.get(name)!;
  expect(armour(await signInNode(key))).toBe(await keygenSign(sandbox, key, NAMESPACE, MESSAGE));
});
