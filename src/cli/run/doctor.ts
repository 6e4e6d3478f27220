// `morello doctor`.
import { resolve } from "node:path";
import { doctor } from "../../usecase/doctor.ts";
import type { DoctorFlags } from "../command/doctor.ts";
import { renderDoctor } from "../render/doctor.ts";
import type { Session } from "../session.ts";

export async function runDoctor(session: Session, { all, hostRoot, wait }: DoctorFlags): Promise<number> {
  const outcome = await doctor(session.deps, {
    hostRoot: hostRoot === null ? null : resolve(session.deps.cwd, hostRoot),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: process.getgroups?.() ?? [] },
    limitMs: wait * 1000,
  });
  session.show(outcome, (view, shown) => renderDoctor(view, shown, all));
  return outcome.ok ? 0 : 1;
}
