// Whether a log agrees with what stands outside of it: the line's branch, tags, tips seen before.
import { run } from "../../git/run.ts";
import type { LedgerRecord, RecordOf } from "../../wire/record.ts";
import { readEntry } from "../entry.ts";
import type { LedgerContext } from "../log.ts";
import type { Findings } from "./findings.ts";

/** What a log says of the world outside, gathered as its records go by. */
export class Claims {
  readonly landed: RecordOf<"landed">[] = [];
  releases: RecordOf<"release">[] = [];
  readonly tags: { readonly record: RecordOf<"release">; readonly bytes: Buffer }[] = [];
  /** Commits that records say are not on the line any more. */
  readonly gone = new Set<string>();
  baseline: string | null = null;

  add(record: LedgerRecord, tag: Buffer | null): void {
    if (record.kind === "landed") this.landed.push(record);
    else if (record.kind === "reverted" && record.target.startsWith("refs/tags/"))
      this.releases = this.releases.filter(({ target }) => target !== record.target); // its name is free again
    else if (record.kind === "reverted") this.gone.add(record.commit);
    else if (record.kind === "gap") for (const { commit } of record.commits) this.gone.add(commit);
    else if (record.kind === "checkpoint" && record.seq === 0) this.baseline = record.baseline;
    else if (record.kind === "release") {
      this.releases.push(record);
      if (tag !== null) this.tags.push({ record, bytes: tag });
    }
  }
}

/** Landed commits that no copy of their branch holds. `tips`: of the branch; without any nothing is looked at. */
export async function checkOnLine(
  { scratch }: LedgerContext,
  claims: Claims,
  tips: readonly string[],
  findings: Findings,
): Promise<void> {
  if (claims.landed.length === 0 || tips.length === 0) return;
  const { baseline } = claims;
  const known = baseline !== null && (await scratch.reader.info(baseline)) !== null;
  const input = [...tips, ...(known ? [`^${baseline}`] : []), ""].join("\n");
  const listed = await run(scratch, ["rev-list", "--stdin"], { input });
  const onLine = new Set(listed.stdout.toString("latin1").split("\n"));
  for (const { commit, seq, target } of claims.landed) {
    if (onLine.has(commit) || claims.gone.has(commit)) continue;
    findings.add("off-line", seq, `${commit.slice(0, 12)} is not on ${target.replace(/^refs\/heads\//, "")} any more`);
  }
}

/** The tips of a branch, here and on the remotes. */
export async function branchTips({ repository, remotes }: LedgerContext, target: string): Promise<string[]> {
  const name = target.replace(/^refs\/heads\//, "");
  const patterns = [target, ...remotes.map((remote) => `refs/remotes/${remote}/${name}`)];
  const listed = await run(repository, ["for-each-ref", "--format=%(objectname)", ...patterns]);
  return listed.stdout
    .toString("latin1")
    .split("\n")
    .filter((oid) => oid !== "");
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
    const named = checkpointOf((await scratch.reader.read(oid))?.body ?? Buffer.alloc(0));
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
