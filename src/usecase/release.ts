// `morello release`: the next version of a line, its notes, and its annotated tag.
import { advance, followers, type Advance } from "../apply/advance.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { openSigner } from "../git/sign.ts";
import { isoDate } from "../object/text.ts";
import { changesOf } from "../release/changes.ts";
import { releaseNotes, tagMessage } from "../release/notes.ts";
import { writeTag } from "../release/tag.ts";
import { floatingTags, isLatest, nextVersion, type NextVersion } from "../release/version.ts";
import type { Identity } from "../wire/basic.ts";
import type { Release, ReleaseOutcome } from "../wire/release.ts";
import { committerOf, missingIdentity } from "./identity.ts";
import { withReconciled } from "./reconciled.ts";
import { gatherChanges, withOtherReleases } from "./releasing/gather-changes.ts";
import { refuseStanding, refuseVersion } from "./releasing/refuse.ts";
import { survey, type Survey } from "./releasing/survey.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface ReleaseInput {
  /** A name, a refname, a version: one line. */
  readonly line: string;
  readonly dryRun: boolean;
  /** The mark of a pre-release, such as `rc`; null for a final release. */
  readonly pre: string | null;
  /** Instead of the next one. */
  readonly version: string | null;
  /** Why features and breaking changes are let in; null lets in none. */
  readonly allowed: string | null;
  readonly push: boolean;
  readonly remote: string | null;
  /** Null: as git is configured (`tag.gpgSign`). */
  readonly sign: boolean | null;
  /** Shows the release; false stops. */
  readonly confirm: (release: Release) => Promise<boolean>;
}

export async function release(deps: Deps, input: ReleaseInput): Promise<ReleaseOutcome> {
  if (input.dryRun) return withWorkspace(deps, (workspace) => releaseOnce(workspace, input));
  const outcome = await withReconciled(deps, (workspace) => releaseOnce(workspace, input));
  return outcome;
}

async function releaseOnce(workspace: Workspace, input: ReleaseInput): Promise<ReleaseOutcome> {
  const found = await survey(workspace, input);
  const standing = refuseStanding(found, input.push);
  if (standing !== null) return standing;
  const prepared = await prepare(workspace, found, input);
  if (prepared.kind !== "prepared") return prepared;
  if (input.dryRun) return { kind: "planned", release: prepared.release };
  if (prepared.identity === null) throw missingIdentity();
  if (!(await input.confirm(prepared.release))) return { kind: "declined", release: prepared.release };
  return carryOut(workspace, found, prepared, prepared.identity, input);
}

interface Prepared {
  readonly kind: "prepared";
  readonly release: Release;
  readonly identity: Identity | null;
  /** Of the tag. */
  readonly message: string;
}

/** All of the release, as far as nothing has to be written for it. */
async function prepare(
  workspace: Workspace,
  found: Survey,
  input: ReleaseInput,
): Promise<Prepared | Exclude<ReleaseOutcome, { kind: "planned" | "released" | "declined" }>> {
  const { graph, line, reached } = found;
  const last = reached[0] ?? null;
  const final = reached.find(({ version }) => !version.prerelease) ?? null;
  const recorded = new Map<string, readonly string[]>();
  const between = (since: string | null): ReturnType<typeof gatherChanges> =>
    gatherChanges(workspace, graph, { tip: line.tip, since, recorded });
  const sinceFinal = await between(final?.oid ?? found.before?.oid ?? null);
  const told = input.pre === null || last === final || last === null ? sinceFinal : await between(last.oid);
  const [tip, at] = [graph.find(line.tip), last === null ? null : graph.find(last.oid)];
  const next = nextVersion({
    line,
    reached: reached.map(({ name }) => name),
    taken: found.taken,
    others: found.others.map(({ version }) => version),
    level: changesOf(sinceFinal, workspace.config.fixes).level,
    since: tip === null || at === null ? null : graph.distance(tip, at).ahead,
    allowed: input.allowed !== null,
    pre: input.pre,
    wanted: input.version,
  });
  if (next.kind === "nothing") return { kind: "nothing", line: line.name, tag: next.tag, push: null };
  if (next.kind === "refused") return refuseVersion(found, next, changesOf(sinceFinal, workspace.config.fixes));
  const changes = changesOf(await withOtherReleases(workspace, graph, told, found.others), workspace.config.fixes);
  const previousTag = (input.pre === null ? final : last)?.name ?? found.before?.name ?? null;
  const identity = await committerOf(workspace.repository);
  const isLarge = changes.level === "feature" || changes.level === "breaking";
  const allowed = isLarge ? input.allowed : null;
  const notes = { ...changes, tag: next.tag, line: line.name, previousTag, day: dayOf(identity?.date ?? `${workspace.now} +0000`) };
  const message = tagMessage({ ...notes, allowed, checkpoint: null });
  return {
    kind: "prepared",
    identity,
    message,
    release: await described(workspace, found, next, {
      previousTag,
      allowed,
      entries: [...changes.entries],
      cancelled: [...changes.cancelled],
      notes: releaseNotes(notes),
    }),
  };
}

async function described(
  workspace: Workspace,
  { line, taken, remote }: Survey,
  next: NextVersion,
  told: Pick<Release, "previousTag" | "allowed" | "entries" | "cancelled" | "notes">,
): Promise<Release> {
  return {
    line: line.name,
    version: next.version,
    tag: next.tag,
    tagObject: null,
    prerelease: next.prerelease,
    commit: line.tip,
    tip: line.tip,
    files: [],
    ...told,
    latest: isLatest(next.tag, taken),
    floating: floatingTags(next.tag, taken),
    skipped: [...next.skipped],
    signed: false,
    remote: remote === null ? null : { name: remote.name, reached: remote.refs !== null },
  };
}

function dayOf(date: string): string {
  const [seconds = "0", zone = "+0000"] = date.split(" ");
  return isoDate(Number(seconds), zone).slice(0, "2026-01-02".length);
}

async function carryOut(
  workspace: Workspace,
  found: Survey,
  { release, message }: Prepared,
  identity: Identity,
  input: ReleaseInput,
): Promise<ReleaseOutcome> {
  const { repository, scratch } = workspace;
  const who = `${identity.name} <${identity.email}>`;
  const signer = await openSigner(repository, who, input.sign, "tag.gpgSign");
  return withLines(repository, [release.line], async () => {
    const tag = await writeTag(
      scratch,
      { name: release.tag, commit: release.commit, tagger: identity, message },
      signer,
    );
    const moves: Advance[] = [{ line: release.line, refname: `refs/tags/${release.tag}`, expected: null, to: tag.oid }];
    const updates = await followers(repository, moves);
    await scratch.transfer([tag.oid], [found.line.tip]);
    const result = await advance(repository, updates, { picks: [], time: workspace.now });
    if (result.kind === "refused") {
      throw new AppError("apply-refused", `${release.tag} was made by somebody else this moment (${result.detail})`, {
        hint: `morello release ${release.line}`,
      });
    }
    return {
      kind: "released",
      release: { ...release, tagObject: tag.oid, signed: signer !== null },
      transaction: result.transaction.id,
      verify: null,
      worktrees: updates.flatMap(({ worktrees }) => worktrees),
      push: null,
    };
  });
}
