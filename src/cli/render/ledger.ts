// Records: a row each, or one in full.
import type { LedgerEntry, LedgerLogOutcome, LedgerShowOutcome } from "../../wire/ledger.ts";
import type { LedgerRecord } from "../../wire/record.ts";
import { cleaned } from "./clean.ts";
import { PHRASES } from "./phrases.ts";
import { table, type Cell, type Column } from "./table.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";

export function renderLedgerLog(view: View, found: LedgerLogOutcome): string {
  const { lines } = cleaned(found);
  if (lines.length === 0) return "There is no ledger here: the first pick that lands begins one.\n";
  const blocks = lines.map(({ line, refname, fetch, entries }) => {
    if (fetch !== null) return [`${line}: no ledger here; if the remote has one: ${fetch}`];
    if (view.plain) return entries.flatMap((entry) => plainEntry(line, entry));
    const head = `${paint(view, "strong", line)}  ${paint(view, "quiet", refname)}`;
    return entries.length === 0 ? [head, "  no such record"] : [head, ...rows(view, entries)];
  });
  return blocks.map((block) => block.map((row) => `${row}\n`).join("")).join(view.plain ? "" : "\n");
}

const COLUMNS: readonly Column[] = [{}, {}, {}, {}, { shrink: 1, least: 16 }, { shrink: 2, least: 8 }];

function rows(view: View, entries: readonly LedgerEntry[]): string[] {
  const cells = entries.map(({ record, signedBy }): Cell[] => [
    signedBy.length > 0
      ? { text: symbol(view, "good"), tone: "good" }
      : { text: symbol(view, "nothing"), tone: "quiet" },
    { text: day(record.time), tone: "quiet" },
    { text: record.key.slice(0, 8), tone: "id" },
    { text: record.kind, tone: record.kind === "reverted" || record.kind === "gap" ? "warn" : "name" },
    { text: aboutOf(record) },
    { text: record.by.name, tone: "quiet" },
  ]);
  return table(view, COLUMNS, cells, 2);
}

function plainEntry(line: string, { record, signedBy, commit }: LedgerEntry): string[] {
  const { seq, kind, key, time, by } = record;
  const signed = signedBy.length === 0 ? "unsigned" : `signed by ${signedBy.join(", ")}`;
  return [
    `${line}: ${seq} ${kind} ${aboutOf(record)}, ${isoTime(time)}, ${by.name} <${by.email}>, ${signed}, key ${key}, log commit ${commit}`,
  ];
}

/** What a record says, in a few words. */
function aboutOf(record: LedgerRecord): string {
  const source = record.sources.map(shortId).join(", ");
  switch (record.kind) {
    case "landed":
      return `${source} as ${shortId(record.commit)}, ${PHRASES.class[record.class]}`;
    case "release":
      return `${record.version} at ${shortId(record.commit)}`;
    case "reverted":
      return `${source === "" ? shortId(record.commit) : source}: ${record.reason}`;
    case "skipped":
      return `${source}: ${record.reason}`;
    case "request":
    case "intent":
      return `${source} as ${shortId(record.result)}`;
    case "approval":
      return source === "" ? record.target : source;
    case "waiver":
      return `${record.rule}: ${record.reason}`;
    case "gap":
      return `${count(record.commits.length, "commit")} ${record.backwards ? "taken away" : "landed"} outside`;
    case "image":
      return `${record.tag} ${record.digest}`;
    case "trust":
      return record.reason;
    case "checkpoint":
      return record.tip === null ? "begun" : `at ${shortId(record.tip)}`;
  }
}

export function renderLedgerShow(view: View, found: LedgerShowOutcome): string {
  const { entries } = cleaned(found);
  return entries.map((entry) => `${full(view, entry).join("\n")}\n`).join("\n");
}

function full(view: View, { record, commit, signedBy, digest }: LedgerEntry): string[] {
  const { kind, key, line, by, time, seq, ...rest } = record;
  const facts: readonly (readonly [string, unknown])[] = [
    ["key", key],
    ["line", line === "" ? "(the trust log)" : line],
    ["position", seq],
    ["log commit", commit],
    ["envelope", digest],
    ["signed by", signedBy.length === 0 ? "nobody" : signedBy.join(", ")],
    ["by", `${by.name} <${by.email}>`],
    ["time", isoTime(time)],
    ...Object.entries(rest),
  ];
  const shown = facts.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  const widest = Math.max(...shown.map(([name]) => words(name).length));
  return [
    `${paint(view, "strong", kind)} ${aboutOf(record)}`,
    ...shown.map(([name, value]) => `  ${paint(view, "quiet", words(name).padEnd(widest))}  ${valueText(value)}`),
  ];
}

/** `resultTree` -> `result tree`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  return JSON.stringify(value);
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
