// What the kernel says of GPUs: the PCI bus, the driver it has loaded, and the modules that lie ready for it.
import { join } from "node:path";
import type { HostFacts } from "../facts.ts";
import { linked, names, text, type Roots } from "./roots.ts";

type Kernel = Pick<
  HostFacts,
  "kernel" | "wsl" | "tegra" | "secureBoot" | "selinux" | "pci" | "modules" | "driver" | "taken" | "built"
>;

const NVIDIA = "0x10de";
const MATTER = ["nvidia", "nvidia_uvm", "nvidia_modeset", "nvidia_drm", "nouveau"];

export async function probeKernel(roots: Roots): Promise<Kernel> {
  const kernel = (await text(roots.proc, "sys/kernel/osrelease"))?.trim() ?? null;
  const [secure, selinux, pci, modules, driver, built, tree] = await Promise.all([
    secureBoot(roots),
    text(roots.sys, "fs/selinux/enforce"),
    pciDevices(roots),
    text(roots.proc, "modules"),
    driverOf(roots),
    builtModules(roots, kernel),
    text(roots.proc, "device-tree/compatible"),
  ]);
  const loaded = (modules ?? "").split("\n").map((line) => line.split(" ")[0] ?? "");
  return {
    kernel,
    wsl: /microsoft/i.test(kernel ?? ""),
    tegra: /nvidia,tegra/.test(tree ?? ""),
    secureBoot: secure,
    selinux: selinux?.trim() === "1",
    pci,
    modules: MATTER.filter((name) => loaded.includes(name)),
    driver,
    taken: driver === null ? null : await names(roots.proc, "driver/nvidia/gpus"),
    built,
  };
}

/** The last byte of the EFI variable, after its attributes. */
async function secureBoot({ sys }: Roots): Promise<boolean | null> {
  const value = await text(sys, "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
  return value === null || value === "" ? null : value.charCodeAt(value.length - 1) === 1;
}

async function pciDevices({ sys }: Roots): Promise<HostFacts["pci"]> {
  const bus = join(sys, "bus/pci/devices");
  const addresses = await names(bus);
  if (addresses.length === 0) return null;
  const all = await Promise.all(
    addresses.map(async (address) => {
      const [vendor, kind, driver] = await Promise.all([
        text(bus, address, "vendor"),
        text(bus, address, "class"),
        linked(bus, address, "driver"),
      ]);
      return vendor?.trim() === NVIDIA ? [{ address, kind: kindOf(kind?.trim() ?? ""), driver }] : [];
    }),
  );
  return all.flat();
}

/** PCI classes: 03 displays, 0680 bridges of another kind, which are NVSwitches; 0403 is a GPU's sound. */
function kindOf(pciClass: string): "gpu" | "switch" | "other" {
  if (pciClass.startsWith("0x03")) return "gpu";
  return pciClass.startsWith("0x0680") ? "switch" : "other";
}

async function driverOf({ proc, sys }: Roots): Promise<HostFacts["driver"]> {
  const [said, module] = await Promise.all([text(proc, "driver/nvidia/version"), text(sys, "module/nvidia/version")]);
  const version = /^NVRM version:.*?\s(\d{3,}\.\d+(?:\.\d+)?)\s/m.exec(said ?? "")?.[1] ?? module?.trim() ?? "";
  if (said === null && module === null) return null;
  const flavour = said === null ? null : /Open Kernel Module/.test(said) ? "open" : "proprietary";
  return { version: /^\d+(?:\.\d+)+$/.test(version) ? version : null, flavour };
}

/** `modules.dep` is where modprobe looks. */
async function builtModules({ usr }: Roots, kernel: string | null): Promise<HostFacts["built"]> {
  const modules = join(usr, "lib/modules");
  const kernels = await names(modules);
  const has = await Promise.all(
    kernels.map(async (each) =>
      /(?:^|\/)nvidia(?:-current)?\.ko[.\w]*:/m.test((await text(modules, each, "modules.dep")) ?? ""),
    ),
  );
  const sources = await names(usr, "src");
  return {
    forThisKernel: kernels.some((each, n) => each === kernel && has[n] === true),
    forOthers: kernels.some((each, n) => each !== kernel && has[n] === true),
    source: sources.some((name) => /^nvidia-(?:\w+-)*\d/.test(name)),
  };
}
