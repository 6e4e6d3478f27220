// What a rule is: one reason why CUDA may be missing, found in facts, with the command that helps.
import type { HostFacts } from "./facts.ts";

export interface Found {
  /** One sentence with the values that were found, and those that are wanted. */
  readonly because: string;
  /** Can be pasted where `at` says. */
  readonly command: string;
  /** `host`: nothing in the container can help or tell more; `engine`: where containers are started. */
  readonly at: "here" | "host" | "engine";
}

export interface Rule {
  readonly id: string;
  /** What is the matter, in a few words. */
  readonly title: string;
  /** Where the rule can hold: on a host, in a container, or in both. */
  readonly seen: readonly ("host" | "container")[];
  /** Who says so. */
  readonly source: string;
  readonly find: (facts: HostFacts) => Found | null;
}

export function isContainer({ place }: HostFacts): boolean {
  return place.kind === "container";
}

export function gpusOnBus({ pci }: HostFacts): NonNullable<HostFacts["pci"]> {
  return (pci ?? []).filter(({ kind }) => kind === "gpu");
}

/** Of the distribution's package manager; Debian's where it is unknown. */
export function install({ system }: HostFacts, name: string): string {
  if (system.some((id) => ["rhel", "fedora", "centos"].includes(id))) return `sudo dnf install ${name}`;
  if (system.some((id) => ["suse", "opensuse"].includes(id))) return `sudo zypper install ${name}`;
  if (system.includes("arch")) return `sudo pacman -S ${name}`;
  return `sudo apt-get install ${name}`;
}

/** The command that installs a driver for the running kernel. */
export function installDriver(facts: HostFacts): string {
  if (facts.system[0] === "ubuntu") return "sudo ubuntu-drivers install && sudo reboot";
  if (facts.system.includes("arch")) return `${install(facts, "nvidia-open")} && sudo reboot`;
  const name = facts.system.some((id) => ["rhel", "fedora", "centos", "suse"].includes(id))
    ? "cuda-drivers"
    : "nvidia-driver";
  return `${install(facts, name)} && sudo reboot`;
}

/** What helps where the driver is too old: another one; from inside a container, the host says which images it can run. */
export function newerDriver(facts: HostFacts): Pick<Found, "command" | "at"> {
  return isContainer(facts)
    ? { command: "morello doctor --for IMAGE", at: "host" }
    : { command: installDriver(facts), at: "here" };
}

/** How this container would be given GPUs. */
export function startWithGpus({ place }: HostFacts): string {
  const engine = place.kind === "container" ? place.engine : "docker";
  if (engine === "podman") return "podman run --device nvidia.com/gpu=all IMAGE";
  if (engine === "kubernetes") return "kubectl set resources deployment NAME --limits=nvidia.com/gpu=1";
  if (engine === "containerd") return "nerdctl run --gpus all IMAGE";
  return "docker run --gpus all IMAGE";
}

/** What programs here were built for: the CUDA of PyTorch, else of the image. */
export function wantedCuda({ torch, variables }: HostFacts): { readonly cuda: string; readonly of: string } | null {
  if (torch?.cuda != null) return { cuda: torch.cuda, of: `PyTorch ${torch.version}` };
  const version = variables["CUDA_VERSION"];
  return version !== undefined && /^\d+\.\d+/.test(version) ? { cuda: version, of: "this image" } : null;
}

export function smiSaid({ smi }: HostFacts): string {
  return smi.kind === "failed" ? smi.said : "";
}

/** Compute capabilities of the GPUs that nvidia-smi told of. */
export function capabilities({ smi }: HostFacts): readonly string[] {
  return smi.kind === "answered" ? smi.gpus.flatMap(({ capability }) => (capability === null ? [] : [capability])) : [];
}

/** CUDA's compat package where it is in use: named by the loader's paths, or laid over the driver's libcuda. */
export function compatOf({ compat, libraries, driver }: HostFacts): HostFacts["compat"] {
  if (compat !== null) return compat;
  const { cuda, nvml } = libraries;
  const laidOver = cuda !== null && nvml !== null && nvml === driver?.version && cuda !== nvml;
  return laidOver ? { directory: "/usr/local/cuda/compat", version: cuda } : null;
}
