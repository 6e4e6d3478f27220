// Writes records in the name of a run: with the repository's identity, git's committer, the key that git is
// configured with, and the policy that holds. Makes objects only; whoever moves the branches moves the logs.
import type { RefUpdate } from "../../git/refs.ts";
import { append, firstRecord, type Appended, type Draft, type Writer } from "../../ledger/append.ts";
import { repositoryIdentity } from "../../ledger/identity.ts";
import { logAt, openLog, type Log } from "../../ledger/log.ts";
import { resettle } from "../../ledger/rebase.ts";
import { openRecordSigner, type RecordSigner } from "../../ledger/signer.ts";
import { standingOf } from "../../ledger/trust.ts";
import { policyOf } from "../../line/settings.ts";
import { policyDigest } from "../../policy/digest.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Line } from "../../wire/line.ts";
import { committerOf, missingIdentity } from "../identity.ts";
import type { Workspace } from "../workspace.ts";
import { currentTrust, type CurrentTrust } from "./current-trust.ts";

/** A line as a ledger needs to know it. */
export type RecordedLine = Pick<Line, "name" | "refname" | "tip">;

/** Who signs, and what a person should know of it. */
export interface Signing {
  /** The key's fingerprint; null: records are unsigned. */
  readonly key: string | null;
  /** The key was made the first root key by this run. */
  readonly firstUse: boolean;
  /** Why `morello ledger verify` will not take what is written; null if nothing stands in the way. */
  readonly warning: string | null;
}

export interface Recorder {
  readonly repository: string;
  readonly signer: RecordSigner | null;
  readonly signing: Signing;
  readonly trust: CurrentTrust;
  readonly by: Identity;
  /** The trust log, where it begins with this run. To be moved before any other log. */
  readonly begins: RefUpdate | null;
  open(line: string): Promise<Log>;
  /** Appends to a line's log; an empty one begins with what the line holds now. */
  append(log: Log, line: RecordedLine, drafts: readonly Draft[]): Promise<Appended>;
}

/**
 * Null in a shallow clone: it does not know the repository's identity, so nothing can be recorded. `sign`: false leaves
 * records unsigned although there is a key.
 */
export async function openRecorder(workspace: Workspace, sign: boolean | null = null): Promise<Recorder | null> {
  const { repository, scratch, main, detected, config, now } = workspace;
  if (repository.shallow) return null;
  const tips = main !== null ? [main.tip] : detected.flatMap(({ localTip, remoteTip }) => localTip ?? remoteTip ?? []);
  const [signer, identity, by] = await Promise.all([
    sign === false ? null : openRecordSigner(repository),
    repositoryIdentity(workspace, tips),
    committerOf(repository),
  ]);
  if (by === null) throw missingIdentity();
  const trust = await currentTrust(workspace, { identity, signer, by });
  const writerOf = (line: string): Writer => {
    const policy = policyDigest(policyOf(config, line));
    return { repository: identity, trust: trust.digest, policy, time: now, by, signer };
  };
  return {
    repository: identity,
    signer,
    signing: {
      key: signer?.fingerprint ?? null,
      firstUse: trust.begins !== null,
      warning: warningOf(trust, signer, now),
    },
    trust,
    by,
    begins: trust.begins,
    open: async (line) => {
      const log = await openLog(workspace, line, config.ledger.publish);
      if (log.forked === null) return log;
      // Somebody else has published records meanwhile: what only this repository has goes on top of theirs.
      const theirs = logAt(workspace, { ...log, ...log.forked, forked: null });
      return (await resettle(workspace, log, { ...theirs, tip: log.forked.tip }, writerOf(line))).log;
    },
    append: (log, line, drafts) => {
      const first = log.tip === null ? [firstRecord(line.refname, line.tip)] : [];
      return append(scratch, log, [...first, ...drafts], writerOf(line.name));
    },
  };
}

function warningOf({ state }: CurrentTrust, signer: RecordSigner | null, now: number): string | null {
  if (state === null) return null;
  if (signer === null) return "the record is not signed, and the trust log asks for it: git config user.signingKey";
  const standing = standingOf(state, signer, "writer", now);
  return standing.kind === "holds"
    ? null
    : `${standing.message}: morello ledger trust --add KEY.pub --as EMAIL --since DAY`;
}
