import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  parseAllowedSigners,
  principalsOf,
  writeAllowedSigners,
  type AllowedSigner,
} from "../../../src/ledger/ssh/allowed-signers.ts";
import { isAppError } from "../../../src/error.ts";
import { CLOCK } from "../../support/environment.ts";
import { finished } from "../../support/process.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import { keygenSign, makeKey, type SshKey } from "../../support/ssh.ts";

const ADA = "ada@example.com";
const sandbox = fileSandbox();
let key: SshKey;
let other: SshKey;

beforeAll(async () => {
  key = await makeKey(sandbox, "key");
  other = await makeKey(sandbox, "other", { type: "ecdsa", bits: 384 });
});

const signer = (parts: Partial<AllowedSigner> = {}): AllowedSigner => ({
  principals: [ADA],
  namespaces: null,
  validAfter: null,
  validBefore: null,
  key: key.text,
  ...parts,
});
const parsed = (text: string): readonly AllowedSigner[] => {
  const found = parseAllowedSigners(text);
  if (found.kind === "bad") throw new Error(`line ${found.line}: ${found.why}`);
  return found.signers;
};
const whyBad = (line: string): string => {
  const found = parseAllowedSigners(line);
  return found.kind === "bad" ? found.why : "good";
};

describe("a file of allowed signers", () => {
  it("names principals, what their keys are for and when", () => {
    const text = `
# the release team
${ADA},*@release.example.com namespaces="git,record@*",valid-after="20260101Z",valid-before="202612312359Z" ${key.text} Ada's laptop

bob@example.com ${other.text}\r
`;
    expect(parsed(text)).toEqual([
      signer({
        principals: [ADA, "*@release.example.com"],
        namespaces: ["git", "record@*"],
        validAfter: CLOCK,
        validBefore: 1_798_761_540,
      }),
      signer({ principals: ["bob@example.com"], key: other.text }),
    ]);
  });

  it.each([
    ["quoted principals with a space", () => `"ada l@example.com" ${key.text}`, { principals: ["ada l@example.com"] }],
    ["options in capitals", () => `${ADA} NAMESPACES="git" ${key.text}`, { namespaces: ["git"] }],
    ["a quoted comma and space", () => `${ADA} namespaces="a b,git" ${key.text}`, { namespaces: ["a b", "git"] }],
    ["a date to the second", () => `${ADA} valid-after="20260101000000UTC" ${key.text}`, { validAfter: CLOCK }],
  ] as const)("may have %s", (_, line, parts) => {
    expect(parsed(line())).toEqual([signer(parts)]);
  });

  it("takes times without a zone as the machine's, as ssh-keygen does", () => {
    const at = new Date(2026, 6, 1, 12, 30).getTime() / 1000;
    expect(parsed(`${ADA} valid-after="202607011230" ${key.text}`)).toEqual([signer({ validAfter: at })]);
  });

  it.each([
    ["a certificate authority", () => `${ADA} cert-authority ${key.text}`, /certificate authority .* list each key/],
    ["one among options", () => `${ADA} namespaces="git",Cert-Authority ${key.text}`, /certificate authority/],
    ["an option that is not known", () => `${ADA} no-touch-required ${key.text}`, /not known: no-touch-required/],
    ["an option without its value", () => `${ADA} namespaces ${key.text}`, /not known: namespaces/],
    ["an option twice", () => `${ADA} namespaces="a",namespaces="b" ${key.text}`, /namespaces twice/],
    ["a date that is none", () => `${ADA} valid-after="20260231Z" ${key.text}`, /valid-after is no time: 20260231Z/],
    ["a year alone", () => `${ADA} valid-before="2026" ${key.text}`, /valid-before is no time: 2026/],
    [
      "no time between",
      () => `${ADA} valid-after="20260102",valid-before="20260101" ${key.text}`,
      /not after valid-after/,
    ],
    ["no principal", () => key.text, /PRINCIPALS|public key|base64/],
    ["an empty principal", () => `${ADA}, ${key.text}`, /empty principal/],
    ["no key", () => ADA, /PRINCIPALS \[OPTIONS\] KEY/],
    ["a damaged key", () => `${ADA} ${key.text.slice(0, -4)}`, /cut short/],
    ["a key under another name", () => `${ADA} ${key.text.replace("ssh-ed25519", "ssh-rsa")}`, /its line says ssh-rsa/],
  ])("is bad with %s", (_, line, why) => {
    expect(whyBad(line())).toMatch(why);
  });

  it("says in which line it is bad", () => {
    expect(parseAllowedSigners(`${ADA} ${key.text}\n\nnonsense\n`)).toMatchObject({ kind: "bad", line: 3 });
  });

  it("is never an error, whatever is in it", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => whyBad(text) !== ""));
    fc.assert(fc.property(fc.string(), (text) => whyBad(`${ADA} ${text} ${key.text}`) !== ""));
  });
});

describe("written signers", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9*](?:[\w .@+-]{0,20}\w)?$/);
  const time = fc.option(fc.integer({ min: 1, max: 4_102_444_800 }));
  const any = fc
    .record({
      principals: fc.array(name, { minLength: 1, maxLength: 3 }),
      namespaces: fc.option(fc.array(name, { minLength: 1, maxLength: 3 })),
      validAfter: time,
      validBefore: time,
    })
    .filter(({ validAfter, validBefore }) => validAfter === null || validBefore === null || validBefore > validAfter);

  it("are read as they were", () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (parts) => {
        const signers = parts.map(signer);
        expect(parsed(writeAllowedSigners(signers))).toEqual(signers);
      }),
    );
  });

  it.each(["", 'a"b', "a,b", "#a", "a\nb", "a\u0000", "a\\"])("have no principal %j", (principal) => {
    let thrown: unknown;
    try {
      writeAllowedSigners([signer({ principals: [principal] })]);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "unknown-key")).toBe(true);
  });
});

describe("whom a key signs for", () => {
  const time = CLOCK;
  const CASES: readonly (readonly [string, Partial<AllowedSigner>, boolean])[] = [
    ["any namespace", {}, true],
    ["its namespace", { namespaces: ["git", "record@morello"] }, true],
    ["another namespace", { namespaces: ["git"] }, false],
    ["a pattern of namespaces", { namespaces: ["record@*"] }, true],
    ["a pattern of one letter", { namespaces: ["record@morell?"] }, true],
    ["a pattern that is not met", { namespaces: ["record@?"] }, false],
    ["a pattern with a dot", { namespaces: ["record.morello"] }, false],
    ["all but its namespace", { namespaces: ["*", "!record@morello"] }, false],
    ["all but another namespace", { namespaces: ["!git", "*"] }, true],
    ["from this second", { validAfter: time }, true],
    ["from the next second", { validAfter: time + 1 }, false],
    ["until this second", { validBefore: time }, true],
    ["until the second before", { validBefore: time - 1 }, false],
    ["another key", { key: "other" }, false],
    ["whoever has a name with spaces", { principals: ["Ada L.", ADA] }, true],
  ];

  it.each(CASES)("valid for %s: as ssh-keygen says", async (_, parts, expected) => {
    const signers = [signer({ ...parts, ...(parts.key === "other" ? { key: other.text } : {}) })];
    const message = "what was carried\n";
    const files = [
      sandbox.write("signers", writeAllowedSigners(signers)),
      sandbox.write("signature", await keygenSign(sandbox, key, "record@morello", message)),
    ];
    const stamp = "-Overify-time=20260101000000Z";
    const args = ["-Y", "verify", stamp, "-f", files[0]!, "-I", ADA, "-n", "record@morello", "-s", files[1]!];
    const done = await finished("ssh-keygen", args, { cwd: sandbox.root, env: sandbox.env, input: message });
    const ours = principalsOf(signers, { key: key.text, namespace: "record@morello", time });
    expect([ours, done.status === 0]).toEqual([expected ? signers[0]!.principals : [], expected]);
  });
});
