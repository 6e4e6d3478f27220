// Whether ledgers hold: a block for each line, what does not hold, whose keys, and the way from a version to its picks.
import type { LedgerFinding, LedgerReport, LedgerVerifyOutcome, ProvenPick, TrustReport } from "../../wire/ledger.ts";
import { cleaned } from "./clean.ts";
import { PHRASES } from "./phrases.ts";
import { count, paint, shortId, showId, symbol, type View } from "./view.ts";
import { truncate, wrap } from "./width.ts";

export function renderLedgerVerify(view: View, found: LedgerVerifyOutcome): string {
  const { lines, trust, trustFindings, from, ok } = cleaned(found);
  const blocks = [
    ...(from === null ? [] : [pickLines(view, from)]),
    ...lines.map((report) => reportLines(view, report)),
    trustLines(view, trust, trustFindings),
    [verdict(view, found.lines, ok)],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => `${line}\n`).join(""))
    .join(view.plain ? "" : "\n");
}

function reportLines(view: View, report: LedgerReport): string[] {
  const { line, tip, records, signed, signers, findings, more, fetch, refname } = report;
  if (tip === null) {
    const hint = fetch === null ? "nothing was recorded yet" : `if the remote has it: ${fetch}`;
    return [`${mark(view, "refused")} ${line}: no ledger here, so nothing is proved; ${hint}`];
  }
  const holds = findings.length === 0;
  const numbers = `${count(records, "record")}, ${signed === 0 ? "none signed" : `${signed} signed`}`;
  return [
    `${mark(view, holds ? "good" : "bad")} ${paint(view, "strong", line)}: ${numbers}  ${paint(view, "quiet", `${refname} at ${showId(view, tip)}`)}`,
    ...signers.map(
      ({ fingerprint, principal, records: by }) => `    ${by} by ${principal ?? "an unknown person"} ${fingerprint}`,
    ),
    ...findings.flatMap((finding) => findingLines(view, finding)),
    ...(more === 0 ? [] : [`    and ${more} more`]),
  ];
}

function findingLines(view: View, { code, seq, message, hint }: LedgerFinding): string[] {
  const where = seq === null ? "the log" : `record ${seq}`;
  const [first = "", ...rest] = wrap(`${where}: ${message} [${code}]`, view.width - 6);
  return [
    `    ${mark(view, "bad")} ${first}`,
    ...rest.map((text) => `      ${text}`),
    `      ${paint(view, "quiet", hint)}`,
  ];
}

const PINNED: Readonly<Record<TrustReport["pinned"], string>> = {
  "configured": "as git config morello.rootKey says",
  "remembered": "the same as before",
  "first-use": "seen for the first time, and remembered from now on",
};

function trustLines(view: View, trust: TrustReport | null, findings: readonly LedgerFinding[]): string[] {
  if (trust === null) {
    const text =
      "No trust log: who may sign is said by nobody. To begin one: morello ledger trust --add KEY.pub --as EMAIL --role root";
    return wrap(text, view.width).map((line) => paint(view, "quiet", line));
  }
  const { roots, pinned, keys } = trust;
  const held = keys.filter(({ revoked }) => !revoked).length;
  return [
    `${mark(view, findings.length === 0 ? "good" : "bad")} ${paint(view, "strong", "trust log")}: ${count(held, "key")}`,
    ...roots.map((root) => `    root key ${root}, ${PINNED[pinned]}`),
    ...findings.flatMap((finding) => findingLines(view, finding)),
  ];
}

function pickLines(view: View, { tag, line, picks }: NonNullable<LedgerVerifyOutcome["from"]>): string[] {
  const head = `${paint(view, "strong", tag)} of ${line}: ${count(picks.length, "commit")}`;
  return [head, ...picks.flatMap((pick) => provenLines(view, pick))];
}

function provenLines(view: View, { pick, source, class: landedClass, approvals, key }: ProvenPick): string[] {
  const room = Math.max(20, view.width - 18);
  const from = source === null ? "" : ` from ${shortId(source.commit)} ${truncate(source.subject, room)}`;
  const approved = approvals.length === 0 ? "" : `, approved by ${approvals.join(", ")}`;
  return [
    `  ${mark(view, key === null ? "refused" : "good")} ${showId(view, pick.commit)} ${truncate(pick.subject, room)}`,
    key === null
      ? "      no record"
      : `      ${landedClass === null ? "" : PHRASES.class[landedClass]}${from}${approved}`,
  ];
}

function verdict(view: View, lines: readonly LedgerReport[], ok: boolean): string {
  if (ok) return `${mark(view, "good")} All holds.`;
  if (lines.length === 0) return `${mark(view, "refused")} There is no ledger here, so nothing is proved.`;
  return `${mark(view, "bad")} Not all holds.`;
}

function mark(view: View, name: "good" | "bad" | "refused"): string {
  return paint(view, name === "refused" ? "warn" : name, symbol(view, name));
}
