import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import type { Draft } from "../../src/ledger/append.ts";
import type { Entry } from "../../src/ledger/entry.ts";
import { openLog } from "../../src/ledger/log.ts";
import { statementBytes } from "../../src/ledger/statement.ts";
import { serialiseEnvelope } from "../../src/ledger/dsse.ts";
import { CLOCK } from "../support/environment.ts";
import { random } from "../support/random.ts";
import { copyRepository, type TestRepository } from "../support/repository.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";
import { makeKey, nodeSigner } from "../support/ssh.ts";
import { flipped, forge, forgeable, type Forged } from "./forging.ts";
import {
  approval,
  codes,
  landed,
  LINE,
  pickedStory,
  TARGET,
  trust,
  trusted,
  verified,
  withContext,
  write,
} from "./setting.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const FLIPS = LONG ? 500 : 30;
const REFNAME = `refs/morello/ledger/${LINE}`;
const sandbox = fileSandbox();
let template: TestRepository;
let entries: readonly Entry[];
let records: readonly Forged[];

/** Eight signed records: picks, one of them approved, a waiver, a revert. */
beforeAll(async () => {
  template = await pickedStory(4).create(sandbox);
  const [ada, boss] = await Promise.all([makeKey(sandbox, "ada"), makeKey(sandbox, "boss")]);
  const signer = nodeSigner(ada);
  const approved = await withContext(template, async (context) => {
    const digest = await trust(
      context,
      template,
      { keys: [trusted(ada, "ada@x"), trusted(boss, "boss@example.com")] },
      [signer],
    );
    const wish = { trust: digest, signer };
    return { wish, ...(await write(context, template, [await approval(template, 1, nodeSigner(boss))], wish)) };
  });
  const approvals = approved.entries.slice(1).map(({ record }) => record.key);
  const drafts: Draft[] = [await landed(template, 1, { approvals })];
  for (const n of [2, 3, 4]) drafts.push(await landed(template, n));
  const waiver = { rule: "reason", commit: null, reason: "asked for", until: CLOCK + 86_400 };
  const revert = { commit: template.oid("pick 2"), revert: null, reason: "it broke" };
  drafts.push({ kind: "waiver", target: TARGET, sources: [], body: waiver, parents: [] });
  drafts.push({ kind: "reverted", target: TARGET, sources: [template.oid("fix 2")], body: revert, parents: [] });
  await withContext(template, (context) => write(context, template, drafts, approved.wish));
  await withContext(template, async (context) => {
    const log = await openLog(context, LINE, false);
    entries = await log.entries();
    records = await forgeable(context, log);
  });
});

/** A copy whose ledger holds these records instead. */
async function forged(list: readonly Forged[]): Promise<TestRepository> {
  const copy = await copyRepository(template, makeSandbox());
  await withContext(copy, (context) => forge(context, copy, REFNAME, list));
  return copy;
}

test("what a forger writes without a change is what was there", async () => {
  const copy = await forged(records);
  expect(await verified(copy)).toMatchObject({ tip: entries.at(-1)?.commit, findings: [], records: 8, signed: 8 });
});

test("a record that was dropped is found, wherever it was", async () => {
  for (let n = 0; n < records.length - 1; n++) {
    const report = await verified(await forged(records.filter((_, at) => at !== n)));
    expect(codes(report), `record ${n}`).toContain("chain");
  }
});

test("records that changed places are found", async () => {
  for (let n = 0; n < records.length - 1; n++) {
    const turned = [...records];
    turned.splice(n, 2, records[n + 1]!, records[n]!);
    expect(codes(await verified(await forged(turned))), `records ${n} and ${n + 1}`).toContain("chain");
  }
});

test("a record that is there twice is found", async () => {
  for (let n = 0; n < records.length; n++) {
    const twice = [...records.slice(0, n + 1), records[n]!, ...records.slice(n + 1)];
    expect(codes(await verified(await forged(twice))), `record ${n}`).toContain("key");
  }
});

test("a log that goes on behind a record that was rolled back is found", async () => {
  const copy = await copyRepository(template, makeSandbox());
  await withContext(copy, async ({ repository }) => {
    const { rememberTips } = await import("../../src/ledger/remembered.ts");
    rememberTips(repository, { [LINE]: entries.at(-1)!.commit });
  });
  await copy.git(["update-ref", REFNAME, entries.at(-2)!.commit]);
  expect(codes(await verified(copy))).toEqual(["rolled-back"]);
});

test("two copies of a log that went on alone are found", async () => {
  const copy = await copyRepository(template, makeSandbox());
  await copy.git(["remote", "add", "origin", "nowhere"]);
  const remote = `refs/remotes/origin/morello-ledger/${LINE}`;
  await copy.git(["update-ref", remote, entries.at(-1)!.commit]);
  expect(await verified(copy, {}, ["origin"])).toMatchObject({ findings: [] });
  const other = [...records.slice(0, -1), { ...records.at(-1)!, parents: [copy.oid("base")] }];
  await withContext(copy, (context) => forge(context, copy, remote, other));
  expect(codes(await verified(copy, {}, ["origin"]))).toEqual(["forked"]);
});

test("every word of a record that is changed is found", { timeout: 1_800_000 }, async () => {
  const copy = await copyRepository(template, makeSandbox());
  for (const [n, entry] of entries.entries()) {
    if (!LONG && entry.record.kind !== "landed" && entry.record.kind !== "waiver") continue;
    for (const [word, value] of Object.entries(entry.record)) {
      const other = otherThan(value);
      if (other === undefined || word === "kind" || (!LONG && n > 2 && word in entries[2]!.record)) continue;
      const payload = statementBytes({ ...entry.record, [word]: other }).toString("base64");
      const bytes = serialiseEnvelope({ ...entry.envelope, payload });
      const list = records.map((record, at) => (at === n ? { ...record, bytes } : record));
      await withContext(copy, (context) => forge(context, copy, REFNAME, list));
      expect((await verified(copy)).findings, `${word} of record ${n}`).not.toEqual([]);
    }
  }
});

/** Another value of the same shape. */
function otherThan(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value !== "string") return undefined;
  return /^[0-9a-f]{40,64}$/.test(value) ? `${value.startsWith("0") ? "1" : "0"}${value.slice(1)}` : `${value}x`;
}

test(`a bit that turned in an object's bytes is found (${FLIPS} random ones)`, { timeout: 1_800_000 }, async () => {
  const copy = await copyRepository(template, makeSandbox());
  const listed = await copy.git(["rev-list", "--objects", "--first-parent", REFNAME, "--not", "--branches"]);
  const trees = await copy.git(["log", "--first-parent", "--format=%T", REFNAME]);
  const oids = [...new Set([...listed.split("\n").map((row) => row.split(" ")[0]!), ...trees.split("\n")])];
  const next = random(1);
  const missed: string[] = [];
  for (let n = 0; n < FLIPS; n++) {
    const oid = oids[Math.floor(next() * oids.length)]!;
    const type = await copy.git(["cat-file", "-t", oid]);
    const { stdout: body } = await copy.gitRun(["cat-file", type, oid]);
    const bit = Math.floor(next() * body.length * 8);
    const restore = overwrite(copy, oid, type, flipped(body, bit));
    if ((await verified(copy)).findings.length === 0) missed.push(`${type} ${oid} bit ${bit}`);
    restore();
  }
  expect(missed).toEqual([]);
  expect((await verified(copy)).findings).toEqual([]);
});

/** Puts other bytes where an object is looked for; gives what takes them away again. */
function overwrite(repository: TestRepository, oid: string, type: string, body: Buffer): () => void {
  const file = join(repository.gitDir, "objects", oid.slice(0, 2), oid.slice(2));
  const before = existsSync(file) ? readFileSync(file) : null;
  mkdirSync(dirname(file), { recursive: true });
  if (before !== null) chmodSync(file, 0o644);
  writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body])));
  return () => (before === null ? rmSync(file) : writeFileSync(file, before));
}

test(
  `a bit that turned before the log was written anew is found (${FLIPS} random ones)`,
  { timeout: 1_800_000 },
  async () => {
    const copy = await copyRepository(template, makeSandbox());
    const next = random(2);
    const missed: string[] = [];
    for (let n = 0; n < FLIPS; n++) {
      const at = Math.floor(next() * records.length);
      const what = (["record", "commit", "tree"] as const)[n % 3]!;
      const share = next();
      const turn = (bytes: Buffer): Buffer => flipped(bytes, Math.floor(share * bytes.length * 8));
      const list = records.map((record, n_) => {
        if (n_ !== at) return record;
        if (what === "record") return { ...record, bytes: turn(record.bytes) };
        return what === "commit" ? { ...record, spoil: turn } : { ...record, spoilTree: turn };
      });
      const written = await withContext(copy, (context) => forge(context, copy, REFNAME, list)).catch(() => null);
      if (written === null) continue; // no object that git would take
      if ((await verified(copy)).findings.length === 0) missed.push(`${what} of record ${at}`);
    }
    expect(missed).toEqual([]);
  },
);
