// `morello release`: the next version of a line, its notes, and its annotated tag.
import { followers, type Advance } from "../apply/advance.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { openSigner } from "../git/sign.ts";
import { openLog } from "../ledger/log.ts";
import { TAGS } from "../line/ref.ts";
import { policyOf } from "../line/settings.ts";
import { tagMessage } from "../release/notes.ts";
import { writeTag } from "../release/tag.ts";
import type { Identity } from "../wire/basic.ts";
import type { Release, ReleaseOutcome, ReleasePush } from "../wire/release.ts";
import { isFit } from "../wire/verify.ts";
import { missingIdentity } from "./identity.ts";
import { withReconciled } from "./reconciled.ts";
import { advanceRecorded } from "./recording/advance-recorded.ts";
import { commitBump } from "./releasing/bump-files.ts";
import { prepare, type Prepared, type Wish } from "./releasing/prepare.ts";
import { pushRelease, refuseLogs, transactionOf } from "./releasing/push-release.ts";
import { refuse, refuseStanding } from "./releasing/refuse.ts";
import { refusePolicy } from "./releasing/refuse-policy.ts";
import { notePicks } from "./recording/note.ts";
import { openReleaseRecorder } from "./releasing/release-log.ts";
import { survey, type Survey } from "./releasing/survey.ts";
import { verifyTrees, type VerifyOptions } from "./verifying/verify-trees.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface ReleaseInput extends Wish {
  /** A name, a refname, a version: one line. */
  readonly line: string;
  readonly dryRun: boolean;
  readonly push: boolean;
  readonly remote: string | null;
  /** Null: as git is configured (`tag.gpgSign`, `commit.gpgSign`); a tag also where policy asks for it. */
  readonly sign: boolean | null;
  readonly verify: VerifyOptions;
  /** Shows the release; false stops. */
  readonly confirm: (release: Release) => Promise<boolean>;
}

/**
 * Throws `unknown-line`, `no-lines`, `usage`, `identity-missing`, `signing-failed`, `remote-failed`, `push-rejected`,
 * `worktree-busy`, `line-busy`, `ledger-broken`. What a person must decide is in the outcome.
 */
export async function release(deps: Deps, input: ReleaseInput): Promise<ReleaseOutcome> {
  const within = input.dryRun ? withWorkspace : withReconciled;
  const once = (): Promise<ReleaseOutcome | null> => within(deps, (workspace) => releaseOnce(workspace, input));
  // Where somebody was quicker the line is looked at anew, once: it may be the same release.
  const outcome = (await once()) ?? (await once());
  if (outcome !== null) return outcome;
  throw new AppError("line-busy", `${input.line} moves faster than it can be released; nothing was made`, {
    hint: "run this again",
  });
}

/** Null: a ref moved meanwhile, and nothing was written. */
async function releaseOnce(workspace: Workspace, input: ReleaseInput): Promise<ReleaseOutcome | null> {
  const found = await survey(workspace, input);
  const standing = refuseStanding(found, input.push);
  if (standing !== null) return standing;
  const prepared = await prepare(workspace, found, input);
  switch (prepared.kind) {
    case "refused":
      return prepared;
    case "nothing":
      return { ...prepared, push: input.push ? await pushAgain(workspace, found, prepared.tag) : null };
    case "prepared":
  }
  const forbidden = await refusePolicy(workspace, found);
  if (forbidden !== null) return forbidden;
  const unseen = input.push ? await refuseLogs(workspace, found, prepared.log.log) : null;
  if (unseen !== null) return unseen;
  if (input.dryRun) return { kind: "planned", release: prepared.release };
  const { identity } = prepared;
  if (identity === null) throw missingIdentity();
  if (!(await input.confirm(prepared.release))) return { kind: "declined", release: prepared.release };
  const subject = { line: found.line, tree: prepared.tree, sources: [] };
  workspace.engine.publish(prepared.tree);
  const [verdict = null] = await verifyTrees(workspace, [subject], input.verify);
  if (verdict !== null && !isFit(verdict)) {
    const why = verdict.reason ?? `its verify command says no: ${verdict.command}`;
    const hint = verdict.output === null ? `morello verify ${found.line.name}` : `less ${verdict.output}`;
    return {
      ...refuse(found.line.name, "verify", `${prepared.release.tag} was not made: ${why}`, hint),
      verify: verdict,
    };
  }
  return withLines(workspace.repository, [found.line.name], async () => {
    const made = await make(workspace, found, prepared, identity, input);
    return made === null ? null : { ...made, verify: verdict };
  });
}

type Released = Extract<ReleaseOutcome, { kind: "released" }>;

/** Builds commit, tag and record, moves all their refs at once, pushes. Null: a ref moved meanwhile. */
async function make(
  workspace: Workspace,
  found: Survey,
  { release: planned, notes, tree, log }: Prepared,
  identity: Identity,
  { sign, push }: ReleaseInput,
): Promise<Omit<Released, "verify"> | null> {
  const { repository, scratch } = workspace;
  const { line } = found;
  const { tag: name, version, previousTag, allowed } = planned;
  const commit = await commitBump(workspace, { tip: line.tip, tree, tag: name }, identity, sign);
  const recorder = await openReleaseRecorder(workspace, line, log, sign);
  const signs = sign ?? (policyOf(workspace.config, line.name).signed ? true : null);
  const signer = await openSigner(repository, `${identity.name} <${identity.email}>`, signs, "tag.gpgSign");
  const message = tagMessage({ ...notes, allowed, checkpoint: recorder?.checkpoint ?? null });
  const tag = await writeTag(scratch, { name, commit, tagger: identity, message }, signer);
  const recorded =
    (await recorder?.record({ version, tag: name, tagObject: tag.oid, bytes: tag.bytes, commit, previousTag })) ?? null;
  const moves: Advance[] = [
    ...(commit === line.tip ? [] : [{ line: line.name, refname: line.refname, expected: line.localTip, to: commit }]),
    { line: line.name, refname: `${TAGS}${name}`, expected: null, to: tag.oid },
  ];
  const updates = await followers(repository, moves);
  const before = recorder?.before ?? [];
  const tips = [tag.oid, ...(recorded === null ? [] : [recorded.update.to]), ...before.flatMap(({ to }) => to ?? [])];
  await scratch.transfer(tips, [line.tip, ...(recorder?.known ?? [])]);
  const together = recorded === null ? [] : [{ line: line.name, ...recorded.update }];
  const run = { picks: [], time: workspace.now };
  const signing = recorder?.signing ?? null;
  const result = await advanceRecorded(
    repository,
    updates,
    { before, together, tips, known: [], landed: [], signing },
    run,
  );
  if (result.kind === "refused") return null;
  const released = log.landed.map(({ key, source, commit: pick }) => ({
    key,
    line: line.name,
    source,
    pick,
    version: name,
  }));
  if (recorder !== null) await notePicks(workspace, released, identity);
  const published = { tag: name, tagObject: tag.oid, commit, log: log.log.refname };
  return {
    kind: "released",
    release: { ...planned, commit, tagObject: tag.oid, signed: signer !== null, record: recorded?.key ?? null },
    transaction: result.transaction.id,
    recorded: signing,
    worktrees: updates.flatMap(({ worktrees }) => worktrees),
    push: push ? await pushRelease(workspace, found, published) : null,
  };
}

/** A release that an earlier run made and could not push. A tag that another hand made is not Morello's to push. */
async function pushAgain(workspace: Workspace, found: Survey, tag: string): Promise<ReleasePush | null> {
  const held = workspace.refs.find(({ refname }) => refname === `${TAGS}${tag}`);
  if (held?.peeled == null || transactionOf(workspace, tag, held.oid) === null) return null;
  const log = await openLog(workspace, found.line.name, workspace.config.ledger.publish);
  const published = { tag, tagObject: held.oid, commit: held.peeled, log: log.refname };
  return pushRelease(workspace, found, published);
}
