// `morello guard receive`: what the pre-receive hook runs. A push in quarantine in, refusals out. Writes nothing.
import { CONFIG_FILE, DEFAULT_CONFIG } from "../../config/default.ts";
import { AppError, isAppError } from "../../error.ts";
import { readConfig, symrefOf } from "../../git/refs.ts";
import { HEADS } from "../../line/ref.ts";
import type { GuardOutcomeOf, Refusal } from "../../wire/guard.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";
import { roleReader } from "./role.ts";
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
  const { refs, config, main, head, detected } = workspace;
  const updates = await resolved(workspace, pushed);
  const roleOf = roleReader({ refs, config, main: main?.name ?? null, head, detected }, updates);
  const parts = updates.map((update, n) => ({ update, role: roleOf(update), refname: pushed[n]?.refname ?? "" }));
  if (parts.every(({ role }) => role.kind === "free")) return { refusals: [], notes: [] };
  const { judgeParts } = await import("./judge-parts.ts"); // most pushes can do without
  return judgeParts(workspace, parts);
}

/** Processes side by side. */
const SIDE_BY_SIDE = 8;

/** A symbolic ref is judged as what it stands for, there or not: git writes through it. */
async function resolved({ repository, refs }: Workspace, pushed: readonly Update[]): Promise<Update[]> {
  const ordinary = new Set(refs.filter(({ symref }) => symref === null).map(({ refname }) => refname));
  const found: Update[] = [];
  for (let at = 0; at < pushed.length; at += SIDE_BY_SIDE) {
    const some = pushed.slice(at, at + SIDE_BY_SIDE).map(async (update): Promise<Update> => {
      const target = ordinary.has(update.refname) ? null : await symrefOf(repository, update.refname);
      return target === null ? update : { ...update, refname: target };
    });
    found.push(...(await Promise.all(some)));
  }
  return found;
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
