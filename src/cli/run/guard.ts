// `morello guard`: putting the hook in and out, and what the hook runs.
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { installGuard, uninstallGuard } from "../../usecase/guard/install.ts";
import { receivePush } from "../../usecase/guard/receive.ts";
import { renderGuard, renderReceived } from "../render/guard.ts";
import type { Session } from "../session.ts";

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

/** Exits with 0 only where the push was looked at and is let through. */
export async function runReceive(session: Session, auditOnly: boolean): Promise<number> {
  const outcome = await receivePush(session.deps, { input: await text(process.stdin), auditOnly });
  session.say(renderReceived(outcome));
  return outcome.accepted ? 0 : 1;
}
