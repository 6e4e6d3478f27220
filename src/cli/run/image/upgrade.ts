// `morello image upgrade`: its steps as they are done, on stderr, and the exit status.
import { unreachable } from "../../../error.ts";
import { upgradeImage } from "../../../usecase/image/upgrade.ts";
import type { UpgradeOutcome } from "../../../wire/image/upgrade.ts";
import { renderCommands, renderUpgrade, stepLine, waitingWords } from "../../render/image/upgrade.ts";
import type { Session } from "../../session.ts";

export interface UpgradeRequest {
  readonly name: string;
  readonly to: string | null;
  readonly drainTimeout: number | null;
  readonly readyTimeout: number;
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly print: boolean;
  readonly status: boolean;
  readonly abort: boolean;
  readonly probeGpu: boolean;
  readonly engine: "podman" | "docker" | null;
}

export async function runUpgrade(session: Session, request: UpgradeRequest): Promise<number> {
  const { print } = request;
  const outcome = await upgraded(session, request);
  session.show(outcome, print ? renderCommands : renderUpgrade);
  return statusOf(outcome);
}

async function upgraded(session: Session, request: UpgradeRequest): Promise<UpgradeOutcome> {
  const { dryRun, print, status, abort } = request;
  const going = upgradeImage(session.deps, {
    ...request,
    mode: dryRun || print ? "plan" : status ? "status" : abort ? "abort" : "upgrade",
    clock: () => performance.now() / 1000,
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    onEvent: (event) => {
      const line = stepLine(session.err, event);
      if (line !== null) session.say(line);
      session.meter.onProgress({ step: waitingWords(event), done: 0, total: 0 });
    },
  });
  try {
    return await going;
  } catch (error) {
    if (session.deps.signal?.aborted === true)
      session.say(`stopped here: morello image upgrade ${request.name} goes on\n`);
    throw error;
  }
}

function statusOf(outcome: UpgradeOutcome): number {
  switch (outcome.kind) {
    case "planned":
    case "current":
    case "upgraded":
    case "draining":
    case "aborted":
    case "status":
      return 0;
    case "rolled-back":
      return 1;
    default:
      return unreachable(outcome);
  }
}
