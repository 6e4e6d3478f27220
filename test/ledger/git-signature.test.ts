import { mkdirSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkCommitSignature,
  checkPushCertificate,
  checkTagSignature,
  type GitSignature,
} from "../../src/ledger/git-signature.ts";
import { armour } from "../../src/ledger/ssh/sshsig.ts";
import { COMMITTER } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { KEY_NAMES, makeAllKeys, nodeSigner, type KeyKind, type SshKey } from "../support/ssh.ts";

const sandbox = fileSandbox();
let keys: Record<KeyKind, SshKey>;
let repository: TestRepository;
let commit: Buffer;
let tag: Buffer;

async function repositoryOf(objectFormat: "sha1" | "sha256"): Promise<TestRepository> {
  const made = await history({ objectFormat })
    .commit("base", { files: { a: "1\n" } })
    .create(sandbox, { name: objectFormat });
  const signers = Object.values(keys).map(({ text }) => `${COMMITTER.email} ${text}\n`);
  const settings = {
    "gpg.format": "ssh",
    "user.signingKey": keys.ed25519.file,
    "gpg.ssh.allowedSignersFile": sandbox.write("signers", signers.join("")),
  };
  for (const [name, value] of Object.entries(settings)) await made.git(["config", name, value]);
  return made;
}

async function objectOf(place: TestRepository, type: "commit" | "tag" | "blob", name: string): Promise<Buffer> {
  return (await place.gitRun(["cat-file", type, name])).stdout;
}

beforeAll(async () => {
  keys = await makeAllKeys(sandbox);
  repository = await repositoryOf("sha1");
  await repository.git(["commit", "-q", "--allow-empty", "-S", "-m", "signed"]);
  commit = await objectOf(repository, "commit", "HEAD");
  await repository.git(["tag", "-s", "-m", "a release\n\nwith what it holds", "v1.0.0"]);
  tag = await objectOf(repository, "tag", "v1.0.0");
});

const good = (name: KeyKind): object => ({ kind: "good", key: keys[name].text, fingerprint: keys[name].fingerprint });
const textOf = (signature: GitSignature): string => (signature.kind === "good" ? signature.payload.toString() : "");
const replaced = (bytes: Buffer, from: string | RegExp, to: string | ((found: string) => string)): Buffer => {
  const text = bytes.toString("latin1");
  return Buffer.from(typeof to === "string" ? text.replace(from, to) : text.replace(from, to), "latin1");
};

/** Whether git itself takes these bytes for a commit or tag with a good signature. */
async function gitTakes(type: "commit" | "tag", bytes: Buffer): Promise<boolean> {
  const args = ["hash-object", "-t", type, "-w", "--stdin", "--literally"];
  const oid = (await repository.gitRun(args, { input: bytes })).stdout.toString().trim();
  return (await repository.gitRun([`verify-${type}`, oid], { ok: [0, 1, 128] })).status === 0;
}

describe("a commit", () => {
  it.each(KEY_NAMES)("that git signs with %s names its key and what was signed", async (name) => {
    await repository.git(["commit", "-q", "--allow-empty", `-S${keys[name].file}`, "-m", `by ${name}`]);
    const found = checkCommitSignature(await objectOf(repository, "commit", "HEAD"), "sha1");
    expect(found).toMatchObject(good(name));
    expect(textOf(found)).toMatch(new RegExp(`^tree \\S+\nparent \\S+\nauthor .*\ncommitter .*\n\nby ${name}\n$`));
  });

  it("of a SHA-256 repository is signed under the header of its own", async () => {
    const other = await repositoryOf("sha256");
    await other.git(["commit", "-q", "--allow-empty", "-S", "-m", "signed"]);
    const body = await objectOf(other, "commit", "HEAD");
    expect(checkCommitSignature(body, "sha256")).toMatchObject(good("ed25519"));
    expect(checkCommitSignature(body, "sha1")).toEqual({ kind: "unsigned" });
  });

  it("that nobody signed is unsigned", async () => {
    expect(checkCommitSignature(await objectOf(repository, "commit", repository.oid("base")), "sha1")).toEqual({
      kind: "unsigned",
    });
  });

  it("whose message quotes a signature is unsigned", async () => {
    const quoting = replaced(commit, /(gpgsig .*\n(?: .*\n)*)\n/, "\n$1");
    expect(checkCommitSignature(quoting, "sha1")).toEqual({ kind: "unsigned" });
  });

  it("that is signed for the other object format too keeps its signature", async () => {
    const both = replaced(commit, "gpgsig ", "gpgsig-sha256 anything\n at all\ngpgsig ");
    expect(checkCommitSignature(both, "sha1")).toMatchObject(good("ed25519"));
    expect(await gitTakes("commit", both)).toBe(true);
  });

  it("that was signed on Windows, where lines of the armour end otherwise, keeps its signature", () => {
    const there = replaced(commit, /gpgsig .*\n(?: .*\n)*/, (header) => header.replaceAll("\n", "\r\n"));
    expect(checkCommitSignature(there, "sha1")).toMatchObject(good("ed25519"));
  });

  it("that merges a signed tag is not signed by that", async () => {
    await repository.git(["checkout", "-q", "-b", "side", repository.oid("base")]);
    await repository.git(["merge", "-q", "--no-ff", "-m", "merge", "v1.0.0"]);
    const merge = await objectOf(repository, "commit", "HEAD");
    expect(merge.toString()).toContain(" -----BEGIN SSH SIGNATURE-----");
    expect(checkCommitSignature(merge, "sha1")).toEqual({ kind: "unsigned" });
    await repository.git(["checkout", "-q", "main"]);
  });

  it.each<[string, (body: Buffer) => Buffer, RegExp]>([
    ["another message", (body) => replaced(body, "\nsigned", "\nforged"), /does not fit/],
    ["another author", (body) => replaced(body, "author Ada", "author Eve"), /does not fit/],
    ["one more header", (body) => replaced(body, "\n\n", "\nencoding latin1\n\n"), /does not fit/],
    [
      "a carriage return that hides a header",
      (body) => replaced(body, "author Ada", "author Ada\rgpgsig x"),
      /does not/,
    ],
    ["its signature twice", (body) => replaced(body, /(gpgsig .*\n(?: .*\n)*)/, "$1$1"), /has 2 signatures/],
    ["text after its signature", (body) => replaced(body, /(END SSH SIGNATURE-----)/, "$1\n more"), /other text/],
    ["half of its signature", (body) => replaced(body, /\n [^\n]*\n -----END/, "\n -----END"), /cut short|no SSH/],
    ["a signature for another namespace", (body) => body, /made for "file", not for "git"/],
  ])("is bad with %s", async (name, change, why) => {
    const forged = name.includes("namespace") ? await signedFor("file", commit) : change(commit);
    const found = checkCommitSignature(forged, "sha1");
    expect(found.kind === "bad" && found.why).toMatch(why);
  });

  it("is not good whichever bit of it is turned", () => {
    for (let bit = 0; bit < commit.length * 8; bit++) {
      const turned = Buffer.from(commit);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, checkCommitSignature(turned, "sha1").kind]).not.toEqual([bit, "good"]);
    }
  });

  it("with an OpenPGP signature is for git to judge", async () => {
    const header = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n";
    const other = replaced(commit, /gpgsig .*\n(?: .*\n)*/, header);
    expect(checkCommitSignature(other, "sha1")).toEqual({ kind: "other" });
  });
});

/** The commit, signed anew for that namespace. */
async function signedFor(namespace: string, body: Buffer): Promise<Buffer> {
  const found = checkCommitSignature(body, "sha1");
  if (found.kind !== "good") throw new Error(found.kind);
  const signature = armour(await nodeSigner(keys.ed25519).sign(namespace, found.payload));
  const header = `\ngpgsig ${signature.trimEnd().replaceAll("\n", "\n ")}\n\n`;
  return replaced(found.payload, "\n\n", header);
}

describe("an annotated tag", () => {
  it.each(KEY_NAMES)("that git signs with %s names its key and what was signed", async (name) => {
    await repository.git(["tag", "-u", keys[name].file, "-m", "a release", `by-${name}`]);
    const found = checkTagSignature(await objectOf(repository, "tag", `by-${name}`));
    expect(found).toMatchObject(good(name));
    expect(textOf(found)).toMatch(/^object \S+\ntype commit\ntag by-\S+\ntagger .*\n\na release\n$/);
  });

  it("that nobody signed is unsigned", async () => {
    await repository.git(["tag", "-a", "-m", "plain", "plain"]);
    expect(checkTagSignature(await objectOf(repository, "tag", "plain"))).toEqual({ kind: "unsigned" });
  });

  it("keeps its signature under another object format's header", async () => {
    const both = replaced(tag, "\n\n", "\ngpgsig-sha256 anything\n at all\n\n");
    expect(checkTagSignature(both)).toMatchObject(good("ed25519"));
  });

  it("whose message quotes a signature is checked by its last one", async () => {
    const quoted = (await repository.git(["cat-file", "tag", "v1.0.0"])).replace(/^[^]*\n\n/, "");
    await repository.git(["tag", "-s", "-F", "-", "quoting"], { input: `quotes:\n\n${quoted}\nand goes on\n` });
    const found = checkTagSignature(await objectOf(repository, "tag", "quoting"));
    expect(found).toMatchObject(good("ed25519"));
    expect(textOf(found)).toContain("and goes on");
  });

  it.each<[string, (body: Buffer) => Buffer, RegExp]>([
    ["another name", (body) => replaced(body, "tag v1.0.0", "tag v9.0.0"), /does not fit/],
    ["another target", (body) => replaced(body, /object \S+/, `object ${"0".repeat(40)}`), /does not fit/],
    ["text before its signature", (body) => replaced(body, "-----BEGIN", "and more\n-----BEGIN"), /does not fit/],
    ["text after its signature", (body) => Buffer.concat([body, Buffer.from("more\n")]), /other text/],
    ["its signature twice", (body) => replaced(body, /(-----BEGIN[^]*)/, "$1$1"), /does not fit/],
  ])("is bad with %s", (_, change, why) => {
    expect(change(tag)).not.toEqual(tag);
    const found = checkTagSignature(change(tag));
    expect(found.kind === "bad" && found.why).toMatch(why);
  });

  it("is bad, and never an error, wherever it is cut", () => {
    for (let length = 0; length < tag.length - 1; length++) {
      expect(["bad", "unsigned"]).toContain(checkTagSignature(tag.subarray(0, length)).kind);
    }
  });

  it.each(["PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE"])("with a %s is for git to judge", (words) => {
    const other = Buffer.from(`object 0\n\nmessage\n-----BEGIN ${words}-----\n\niQ==\n-----END ${words}-----\n`);
    expect(checkTagSignature(other)).toEqual({ kind: "other" });
  });

  it("with an OpenPGP signature after its own is for git to judge", () => {
    const both = Buffer.concat([tag, Buffer.from("-----BEGIN PGP SIGNATURE-----\n")]);
    expect(checkTagSignature(both)).toEqual({ kind: "other" });
  });
});

describe("a push certificate", () => {
  /** The certificates that a receiving repository was given, one for each push. */
  async function certificateOf(name: KeyKind): Promise<Buffer> {
    const server = await history()
      .commit("other")
      .create(sandbox, { name: `server-${name}`, bare: true });
    await server.git(["config", "receive.certNonceSeed", "a seed"]);
    mkdirSync(sandbox.path(`server-${name}`, "hooks"), { recursive: true });
    const hook = `#!/bin/sh\ngit cat-file blob "$GIT_PUSH_CERT" >certificate\n`;
    sandbox.write(`server-${name}/hooks/post-receive`, hook, 0o755);
    const push = [
      "-c",
      `user.signingKey=${keys[name].file}`,
      "push",
      "-q",
      "--signed",
      server.path,
      "HEAD:refs/heads/x",
    ];
    await repository.git(push);
    return (await finished("cat", [sandbox.path(`server-${name}`, "certificate")], { cwd: "/", env: {} })).stdout;
  }

  it.each(["ed25519", "ecdsa-256", "rsa-2048"] as const)(
    "signed with %s names its key and what it asks",
    async (name) => {
      const bytes = await certificateOf(name);
      const found = checkPushCertificate(bytes);
      expect(found).toMatchObject(good(name));
      const tip = await repository.git(["rev-parse", "HEAD"]);
      expect(textOf(found)).toMatch(/^certificate version 0\.1\npusher /);
      expect(textOf(found)).toMatch(new RegExp(`\nnonce \\S+\n\n0{40} ${tip} refs/heads/x\n$`));
      const elsewhere = checkPushCertificate(replaced(bytes, "refs/heads/x", "refs/heads/y"));
      expect(elsewhere.kind).toBe("bad");
    },
  );

  it("without a signature is unsigned", () => {
    expect(checkPushCertificate(Buffer.from("certificate version 0.1\n"))).toEqual({ kind: "unsigned" });
  });

  it("is good or not, and never an error, whatever it is", () => {
    const begin = "\n-----BEGIN SSH SIGNATURE-----\n";
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(begin), after]);
        for (const { kind } of [checkPushCertificate(bytes), checkTagSignature(bytes)]) expect(kind).not.toBe("good");
      }),
    );
  });
});
