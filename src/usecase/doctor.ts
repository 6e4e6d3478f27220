// Why is CUDA missing here? Looks at the machine, and never changes it.
import type { User } from "../doctor/probe/devices.ts";
import type { HostFacts } from "../doctor/facts.ts";
import { judge } from "../doctor/judge.ts";
import { probe } from "../doctor/probe.ts";
import { rootsBelow } from "../doctor/probe/roots.ts";
import type { DoctorOutcome } from "../wire/doctor.ts";
import type { Deps } from "./workspace.ts";

export interface DoctorInput {
  /** Where another machine's files are mounted; null: this machine. */
  readonly hostRoot: string | null;
  /** Of whom permissions are told. */
  readonly user: User;
  /** Milliseconds that nvidia-smi has. */
  readonly limitMs: number;
}

/** What is known of the machine. */
export function lookAt({ environment }: Deps, { hostRoot, user, limitMs }: DoctorInput): Promise<HostFacts> {
  return probe({ roots: rootsBelow(hostRoot ?? "/"), env: environment, user, own: hostRoot === null, limitMs });
}

export async function doctor(deps: Deps, input: DoctorInput): Promise<DoctorOutcome> {
  const facts = await lookAt(deps, input);
  const { findings, notices } = judge(facts);
  const [cause = null, ...also] = findings;
  return { kind: "doctor", ok: cause === null, cause, also, notices: [...notices], facts };
}
