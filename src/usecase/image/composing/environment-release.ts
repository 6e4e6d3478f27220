// Which release's environment an image stands on: the earliest of its series from which nothing that an environment is
// made of has changed. From git alone, so that any machine finds the same.
import { AppError } from "../../../error.ts";
import { run } from "../../../git/run.ts";
import { TAGS } from "../../../line/ref.ts";
import { compareTagVersions, parseTag, type TagVersion } from "../../../line/tag.ts";
import { inSeries, type Numbers } from "../../../line/version.ts";
import type { Workspace } from "../../workspace.ts";
import type { Subject } from "../subject.ts";

export interface EarlierRelease {
  /** Short name. */
  readonly tag: string;
  readonly commit: string;
}

/** Numbers of a version that name its series: `2.7` of `2.7.1`. */
const SERIES = 2;

function seriesOf({ numbers }: TagVersion): Numbers {
  return numbers.slice(0, SERIES);
}

/** `v2.7`, as the tags of the series begin; null: the version names none. */
export function seriesName(version: TagVersion | null): string | null {
  return version === null || version.numbers.length < SERIES ? null : `${version.prefix}${seriesOf(version).join(".")}`;
}

/**
 * Final releases of the series that the subject's commit holds, newest version first; of a release, those before it.
 * Throws `object-missing` in a shallow clone that cannot tell.
 */
export async function earlierReleases(workspace: Workspace, subject: Subject): Promise<readonly EarlierRelease[]> {
  const { numbers: own, tag, commit, version } = subject;
  if (own === null || own.numbers.length < SERIES) return [];
  const found = workspace.refs.flatMap(({ refname, oid, peeled }) => {
    if (!refname.startsWith(TAGS)) return [];
    const name = refname.slice(TAGS.length);
    const parsed = parseTag(name);
    if (parsed === null || parsed.prerelease || parsed.prefix !== own.prefix) return [];
    if (!inSeries(parsed.numbers, seriesOf(own)) || name === tag) return [];
    const isBefore = compareTagVersions(parsed, own) < 0 || tag === null;
    return isBefore ? [{ tag: name, commit: peeled ?? oid, parsed, refname }] : [];
  });
  const isFirst = (own.numbers[SERIES] ?? 0) === 0 && tag !== null;
  if (found.length === 0 && (isFirst || !workspace.repository.shallow)) return [];
  const merged = await mergedTags(workspace, commit, found);
  const reached = found.filter(({ refname }) => merged.has(refname));
  if (workspace.repository.shallow && reached.length < Math.max(1, found.length)) throw shallow(version);
  return reached.sort((a, b) => compareTagVersions(b.parsed, a.parsed) || (a.tag < b.tag ? -1 : 1));
}

async function mergedTags(
  { repository }: Workspace,
  commit: string,
  of: readonly { readonly refname: string }[],
): Promise<ReadonlySet<string>> {
  if (of.length === 0) return new Set();
  const names = of.map(({ refname }) => refname);
  const listed = await run(repository, ["for-each-ref", `--merged=${commit}`, "--format=%(refname)", ...names]);
  return new Set(listed.stdout.toString("utf8").split("\n"));
}

function shallow(version: string): AppError {
  return new AppError(
    "object-missing",
    `This clone is shallow: it does not tell which release ${version} takes its environment from`,
    { hint: "git fetch --unshallow --tags", data: { version } },
  );
}

export interface FoundRelease<Key> {
  /** The earliest release with the same environment; null: the subject's own is the first of its kind. */
  readonly release: EarlierRelease | null;
  /** The release whose environment differs, where the search ended; null: there was none before. */
  readonly differs: { readonly release: EarlierRelease; readonly key: Key | null } | null;
}

/** `keyOf`: what a release's environment is made of; null: it says nothing of an image. Newest first, until they differ. */
export async function environmentRelease<Key extends { readonly key: string }>(
  own: Key,
  earlier: readonly EarlierRelease[],
  keyOf: (release: EarlierRelease) => Promise<Key | null>,
): Promise<FoundRelease<Key>> {
  let release: EarlierRelease | null = null;
  for (const candidate of earlier) {
    const found = await keyOf(candidate);
    if (found?.key !== own.key) return { release, differs: { release: candidate, key: found } };
    release = candidate;
  }
  return { release, differs: null };
}
