// `morello guard`: putting the hook in and out, and what the hook runs.
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { ACCEPTED } from "../../usecase/guard/hook.ts";
import { installGuard, uninstallGuard } from "../../usecase/guard/install.ts";
import { receivePush, timeLimit } from "../../usecase/guard/receive.ts";
import { renderGuard, renderGuardFailure, renderReceived, renderTimeOut } from "../render/guard.ts";
import type { Session } from "../session.ts";
import { limitTime } from "./time-limit.ts";

export interface GuardRequest {
  readonly action: "install" | "uninstall";
  readonly directory: string | null;
  readonly auditOnly: boolean;
}

export async function runGuard(session: Session, { action, directory, auditOnly }: GuardRequest): Promise<number> {
  const { cwd } = session.deps;
  const deps = { ...session.deps, cwd: directory === null ? cwd : resolve(cwd, directory) };
  const program = realpathSync(process.argv[1] ?? "");
  const outcome =
    action === "install"
      ? await installGuard(deps, { auditOnly, node: process.execPath, program })
      : await uninstallGuard(deps);
  session.show(outcome, renderGuard);
  return 0;
}

/**
 * Exits with 0 only where the push was looked at and is let through: whatever else happens refuses it, and says so in
 * words for the pusher.
 */
export async function runReceive(session: Session, auditOnly: boolean): Promise<number> {
  process.once("uncaughtException", (error) => {
    session.say(renderGuardFailure(error));
    process.exit(1);
  });
  try {
    const seconds = await timeLimit(session.deps);
    const callOff = limitTime(seconds, renderTimeOut(seconds));
    const outcome = await receivePush(session.deps, { input: await text(process.stdin), auditOnly });
    session.say(renderReceived(outcome));
    callOff();
    if (!outcome.accepted) return 1;
    session.print(`${ACCEPTED}\n`); // what the hook waits for
    return 0;
  } catch (error) {
    session.say(renderGuardFailure(error));
    return 1;
  }
}
