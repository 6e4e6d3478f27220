// A branch's name -> the release line it stands for. Always the whole name: a version somewhere inside
// (`cherry-pick-12-to-release-1.28`, `mergify/bp/release/1.2/pr-1`) makes no line.
import { parseNumbers, type LineVersion } from "./version.ts";

export interface LineName extends LineVersion {
  /** The pattern that the name fits, for people: `release/*`, `*.x`, `<version>`, `<product>-<version>`. */
  readonly pattern: string;
  /** `docker` of `docker-29.x`; null where the name holds none. */
  readonly product: string | null;
  /**
   * The tags that must be there before the name is believed: none, some of the series (`v2`), or some of the series
   * whose prefix names the product (`docker-18.09`, else any `fix-2.7` would be a line).
   */
  readonly proof: "none" | "series" | "product";
}

/** Words before a version that are said to hold release lines. */
const HOLDERS = "releases?|rel|stable|maintenance|maint|support|lts|branch|version";
const HELD = new RegExp(`^(release-branch\\.|(?:${HOLDERS})[-_/]|REL(?=\\d))(.+)$`, "i");
/** Of these, the ones that also stand before a ticket's or a running number: `support/1234`, `branch-2`. */
const WEAK_HOLDER = /^(?:support|branch|version)[-_/]/i;
/** Longer names are nobody's lines; the bound keeps the patterns below cheap on hostile refs. */
const MAX_NAME = 255;
/** Words that stand before a version in the names of work, not of lines. */
const WORK =
  /^(?:.*fix|feat|feature|bump|backport|bp|port|cherry|pick|test|tests|wip|docs?|ci|chore|dev|develop|update|upgrade|revert|merge|sync|issue|pr|pull|patch|tmp|temp|staging|next|prepare|prep|try|experiment|renovate|dependabot|mergify|snyk|copilot|greenkeeper|morello)$/i;
/** Morello's own branches, never lines, not even by configuration. */
const OWN = /^morello(?:(?:-ledger)?\/|-trust$)/;

const MARK = "[vVrR]?";
const VERSION = String.raw`(?<dotted>\d+(?:\.\d+)*)|(?<joined>\d+(?:-\d+)+|\d+(?:_\d+)+)`;
const OPEN = String.raw`(?<open>(?:[._-][xXyY])*)`;
const KIND = "(?<kind>[-_./](?:stable|lts|branch|maint|maintenance|release|support))?";
const PRE = String.raw`(?<pre>[-._]?(?:alpha|beta|rc|pre|preview|dev|a|b|m)[-.]?\d*)?`;
const TAIL = new RegExp(`^${MARK}(?:${VERSION})${OPEN}${KIND}${PRE}$`, "i");
const PRODUCT = new RegExp(`^(?=[@A-Za-z])(?<product>.*?[^-_/@.\\d])[-_/@.]?${MARK}(?:${VERSION})${OPEN}${KIND}$`, "i");

/** Tells whether a branch is Morello's own. */
export function isOwnBranch(name: string): boolean {
  return OWN.test(name);
}

/** Reads a branch's short name; null if it stands for no line. */
export function parseLineName(name: string): LineName | null {
  if (isOwnBranch(name) || name.length > MAX_NAME) return null;
  const held = HELD.exec(name);
  if (held) {
    const pattern = `${held[1]}*`;
    const tail = TAIL.exec(held[2]!);
    if (!tail) return named(held[2]!, pattern);
    return found(tail, pattern, WEAK_HOLDER.test(name) && /^[vr]?\d+$/i.test(held[2]!) ? "series" : "none");
  }
  return bare(name) ?? named(name, "<product>-<version>");
}

function bare(name: string): LineName | null {
  const match = TAIL.exec(name);
  const { dotted, open, kind, pre, joined } = match?.groups ?? {};
  if (!match || pre !== undefined) return null; // `2.7-rc1` is a tag's name, `3b` anything
  if (joined !== undefined && kind === undefined) return null; // `2024-01-15`, but `7-1-stable` is a line
  const certain = open !== "" || kind !== undefined || dotted!.includes(".");
  return found(match, open === "" ? "<version>" : "*.x", certain ? "none" : "series");
}

function named(name: string, pattern: string): LineName | null {
  const match = PRODUCT.exec(name);
  const product = match?.groups?.["product"];
  if (!match || product === undefined || WORK.test(product)) return null;
  // `docker-29.x`, `linux-6.1.y`: the wildcard says that it is a line, if the rest is one plain word.
  const open = match.groups!["open"] !== "" && /^[A-Za-z]+[-_]/.test(name) && /^[A-Za-z]+$/.test(product);
  return found(match, open && pattern.startsWith("<") ? "*.x" : pattern, open ? "none" : "product", product);
}

function found(
  match: RegExpExecArray,
  pattern: string,
  proof: LineName["proof"],
  product: string | null = null,
): LineName | null {
  const { dotted, joined, open, pre } = match.groups!;
  const numbers = parseNumbers((dotted ?? joined)!);
  return numbers && { numbers, open: open !== "", prerelease: pre !== undefined, pattern, product, proof };
}

/** Tells whether two branch names stand for one line: the same, or the same version under another pattern. */
export function sameLine(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseLineName(a), parseLineName(b)];
  return (
    left !== null &&
    right !== null &&
    left.product === right.product &&
    left.numbers.join(".") === right.numbers.join(".")
  );
}
