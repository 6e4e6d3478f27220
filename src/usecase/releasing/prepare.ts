// All of a release as far as nothing has to be written for it: version, notes, files.
import type { CommitGraph } from "../../index/graph.ts";
import { isoDate } from "../../object/text.ts";
import { changesOf, type Changes, type ReleasedCommit } from "../../release/changes.ts";
import { releaseNotes, type Notes } from "../../release/notes.ts";
import { floatingTags, isLatest, nextVersion, type NextVersion } from "../../release/version.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Release, ReleaseOutcome } from "../../wire/release.ts";
import { committerOf } from "../identity.ts";
import type { Workspace } from "../workspace.ts";
import { bumpFiles, isBump, type Bumped } from "./bump-files.ts";
import { gatherChanges, withOtherReleases } from "./gather-changes.ts";
import { refuse, refuseVersion, type Refusal } from "./refuse.ts";
import { readReleaseLog, type ReleaseLog } from "./release-log.ts";
import type { Survey } from "./survey.ts";

export interface Wish {
  /** The mark of a pre-release, such as `rc`; null for a final release. */
  readonly pre: string | null;
  /** Instead of the next one. */
  readonly version: string | null;
  /** Why features and breaking changes are let in; null lets in none. */
  readonly allowed: string | null;
}

export interface Prepared {
  readonly kind: "prepared";
  readonly release: Release;
  /** Null if git knows nobody. */
  readonly identity: Identity | null;
  readonly notes: Notes;
  /** The tree that the tagged commit holds. */
  readonly tree: string;
  readonly log: ReleaseLog;
}

/** Writes nothing but objects of the scratch repository. */
export async function prepare(
  workspace: Workspace,
  found: Survey,
  wish: Wish,
): Promise<Prepared | Refusal | Extract<ReleaseOutcome, { kind: "nothing" }>> {
  const { graph, line, reached, before } = found;
  const { fixes } = workspace.config;
  const there = wish.version === null ? null : isThere(workspace, found, wish.version);
  if (there !== null) return there;
  const last = reached[0] ?? null;
  const final = reached.find(({ version }) => !version.prerelease) ?? null;
  const base = final?.oid ?? before?.oid ?? null;
  const log = await readReleaseLog(workspace, line, reachedFrom(graph, base));
  const between = async (since: string | null): Promise<ReleasedCommit[]> => {
    const commits = await gatherChanges(workspace, graph, { tip: line.tip, since, recorded: log.sources });
    const tags = new Set(found.taken);
    return commits.filter(({ message }) => !isBump(message, tags));
  };
  const sinceFinal = await between(base);
  const [tip, at] = [graph.find(line.tip), last === null ? null : graph.find(last.oid)];
  const changes = changesOf(sinceFinal, fixes);
  const next = nextVersion({
    line,
    reached: reached.map(({ name }) => name),
    taken: found.taken,
    others: found.others.map(({ version }) => version),
    level: changes.level,
    since: tip === null || at === null ? null : graph.distance(tip, at).ahead,
    allowed: wish.allowed !== null,
    pre: wish.pre,
    wanted: wish.version,
  });
  if (next.kind === "nothing") return { kind: "nothing", line: line.name, tag: next.tag, push: null };
  if (next.kind === "refused") return refuseVersion(found, next, changes);
  // A pre-release tells what is new since the one before it, the final one tells all.
  const isPart = next.prerelease && last !== null && last !== final;
  const told = isPart ? await between(last.oid) : sinceFinal;
  const own = changesOf(await withOtherReleases(workspace, graph, told, found.others), fixes);
  const previousTag = (isPart ? last : final)?.name ?? before?.name ?? null;
  const identity = await committerOf(workspace.repository);
  const day = dayOf(identity?.date ?? `${workspace.now} +0000`);
  const notes: Notes = { ...own, tag: next.tag, line: line.name, previousTag, day };
  const text = releaseNotes(notes);
  const from = final?.version.numbers.join(".") ?? null;
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const bumped = await bumpFiles(workspace, line.tip, { from, to: next.version }, { day, notes: bytes });
  if (bumped.kind === "refused")
    return refuse(
      line.name,
      "version-file",
      `${bumped.path} ${bumped.why}`,
      "mend it on the line, or take it out of release.versionFiles in morello.yaml on the default branch",
    );
  const allowed = changes.level === "feature" || changes.level === "breaking" ? wish.allowed : null;
  const release = described(found, next, bumped, own, { previousTag, allowed, notes: text });
  return { kind: "prepared", release, identity, notes, tree: bumped.tree, log };
}

/** Tells which commits a commit reaches; none where there is no commit. */
function reachedFrom(graph: CommitGraph, oid: string | null): (commit: string) => boolean {
  const from = oid === null ? null : graph.find(oid);
  if (from !== null) graph.track([from]);
  return (commit) => {
    const number = graph.find(commit);
    return from !== null && number !== null && graph.isAncestor(number, from);
  };
}

/** A version that a person asks for, and that the line's tip is already. */
function isThere(
  { refs }: Workspace,
  { line }: Survey,
  wanted: string,
): Refusal | Extract<ReleaseOutcome, { kind: "nothing" }> | null {
  const names = [wanted, `${line.tagPrefix}${wanted}`].map((name) => `refs/tags/${name}`);
  const found = refs.find(({ refname }) => names.includes(refname));
  if (found === undefined) return null;
  const tag = found.refname.slice("refs/tags/".length);
  if (found.peeled === line.tip) return { kind: "nothing", line: line.name, tag, push: null };
  const what = found.peeled === null ? "a lightweight tag" : "an annotated tag";
  const message = `${tag} exists: ${what} at ${(found.peeled ?? found.oid).slice(0, 12)}, and tags never move`;
  return refuse(line.name, "exists", message, `morello release ${line.name}, without --version, takes the next one`);
}

function described(
  { line, taken, remote }: Survey,
  next: NextVersion,
  bumped: Extract<Bumped, { kind: "bumped" }>,
  { entries, cancelled }: Changes,
  told: Pick<Release, "previousTag" | "allowed" | "notes">,
): Release {
  return {
    line: line.name,
    version: next.version,
    tag: next.tag,
    tagObject: null,
    prerelease: next.prerelease,
    previousTag: told.previousTag,
    commit: bumped.files.length === 0 ? line.tip : null,
    tip: line.tip,
    files: [...bumped.files],
    missing: [...bumped.missing],
    entries: [...entries],
    cancelled: [...cancelled],
    allowed: told.allowed,
    latest: isLatest(next.tag, taken),
    floating: floatingTags(next.tag, taken),
    skipped: [...next.skipped],
    notes: told.notes,
    signed: false,
    record: null,
    remote: remote === null ? null : { name: remote.name, reached: remote.refs !== null },
  };
}

function dayOf(date: string): string {
  const [seconds = "0", zone = "+0000"] = date.split(" ");
  return isoDate(Number(seconds), zone).slice(0, "2026-01-02".length);
}
