// Where policy is not met: commits with what is wrong with them, and what to do; the others in one line.
import type { CheckedLine, CheckOutcome, Violation } from "../../wire/check.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import { cleaned, cleanLines } from "./clean.ts";
import { landedDetail, plainDetail } from "./landed.ts";
import { PHRASES } from "./phrases.ts";
import { count, paint, shortId, symbol, type SymbolName, type Tone, type View } from "./view.ts";
import { truncate, width, wrap } from "./width.ts";

export function renderCheck(view: View, given: CheckOutcome): string {
  const outcome = harmless(given);
  const lines =
    outcome.kind === "checked"
      ? outcome.lines.flatMap((line, n) =>
          view.plain ? plainLine(line) : [...(n > 0 ? [""] : []), ...lineBlock(view, line)],
        )
      : alone(view, outcome);
  return lines.map((line) => `${line}\n`).join("");
}

/** Range-diffs keep their line breaks; nothing else has any. */
function harmless(given: CheckOutcome): CheckOutcome {
  const outcome = cleaned(given);
  if (given.kind !== "checked" || outcome.kind !== "checked") return outcome;
  const lines = outcome.lines.map((line, n) => ({
    ...line,
    commits: line.commits.map((commit, m) => ({
      ...commit,
      rangeDiff: cleanLines(given.lines[n]?.commits[m]?.rangeDiff ?? ""),
    })),
  }));
  return { ...outcome, lines };
}

function alone(view: View, outcome: Exclude<CheckOutcome, { kind: "checked" }>): string[] {
  const notices = outcome.kind === "message" ? outcome.notices : [];
  const where = outcome.kind === "message" ? "message" : "index";
  return view.plain
    ? [...plainViolations(where, outcome.violations), ...notices.map((text) => `${where}: note: ${text}`)]
    : [
        ...violationLines(view, outcome.violations, 0),
        ...notices.flatMap((text) => bullet(view, "note", "quiet", text)),
      ];
}

function lineBlock(view: View, line: CheckedLine): string[] {
  const { violations, commits, from, to, notices } = line;
  const range = `${from === null ? "" : shortId(from)}..${shortId(to)}`;
  const head = `${paint(view, "strong", "Check")}  ${paint(view, "name", line.line)}  ${count(commits.length, "commit")} ${paint(view, "quiet", range)}`;
  const ofLine = violations.filter(({ commit }) => commit === null);
  const folded = commits.filter((commit) => isOfForm(commit, violations));
  const apart = folded.length > MANY ? folded : [];
  const told = commits.filter((commit) => isTold(commit, violations) && !apart.includes(commit));
  const blocks = told.flatMap((commit) => ["", ...commitBlock(view, commit, violations)]);
  return [
    head,
    ...(ofLine.length === 0 ? [] : ["", ...violationLines(view, ofLine, 0)]),
    ...blocks,
    ...(apart.length === 0 ? [] : ["", ...formLines(view, apart, violations)]),
    "",
    ...summaryLines(view, line, [...told, ...apart]),
    ...notices.flatMap((text) => bullet(view, "note", "quiet", text)),
  ];
}

/** What somebody must look at: a violation, or contents that the computed pick does not have. */
function isTold(commit: ClassedCommit, violations: readonly Violation[]): boolean {
  return violations.some((one) => one.commit === commit.commit) || commit.beyond.length > 0 || commit.rangeDiff !== "";
}

/** Projects with messages of another kind have hundreds of these: more than so many stand together. */
const MANY = 3;
const FORM = "message-form";

/** Nothing is to be said of it but that its message has another form. */
function isOfForm(commit: ClassedCommit, violations: readonly Violation[]): boolean {
  const own = violations.filter((one) => one.commit === commit.commit);
  const onlyForm = own.length > 0 && own.every(({ rule, severity }) => rule === FORM && severity === "warning");
  return onlyForm && commit.beyond.length === 0 && commit.rangeDiff === "";
}

function formLines(view: View, commits: readonly ClassedCommit[], violations: readonly Violation[]): string[] {
  const shown = commits.slice(0, MANY).map(({ commit }) => shortId(commit));
  const text = `${FORM}: messages of ${commits.length} commits have another form: ${shown.join(", ")} and ${commits.length - MANY} more`;
  const hint = violations.find(({ rule }) => rule === FORM)?.hint ?? "";
  return [...bullet(view, "refused", "warn", text), ...hintLines(view, hint, 0)];
}

function commitBlock(view: View, commit: ClassedCommit, violations: readonly Violation[]): string[] {
  const own = violations.filter((one) => one.commit === commit.commit);
  const [name, tone] = own.length === 0 ? (["note", "name"] as const) : markOf(own);
  const phrase = PHRASES.class[commit.class];
  const room = view.width - 2 - 13 - width(phrase) - 2;
  const subject = truncate(commit.subject, Math.max(12, room));
  return [
    `${paint(view, tone, symbol(view, name))} ${paint(view, "id", shortId(commit.commit))} ${subject}  ${paint(view, "quiet", phrase)}`,
    ...violationLines(view, own, 2),
    ...landedDetail(view, commit, 2),
  ];
}

function markOf(violations: readonly Violation[]): readonly [SymbolName, Tone] {
  const open = violations.filter(({ waiver }) => waiver === null);
  if (open.some(({ severity }) => severity === "error")) return ["bad", "bad"];
  return open.length > 0 ? ["refused", "warn"] : ["good", "good"];
}

/** Violations of one rule stand together, and its hint once. */
function violationLines(view: View, violations: readonly Violation[], indent: number): string[] {
  return violations.flatMap((one, n) => {
    const isLast = isLastOf(violations, n);
    return [
      ...problemLines(view, one, indent),
      ...(isLast && one.waiver === null ? hintLines(view, one.hint, indent) : []),
    ];
  });
}

/** Whether no other violation with the same hint follows at once. */
function isLastOf(violations: readonly Violation[], n: number): boolean {
  const [one, next] = [violations[n], violations[n + 1]];
  return next?.rule !== one?.rule || next?.hint !== one?.hint || next?.commit !== one?.commit;
}

const PLACES = 5;

function problemLines(view: View, { rule, severity, message, paths, waiver }: Violation, indent: number): string[] {
  const [name, tone]: readonly [SymbolName, Tone] =
    waiver !== null ? ["nothing", "quiet"] : severity === "error" ? ["bad", "bad"] : ["refused", "warn"];
  const margin = " ".repeat(indent);
  const label = `${rule}: `;
  const [first = "", ...rest] = wrap(label + message, view.width - indent - 2);
  const places = paths.filter(({ line }) => line > 0);
  const shown = places.slice(0, PLACES).map(({ path, line }) => `${path}:${line}`);
  if (places.length > PLACES) shown.push(`and ${places.length - PLACES} more`);
  return [
    `${margin}${paint(view, tone, symbol(view, name))} ${paint(view, tone, first.slice(0, label.length))}${first.slice(label.length)}`,
    ...rest.map((text) => `${margin}  ${text}`),
    ...shown.map((text) => `${margin}    ${text}`),
    ...(waiver === null
      ? []
      : wrap(waiverText(waiver), view.width - indent - 4).map((text) => `${margin}  ${paint(view, "quiet", text)}`)),
  ];
}

function waiverText({ by, reason, until }: NonNullable<Violation["waiver"]>): string {
  return `waived by ${by} until ${new Date(until * 1000).toISOString().slice(0, 10)}: ${reason}`;
}

/** Never cut: it is there to be pasted. */
function hintLines(view: View, hint: string, indent: number): string[] {
  return [`${" ".repeat(indent + 2)}${paint(view, "quiet", `${symbol(view, "arrow")} ${hint}`)}`];
}

function summaryLines(
  view: View,
  { line, commits, violations }: CheckedLine,
  told: readonly ClassedCommit[],
): string[] {
  const others = commits.filter((commit) => !told.includes(commit));
  const met =
    others.length === 0
      ? []
      : bullet(view, "good", "good", `${count(others.length, "commit")} as policy wants: ${classCounts(others)}`);
  const counted = countText(violations);
  if (commits.length === 0 && violations.length === 0) return bullet(view, "nothing", "quiet", "nothing to check");
  return [...met, ...(counted === "" ? [] : bullet(view, ...markOf(violations), `${counted} on ${line}`))];
}

function classCounts(commits: readonly ClassedCommit[]): string {
  const counts = new Map<ClassedCommit["class"], number>();
  for (const commit of commits) counts.set(commit.class, (counts.get(commit.class) ?? 0) + 1);
  return [...counts].map(([kind, number]) => `${number} ${PHRASES.class[kind]}`).join(", ");
}

function countText(violations: readonly Violation[]): string {
  const open = violations.filter(({ waiver }) => waiver === null);
  const errors = open.filter(({ severity }) => severity === "error").length;
  const waived = violations.length - open.length;
  return [
    errors === 0 ? "" : count(errors, "error"),
    open.length === errors ? "" : count(open.length - errors, "warning"),
    waived === 0 ? "" : `${waived} waived`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function bullet(view: View, name: SymbolName, tone: Tone, text: string): string[] {
  const [first = "", ...rest] = wrap(text, view.width - 2);
  return [`${paint(view, tone, symbol(view, name))} ${first}`, ...rest.map((more) => `  ${more}`)];
}

function plainLine({ line, commits, violations, notices }: CheckedLine): string[] {
  return [
    ...plainViolations(
      line,
      violations.filter(({ commit }) => commit === null),
    ),
    ...commits.flatMap((commit) => [
      `${line}: ${commit.commit}: ${PHRASES.class[commit.class]}: ${commit.subject}`,
      ...plainDetail(commit).map((text) => `${line}: ${commit.commit}: beyond the source: ${text}`),
      ...plainViolations(
        line,
        violations.filter((one) => one.commit === commit.commit),
      ),
    ]),
    ...notices.map((text) => `${line}: note: ${text}`),
    ...(commits.length === 0 && violations.length === 0 ? [`${line}: nothing to check`] : []),
  ];
}

/** `release/v2.7: <commit>: error: markers: message`, its places and its hint, a line each; a hint of many once. */
function plainViolations(where: string, violations: readonly Violation[]): string[] {
  return violations.flatMap((one, n) => {
    const { commit, severity, rule, message, hint, paths, waiver } = one;
    const head = [where, ...(commit === null ? [] : [commit])].join(": ");
    const kind = waiver === null ? severity : "waived";
    const places = paths.filter(({ line }) => line > 0).map(({ path, line }) => `at ${path}:${line}`);
    return [
      `${head}: ${kind}: ${rule}: ${message}${waiver === null ? "" : ` (${waiverText(waiver)})`}`,
      ...places.map((place) => `${head}: ${kind}: ${rule}: ${place}`),
      ...(waiver === null && isLastOf(violations, n) ? [`${head}: hint: ${hint}`] : []),
    ];
  });
}
