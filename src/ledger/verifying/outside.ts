// Whether a log agrees with what stands outside of it: the line's branch, tags, tips seen before.
import { run } from "../../git/run.ts";
import type { LedgerRecord, RecordOf } from "../../wire/record.ts";
import { readEntry } from "../entry.ts";
import type { LedgerContext } from "../log.ts";
import type { Findings } from "./findings.ts";

/** What a log says of the world outside, gathered as its records go by. */
export class Claims {
  /** Of a hundred thousand records no more is kept than is asked for. */
  readonly landed: Pick<RecordOf<"landed">, "commit" | "base" | "target" | "seq">[] = [];
  releases: RecordOf<"release">[] = [];
  readonly tags: { readonly record: RecordOf<"release">; readonly bytes: Buffer }[] = [];
  /** Commits that records say are not on the line any more. */
  readonly gone = new Set<string>();
  readonly gaps: RecordOf<"gap">[] = [];
  /** The line's tip before the ledger began. */
  baseline: string | null = null;

  add(record: LedgerRecord, tag: Buffer | null): void {
    if (record.kind === "landed") {
      const { commit, base, target, seq } = record;
      this.landed.push({ commit, base, target, seq });
    } else if (record.kind === "reverted" && record.target.startsWith("refs/tags/"))
      this.releases = this.releases.filter(({ target }) => target !== record.target); // its name is free again
    else if (record.kind === "reverted") this.gone.add(record.commit);
    else if (record.kind === "gap" && record.backwards) this.gaps.push(record);
    else if (record.kind === "checkpoint" && record.seq === 0) this.baseline = record.baseline;
    else if (record.kind === "release") {
      this.releases.push(record);
      if (tag !== null) this.tags.push({ record, bytes: tag });
    }
  }
}

/** Landed commits that no copy of their branch holds; those of a branch that is gone are not looked for. */
export async function checkOnLine(
  context: LedgerContext,
  claims: Claims,
  tipsOf: (target: string) => Promise<readonly string[]>,
  findings: Findings,
): Promise<void> {
  const { scratch } = context;
  const targets = new Set(claims.landed.map(({ target }) => target));
  const gone = new Set([...claims.gone, ...(await takenBack(context, claims))]);
  for (const target of targets) {
    const landed = claims.landed.filter((record) => record.target === target);
    const tips = await tipsOf(target);
    if (tips.length === 0) continue;
    const from = claims.baseline ?? landed[0]?.base ?? null;
    const known = from !== null && (await scratch.reader.info(from)) !== null;
    const input = [...tips, ...(known ? [`^${from}`] : []), ""].join("\n");
    const listed = await run(scratch, ["rev-list", "--stdin"], { input });
    const onLine = new Set(listed.stdout.toString("latin1").split("\n"));
    for (const { commit, seq } of landed) {
      if (onLine.has(commit) || gone.has(commit)) continue;
      findings.add(
        "off-line",
        seq,
        `${commit.slice(0, 12)} is not on ${target.replace(/^refs\/heads\//, "")} any more`,
      );
    }
  }
}

/** Commits that a line lost when it went backwards, as gaps tell. */
async function takenBack({ scratch }: LedgerContext, { gaps }: Claims): Promise<string[]> {
  const lost: string[] = [];
  for (const { from, to } of gaps) {
    const there = await Promise.all([from, to].map((oid) => scratch.reader.info(oid)));
    if (there.includes(null)) continue;
    lost.push(...(await run(scratch, ["rev-list", from, `^${to}`])).stdout.toString("latin1").split("\n"));
  }
  return lost;
}

/** The tips of a branch, here and on the remotes. */
export async function branchTips({ repository, remotes }: LedgerContext, target: string): Promise<string[]> {
  const name = target.replace(/^refs\/heads\//, "");
  const patterns = [target, ...remotes.map((remote) => `refs/remotes/${remote}/${name}`)];
  const listed = await run(repository, ["for-each-ref", "--format=%(refname) %(objectname)", ...patterns]);
  return listed.stdout
    .toString("latin1")
    .split("\n")
    .flatMap((row) => {
      const [refname = "", oid = ""] = row.split(" ");
      return patterns.includes(refname) ? [oid] : []; // a pattern also matches what lies below it
    });
}

/** Tags that moved, and log commits that tags name and the log does not hold. `commits`: of the log. */
export async function checkTags(
  { repository, scratch }: LedgerContext,
  line: string,
  claims: Claims,
  commits: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const format = "--format=%(refname)%09%(objectname)%09%(objecttype)";
  const listed = await run(repository, ["for-each-ref", format, "refs/tags"]);
  const tags = listed.stdout
    .toString("utf8")
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => row.split("\t") as [refname: string, oid: string, type: string]);
  const held = new Map(tags.map(([refname, oid]) => [refname, oid]));
  for (const { target, tag, seq } of claims.releases) {
    const oid = held.get(target);
    if (oid === undefined || oid === tag) continue;
    const name = target.replace(/^refs\/tags\//, "");
    findings.add("moved-tag", seq, `${name} is ${oid.slice(0, 12)}, and ${tag.slice(0, 12)} was released`);
  }
  for (const { record, bytes } of claims.tags) {
    const named = checkpointOf(bytes);
    if (named !== null && !commits.has(named)) lost(findings, record.seq, record.target, named);
  }
  const recorded = new Set(claims.releases.map(({ tag }) => tag));
  const others = tags.filter(([, oid, type]) => type === "tag" && !recorded.has(oid));
  for (const [refname, oid] of others) {
    const named = checkpointOf((await scratch.reader.read(oid).catch(() => null))?.body ?? Buffer.alloc(0));
    if (named === null || commits.has(named)) continue;
    const read = await readEntry(scratch.reader, named);
    if (read.kind === "entry" && read.entry.record.line === line) lost(findings, null, refname, named);
  }
}

function lost(findings: Findings, seq: number | null, refname: string, commit: string): void {
  const name = refname.replace(/^refs\/tags\//, "");
  findings.add("checkpoint", seq, `${name} names the log commit ${commit.slice(0, 12)}, and the log does not hold it`);
}

/** The log commit that a tag's message names. */
function checkpointOf(tag: Buffer): string | null {
  return /^Ledger-Checkpoint: ([0-9a-f]{40,64})$/m.exec(tag.toString("latin1"))?.[1] ?? null;
}
