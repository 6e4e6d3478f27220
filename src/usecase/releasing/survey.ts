// What a release of a line begins with: where the line stands, its tags, and the versions that exist anywhere.
import { AppError } from "../../error.ts";
import { listRemoteRefs, type RemoteRefs } from "../../git/remote-refs.ts";
import { redact } from "../../git/run.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { DetectedLine } from "../../line/detect.ts";
import { logRefname } from "../../ledger/place.ts";
import { HEADS, splitRemoteRef, TAGS } from "../../line/ref.ts";
import { selectLines } from "../../line/select.ts";
import type { SeriesTag } from "../../line/series.ts";
import { compareTagVersions, parseTag } from "../../line/tag.ts";
import { inSeries } from "../../line/version.ts";
import type { Line } from "../../wire/line.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";
import { recordedTags } from "./release-log.ts";

export interface Survey {
  readonly graph: CommitGraph;
  readonly line: Line;
  readonly detected: DetectedLine;
  /** Other lines whose tags have the same prefix. */
  readonly others: readonly Line[];
  /** Tags of the series that the tip reaches, newest version first. */
  readonly reached: readonly SeriesTag[];
  /** Where there are none: the newest earlier version of the product that the tip reaches. */
  readonly before: { readonly name: string; readonly oid: string } | null;
  /** Short names of all tags: here, on the remote, and those whose releases ledgers hold. */
  readonly taken: readonly string[];
  readonly remote: { readonly name: string; readonly refs: RemoteRefs | null } | null;
  /** Tags of the series that the remote has and this repository has not. */
  readonly unknown: readonly string[];
  /** The line's branch on the remote, full refname. */
  readonly remoteBranch: string;
}

export interface SurveyInput {
  readonly line: string;
  readonly remote: string | null;
  readonly push: boolean;
}

/** Throws `unknown-line`, `usage` where several lines are meant, `remote-failed` where a push needs a remote. */
export async function survey(workspace: Workspace, input: SurveyInput): Promise<Survey> {
  const graph = await historyOf(workspace, []);
  const all = linesOf(workspace, graph);
  const { selected } = selectLines(all, [input.line]);
  const [line, ...more] = selected;
  if (line === undefined || more.length > 0) {
    throw new AppError("usage", `'${input.line}' names ${selected.length} lines, and a release is of one`, {
      hint: selected.map(({ name }) => `morello release ${name}`).join("; "),
    });
  }
  const detected = workspace.detected.find(({ name }) => name === line.name);
  if (detected === undefined) throw new AppError("internal", `The line ${line.name} was not detected`);
  const tip = graph.find(line.tip);
  const reaches = (oid: string): boolean => {
    const number = graph.find(oid);
    return tip !== null && number !== null && graph.isAncestor(number, tip);
  };
  const remoteBranch = branchOn(workspace, line, input.remote);
  const remote = await lookAt(workspace, line, input, remoteBranch);
  const local = workspace.refs.filter(({ refname }) => refname.startsWith(TAGS));
  const names = local.map(({ refname }) => refname.slice(TAGS.length));
  const theirs = [...(remote?.refs?.refs.keys() ?? [])]
    .filter((refname) => refname.startsWith(TAGS))
    .map((refname) => refname.slice(TAGS.length));
  const here = new Set(names);
  const isOwn = (name: string): boolean => {
    const version = parseTag(name);
    return version !== null && version.prefix === line.tagPrefix && inSeries(version.numbers, line.version);
  };
  return {
    graph,
    line,
    detected,
    others: all.filter((other) => other.name !== line.name && other.tagPrefix === line.tagPrefix),
    reached: detected.tags.filter(({ oid }) => reaches(oid)),
    before: earlier(local, line, reaches),
    taken: [...new Set([...names, ...theirs, ...(await recordedTags(workspace, all))])],
    remote,
    unknown: line.version.length === 0 ? [] : theirs.filter((name) => !here.has(name) && isOwn(name)),
    remoteBranch,
  };
}

function earlier(
  tags: Workspace["refs"],
  { tagPrefix }: Line,
  reaches: (oid: string) => boolean,
): { readonly name: string; readonly oid: string } | null {
  const found = tags.flatMap(({ refname, oid, peeled }) => {
    const name = refname.slice(TAGS.length);
    const version = parseTag(name);
    const own = version !== null && !version.prerelease && version.prefix === tagPrefix;
    return own && reaches(peeled ?? oid) ? [{ name, oid: peeled ?? oid, version }] : [];
  });
  return found.sort((a, b) => compareTagVersions(b.version, a.version))[0] ?? null;
}

/** The name of the line's branch on the remote that is meant. */
function branchOn({ remotes }: Workspace, line: Line, wanted: string | null): string {
  const own = line.remoteRefname === null ? null : splitRemoteRef(line.remoteRefname, remotes);
  return own !== null && (wanted === null || wanted === own.remote) ? `${HEADS}${own.name}` : line.refname;
}

async function lookAt(workspace: Workspace, line: Line, input: SurveyInput, branch: string): Promise<Survey["remote"]> {
  const name = input.remote ?? remoteOf(workspace, line);
  if (name === null) {
    if (!input.push) return null;
    const { remotes } = workspace;
    throw new AppError(
      "usage",
      remotes.length === 0 ? "There is no remote to push to" : `Several remotes could take ${line.name}`,
      { hint: remotes.length === 0 ? "git remote add origin URL" : "--remote NAME", data: { remotes } },
    );
  }
  workspace.onProgress?.({ step: `looking at the tags of ${redact(name)}`, done: 0, total: 0 });
  const heads = [branch, logRefname(line.name, true), logRefname("", true)];
  return { name, refs: await listRemoteRefs(workspace.repository, name, heads, input.push) };
}

function remoteOf({ remotes }: Workspace, line: Line): string | null {
  const own = line.remoteRefname === null ? null : splitRemoteRef(line.remoteRefname, remotes);
  if (own !== null) return own.remote;
  return remotes.includes("origin") ? "origin" : remotes.length === 1 ? (remotes[0] ?? null) : null;
}
