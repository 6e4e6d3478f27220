// Release lines and policy -> what a forge should refuse and ask for, in no forge's words. Asks nobody.
import type { PolicySettings } from "../policy/settings.ts";

/** What git can do to a ref, and the forge should refuse. */
export type Refusal = "deletion" | "force push" | "update";

export interface Reviews {
  /** Approvals that a change needs; at least 1. */
  readonly approvals: number;
  /** Whoever pushed last cannot be the one who approves. */
  readonly byAnother: boolean;
  readonly why: string;
}

export interface RequiredCheck {
  readonly name: string;
  /** Who alone may report it: a GitHub App's number; null: anybody. */
  readonly app: number | null;
}

export interface Demand {
  /** Names it for people and, after `Morello: `, at the forge. Unique. */
  readonly name: string;
  readonly target: "branch" | "tag";
  /** Short names and Morello's patterns (`*` within a component, `**` across), sorted. */
  readonly patterns: readonly string[];
  /** Refs that are there or are to come, by short name, and must be covered; of the newest lines first. */
  readonly names: readonly string[];
  readonly refuses: readonly Refusal[];
  readonly reviews: Reviews | null;
  readonly check: RequiredCheck | null;
  readonly why: Readonly<Record<Refusal | "applies to", string>>;
}

/** A line as far as protection goes. */
export interface GuardedLine {
  readonly name: string;
  /** What made it a line; with angle brackets (`<version>`) it is no pattern of branches. */
  readonly pattern: string;
  readonly tagPrefix: string;
  /** Newest first. */
  readonly tags: readonly string[];
  readonly policy: PolicySettings;
}

export interface WantedInput {
  /** Newest first. */
  readonly lines: readonly GuardedLine[];
  /** Of lines that say nothing else. */
  readonly policy: PolicySettings;
  readonly check: RequiredCheck | null;
}

/** In order: release lines, ledgers, release tags. Empty without lines. */
export function wantedDemands({ lines, policy, check }: WantedInput): Demand[] {
  if (lines.length === 0) return [];
  return [...lineDemands(lines, policy, check), ledgerDemand(lines), tagDemand(lines)];
}

const FORCE = "a line goes forward only; picks, records and tags name its commits";

function ledgerDemand(lines: readonly GuardedLine[]): Demand {
  return {
    name: "ledgers",
    target: "branch",
    patterns: ["morello-ledger/**", "morello-trust"],
    names: ["morello-trust", ...lines.map(({ name }) => `morello-ledger/${name}`)],
    refuses: ["deletion", "force push"],
    reviews: null, // records are pushed by whoever picks; their signatures say who
    check: null,
    why: {
      "deletion": "the records are the evidence",
      "force push": "a ledger is only ever added to",
      "update": "",
      "applies to": "where ledgers and trusted keys are published",
    },
  };
}

function lineDemands(lines: readonly GuardedLine[], policy: PolicySettings, check: RequiredCheck | null): Demand[] {
  const usual = reviewsOf(policy);
  const groups = new Map<string, { reviews: Reviews | null; lines: GuardedLine[] }>();
  for (const line of lines) {
    const reviews = reviewsOf(line.policy);
    const key = level(reviews);
    groups.set(key, { reviews, lines: [...(groups.get(key)?.lines ?? []), line] });
  }
  return [...groups.entries()]
    .sort(([a], [b]) => Number(b === level(usual)) - Number(a === level(usual)) || (a < b ? -1 : 1))
    .map(([key, { reviews, lines: members }]) => ({
      // Named by what sets it apart, so that a rule keeps its name, and whom people let bypass it, as policy changes.
      name: key === level(usual) ? "release lines" : `release lines with ${key}`,
      target: "branch",
      patterns: patternsOf(members, lines),
      names: members.map(({ name }) => name),
      refuses: ["deletion", "force push"],
      reviews,
      check,
      why: {
        "deletion": "a release line's history is the evidence of what was shipped",
        "force push": FORCE,
        "update": "",
        "applies to": "the release lines that `morello lines` shows",
      },
    }));
}

function level(reviews: Reviews | null): string {
  if (reviews === null) return "no approval";
  const { approvals, byAnother } = reviews;
  return `${approvals} approval${approvals === 1 ? "" : "s"}${byAnother ? "" : ", also one's own"}`;
}

/**
 * A forge cannot tell an exact pick from a native change, so it asks of every change what policy asks of the class that
 * needs most; classes that policy refuses are for `morello check`.
 */
function reviewsOf({ classes, unmergedSource, selfApproval }: PolicySettings): Reviews | null {
  const needs = Object.entries({ ...classes, "unmerged source": unmergedSource }).flatMap(([what, approvals]) =>
    approvals === "refused" ? [] : [{ what, approvals }],
  );
  const most = needs.reduce((a, b) => (b.approvals > a.approvals ? b : a), { what: "", approvals: 0 });
  if (most.approvals === 0) return null;
  return {
    approvals: most.approvals,
    byAnother: !selfApproval,
    why: `policy asks ${most.approvals} of class ${most.what}, and a forge cannot tell classes`,
  };
}

/** The pattern where all lines of that pattern are members, so that lines to come are covered; else names. */
function patternsOf(members: readonly GuardedLine[], all: readonly GuardedLine[]): string[] {
  const patterns = members.map(({ name, pattern }) => {
    const shared = all.filter((line) => line.pattern === pattern).every((line) => members.includes(line));
    return shared && /^[^<>]+$/.test(pattern) ? pattern : name;
  });
  return [...new Set(patterns)].sort();
}

function tagDemand(lines: readonly GuardedLine[]): Demand {
  const patterns = lines.map(({ tagPrefix, tags }) => {
    // With a dot where versions have one: a project may move `v2` along with its releases.
    const dotted = tags.every((tag) => tag.slice(tagPrefix.length).includes("."));
    return `${tagPrefix}${dotted ? "*.*" : "*"}`;
  });
  return {
    name: "release tags",
    target: "tag",
    patterns: [...new Set(patterns)].sort(),
    names: lines.flatMap(({ tags }) => tags.slice(0, 1)),
    refuses: ["deletion", "force push", "update"],
    reviews: null,
    check: null,
    why: {
      "deletion": "a version that was released stays",
      "force push": "a version names one commit for ever",
      "update": "a version names one commit for ever, also for who may push it forward",
      "applies to": "tags named as releases of the lines are",
    },
  };
}
