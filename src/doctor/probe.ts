// A machine's files and nvidia-smi's answer -> facts. Writes nothing, and wakes no GPU that nvidia-smi would not wake.
import type { Environment } from "../git/environment.ts";
import { VARIABLES, type HostFacts } from "./facts.ts";
import { deviceFacts, type User } from "./probe/devices.ts";
import { placeOf, probeEngines } from "./probe/engines.ts";
import { probeKernel } from "./probe/kernel.ts";
import { compatFacts, libraryFacts, torchFacts } from "./probe/libraries.ts";
import { text, type Roots } from "./probe/roots.ts";
import { askSmi } from "./probe/smi.ts";

export interface ProbeInput {
  readonly roots: Roots;
  readonly env: Environment;
  /** Of whom permissions are told. */
  readonly user: User;
  /** The machine that this runs on; false for one whose files are mounted here. */
  readonly own: boolean;
  /** Milliseconds that nvidia-smi has. */
  readonly limitMs: number;
}

export async function probe(input: ProbeInput): Promise<HostFacts> {
  const { roots, user, own, limitMs } = input;
  const env = own ? input.env : {}; // our variables say nothing of another machine
  const smiEnv = {
    PATH: `${input.env["PATH"] ?? ""}:/usr/lib/wsl/lib`, // WSL keeps it off the PATH of services
    LD_LIBRARY_PATH: env["LD_LIBRARY_PATH"],
    LC_ALL: "C",
  };
  const [place, kernel, libraries, compat, torch, engines, devices, smi, system] = await Promise.all([
    own ? placeOf(roots, env) : ({ kind: "host" } as const),
    probeKernel(roots),
    libraryFacts(roots),
    compatFacts(roots, env["LD_LIBRARY_PATH"] ?? ""),
    torchFacts(roots, env["VIRTUAL_ENV"] ?? env["CONDA_PREFIX"]),
    probeEngines(roots, user),
    deviceFacts(roots, user, own),
    askSmi(smiEnv, limitMs),
    systemOf(roots),
  ]);
  return {
    place,
    user: { uid: user.uid, gid: user.gid },
    system,
    ...kernel,
    libraries,
    ...devices,
    compat,
    smi,
    ...engines,
    variables: Object.fromEntries(VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    torch,
  };
}

async function systemOf(roots: Roots): Promise<string[]> {
  const source = (await text(roots.etc, "os-release")) ?? (await text(roots.usr, "lib/os-release")) ?? "";
  const value = (key: string): string => new RegExp(`^${key}="?([^"\\n]*)"?$`, "m").exec(source)?.[1] ?? "";
  return `${value("ID")} ${value("ID_LIKE")}`.split(" ").filter((id) => id !== "");
}
