// A release as Markdown, and as the message of its tag. Pure; each fix once.
import type { ReleaseEntry, ReleaseGroup } from "../wire/release.ts";

export interface Notes {
  readonly tag: string;
  readonly line: string;
  readonly previousTag: string | null;
  /** Day of the release, `2026-01-02`. */
  readonly day: string;
  /** Oldest first. */
  readonly entries: readonly ReleaseEntry[];
}

const TITLES: readonly (readonly [ReleaseGroup, string])[] = [
  ["feature", "Features"],
  ["fix", "Fixes"],
  ["performance", "Performance"],
  ["revert", "Reverts"],
  ["documentation", "Documentation"],
  ["other", "Other changes"],
];

/** Breaking changes first, then group by group; a group without entries is left out. */
export function releaseNotes({ tag, line, previousTag, day, entries }: Notes): string {
  const groups = [
    { title: "Breaking changes", own: entries.filter(({ breaking }) => breaking) },
    ...TITLES.map(([group, title]) => ({
      title,
      own: entries.filter((entry) => entry.group === group && !entry.breaking),
    })),
  ];
  const since = previousTag === null ? "The first release" : `Since ${escaped(previousTag)}`;
  const sections = groups
    .filter(({ own }) => own.length > 0)
    .map(({ title, own }) => `### ${title}\n\n${own.map((entry) => `- ${item(entry)}\n`).join("")}`);
  return [`## ${escaped(tag)} (${day})\n`, `${since} of ${escaped(line)}: ${summary(entries)}.\n`, ...sections].join(
    "\n",
  );
}

function item({ scope, title, pull, commit, source, alsoIn }: ReleaseEntry): string {
  const facts = [
    pull === null ? "" : `#${pull}`,
    short(commit),
    source === null ? "" : `from ${short(source)}`,
    alsoIn.length === 0 ? "" : `also in ${alsoIn.map(escaped).join(", ")}`,
  ];
  const about = scope === null ? "" : `**${escaped(scope)}:** `;
  return `${about}${escaped(title)} (${facts.filter((fact) => fact !== "").join(", ")})`;
}

/** `2 fixes and 1 other change` */
export function summary(entries: readonly ReleaseEntry[]): string {
  const count = (number: number, one: string): string[] =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : one === "fix" ? "fixes" : `${one}s`}`];
  const of = (group: ReleaseGroup): number => entries.filter((entry) => entry.group === group).length;
  const [features, fixes] = [of("feature"), of("fix")];
  const other = features + fixes === 0 ? "change" : "other change";
  const parts = [
    ...count(features, "feature"),
    ...count(fixes, "fix"),
    ...count(entries.length - features - fixes, other),
  ];
  if (parts.length === 0) return "no changes";
  return parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

/** A pick as the tag's message names it; so many are listed. */
const LISTED = 500;

export interface TagMessage extends Notes {
  readonly allowed: string | null;
  /** The ledger's last commit; null where there is no ledger. */
  readonly checkpoint: string | null;
}

/** The message of the annotated tag: UTF-8 text, ends in a newline. The same release gives the same bytes. */
export function tagMessage({ tag, line, previousTag, entries, allowed, checkpoint }: TagMessage): string {
  const since = previousTag === null ? "The first release" : `Since ${previousTag}`;
  const listed = entries.slice(0, LISTED).map((entry) => `- ${listing(entry)}\n`);
  const more = entries.length > LISTED ? [`- and ${entries.length - LISTED} more\n`] : [];
  const trailers = [
    ...(allowed === null ? [] : [`Feature-Allowed: ${oneLine(allowed)}\n`]),
    ...(checkpoint === null ? [] : [`Ledger-Checkpoint: ${checkpoint}\n`]),
  ];
  return [
    `${tag}\n`,
    `${since} of ${line}: ${summary(entries)}.\n`,
    ...(listed.length === 0 ? [] : [[...listed, ...more].join("")]),
    ...(trailers.length === 0 ? [] : [trailers.join("")]),
  ].join("\n");
}

function listing({ commit, subject, source, pull }: ReleaseEntry): string {
  const numbered = pull !== null && subject.includes(`#${pull}`);
  const facts = [source === null ? "" : `from ${short(source)}`, pull === null || numbered ? "" : `#${pull}`];
  const said = facts.filter((fact) => fact !== "").join(", ");
  return `${short(commit)} ${oneLine(subject)}${said === "" ? "" : ` (${said})`}`;
}

/** Nothing that a commit says can begin a line, a trailer or an escape sequence. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function short(oid: string): string {
  return oid.slice(0, 12);
}

/** Text that Markdown would read otherwise, made literal; what stands in backticks is left as it is. */
function escaped(text: string): string {
  return oneLine(text)
    .split(/(`[^`]*`)/)
    .map((part, n) => (n % 2 === 1 ? part : part.replace(/[\\*_<>[\]|~`]|^[#+-]/g, "\\$&")))
    .join("")
    .replace(/^(\d+)(?=[.)] )/, "$1\\"); // would begin a list
}
