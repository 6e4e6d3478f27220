// The parts of a push that move what is guarded -> refusals: names and objects first, then ledgers, then commits.
import { CONFIG_FILE } from "../../config/default.ts";
import { isAppError } from "../../error.ts";
import { readConfig } from "../../git/refs.ts";
import type { TrustLog } from "../../ledger/trust.ts";
import type { RefRecord } from "../../line/ref.ts";
import type { GuardOutcomeOf, Refusal } from "../../wire/guard.ts";
import type { Workspace } from "../workspace.ts";
import { checkLines } from "./check-lines.ts";
import { checkLogs, trustDuring } from "./check-logs.ts";
import { gatherFacts, type Push } from "./facts.ts";
import { judgeCertificate, judgeUpdate } from "./judge.ts";
import type { Role } from "./role.ts";
import { pushCertificate } from "./signatures.ts";
import type { Update } from "./updates.ts";

export interface Part {
  readonly update: Update;
  readonly role: Role;
  /** As it was pushed, where the update is of what a symbolic ref stands for. */
  readonly refname: string;
}

/** `parts`: all of the push. */
export async function judgeParts(
  workspace: Workspace,
  parts: readonly Part[],
): Promise<Pick<GuardOutcomeOf<"received">, "refusals" | "notes">> {
  const updates = parts.map(({ update }) => update);
  const logs = parts.flatMap(({ update, role }) => (role.kind === "log" ? [{ update, line: role.line }] : []));
  const lines = parts.flatMap(({ update, role }) => (role.kind === "line" ? [{ update, line: role.line }] : []));
  let trust: Promise<TrustLog | null> | null = null;
  const push: Push = {
    workspace,
    tips: tipsAfter(workspace.refs, updates),
    trusted: () => (trust ??= trustDuring(workspace, logs)),
  };
  const notes: string[] = [];
  const refusals: Refusal[] = [];
  const guarded = parts.find(({ role }) => role.kind !== "free");
  const certificate = await pushCertificate(workspace, push.trusted);
  for (const found of judgeCertificate(certificate, await needsCertificate(workspace)))
    refusals.push({ ...found, refname: guarded?.refname ?? "", commit: null, subject: "" });
  for (const { update, role, refname } of parts) {
    const facts = await gatherFacts(push, update, role);
    for (const found of judgeUpdate(update, role, facts))
      refusals.push({ ...found, refname, commit: null, subject: "" });
    if (role.kind === "main") notes.push(...(await configurationNotes(workspace, update)));
  }
  if (refusals.length > 0) return { refusals, notes }; // what takes longer is for pushes that may go through
  const ledgers = await checkLogs(push, logs);
  if (ledgers.refusals.length > 0) return { refusals: [...ledgers.refusals], notes };
  return { refusals: await checkLines(workspace, lines, updates, ledgers.added), notes };
}

/** `git config morello.guardSignedPush`. */
async function needsCertificate({ repository }: Workspace): Promise<boolean> {
  return /^(true|yes|on|1)$/i.test((await readConfig(repository, "morello.guardSignedPush")) ?? "");
}

/** Refnames to objects, once the push is through. */
function tipsAfter(refs: readonly RefRecord[], updates: readonly Update[]): ReadonlyMap<string, string> {
  const tips = new Map(refs.map(({ refname, oid }) => [refname, oid]));
  for (const { refname, to } of updates) {
    if (to === null) tips.delete(refname);
    else tips.set(refname, to);
  }
  return tips;
}

/** Changes of the configuration are for the forge's own rules to hold back; whoever pushes one is told what it does. */
async function configurationNotes({ scratch }: Workspace, { from, to }: Update): Promise<string[]> {
  if (from === null || to === null) return [];
  const [before, after] = await Promise.all(
    [from, to].map((commit) => scratch.reader.read(`${commit}:${CONFIG_FILE}`)),
  );
  if (before?.oid === after?.oid) return [];
  const unreadable = after == null ? null : await problemOf(after.body.toString("utf8"));
  return unreadable === null
    ? [`this changes ${CONFIG_FILE}: it holds for pushes that come after`]
    : [`${CONFIG_FILE} cannot be read like this, and until it is mended nothing else can be pushed: ${unreadable}`];
}

async function problemOf(text: string): Promise<string | null> {
  const { parseConfig } = await import("../../config/load.ts");
  try {
    parseConfig(text, CONFIG_FILE);
    return null;
  } catch (error) {
    if (isAppError(error, "config-invalid")) return error.message;
    throw error;
  }
}
