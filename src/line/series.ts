// Which tags belong to a line, and what prefix its next tag gets.
import { TAGS, type RefRecord } from "./ref.ts";
import { compareTagVersions, isPlainPrefix, parseTag, prefixNames, type TagVersion } from "./tag.ts";
import { inSeries, type Numbers } from "./version.ts";

export interface SeriesTag {
  /** Short name, `v2.7.1`. */
  readonly name: string;
  readonly refname: string;
  /** What the tag points at in the end. */
  readonly oid: string;
  /** Committer date of the target, Unix seconds. */
  readonly time: number;
  readonly version: TagVersion;
}

/** Every tag that holds a version, by the first number of it. */
export interface TagIndex {
  readonly byMajor: ReadonlyMap<number, readonly SeriesTag[]>;
  /** Some tag has a prefix that names no component. */
  readonly hasPlain: boolean;
}

export interface Series {
  /** Null if no tag tells. */
  readonly prefix: string | null;
  /** Newest version first. */
  readonly tags: readonly SeriesTag[];
}

/** Reads the tags among the refs once. */
export function indexTags(refs: readonly RefRecord[]): TagIndex {
  const byMajor = new Map<number, SeriesTag[]>();
  let hasPlain = false;
  for (const { refname, oid, peeled, committerTime } of refs) {
    if (!refname.startsWith(TAGS)) continue;
    const name = refname.slice(TAGS.length);
    const version = parseTag(name);
    if (!version) continue;
    hasPlain ||= isPlainPrefix(version.prefix);
    const major = version.numbers[0]!;
    const tag = { name, refname, oid: peeled ?? oid, time: committerTime, version };
    const bucket = byMajor.get(major);
    if (bucket) bucket.push(tag);
    else byMajor.set(major, [tag]);
  }
  return { byMajor, hasPlain };
}

/** Tags of the series whatever their prefix; empty for a line without a version. */
export function tagsInSeries(index: TagIndex, numbers: Numbers): SeriesTag[] {
  if (numbers.length === 0) return [];
  return (index.byMajor.get(numbers[0]!) ?? []).filter((tag) => inSeries(tag.version.numbers, numbers));
}

/** A plain prefix gives way only to one that has more than this many times its tags. */
const PLAIN_WEIGHT = 4;

/**
 * Chooses the line's tags. The prefix is the one configured; else the one that names the line's product; else a plain
 * one (`v`, none); else the one with the most tags, the newest tag, the first by name. Tags of a component
 * (`api/v1.7.19`) are not a line's own where the repository has plain tags.
 */
export function seriesOf(index: TagIndex, numbers: Numbers, product: string | null, configured: string | null): Series {
  const all = tagsInSeries(index, numbers);
  const prefix = configured ?? choosePrefix(all, product, index.hasPlain);
  const tags = all.filter((tag) => tag.version.prefix === prefix).sort(newestFirst);
  return { prefix, tags };
}

function choosePrefix(tags: readonly SeriesTag[], product: string | null, hasPlain: boolean): string | null {
  const groups = new Map<string, { prefix: string; count: number; time: number; named: boolean }>();
  for (const { version, time } of tags) {
    const { prefix } = version;
    const named = product !== null && prefixNames(prefix, product);
    if (!named && hasPlain && prefix.includes("/")) continue;
    const group = groups.get(prefix) ?? { prefix, count: 0, time, named };
    const count = group.count + (isPlainPrefix(prefix) ? PLAIN_WEIGHT : 1);
    groups.set(prefix, { ...group, count, time: Math.max(group.time, time) });
  }
  const best = [...groups.values()].sort(
    (a, b) => Number(b.named) - Number(a.named) || b.count - a.count || b.time - a.time || byText(a.prefix, b.prefix),
  )[0];
  return best?.prefix ?? null;
}

function newestFirst(a: SeriesTag, b: SeriesTag): number {
  return compareTagVersions(b.version, a.version) || b.time - a.time || byText(a.name, b.name);
}

/** Orders by code units: the same on every machine, whatever its locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
