// `morello guard receive`: what the pre-receive hook runs. A push in quarantine in, refusals out. Writes nothing.
import { CONFIG_FILE, DEFAULT_CONFIG } from "../../config/default.ts";
import { AppError, isAppError } from "../../error.ts";
import { readConfig, symrefOf } from "../../git/refs.ts";
import type { TrustLog } from "../../ledger/trust.ts";
import { HEADS, type RefRecord } from "../../line/ref.ts";
import type { GuardOutcomeOf, Refusal } from "../../wire/guard.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";
import { checkLines } from "./check-lines.ts";
import { checkLogs, trustDuring } from "./check-logs.ts";
import { gatherFacts, type Push } from "./facts.ts";
import { judgeCertificate, judgeUpdate } from "./judge.ts";
import { roleReader } from "./role.ts";
import { pushCertificate } from "./signatures.ts";
import { parseUpdates, type Update } from "./updates.ts";

export interface ReceiveInput {
  /** What git writes to the hook. */
  readonly input: string;
  /** Says what it would refuse, and lets it through. */
  readonly auditOnly: boolean;
}

type Received = GuardOutcomeOf<"received">;

/** Whatever it throws refuses the push: the caller must end with a status that is not 0. */
export async function receivePush(deps: Deps, { input, auditOnly }: ReceiveInput): Promise<Received> {
  const pushed = parseUpdates(input);
  if ((deps.environment["GIT_NAMESPACE"] ?? "") !== "")
    throw new AppError("usage", "The guard cannot tell the refs of a git namespace from others", {
      hint: "serve the namespace as a repository of its own",
    });
  const judged = await judgePush(deps, pushed);
  return { kind: "received", accepted: auditOnly || judged.refusals.length === 0, auditOnly, ...judged };
}

/** Seconds that the guard may take for one push: `git config morello.guardTimeout`, 60 unless set. Throws `usage`. */
export async function timeLimit({ cwd, environment }: Deps): Promise<number> {
  const set = await readConfig({ cwd, env: environment }, "morello.guardTimeout");
  if (set !== null && !/^[1-9]\d{0,4}$/.test(set))
    throw new AppError("usage", `morello.guardTimeout is '${set}', and a number of seconds is wanted`, {
      hint: "on the server: git config morello.guardTimeout 60",
    });
  return set === null ? TIME_LIMIT : Number(set);
}

const TIME_LIMIT = 60;

type Judged = Pick<Received, "refusals" | "notes">;

async function judgePush(deps: Deps, pushed: readonly Update[]): Promise<Judged> {
  try {
    return await withWorkspace(deps, (workspace) => judgeAll(workspace, pushed), { asServer: true });
  } catch (error) {
    if (!isAppError(error, "config-invalid")) throw error;
    const judge = (workspace: Workspace): Promise<Judged> => repairOnly(workspace, pushed, error);
    return withWorkspace(deps, judge, { asServer: true, config: DEFAULT_CONFIG });
  }
}

async function judgeAll(workspace: Workspace, pushed: readonly Update[]): Promise<Judged> {
  const { refs, config, main, detected } = workspace;
  const updates = await Promise.all(pushed.map((update) => resolved(workspace, update)));
  const roleOf = roleReader({ refs, config, main: main?.name ?? null, detected }, updates);
  const judged = updates.map((update, n) => ({ update, role: roleOf(update), refname: pushed[n]?.refname ?? "" }));
  const logs = judged.flatMap(({ update, role }) => (role.kind === "log" ? [{ update, line: role.line }] : []));
  let trust: Promise<TrustLog | null> | null = null;
  const push: Push = {
    workspace,
    tips: tipsAfter(refs, updates),
    trusted: () => (trust ??= trustDuring(workspace, logs)),
  };
  const notes: string[] = [];
  const refusals: Refusal[] = [];
  const first = judged.find(({ role }) => role.kind !== "free");
  if (first !== undefined) {
    const certificate = await pushCertificate(workspace, push.trusted);
    const found = judgeCertificate(certificate, await needsCertificate(workspace));
    for (const each of found) refusals.push({ ...each, refname: first.refname, commit: null, subject: "" });
  }
  for (const { update, role, refname } of judged) {
    const facts = await gatherFacts(push, update, role);
    for (const found of judgeUpdate(update, role, facts))
      refusals.push({ ...found, refname, commit: null, subject: "" });
    if (role.kind === "main") notes.push(...(await configurationNotes(workspace, update)));
  }
  if (refusals.length > 0) return { refusals, notes }; // what takes longer is for pushes that may go through
  const lines = judged.flatMap(({ update, role }) => (role.kind === "line" ? [{ update, line: role.line }] : []));
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

/** A symbolic ref is judged as what it stands for: git writes through it. */
async function resolved({ repository }: Workspace, update: Update): Promise<Update> {
  const target = await symrefOf(repository, update.refname);
  return target === null ? update : { ...update, refname: target };
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

/** Nobody knows what is guarded until the configuration is mended, and that happens on the default branch. */
async function repairOnly(workspace: Workspace, pushed: readonly Update[], error: AppError): Promise<Judged> {
  const main = workspace.main?.name ?? "the default branch";
  const others = pushed.filter(({ refname, to }) => to === null || refname !== `${HEADS}${main}`);
  if (others.length === 0) return judgeAll(workspace, pushed);
  const refusals = others.map(({ refname }): Refusal => ({
    rule: "configuration",
    refname,
    commit: null,
    subject: "",
    message: `${CONFIG_FILE} on ${main} cannot be read: ${error.message}`,
    hint: `mend it on ${main}, and push that alone`,
  }));
  return { refusals, notes: [] };
}
