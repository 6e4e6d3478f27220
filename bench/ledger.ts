// Times a ledger: so many signed records appended to one line's log, then the whole log proved offline. The repository
// is made for it, with a fix and its pick for every record, and is packed as `git gc` would leave it.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { updateRefs } from "../src/git/refs.ts";
import { openRepository, type Repository } from "../src/git/repository.ts";
import { run } from "../src/git/run.ts";
import { Scratch } from "../src/git/scratch.ts";
import { append, firstRecord, type Draft, type Writer } from "../src/ledger/append.ts";
import { openLog, type LedgerContext } from "../src/ledger/log.ts";
import { openRecordSigner, type RecordSigner } from "../src/ledger/signer.ts";
import { readTrust } from "../src/ledger/trust.ts";
import { verifyLog } from "../src/ledger/verify.ts";
import type { BenchOptions } from "./options.ts";

const LINE = "release/v2.7";
const TARGET = `refs/heads/${LINE}`;
const BATCH = 2000;
const TIME = 1_767_225_600;
const WHO = { name: "Bench", email: "bench@example.com", date: `${TIME} +0000` };

/** Without `--repo` the repository goes afterwards; with it a ledger that is there already is only verified. */
export async function benchLedger(options: BenchOptions): Promise<void> {
  const directory = options.repo === "" ? mkdtempSync(join(tmpdir(), "morello-bench-ledger-")) : options.repo;
  try {
    if (!existsSync(join(directory, ".git"))) await make(directory, options.limit ?? 100_000);
    const size = /size-pack: (.*)/.exec(git(directory, ["count-objects", "-vH"]))?.[1] ?? "";
    const context = contextOf(await openRepository(directory, process.env));
    const started = [performance.now(), cpuSeconds()] as const;
    const trust = await readTrust(context);
    const report = await verifyLog(context, LINE, { trust, published: false, selfApproval: false });
    const seconds = (performance.now() - started[0]) / 1000;
    context.scratch.close();
    await setTimeout(1000); // the git that read the objects has ended, so that its seconds count
    const line = {
      records: report.records,
      signed: report.signed,
      findings: report.findings.length + report.more,
      seconds: Number(seconds.toFixed(1)),
      cpu: Number((cpuSeconds() - started[1]).toFixed(1)),
      megabytes: Math.round(process.memoryUsage.rss() / 1e6),
      packed: size,
    };
    say(`verified: ${JSON.stringify(line)}`);
    if (options.out !== undefined) appendFileSync(options.out, `${JSON.stringify(line)}\n`);
  } finally {
    if (options.repo === "") rmSync(directory, { recursive: true, force: true });
  }
}

async function make(directory: string, records: number): Promise<void> {
  const picks = makeRepository(directory, records);
  const repository = await openRepository(directory, process.env);
  const signer = await openRecordSigner(repository);
  if (signer === null) throw new Error("no signing key");
  const started = cpuSeconds();
  const { appending, signing } = await write(repository, signer, picks);
  const cpu = cpuSeconds() - started;
  say(
    `appended ${records} records: ${ms(appending / records)} a record, of that ${ms(signing / records)} signing; ${ms((1000 * cpu) / records)} of CPU with packing`,
  );
  git(directory, ["repack", "-adq"]);
}

interface Pick {
  readonly source: string;
  readonly base: string;
  readonly commit: string;
  readonly tree: string;
}

/** `main` with fixes and a line with a pick of each, by one fast-import. */
function makeRepository(directory: string, records: number): Pick[] {
  git(directory, ["init", "-q", "-b", "main"]);
  const key = join(directory, ".git", "bench-key");
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  for (const [name, value] of [
    ["gpg.format", "ssh"],
    ["user.signingKey", key],
  ] as const)
    git(directory, ["config", name, value]);
  const stream = [commitText("refs/heads/main", 1, "base", "0"), `reset ${TARGET}\nfrom :1\n\n`];
  for (let n = 0; n < records; n++) stream.push(commitText("refs/heads/main", 2 * n + 2, `fix ${n}`, String(n)));
  for (let n = 0; n < records; n++) stream.push(commitText(TARGET, 2 * n + 3, `pick ${n}`, `${n}p`));
  const marks = join(directory, ".git", "bench-marks");
  git(directory, ["fast-import", "--quiet", `--export-marks=${marks}`], stream.join(""));
  const oids = new Map(
    readFileSync(marks, "latin1")
      .trimEnd()
      .split("\n")
      .map((row) => row.slice(1).split(" ") as [string, string]),
  );
  const trees = git(directory, ["log", "--reverse", "--format=%T", `main..${LINE}`]).split("\n");
  const oid = (mark: number): string => oids.get(String(mark)) ?? "";
  return Array.from({ length: records }, (_, n) => ({
    source: oid(2 * n + 2),
    base: n === 0 ? oid(1) : oid(2 * n + 1),
    commit: oid(2 * n + 3),
    tree: trees[n] ?? "",
  }));
}

function commitText(refname: string, mark: number, message: string, content: string): string {
  const file = `M 100644 inline file\ndata ${content.length}\n${content}\n`;
  return `commit ${refname}\nmark :${mark}\ncommitter Bench <bench@example.com> ${TIME + mark} +0000\ndata ${message.length}\n${message}\n${file}`;
}

async function write(
  repository: Repository,
  signer: RecordSigner,
  picks: readonly Pick[],
): Promise<{ appending: number; signing: number }> {
  let signing = 0;
  const timed: RecordSigner = {
    ...signer,
    sign: async (namespace, message) => {
      const started = performance.now();
      const blob = await signer.sign(namespace, message);
      signing += performance.now() - started;
      return blob;
    },
  };
  const [first] = picks;
  const writer: Writer = {
    repository: first?.base ?? "",
    trust: null,
    policy: null,
    time: TIME,
    by: WHO,
    signer: timed,
  };
  const roles = ["root", "writer"] as ("root" | "writer")[];
  const key = { principal: WHO.email, key: signer.key, roles, validAfter: null, validBefore: null };
  const state = { keys: [key], revoked: [], threshold: 1 };
  const trust: Draft = {
    kind: "trust",
    target: "",
    sources: [],
    parents: [],
    body: { state, reason: "bench", tips: {} },
  };
  const begun = await appendBatch(repository, "", [trust], writer);
  let appending = 0;
  for (let at = 0; at < picks.length; at += BATCH) {
    const drafts = picks.slice(at, at + BATCH).map(landed);
    const all = at === 0 ? [firstRecord(TARGET, first?.base ?? null), ...drafts] : drafts;
    appending += (await appendBatch(repository, LINE, all, { ...writer, trust: begun.digest })).milliseconds;
  }
  return { appending, signing };
}

/** As a run does it: objects in a scratch repository of its own, moved over as a pack, then the ref. */
async function appendBatch(
  repository: Repository,
  line: string,
  drafts: readonly Draft[],
  writer: Writer,
): Promise<{ milliseconds: number; digest: string }> {
  const context = contextOf(repository);
  const { scratch } = context;
  const log = await openLog(context, line, false);
  const started = performance.now();
  const { update, entries } = await append(scratch, log, drafts, writer);
  const milliseconds = performance.now() - started;
  const input = [update.to, ...(log.tip === null ? [] : [`^${log.tip}`]), ""].join("\n");
  const pack = await run(scratch, ["pack-objects", "--stdout", "--revs", "--local", "-q"], { input });
  await run(repository, ["index-pack", "--stdin"], { input: pack.stdout });
  await updateRefs(repository, [update], "bench");
  scratch.close();
  return { milliseconds, digest: entries.at(-1)?.digest ?? "" };
}

function landed({ source, base, commit, tree }: Pick): Draft {
  return {
    kind: "landed",
    target: TARGET,
    sources: [source],
    parents: [],
    body: {
      base,
      commit,
      tree,
      from: source,
      class: "exact",
      conflicted: [],
      reason: null,
      reach: "trusted",
      approvals: [],
      waivers: [],
      verify: null,
      engine: { git: "2.39.5", settings: "bench" },
    },
  };
}

function contextOf(repository: Repository): LedgerContext {
  return { repository, scratch: new Scratch(repository), remotes: [] };
}

function git(cwd: string, args: readonly string[], input = ""): string {
  const done = spawnSync("git", args, { cwd, input, maxBuffer: 2 ** 30, encoding: "latin1" });
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.trimEnd();
}

/** CPU seconds of this process and of its children that have ended. */
function cpuSeconds(): number {
  const fields = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) / 100;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const ms = (value: number): string => `${value.toFixed(2)} ms`;
