import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  countersign,
  openEnvelope,
  parseEnvelope,
  preAuthenticationEncoding,
  seal,
  serialiseEnvelope,
  signedBytes,
} from "../../src/ledger/dsse.ts";
import type { RecordSigner } from "../../src/ledger/signer.ts";
import { armour } from "../../src/ledger/ssh/sshsig.ts";
import { RECORD_NAMESPACE, type Envelope } from "../../src/wire/record.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { keygenVerify, makeKey, nodeSigner, type SshKey } from "../support/ssh.ts";

const PAYLOAD = Buffer.from('{"what":"was carried: é"}');
const sandbox = fileSandbox();
let key: SshKey;
let signer: RecordSigner;
let second: RecordSigner;
let sealed: Envelope;

beforeAll(async () => {
  key = await makeKey(sandbox, "key");
  signer = nodeSigner(key);
  second = nodeSigner(await makeKey(sandbox, "second", { type: "ecdsa" }));
  sealed = await seal(PAYLOAD, RECORD_NAMESPACE, signer);
});

const kinds = (envelope: Envelope, namespace = RECORD_NAMESPACE): string[] =>
  openEnvelope(envelope, namespace).signatures.map(({ kind }) => kind);

it("encodes what is signed as DSSE's own example does", () => {
  const encoded = preAuthenticationEncoding(Buffer.from("hello world"), "http://example.com/HelloWorld");
  expect(encoded.toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

it("counts bytes, not letters", () => {
  expect(preAuthenticationEncoding(Buffer.from("é"), "ü").toString()).toBe("DSSEv1 2 ü 2 é");
});

describe("a sealed envelope", () => {
  it("opens to its payload, and says who signed", () => {
    expect(openEnvelope(sealed, RECORD_NAMESPACE)).toEqual({
      payload: PAYLOAD,
      signatures: [{ kind: "good", key: key.text, fingerprint: key.fingerprint }],
    });
  });

  it("is verified by ssh-keygen from the signed bytes and the signature alone", async () => {
    const signature = armour(Buffer.from(sealed.signatures[0]?.sig ?? "", "base64"));
    expect(await keygenVerify(sandbox, key.text, RECORD_NAMESPACE, signedBytes(sealed), signature)).toBe(true);
  });

  it("is the same every time", async () => {
    expect(await seal(PAYLOAD, RECORD_NAMESPACE, signer)).toEqual(sealed);
  });

  it("holds for no other namespace", () => {
    expect(kinds(sealed, "approval@morello")).toEqual(["bad"]);
  });

  it("holds for no other payload", () => {
    expect(kinds({ ...sealed, payload: Buffer.from("{}").toString("base64") })).toEqual(["bad"]);
  });

  it("takes a signature of another key beside its own", async () => {
    const both = await countersign(sealed, RECORD_NAMESPACE, second);
    expect(kinds(both)).toEqual(["good", "good"]);
    expect(both.signatures.map(({ keyid }) => keyid)).toEqual([signer.fingerprint, second.fingerprint]);
  });

  it("has one bad signature beside a good one told apart", async () => {
    const both = await countersign(sealed, RECORD_NAMESPACE, second);
    const [first, last] = both.signatures;
    const damaged = { ...both, signatures: [first!, { ...last!, sig: "AAAA" }] };
    expect(kinds(damaged)).toEqual(["good", "bad"]);
  });

  it("is bad under the name of another key", () => {
    const named = { ...sealed, signatures: [{ ...sealed.signatures[0]!, keyid: second.fingerprint }] };
    expect(openEnvelope(named, RECORD_NAMESPACE).signatures).toEqual([
      { kind: "bad", why: `the signature is by ${signer.fingerprint}, and its keyid says ${second.fingerprint}` },
    ]);
  });
});

it("without a signer an envelope is unsigned", async () => {
  const unsigned = await seal(PAYLOAD, RECORD_NAMESPACE, null);
  expect(openEnvelope(unsigned, RECORD_NAMESPACE)).toEqual({ payload: PAYLOAD, signatures: [] });
});

describe("an envelope's bytes", () => {
  it("are read as they were written", () => {
    expect(parseEnvelope(serialiseEnvelope(sealed))).toEqual({ kind: "envelope", envelope: sealed });
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ["are not JSON", (text) => text.slice(1), /not JSON/],
    ["begin with a byte order mark", (text) => `\ufeff${text}`, /not JSON/],
    ["are of another type", (text) => text.replace("in-toto", "out-toto"), /malformed: payloadType/],
    ["have a field that is not known", (text) => text.replace("{", '{"x":1,'), /malformed/],
    [
      "have a signature's field that is not known",
      (text) => text.replace('{"keyid"', '{"cert":"","keyid"'),
      /malformed/,
    ],
    ["lack their signatures", (text) => text.replace(/,"signatures":.*\]/, ""), /malformed: signatures/],
    ["have their payload twice", (text) => text.replace('"payload":', '"payload":"AAAA","payload":'), /one way/],
    ["have white space", (text) => text.replace(":", ": "), /one way/],
    [
      "have another order",
      (text) => text.replace(/\{("payloadType":"[^"]*"),("payload":"[^"]*")/, "{$2,$1"),
      /one way/,
    ],
    ["lack the line's end", (text) => text.trimEnd(), /one way/],
    ["have an escaped letter", (text) => text.replace("payloadType", String.raw`\u0070ayloadType`), /one way/],
    [
      "have stray bits in their base64",
      (text) => text.replace(/(\w)=="/, (_, last: string) => `${next(last)}=="`),
      /one way/,
    ],
  ])("are refused if they %s", (_, change, why) => {
    const text = serialiseEnvelope({ ...sealed, payload: Buffer.from("1234").toString("base64") }).toString();
    expect(change(text)).not.toBe(text);
    const parsed = parseEnvelope(Buffer.from(change(text)));
    expect(parsed.kind === "bad" && parsed.why).toMatch(why);
  });

  it("are refused if they are not UTF-8", () => {
    const bytes = serialiseEnvelope(sealed);
    bytes[bytes.indexOf("SHA256")] = 0xff;
    expect(parseEnvelope(bytes)).toEqual({ kind: "bad", why: "the envelope is not JSON" });
  });

  it("do not hold whichever bit of them is turned", () => {
    const bytes = serialiseEnvelope(sealed);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const turned = Buffer.from(bytes);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const parsed = parseEnvelope(turned);
        expect(parsed.kind === "bad" || kinds(parsed.envelope).includes("bad")).toBe(true);
      }),
      { numRuns: process.env["MORELLO_LONG"] === "1" ? 10_000 : 500 },
    );
  });
});

/** The next letter of base64's alphabet, which differs in the last bit alone for those that end a group. */
function next(letter: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet[alphabet.indexOf(letter) + 1] ?? "";
}
