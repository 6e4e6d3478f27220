// The guard in words: for whoever installs it, and for whoever pushes.
import type { GuardOutcomeOf, Refusal } from "../../wire/guard.ts";
import { clean, cleaned } from "./clean.ts";
import { errorReport } from "./error.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";

export function renderGuard(view: View, found: GuardOutcomeOf<"guard-installed" | "guard-removed">): string {
  const outcome = cleaned(found);
  const good = paint(view, "good", symbol(view, "good"));
  if (outcome.kind === "guard-removed") {
    const rest = outcome.restored ? "; the hook from before is back in its place" : "";
    return `${good} removed from ${outcome.repository}${rest}\n`;
  }
  const { repository, auditOnly, lines, main, chained, renewed } = outcome;
  const out = [
    `${good} ${renewed ? "renewed" : "installed"} in ${repository}${auditOnly ? ", to report only: nothing is refused" : ""}`,
    `  guards ${count(lines.length, "release line")}${lines.length === 0 ? "" : `: ${lines.slice(0, SHOWN).join(", ")}`}${lines.length > SHOWN ? " …" : ""}`,
    `  policy is read from ${main ?? "the default branch, once there is one"}`,
  ];
  if (chained !== null) out.push(`  the hook from before runs after it: ${chained}`);
  return out.map((line) => `${line}\n`).join("");
}

const SHOWN = 6;
/** A pusher reads a few; the others are of the same push. */
const REFUSALS = 5;

/** For the pusher, whose git puts `remote: ` before each line. Never colours: who reads it is not known. */
export function renderReceived({ accepted, auditOnly, refusals, notes }: GuardOutcomeOf<"received">): string {
  const out = notes.map((note) => `morello guard: ${clean(note)}`);
  if (refusals.length > 0) {
    out.push(
      accepted && auditOnly
        ? "morello guard: would refuse this push, and lets it through (--audit-only)"
        : "morello guard: refused, and nothing was moved",
      ...refusals.slice(0, REFUSALS).flatMap(lines),
    );
    if (refusals.length > REFUSALS) out.push(`  and ${refusals.length - REFUSALS} more`);
  }
  return out.map((line) => `${line}\n`).join("");
}

/** The guard itself failed: nobody knows whether the push is good, so it is refused. */
export function renderGuardFailure(error: unknown): string {
  const { message, hint } = errorReport(error);
  const out = [
    "morello guard: refused, since the push could not be looked at",
    `  ${cut(clean(message), 300)}`,
    `  hint: ${hint === null ? "whoever runs this server finds more with: git fsck, morello check" : cut(clean(hint), 200)}`,
  ];
  return out.map((line) => `${line}\n`).join("");
}

export function renderTimeOut(seconds: number): string {
  return `morello guard: refused, since looking at the push took longer than ${count(seconds, "second")}
  hint: push fewer commits at once; on the server: git config morello.guardTimeout SECONDS
`;
}

function lines(refusal: Refusal): string[] {
  const { refname, rule, commit, subject, message, hint } = cleaned(refusal);
  const about = commit === null ? "" : ` ${shortId(commit)}${subject === "" ? "" : ` ${cut(subject)}`}`;
  return [`  ${cut(refname)}${about}`, `    ${cut(message, 300)}  [${rule}]`, `    hint: ${cut(hint, 200)}`];
}

/** What a pusher sends can be long. */
function cut(text: string, length = 100): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}
