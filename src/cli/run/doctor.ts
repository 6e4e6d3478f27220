// `morello doctor`.
import { resolve } from "node:path";
import { doctor } from "../../usecase/doctor.ts";
import { renderDoctor } from "../render/doctor.ts";
import type { Session } from "../session.ts";

export interface DoctorRequest {
  readonly all: boolean;
  readonly hostRoot: string | null;
  /** An image to judge; null: the machine itself. */
  readonly image: string | null;
  /** Seconds that nvidia-smi has. */
  readonly wait: number;
}

export async function runDoctor(session: Session, { all, hostRoot, image, wait }: DoctorRequest): Promise<number> {
  const machine = {
    hostRoot: hostRoot === null ? null : resolve(session.deps.cwd, hostRoot),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: process.getgroups?.() ?? [] },
    limitMs: Math.round(wait * 1000),
  };
  if (image !== null) {
    const [{ doctorImage }, { renderDoctorImage }] = await Promise.all([
      import("../../usecase/doctor-image.ts"),
      import("../render/doctor-image.ts"),
    ]);
    const architecture = process.arch === "x64" ? "amd64" : process.arch;
    const outcome = await doctorImage(session.deps, { ...machine, image, architecture });
    session.show(outcome, (view, shown) => renderDoctorImage(view, shown, all));
    return outcome.ok ? 0 : 1;
  }
  const outcome = await doctor(session.deps, machine);
  session.show(outcome, (view, shown) => renderDoctor(view, shown, all));
  return outcome.ok ? 0 : 1;
}
