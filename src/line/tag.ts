// A tag's name -> prefix, version and pre-release order. Reads the forms that projects use, not semver alone.
import { compareNumbers, parseNumbers, type Numbers } from "./version.ts";

export interface TagVersion {
  /** What stands before the version: `v`, empty, `docker-v`, `sdk/v`, `REL_`. */
  readonly prefix: string;
  readonly numbers: Numbers;
  /** What stands behind the numbers: `-rc.1`, `b2`, `.post0`, `-ce`; empty for a plain release. */
  readonly suffix: string;
  readonly prerelease: boolean;
  /** Orders suffixes of the same numbers: compare piece by piece. */
  readonly order: Numbers;
}

/** Marks by their place in the order; what is not here and follows a hyphen is a pre-release, as semver has it. */
const MARKS = [
  "dev snapshot nightly",
  "alpha a",
  "beta b",
  "milestone m",
  "pre preview",
  "rc c cr candidate",
  "", // marks that are not known
  "final ga release ce ee lts stable", // the release itself
  "post p pl patch sp r rev hotfix",
];
const STAGES = new Map(MARKS.flatMap((words, stage) => words.split(" ").map((word) => [word, stage])));
const OTHER = 6;
const RELEASE = 7;
const AFTER = 8;

/** Longer names are nobody's releases; the bound keeps the patterns below cheap on hostile refs. */
const MAX_NAME = 255;

/** In order of trust: a dotted version marked by `v`, any dotted one, then underscores, hyphens, a single number. */
const FORMS = [
  /(?<=(?:^|[-_/@.])[vV])\d+(?:\.\d+)+/,
  /\d+(?:\.\d+)+/,
  /\d+(?:_\d+)+/,
  /\d+(?:-\d+)+/,
  /(?<=(?:^|[-_/@.])[vV])\d+/,
  /\d+/,
];

/**
 * Reads a tag's short name; null if it holds no version. A name with several numbers is read by the most trusted form:
 * `python3-tool-v1.2.3` is version 1.2.3 with the prefix `python3-tool-v`.
 */
export function parseTag(name: string): TagVersion | null {
  if (name.length > MAX_NAME) return null;
  for (const form of FORMS) {
    const match = form.exec(name);
    if (!match) continue;
    const numbers = parseNumbers(match[0]);
    if (!numbers) return null;
    const suffix = name.slice(match.index + match[0].length);
    const order = orderOf(suffix);
    if (numbers.length === 1 && order.includes(OTHER)) return null; // `abc12def` is no version
    return { prefix: name.slice(0, match.index), numbers, suffix, prerelease: order[0]! < RELEASE, order };
  }
  return null;
}

/** `-rc.1` -> [5, 1, 7]: stage and number of every mark, closed by the release's own stage. Build metadata is left out. */
function orderOf(suffix: string): number[] {
  if (/^[a-z]$/.test(suffix)) return [AFTER, suffix.charCodeAt(0), RELEASE]; // OpenSSL's 1.1.1w
  const order: number[] = [];
  let awaitsNumber = false;
  for (const token of suffix
    .replace(/\+.*$/s, "")
    .split(/[-._~]/)
    .filter(Boolean)) {
    const [, word = "", digits = "", rest = ""] = /^([A-Za-z]*)(\d*)(.*)$/s.exec(token)!;
    if (word === "" && rest === "" && awaitsNumber) {
      order[order.length - 1] = Number(digits);
      awaitsNumber = false;
      continue;
    }
    const stage = word === "" && rest === "" ? AFTER : rest === "" ? (STAGES.get(word.toLowerCase()) ?? OTHER) : OTHER;
    if (stage === RELEASE) continue;
    order.push(stage, Number(digits));
    awaitsNumber = digits === "";
  }
  return [...order, RELEASE];
}

/** Orders tag versions oldest first, whatever their prefixes; 0 for equal versions (`v1.0` and `1.0.0`). */
export function compareTagVersions(a: TagVersion, b: TagVersion): number {
  const numbers = compareNumbers(a.numbers, b.numbers);
  if (numbers !== 0) return numbers;
  for (const [index, left] of a.order.entries()) {
    const right = b.order[index];
    if (right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.order.length < b.order.length ? -1 : 0;
}

/** True for prefixes that name no component or product. */
export function isPlainPrefix(prefix: string): boolean {
  return /^[vVr]?$/.test(prefix);
}

/** Tells whether tags of that prefix are tags of the product: `docker-v` of `docker`, `releases/gcc-` of `gcc`. */
export function prefixNames(prefix: string, product: string): boolean {
  const bare = prefix
    .replace(/(^|[-_/@.])[vV]$/, "$1")
    .replace(/[-_/@.]+$/, "")
    .toLowerCase();
  const wanted = product.toLowerCase();
  return bare === wanted || bare.endsWith(`/${wanted}`);
}
