// What an approval covers, before and after it is signed; and what was waived.
import { unreachable } from "../../error.ts";
import type { ApprovalPreview, ApproveOutcome, WaiveOutcome } from "../../wire/approve.ts";
import { cleaned } from "./clean.ts";
import { renderDiff } from "./diff.ts";
import { PHRASES } from "./phrases.ts";
import { count, paint, shortId, showId, symbol, type View } from "./view.ts";
import { truncate } from "./width.ts";

type Shown = Omit<ApprovalPreview, "diff">;

/** Every field of the signature, and the diff that it stands for. */
export function renderPreviews(view: View, previews: readonly ApprovalPreview[]): string {
  return previews
    .map((preview) => {
      const { diff, ...rest } = preview;
      return `${coverage(view, cleaned(rest)).join("\n")}\n\n${renderDiff(view, diff)}\n`;
    })
    .join("\n");
}

function coverage(view: View, { line, approval, sources, class: kind, stat }: Shown): string[] {
  const changed = `${count(stat.files, "file")} +${stat.insertions} −${stat.deletions}`;
  const rows: readonly (readonly [string, string])[] = [
    ["onto", `${showId(view, approval.base)}, the tip of ${approval.target.replace(/^refs\/heads\//, "")}`],
    ...sources.map(({ commit, subject }) => ["picks", `${showId(view, commit)} ${subject}`] as const),
    ["as", PHRASES.class[kind]],
    ["result", `tree ${showId(view, approval.resultTree)}, ${changed}`],
    ["under", approval.policy === null ? "no policy" : `policy ${showId(view, approval.policy)}`],
    ["in", `repository ${showId(view, approval.repository)}`],
    ["until", dateOf(approval.expires)],
    ["by", approval.approver],
    ["once", `nonce ${approval.nonce}`],
    ...(approval.comment === null ? [] : [["saying", approval.comment] as const]),
  ];
  return [
    `${paint(view, "strong", "Approve")}  ${line}`,
    ...rows.map(([name, text]) => truncate(`  ${paint(view, "quiet", name.padEnd(7))} ${text}`, view.width)),
  ];
}

/** `2026-11-24 12:00 UTC` */
function dateOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function renderApprove(view: View, done: ApproveOutcome): string {
  const outcome = cleaned(done);
  return approveLines(view, outcome)
    .map((line) => `${line}\n`)
    .join("");
}

function approveLines(view: View, outcome: ApproveOutcome): string[] {
  switch (outcome.kind) {
    case "approved":
      return [
        ...outcome.approvals.flatMap(({ line, approval, sources, record }) => {
          const what = sources.length === 1 ? shown(view, sources[0]?.commit ?? "") : count(sources.length, "commit");
          return view.plain
            ? [
                `${line}: approved ${sources.map(({ commit }) => commit).join(" ")} onto ${approval.base} as tree ${approval.resultTree}`,
                `${line}: record ${record}`,
              ]
            : [
                `${paint(view, "good", symbol(view, "good"))} ${line}  approved ${what} by ${approval.approver}, until ${dateOf(approval.expires)}`,
              ];
        }),
        `${view.plain ? "note: " : `${paint(view, "quiet", symbol(view, "note"))} `}signed with ${outcome.key}`,
        ...(outcome.pushed === null ? [] : [`pushed the ledger to ${outcome.pushed}`]),
      ];
    case "nothing":
      return [`${outcome.line}: ${outcome.why}`];
    case "declined":
      return ["Nothing was signed"];
    default:
      return unreachable(outcome);
  }
}

function shown(view: View, oid: string): string {
  return view.plain ? oid : shortId(oid);
}

export function renderWaive(view: View, done: WaiveOutcome): string {
  const { line, rule, commit, reason, by, until } = cleaned(done);
  const what = commit === null ? "" : ` for ${shown(view, commit)}`;
  return `${line}: ${rule} is waived${what} until ${dateOf(until)} by ${by}: ${reason}\n`;
}
