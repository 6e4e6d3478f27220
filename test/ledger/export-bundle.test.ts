import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { isAppError } from "../../src/error.ts";
import { approvalBytes } from "../../src/ledger/approval.ts";
import { parseEnvelope, seal, serialiseEnvelope } from "../../src/ledger/dsse.ts";
import { exportBundle, signersOf, signersSeen, type NamedEnvelope } from "../../src/ledger/export-bundle.ts";
import {
  APPROVAL_NAMESPACE,
  RECORD_NAMESPACE,
  RECORD_TYPE,
  STATEMENT_TYPE,
  Statement,
  type LedgerRecord,
  type Role,
  type Trust,
} from "../../src/wire/record.ts";
import { CLOCK, COMMITTER } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { finished, type Finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { keygenVerify, makeKey, nodeSigner, type SshKey } from "../support/ssh.ts";

const WRITER = "writer@example.com";
const APPROVER = "approver@example.com";
const sandbox = fileSandbox();
let writer: SshKey;
let approver: SshKey;
let repository: TestRepository;
let envelopes: readonly NamedEnvelope[];
let trust: Trust;

const digest = (digit: number): string => String(digit).repeat(64);

function common(
  seq: number,
): Pick<
  LedgerRecord,
  | "repository"
  | "line"
  | "target"
  | "sources"
  | "attempt"
  | "key"
  | "seq"
  | "previous"
  | "trust"
  | "policy"
  | "time"
  | "by"
> {
  return {
    repository: repository.oid("base"),
    line: "v2.7",
    target: "refs/heads/release/v2.7",
    sources: [repository.oid("fix")],
    attempt: 1,
    key: digest(seq),
    seq,
    previous: null,
    trust: null,
    policy: null,
    time: CLOCK + 3600 + seq,
    by: { name: COMMITTER.name, email: WRITER, date: `${CLOCK + 3600 + seq} +0000` },
  };
}

async function sealed(record: LedgerRecord, key: SshKey | null): Promise<NamedEnvelope> {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: record.target, digest: { gitCommit: repository.oid("landed") } }],
    predicateType: RECORD_TYPE,
    predicate: record,
  };
  const payload = Buffer.from(JSON.stringify(Statement.parse(statement)));
  const envelope = await seal(payload, RECORD_NAMESPACE, key === null ? null : nodeSigner(key));
  return { name: `v2.7/${String(record.seq).padStart(6, "0")}-${record.kind}`, bytes: serialiseEnvelope(envelope) };
}

beforeAll(async () => {
  writer = await makeKey(sandbox, "writer");
  approver = await makeKey(sandbox, "approver", { type: "ecdsa" });
  repository = await history()
    .commit("base", { files: { a: "1\n", b: "1\n" } })
    .branch("release/v2.7")
    .commit("other", { files: { b: "2\n" } })
    .commit("landed", { message: "fix a\n", files: { a: "fixed\n" } })
    .checkout("main")
    .commit("fix", { message: "fix a\n", files: { a: "fixed\n" } })
    .create(sandbox);
  const commit = repository.oid("landed");
  const tree = await repository.git(["rev-parse", `${commit}^{tree}`]);
  const approved = approvalBytes({
    repository: repository.oid("base"),
    target: "refs/heads/release/v2.7",
    base: repository.oid("other"),
    sources: [repository.oid("fix")],
    resultTree: tree,
    policy: null,
    expires: CLOCK + 86_400,
    nonce: "0123456789abcdef",
    approver: APPROVER,
    comment: null,
  });
  const approval = await seal(approved, APPROVAL_NAMESPACE, nodeSigner(approver));
  const landed: LedgerRecord = {
    ...common(1),
    kind: "landed",
    base: repository.oid("other"),
    commit,
    tree,
    from: repository.oid("fix"),
    class: "exact",
    conflicted: [],
    reason: null,
    reach: "trusted",
    approvals: [digest(0)],
    waivers: [],
    verify: null,
    engine: { git: "2.39.5", settings: "1" },
  };
  envelopes = [
    await sealed({ ...common(0), kind: "approval", approval }, writer),
    await sealed(landed, writer),
    await sealed({ ...common(2), kind: "skipped", reason: "not needed" }, null),
  ];
  trust = {
    keys: [
      { principal: WRITER, key: writer.text, roles: ["root", "writer"], validAfter: null, validBefore: null },
      { principal: APPROVER, key: approver.text, roles: ["approver"], validAfter: CLOCK, validBefore: null },
    ],
    revoked: [],
    threshold: 1,
  };
});

describe("a bundle", () => {
  it("has beside each envelope what was signed and the signatures", () => {
    const files = exportBundle(envelopes, signersOf([{ trust, time: CLOCK }]));
    expect(files.map(({ path }) => path)).toEqual([
      "v2.7/000000-approval.json",
      "v2.7/000000-approval.pae",
      "v2.7/000000-approval.sig",
      "v2.7/000000-approval.approval.json",
      "v2.7/000000-approval.approval.pae",
      "v2.7/000000-approval.approval.sig",
      "v2.7/000001-landed.json",
      "v2.7/000001-landed.pae",
      "v2.7/000001-landed.sig",
      "v2.7/000002-skipped.json",
      "v2.7/000002-skipped.pae",
      "allowed_signers",
    ]);
    expect(files[6]?.bytes).toEqual(envelopes[1]?.bytes);
    expect(files.at(-1)?.bytes.toString()).toBe(
      `${WRITER} namespaces="record@morello" ${writer.text}\n` +
        `${APPROVER} namespaces="approval@morello",valid-after="20260101000000Z" ${approver.text}\n`,
    );
  });

  it("numbers the signatures after the first", async () => {
    const [, landed] = envelopes;
    const parsed = parseEnvelope(landed!.bytes);
    if (parsed.kind === "bad") throw new Error(parsed.why);
    const { envelope } = parsed;
    const twice = { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] };
    const files = exportBundle([{ name: "x", bytes: serialiseEnvelope(twice) }], []);
    expect(files.map(({ path }) => path)).toEqual(["x.json", "x.pae", "x.sig", "x.2.sig", "allowed_signers"]);
  });

  it("of an envelope that cannot be read is refused", () => {
    let thrown: unknown;
    try {
      exportBundle([{ name: "x", bytes: Buffer.from("{}\n") }], []);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "ledger-broken")).toBe(true);
  });

  it("is checked by ssh-keygen alone, and what was changed in it is found", async () => {
    const files = new Map(exportBundle(envelopes, []).map(({ path, bytes }) => [path, bytes]));
    const [signed, signature] = [files.get("v2.7/000001-landed.pae")!, files.get("v2.7/000001-landed.sig")!];
    const good = (bytes: Buffer): Promise<boolean> =>
      keygenVerify(sandbox, writer.text, RECORD_NAMESPACE, bytes, signature.toString());
    expect(await good(signed)).toBe(true);
    expect(await good(Buffer.from(signed.toString().replace("exact", "adapted")))).toBe(false);
  });
});

describe("without a trust log", () => {
  it("the signers are those whom the records name", () => {
    expect(signersSeen(envelopes).map(({ principals, namespaces, key }) => [principals, namespaces, key])).toEqual([
      [[WRITER], [RECORD_NAMESPACE], writer.text],
      [[APPROVER], [APPROVAL_NAMESPACE], approver.text],
    ]);
  });

  it("a signature that does not hold names nobody", () => {
    const [approval] = envelopes;
    const text = approval!.bytes.toString().replace(/"sig":"[^"]*"/, '"sig":"AAAA"');
    expect(signersSeen([{ name: "x", bytes: Buffer.from(text) }]).map(({ key }) => key)).toEqual([approver.text]);
  });
});

describe("signers of a trust log", () => {
  const T1 = CLOCK;
  const T2 = CLOCK + 1000;
  const T3 = CLOCK + 2000;
  const spans = (...states: readonly (readonly [Partial<Trust>, number])[]): unknown[] =>
    signersOf(states.map(([parts, time]) => ({ trust: { ...trust, ...parts }, time }))).map(
      ({ principals, namespaces, validAfter, validBefore }) => [principals[0], namespaces, validAfter, validBefore],
    );
  const first = [WRITER, ["record@morello"], null, null];

  it("are those of its only state, from ever", () => {
    expect(spans([{}, T1])).toEqual([first, [APPROVER, ["approval@morello"], CLOCK, null]]);
  });

  it("stay while states do not touch them", () => {
    expect(spans([{}, T1], [{ threshold: 2 }, T2])).toEqual(spans([{}, T1]));
  });

  it("end when they are taken out, and begin when they are put in", () => {
    const [one, two] = trust.keys;
    expect(spans([{ keys: [one!] }, T1], [{ keys: [two!] }, T2], [{ keys: [one!] }, T3])).toEqual([
      [WRITER, ["record@morello"], null, T2 - 1],
      [APPROVER, ["approval@morello"], T2, T3 - 1],
      [WRITER, ["record@morello"], T3, null],
    ]);
  });

  it("end when they are revoked", () => {
    expect(spans([{}, T1], [{ revoked: [approver.fingerprint] }, T2])).toEqual([
      [APPROVER, ["approval@morello"], CLOCK, T2 - 1],
      first,
    ]);
  });

  it("sign for what their roles of that time are", () => {
    const [one] = trust.keys;
    const as = (...roles: Role[]): Partial<Trust> => ({ keys: [{ ...one!, roles }] });
    expect(spans([as("writer"), T1], [as("writer", "approver"), T2], [as(), T3])).toEqual([
      [WRITER, ["record@morello"], null, T2 - 1],
      [WRITER, ["approval@morello", "record@morello"], T2, T3 - 1],
    ]);
  });

  it("have an end that the ledger leaves out and ssh-keygen takes in", () => {
    const [one] = trust.keys;
    expect(spans([{ keys: [{ ...one!, validBefore: T3 }] }, T1])).toEqual([[WRITER, ["record@morello"], null, T3 - 1]]);
  });

  it("are called by their fingerprint if their owner's name cannot stand in the file", () => {
    const [one] = trust.keys;
    expect(spans([{ keys: [{ ...one!, principal: "Ada, and nobody else" }] }, T1])).toEqual([
      [writer.fingerprint, ["record@morello"], null, null],
    ]);
  });

  it("are not listed if they were never in force", () => {
    const [one] = trust.keys;
    expect(spans([{ keys: [{ ...one!, validAfter: T3 }] }, T1], [{ keys: [] }, T2])).toEqual([]);
  });
});

describe("docs/guide/verify-by-hand.md", () => {
  /** Programs of any system with git and OpenSSH; no Node is among them. */
  const PROGRAMS = [
    "sh",
    "ssh-keygen",
    "git",
    "find",
    "sed",
    "head",
    "cut",
    "cmp",
    "base64",
    "wc",
    "sha256sum",
    "grep",
  ];
  const recipes = [...readFileSync("docs/guide/verify-by-hand.md", "utf8").matchAll(/^```sh\n([^]*?)^```$/gm)].map(
    ([, script = ""]) => script,
  );
  let number = 0;

  async function bundle(change: (path: string, bytes: Buffer) => Buffer = (_, bytes) => bytes): Promise<string> {
    const directory = sandbox.path(`bundle-${number++}`);
    for (const { path, bytes } of exportBundle(envelopes, signersOf([{ trust, time: CLOCK }]))) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), change(path, bytes));
    }
    return directory;
  }

  async function follow(recipe: string | undefined, directory: string): Promise<Finished> {
    const bin = sandbox.path("bin");
    const env = {
      ...sandbox.env,
      PATH: bin,
      REPOSITORY: repository.path,
      LEDGER: "refs/heads/morello-ledger/v2.7",
      LINE: "release/v2.7",
      NAME: "v2.7/000001-landed",
    };
    return finished(join(bin, "sh"), ["-e", "-c", recipe ?? "exit 9"], { cwd: directory, env });
  }

  beforeAll(async () => {
    mkdirSync(sandbox.path("bin"));
    for (const program of PROGRAMS) {
      const found = await finished("sh", ["-c", `command -v ${program}`], { cwd: sandbox.root, env: sandbox.env });
      symlinkSync(found.stdout.toString().trim(), sandbox.path("bin", program));
    }
    await repository.extend((told) => {
      told.orphan("morello-ledger/v2.7");
      for (const [index, { bytes }] of envelopes.entries()) {
        const path = `records/${digest(index).slice(0, 2)}/${digest(index)}.json`;
        told.commit(`record-${index}`, { files: { [path]: bytes } });
      }
    });
  });

  it("has five recipes", () => expect(recipes).toHaveLength(5));

  it("checks every signature", async () => {
    const done = await follow(recipes[0], await bundle());
    const said = done.stdout.toString();
    expect([said.match(/^Good "\S+" signature for/gm)?.length, said.includes("BAD")]).toEqual([3, false]);
    expect(said).toContain(`Good "approval@morello" signature for ${APPROVER}`);
  });

  it("finds a changed record", async () => {
    const changed = await bundle((path, bytes) =>
      path.endsWith("landed.pae") ? Buffer.from(bytes.toString().replace("exact", "adapted")) : bytes,
    );
    const done = await follow(recipes[0], changed);
    expect(done.stdout.toString()).toContain("BAD: ./v2.7/000001-landed.sig");
  });

  it.each([
    [1, "json"],
    [2, "json"],
    [2, "pae"],
  ])("its recipe %i holds, and not for a changed .%s", async (recipe, ending) => {
    expect((await follow(recipes[recipe], await bundle())).status).toBe(0);
    const changed = await bundle((path, bytes) =>
      path.endsWith(`landed.${ending}`) ? Buffer.from(bytes.toString().replace(/eyJ|\{"_type/, "eyK")) : bytes,
    );
    expect((await follow(recipes[recipe], changed)).status).not.toBe(0);
  });

  it("tells the digests that records name as the one before", async () => {
    const done = await follow(recipes[3], await bundle());
    expect(done.stdout.toString().match(/^[0-9a-f]{64} /gm)).toHaveLength(3);
  });

  it("shows that the commit is what the record says", async () => {
    const done = await follow(recipes[4], await bundle());
    expect([done.status, done.stderr.toString()]).toEqual([0, ""]);
    expect(done.stdout.toString()).toMatch(/^tree [0-9a-f]{40}\n1: .* = 1: /);
    const other = await bundle((path, bytes) =>
      path.endsWith("landed.pae") ? Buffer.from(bytes.toString().replace(/"tree":"./, '"tree":"x')) : bytes,
    );
    expect((await follow(recipes[4], other)).status).not.toBe(0);
  });
});
