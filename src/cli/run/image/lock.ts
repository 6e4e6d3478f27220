// `morello image lock`: flags to input, outcome to exit status.
import { AppError } from "../../../error.ts";
import { lockImage } from "../../../usecase/image/lock.ts";
import { renderImageLock } from "../../render/image/lock.ts";
import type { Session } from "../../session.ts";

export interface LockFlags {
  readonly check: boolean;
  readonly online: boolean;
  readonly offline: boolean;
  readonly update: boolean | readonly string[];
}

export async function runImageLock(session: Session, { check, online, offline, update }: LockFlags): Promise<number> {
  if (online && !check)
    throw new AppError("usage", "--online goes with --check", { hint: "morello image lock --check --online" });
  if (check && update !== false)
    throw new AppError("usage", "--check writes nothing, so --update has no place", {
      hint: "morello image lock --update",
    });
  const outcome = await lockImage(session.deps, {
    check,
    online,
    offline,
    update: update === false ? null : update === true ? [] : update,
  });
  session.show(outcome, renderImageLock);
  return outcome.kind === "locked" || outcome.kind === "holds" ? 0 : 1;
}
