// What a commit message claims about other commits: whose pick it is, what it reverts, fixes, needs, belongs to. Claims
// are words, never proof: whoever uses one checks that the commit exists and that the contents agree.
import { subjectOf } from "../object/text.ts";
import { plainSubject } from "./subject.ts";

/** A commit that the author wants on stable lines first: kernel's `Cc: stable # 6.1.x: 1a2b3c4d: title`. */
export interface ClaimedPrerequisite {
  /** Lower-case hexadecimal digits, 7 to 64. */
  readonly commit: string;
  /** What stands before the commit, such as `6.1.x`; null if nothing does. */
  readonly version: string | null;
}

/** Object IDs are lower case and may be abbreviated (7 digits or more). Lists hold each entry once, in message order. */
export interface Claims {
  readonly subject: string;
  /** The subject without what backports add to it, in lower case; equal for a fix and most of its backports. */
  readonly plainSubject: string;
  /** Commits that this one says it was picked from. With a chain of picks the last one is the nearest. */
  readonly pickedFrom: readonly string[];
  readonly reverts: readonly string[];
  /** Commits that are put back after a revert. */
  readonly reapplies: readonly string[];
  /** `Fixes:` trailers and the like that name a commit. */
  readonly fixes: readonly string[];
  /** Commits that this one says it follows up. */
  readonly followsUp: readonly string[];
  /** Pull requests that the commit belongs to, or is a backport of. */
  readonly pulls: readonly number[];
  /** Issues and whatever else is named as `#N`. */
  readonly issues: readonly number[];
  readonly prerequisites: readonly ClaimedPrerequisite[];
  /** Whether the author wants it on stable lines: `Cc: stable@…`. */
  readonly wantsStable: boolean;
  /** Every other object ID in the text: ten digits or more, among them a letter and a figure. */
  readonly mentions: readonly string[];
}

const ID = "([0-9a-f]{7,64})";
/** What stands between the verb and the ID: `commit`, brackets, quotes, a forge's address. */
const TO = String.raw`[ \t]*(?:of[ \t]+|from[ \t]+)?(?:the[ \t]+)?(?:upstream[ \t]+)?(?:commits?|change|rev(?:ision)?)?[ \t:]*[<\["'(\x60]*(?:https?://[^\s<>()]*/commits?/|[\w.-]+/[\w.-]+@)?`;

const PICKED = [
  // git's own line and what people make of it.
  new RegExp(
    `\\(?\\b(?:cherry[- ]?pick(?:ed)?|back-?port(?:ed|s)?|picked|ported)\\b[ \\t]+(?:from|of)\\b${TO}${ID}\\b`,
    "gi",
  ),
  // The kernel's and git's stable lines: `commit X upstream.`, `[ Upstream commit X ]`.
  new RegExp(`^[ \\t]*\\[?[ \\t]*upstream commit ${ID}\\b`, "gim"),
  new RegExp(`^[ \\t]*commit ${ID} upstream\\b`, "gim"),
  new RegExp(
    `^(?:upstream-commit|picked-from|backported-from|cherry-picked-from|original-commit):[ \\t]*${ID}\\b`,
    "gim",
  ),
];
const REVERTED = new RegExp(`\\brevert(?:s|ed|ing)?\\b${TO}${ID}\\b`, "gi");
const REAPPLIED = new RegExp(
  `\\bre-?(?:appl(?:y|ies|ied|ying)|land(?:s|ed|ing)?|instat(?:e|es|ed))\\b${TO}${ID}\\b`,
  "gi",
);
const FIXED = [
  new RegExp(`^(?:fixes|fix|fixup|regression-from|caused-by|introduced-by|bug-introduced-by):?${TO}${ID}\\b`, "gim"),
  new RegExp(
    `\\b(?:fixes|introduced|caused|broken|broke|regress(?:ed|ion))\\b[ \\t]+(?:by|in|since|from)\\b${TO}${ID}\\b`,
    "gi",
  ),
];
const FOLLOWED = new RegExp(
  `\\b(?:follow(?:s|ed|ing|-)?[ -]?up|amends|completes|addendum|missing from|(?:fix|bug|regression|leftover|typo)[ \\t]+(?:in|of|from))\\b[ \\t]*(?:to|of|for|on)?${TO}${ID}\\b`,
  "gi",
);
const STABLE = /^cc:[^\n]*\bstable\b[^\n]*$/gim;
const STABLE_NEEDS = /#[ \t]*([^:\n]*?)[ \t]*:[ \t]*([0-9a-f]{7,64})\b/i;
const MENTION = /(?<![\w/.-])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{10,64}(?![\w-])/g;

/** `owner/name#12`, `#12`, `gh-12`. */
const NUMBER = /(?<![\w&])(?:[\w.-]+\/[\w.-]+)?(?:#|\bgh-|\bGH-)(\d{1,7})\b/g;
const PULL_ADDRESS = /\/(?:pull|merge_requests)\/(\d{1,7})\b/g;
const ISSUE_ADDRESS = /\/issues\/(\d{1,7})\b/g;
/** Words after which a number names a pull request that this commit carries or belongs to. */
const PULL_WORDS = [
  /\bmerge pull request #(\d{1,7})\b/gi,
  /\bback-?ports?(?:ed|ing)?\b[ \t:]*(?:of[ \t]+)?(?:the[ \t]+)?(?:pull[ \t]+requests?|prs?)?[ \t:]*(?:[\w.-]+\/[\w.-]+)?(?:#|gh-)(\d{1,7})/gi,
  /\b(?:cherry[- ]?pick(?:s|ed)?(?:[ \t]+(?:of|from))?|pull[ \t]+request|pr)[ \t:]*(?:[\w.-]+\/[\w.-]+)?#(\d{1,7})/gi,
  /\bpull request:?[ \t]*(\d{1,7})\b/gi,
];

/** Reads a message: bytes as latin1 or text, either will do, since claims are ASCII. */
export function claimsOf(message: string): Claims {
  const subject = subjectOf(message);
  const pickedFrom = named(message, PICKED);
  const prerequisites = stableNeeds(message);
  const reapplies = named(message, [REAPPLIED]);
  const reverts = without(named(message, [REVERTED]), reapplies);
  const fixes = without(named(message, FIXED), [...reverts, ...pickedFrom]);
  const followsUp = without(named(message, [FOLLOWED]), [...fixes, ...reverts, ...pickedFrom]);
  const pulls = pullNumbers(message, subject);
  const known = [
    ...pickedFrom,
    ...reverts,
    ...reapplies,
    ...fixes,
    ...followsUp,
    ...prerequisites.map(({ commit }) => commit),
  ];
  return {
    subject,
    plainSubject: plainSubject(subject),
    pickedFrom,
    reverts,
    reapplies,
    fixes,
    followsUp,
    pulls,
    issues: numbers(message, [NUMBER, ISSUE_ADDRESS]).filter((number) => !pulls.includes(number)),
    prerequisites,
    wantsStable: message.search(STABLE) >= 0,
    mentions: without(unique(message.toLowerCase().match(MENTION) ?? []), known),
  };
}

function named(text: string, patterns: readonly RegExp[]): string[] {
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)]);
  found.sort((a, b) => a.index - b.index);
  return unique(found.map((match) => (match[1] ?? "").toLowerCase()).filter(isId));
}

/** Words such as `defaced` and `feedface` of seven letters are no object IDs; digits alone may be one. */
function isId(id: string): boolean {
  return id.length >= 12 || /\d/.test(id);
}

function stableNeeds(message: string): ClaimedPrerequisite[] {
  return [...message.matchAll(STABLE)].flatMap(([line]) => {
    const [, version = "", commit = ""] = STABLE_NEEDS.exec(line) ?? [];
    return commit === "" ? [] : [{ commit: commit.toLowerCase(), version: version === "" ? null : version }];
  });
}

/** A number in brackets at the subject's end is the commit's own pull request, as forges write it on squashing. */
function pullNumbers(message: string, subject: string): number[] {
  const own = [...subject.matchAll(/\((?:[\w.-]+\/[\w.-]+)?#(\d{1,7})\)/g)].map((match) => Number(match[1]));
  return unique([...own, ...numbers(message, [...PULL_WORDS, PULL_ADDRESS])]);
}

function numbers(text: string, patterns: readonly RegExp[]): number[] {
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)]);
  found.sort((a, b) => a.index - b.index);
  return unique(found.map((match) => Number(match[1])));
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function without(items: readonly string[], others: readonly string[]): string[] {
  return items.filter((item) => !others.some((other) => other.startsWith(item) || item.startsWith(other)));
}
