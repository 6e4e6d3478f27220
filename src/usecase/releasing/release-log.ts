// What a line's ledger says for a release: which commits landed from where since the last one, which versions are
// recorded; and the record of the release itself.
import type { RefUpdate } from "../../git/refs.ts";
import type { Appended, Draft } from "../../ledger/append.ts";
import { attemptOf, recordKey } from "../../ledger/key.ts";
import { openLog, type Log } from "../../ledger/log.ts";
import { recordPath, tagPath } from "../../ledger/place.ts";
import { TAGS } from "../../line/ref.ts";
import type { Line } from "../../wire/line.ts";
import { backwards } from "../recording/known-tip.ts";
import { gapDraft } from "../recording/record-landings.ts";
import { openRecorder, type Signing } from "../recording/recorder.ts";
import type { Workspace } from "../workspace.ts";

export interface ReleaseLog {
  readonly log: Log;
  /** Source commits by landed commit, since the last final release. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** The landings since the last release, oldest first. */
  readonly landed: readonly { readonly key: string; readonly source: string; readonly commit: string }[];
}

/** @param isReleased whether the last final release holds a commit: what was recorded before it is not looked at */
export async function readReleaseLog(
  workspace: Workspace,
  line: Line,
  isReleased: (commit: string) => boolean,
): Promise<ReleaseLog> {
  const log = await openLog(workspace, line.name, workspace.config.ledger.publish);
  const sources = new Map<string, readonly string[]>();
  const landed: ReleaseLog["landed"][number][] = [];
  const undone = new Set<string>();
  let isTold = false; // by a release that is recorded, if only a pre-release
  for await (const record of backwards(workspace.scratch.reader, log.tip)) {
    if (record.kind === "reverted") undone.add(record.target.startsWith(TAGS) ? record.target : record.commit);
    if (record.kind === "release" && !undone.delete(record.target)) isTold = true;
    if (record.kind !== "landed") continue;
    if (isReleased(record.commit)) break;
    if (!undone.delete(record.commit) && !isTold)
      landed.unshift({ key: record.key, source: record.sources[0] ?? "", commit: record.commit });
    sources.set(record.commit, record.sources);
  }
  return { log, sources, landed };
}

/** Short names of the tags that ledgers hold a release of, whether or not the tags are here; those taken back left out. */
export async function recordedTags(workspace: Workspace, lines: readonly Line[]): Promise<string[]> {
  const found = await Promise.all(
    lines.map(async ({ name }) => {
      const log = await openLog(workspace, name, workspace.config.ledger.publish);
      const last = await log.last();
      if (last === null) return [];
      const names = (await blobsUnder(workspace, `${log.tip}:tags`)).filter((path) => !path.includes("~"));
      const isTaken = await Promise.all(
        names.map(async (tag) => {
          const about = {
            repository: last.record.repository,
            target: `${TAGS}${tag}`,
            sources: [],
            kind: "release",
          } as const;
          const has = async (key: string): Promise<boolean> =>
            (await workspace.scratch.reader.info(`${log.tip}:${recordPath(key)}`)) !== null;
          return has(recordKey({ ...about, attempt: await attemptOf(about, has) }));
        }),
      );
      return names.filter((_, n) => isTaken[n]);
    }),
  );
  return found.flat();
}

/** Paths below a tree; a tag's name may hold slashes. */
async function blobsUnder(workspace: Workspace, name: string): Promise<string[]> {
  const { scratch } = workspace;
  const root = await scratch.reader.info(name);
  if (root?.type !== "tree") return [];
  const tree = (await scratch.reader.tree(root.oid)) ?? new Map<string, never>();
  const found = await Promise.all(
    [...tree.keys()].map(async (entry) => {
      const path = Buffer.from(entry, "latin1").toString("utf8");
      const below = await blobsUnder(workspace, `${name}/${path}`);
      return below.length === 0 ? [path] : below.map((inner) => `${path}/${inner}`);
    }),
  );
  return found.flat();
}

export interface ReleaseRecorder {
  readonly signing: Signing;
  /** Logs that must be there before: the trust log, where it begins with this run. */
  readonly before: readonly RefUpdate[];
  /** The ledger's last commit before the release is recorded: the tag names it. */
  readonly checkpoint: string;
  /** Log commits that are in the repository already. */
  readonly known: readonly string[];
  record(release: {
    readonly version: string;
    /** Short name. */
    readonly tag: string;
    readonly tagObject: string;
    readonly bytes: Buffer;
    readonly commit: string;
    readonly previousTag: string | null;
  }): Promise<{ readonly update: Appended["update"]; readonly key: string | null }>;
}

/** Brings the ledger up to the line's tip, as objects. Null in a shallow clone, which records nothing. */
export async function openReleaseRecorder(
  workspace: Workspace,
  line: Line,
  { log, landed }: ReleaseLog,
  sign: boolean | null,
): Promise<ReleaseRecorder | null> {
  const recorder = await openRecorder(workspace, sign);
  if (recorder === null) return null;
  const gap = await gapDraft(workspace, log, line.refname, line.tip);
  const current = await recorder.append(log, line, gap === null ? [] : [gap]);
  return {
    signing: recorder.signing,
    before: recorder.begins === null ? [] : [recorder.begins],
    checkpoint: current.update.to,
    known: log.tip === null ? [] : [log.tip],
    record: async ({ version, tag, tagObject, bytes, commit, previousTag }) => {
      const target = `${TAGS}${tag}`;
      const draft: Draft = {
        kind: "release",
        target,
        sources: [],
        body: { version, tag: tagObject, commit, previousTag, landed: landed.map(({ key }) => key) },
        parents: [commit],
        blobs: [{ path: tagPath(target), bytes }],
      };
      const { update, entries, already } = await recorder.append(current.log, line, [draft]);
      return { update: { ...update, expected: log.held }, key: entries[0]?.record.key ?? already[0] ?? null };
    },
  };
}
