// What a line has released and what came since -> its next version. Reads the versions that projects write, not SemVer
// alone: `20.10`, `18.09`, `REL_16_3`. Pure: whoever asks says which versions exist anywhere.
import { compareTagVersions, isPlainPrefix, parseTag, type TagVersion } from "../line/tag.ts";
import { compareNumbers, inSeries, type Numbers } from "../line/version.ts";
import { bumped, firstOf, spellingOf, type Spelling } from "./spelling.ts";

/** The largest of what came since the last final release. `none`: nothing at all. */
export type Level = "none" | "patch" | "feature" | "breaking";

export interface VersionQuestion {
  readonly line: {
    readonly name: string;
    readonly version: Numbers;
    readonly tagPrefix: string;
  };
  /** Short names of the tags of the series that the line's tip reaches. */
  readonly reached: readonly string[];
  /** Short names of every tag that exists anywhere: here, on remotes, in ledgers. */
  readonly taken: readonly string[];
  /** Versions that other lines of the same product stand for. */
  readonly others: readonly Numbers[];
  /** Since the last final release that the tip reaches. */
  readonly level: Level;
  /** Commits since the last release of any kind; null if there was none. */
  readonly since: number | null;
  /** A person has allowed features and breaking changes. */
  readonly allowed: boolean;
  /** The mark of a pre-release, such as `rc`; null for a final release. */
  readonly pre: string | null;
  /** The version that a person wants instead, with or without the line's prefix. */
  readonly wanted: string | null;
}

export interface NextVersion {
  readonly kind: "next";
  readonly tag: string;
  /** Without prefix, numbers joined by dots: what version files hold. */
  readonly version: string;
  readonly numbers: Numbers;
  readonly prerelease: boolean;
  /** Tags that stood in the way of a lower version although the line does not reach them. */
  readonly skipped: readonly string[];
}

/** Why there is no next version; a word for programs, `detail` for people. */
export interface NoVersion {
  readonly kind: "refused";
  readonly why: "feature" | "breaking" | "no-version" | "exhausted" | "malformed" | "outside" | "exists" | "backwards";
  readonly detail: string;
}

export type VersionAnswer = NextVersion | NoVersion | { readonly kind: "nothing"; readonly tag: string };

interface Known extends TagVersion {
  readonly name: string;
}

/** Never gives a version that is taken, that is lower than one of the series, or that another line stands for. */
export function nextVersion(question: VersionQuestion): VersionAnswer {
  const { line, pre, since, level, allowed, wanted } = question;
  const reached = known(question.reached, line.tagPrefix);
  const taken = known([...question.taken, ...question.reached], line.tagPrefix);
  const last = reached[0] ?? null;
  if (wanted !== null) return asWanted(question, wanted, last, taken);
  if (line.version.length === 0)
    return refused("no-version", `${line.name} says no version; it has to be named (--version)`);
  if (last !== null && since === 0 && (pre !== null || !last.prerelease)) return { kind: "nothing", tag: last.name };
  const series = taken.filter(({ numbers }) => inSeries(numbers, line.version));
  const top = series.find(({ prerelease }) => !prerelease) ?? null;
  const refusal = last === null || top === null ? null : tooMuch(question, shapeOf(line.version, top), level, allowed);
  if (refusal !== null) return refusal;
  const target = targetOf(question, series, top, reached);
  if ("kind" in target) return target;
  const { spelling } = target;
  const lower = series.filter(({ name }) => !question.reached.includes(name));
  const skipped = lower
    .filter(({ prerelease }) => !prerelease)
    .filter((tag) => reached.every((own) => own.prerelease || compareTagVersions(own, tag) < 0))
    .map(({ name }) => name);
  if (pre === null) return next(line.tagPrefix, spelling, finalSuffix(top), skipped);
  const suffix = preSuffix(pre, spelling.numbers, taken);
  const made = next(line.tagPrefix, spelling, suffix, skipped);
  return backwards(made, last) ?? made;
}

/** The final version that is being prepared: above all finals of the series, and no lower than its pre-releases. */
function targetOf(
  { line, level, others, taken }: VersionQuestion,
  series: readonly Known[],
  top: Known | null,
  reached: readonly Known[],
): { readonly spelling: Spelling } | NoVersion {
  let spelling: Spelling;
  if (top === null) {
    const all = known(taken, line.tagPrefix);
    const model = all.find(({ prerelease }) => !prerelease) ?? all[0];
    spelling = firstOf(line.name, line.version, model === undefined ? null : spellingOf(model));
  } else {
    const { patch, minor } = shapeOf(line.version, top);
    if (patch < line.version.length)
      return refused("exhausted", `${line.name} stands for one version, and ${top.name} is it`);
    const isLarge = level === "feature" || level === "breaking";
    spelling = bumped(spellingOf(top), isLarge && minor !== null ? minor : patch);
  }
  const prepared = reached.find(({ prerelease, numbers }) => prerelease && inSeries(numbers, line.version));
  if (prepared !== undefined && compareNumbers(prepared.numbers, spelling.numbers) > 0) spelling = spellingOf(prepared);
  for (;;) {
    const owner = others.find(
      (other) =>
        other.length > line.version.length && inSeries(other, line.version) && inSeries(spelling.numbers, other),
    );
    if (owner === undefined) break;
    spelling = bumped(spelling, owner.length - 1);
  }
  return { spelling };
}

/** Which number a patch raises, and which a feature; null where the line leaves none to raise. */
function shapeOf(version: Numbers, top: Known): { readonly patch: number; readonly minor: number | null } {
  const width = Math.max(top.numbers.length, version.length + (version.length < 3 ? 1 : 0));
  const patch = Math.min(width - 1, Math.max(2, version.length));
  return { patch, minor: version.length < patch ? Math.max(version.length, patch - 1) : null };
}

function tooMuch(
  { line }: VersionQuestion,
  { minor }: ReturnType<typeof shapeOf>,
  level: Level,
  allowed: boolean,
): NoVersion | null {
  if (allowed) return null;
  if (level === "breaking")
    return refused("breaking", `${line.name} takes no breaking change: it stands for ${line.version.join(".")}`);
  if (level === "feature" && minor === null)
    return refused("feature", `${line.name} takes patch releases alone, and there is a feature`);
  return null;
}

function asWanted(
  question: VersionQuestion,
  wanted: string,
  last: Known | null,
  taken: readonly Known[],
): NextVersion | NoVersion {
  const { line, others, level, allowed } = question;
  const tag = line.tagPrefix !== "" && wanted.startsWith(line.tagPrefix) ? wanted : `${line.tagPrefix}${wanted}`;
  const found = parseTag(tag);
  if (found === null || found.prefix !== line.tagPrefix || !/^[-._+A-Za-z0-9]*$/.test(found.suffix))
    return refused("malformed", `'${wanted}' is no version that ${line.tagPrefix}… could stand before`);
  if (!inSeries(found.numbers, line.version))
    return refused("outside", `${tag} does not belong to ${line.name}, which stands for ${line.version.join(".")}`);
  const owner = others.find(
    (other) => other.length > line.version.length && inSeries(other, line.version) && inSeries(found.numbers, other),
  );
  if (owner !== undefined) return refused("outside", `${tag} belongs to the line that stands for ${owner.join(".")}`);
  const same = taken.find((other) => other.name === tag || compareTagVersions(other, found) === 0);
  if (same !== undefined) return refused("exists", `${same.name} exists`);
  const top = taken.find(({ numbers, prerelease }) => !prerelease && inSeries(numbers, line.version)) ?? null;
  const refusal = last === null || top === null ? null : tooMuch(question, shapeOf(line.version, top), level, allowed);
  if (refusal !== null) return refusal;
  const made = next(line.tagPrefix, spellingOf({ ...found, name: tag }), found.suffix, []);
  return backwards(made, last) ?? (found.prerelease ? null : backwards(made, top)) ?? made;
}

function backwards(made: NextVersion, before: Known | null): NoVersion | null {
  const version = parseTag(made.tag);
  if (before === null || version === null || compareTagVersions(version, before) > 0) return null;
  return refused("backwards", `${made.tag} would come after ${before.name}, and is lower`);
}

function next(prefix: string, { parts, separator, numbers }: Spelling, suffix: string, skipped: string[]): NextVersion {
  const tag = `${prefix}${parts.join(separator)}${suffix}`;
  const prerelease = parseTag(tag)?.prerelease ?? false;
  return { kind: "next", tag, version: `${parts.join(".")}${suffix}`, numbers, prerelease, skipped };
}

/** `-ce` and `.Final` say "this is the release", and stay; `.post1` and build metadata go. */
function finalSuffix(top: Known | null): string {
  return top === null || top.order.length > 1 || top.suffix.includes("+") ? "" : top.suffix;
}

const MARK = /^([-._]?)([A-Za-z]+)([-._]?)(\d+)$/;

/**
 * The next number of that mark, spelt as the newest pre-release here spells it; `-rc.1` where there is none. Counts from
 * 0 where the version before did.
 */
function preSuffix(mark: string, numbers: Numbers, taken: readonly Known[]): string {
  const marked = taken.flatMap((tag) => {
    const [, before, word, between, number] = MARK.exec(tag.suffix) ?? [];
    if (!tag.prerelease || word === undefined) return [];
    return [{ numbers: tag.numbers, before, word, between, number: Number(number) }];
  });
  const same = marked.filter(({ word }) => word.toLowerCase() === mark.toLowerCase());
  const countsOf = (version: Numbers): number[] =>
    same.filter((other) => compareNumbers(other.numbers, version) === 0).map(({ number }) => number);
  const earlier = same.find((other) => compareNumbers(other.numbers, numbers) !== 0);
  const first = earlier === undefined ? 1 : Math.min(1, ...countsOf(earlier.numbers));
  const count = Math.max(first, ...countsOf(numbers).map((number) => number + 1));
  const { before = "-", between = "." } = same[0] ?? marked[0] ?? {};
  return `${before}${same[0]?.word ?? mark}${between}${count}`;
}

/** Versions of the product, newest first: those with the line's prefix; where that names nothing, other plain ones too. */
function known(names: readonly string[], prefix: string): Known[] {
  const found = [...new Set(names)].flatMap((name): Known[] => {
    const version = parseTag(name);
    if (version === null) return [];
    const own = version.prefix === prefix || (isPlainPrefix(prefix) && isPlainPrefix(version.prefix));
    return own ? [{ ...version, name }] : [];
  });
  return found.sort((a, b) => compareTagVersions(b, a) || (a.name < b.name ? -1 : 1));
}

function refused(why: NoVersion["why"], detail: string): NoVersion {
  return { kind: "refused", why, detail };
}

/** Whether a version is the highest final one of its product. */
export function isLatest(tag: string, taken: readonly string[]): boolean {
  return floatingTags(tag, taken).includes("latest");
}

/**
 * Names that move with releases: `v2.7` where the tag is the highest final version of that series, and `latest`. By
 * version, never by date, so a patch of an old line leaves `latest` where it is. `v2` is none of them: it would go from
 * series to series under those who pinned it. None for a pre-release.
 */
export function floatingTags(tag: string, taken: readonly string[]): string[] {
  const own = parseTag(tag);
  if (own === null || own.prerelease) return [];
  const { parts, separator } = spellingOf({ ...own, name: tag });
  const finals = known(taken, own.prefix).filter(({ prerelease }) => !prerelease);
  const highest = (series: Numbers): boolean =>
    finals.every((other) => !inSeries(other.numbers, series) || compareTagVersions(other, own) <= 0);
  const names = parts.slice(1).map((_, n) => parts.length - 1 - n);
  const moving = names
    .filter((length) => length > 1 && highest(own.numbers.slice(0, length)))
    .map((length) => `${own.prefix}${parts.slice(0, length).join(separator)}`);
  return highest([]) ? [...moving, "latest"] : moving;
}
