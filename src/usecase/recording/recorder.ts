// Writes records in the name of a run: with the repository's identity, git's committer, the key that git is
// configured with, and the policy that holds. Makes objects only; whoever moves the branches moves the logs.
import { append, firstRecord, type Appended, type Draft } from "../../ledger/append.ts";
import { repositoryIdentity } from "../../ledger/identity.ts";
import { openLog, type Log } from "../../ledger/log.ts";
import { openRecordSigner, type RecordSigner } from "../../ledger/signer.ts";
import { policyOf } from "../../line/settings.ts";
import { policyDigest } from "../../policy/digest.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Line } from "../../wire/line.ts";
import { committerOf, missingIdentity } from "../identity.ts";
import type { Workspace } from "../workspace.ts";

/** A line as a ledger needs to know it. */
export type RecordedLine = Pick<Line, "name" | "refname" | "tip">;

export interface Recorder {
  readonly repository: string;
  /** Null: records are unsigned. */
  readonly signer: RecordSigner | null;
  readonly by: Identity;
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
  return {
    repository: identity,
    signer,
    by,
    open: (line) => openLog(workspace, line, config.ledger.publish),
    append: (log, line, drafts) => {
      const first = log.tip === null ? [firstRecord(line.refname, line.tip)] : [];
      const policy = policyDigest(policyOf(config, line.name));
      return append(scratch, log, [...first, ...drafts], {
        repository: identity,
        trust: null,
        policy,
        time: now,
        by,
        signer,
      });
    },
  };
}
