// Versions as lists of numbers: reading and ordering them. A line's version names a series, a tag's one release.

export type Numbers = readonly number[];

/** Reads `2.7`, `7-1` or `16_3`; null if a part is no number that JSON can hold. */
export function parseNumbers(text: string): number[] | null {
  const numbers = text.split(/[._-]/).map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  return numbers.some(Number.isNaN) ? null : numbers;
}

/** Compares piece by piece as numbers; a missing piece counts as 0, so `5.0` and `5.0.0` are the same version. */
export function compareNumbers(a: Numbers, b: Numbers): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index] ?? 0;
    const right = b[index] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Tells whether a version belongs to the series: `2.7.1` to `2.7`, and `5` to `5.0` (a missing piece counts as 0). */
export function inSeries(version: Numbers, series: Numbers): boolean {
  return series.every((number, index) => (version[index] ?? 0) === number);
}

/** The version that a branch stands for. */
export interface LineVersion {
  readonly numbers: Numbers;
  /** The name ends in a wildcard (`2.x`): the branch stands for whatever comes next in the series. */
  readonly open: boolean;
  /** The name ends in a pre-release mark (`release/2.7-rc1`). */
  readonly prerelease: boolean;
}

/**
 * Orders lines oldest first. `7.0` is older than `7.0.1`; an open line is the newest of its series, so `2.x` comes
 * after `2.9` and before `3.0`; a pre-release branch comes right before its release's. Lines without a version come
 * before all others.
 */
export function compareLineVersions(a: LineVersion, b: LineVersion): number {
  return (
    Math.sign(Math.min(a.numbers.length, 1) - Math.min(b.numbers.length, 1)) ||
    compareNumbers(closed(a), closed(b)) ||
    Math.sign(closed(a).length - closed(b).length) ||
    Number(b.prerelease) - Number(a.prerelease)
  );
}

function closed(version: LineVersion): Numbers {
  return version.open ? [...version.numbers, Number.POSITIVE_INFINITY] : version.numbers;
}
