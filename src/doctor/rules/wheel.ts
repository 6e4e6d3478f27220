// GPU and driver are well: does the PyTorch that is installed fit them?
import { compareVersions, cudaOf, driverOf, fittingCuda, floorOf, runsOn, variantOf, wheelOf } from "../compat.ts";
import type { HostFacts } from "../facts.ts";
import { capabilities, compatOf, isContainer, newerDriver, wantedCuda, type Found, type Rule } from "../rule.ts";

const COMPATIBILITY = "docs.nvidia.com/deploy/cuda-compatibility";

function reinstall(torch: string, cuda: string | null): string {
  const version = torch.split("+")[0];
  if (cuda === null) return "pip index versions torch --index-url https://download.pytorch.org/whl/cu128";
  const variant = variantOf(cuda);
  return `pip install --force-reinstall torch==${version}+${variant} --index-url https://download.pytorch.org/whl/${variant}`;
}

/** Data-centre GPUs take newer CUDA than their driver's by the compat package; GeForce does not. */
function geforce({ smi }: HostFacts): string | null {
  if (smi.kind !== "answered") return null;
  return smi.gpus.find(({ name }) => /GeForce|TITAN/i.test(name))?.name ?? null;
}

/** The driver that decides: on WSL, Windows' own is not told here. */
function driverVersion(facts: HostFacts): string | null {
  return facts.driver?.version ?? null;
}

function hasGpu({ devices }: HostFacts): boolean {
  return devices.some(({ name }) => /^nvidia\d|^dxg$/.test(name));
}

/** Has the driver's own libcuda loaded again. */
function withoutCompat(facts: HostFacts, directory: string): Pick<Found, "command" | "at"> {
  const entries = (facts.variables["LD_LIBRARY_PATH"] ?? "").split(":");
  const others = entries.filter((entry) => entry !== "" && !entry.includes("compat"));
  const removal = isContainer(facts)
    ? `rm -r ${directory} && ldconfig # and in the image, so that it stays`
    : `sudo rm -r ${directory} && sudo ldconfig`;
  if (!entries.includes(directory)) return { command: removal, at: "here" };
  return {
    command: others.length === 0 ? "unset LD_LIBRARY_PATH" : `export LD_LIBRARY_PATH=${others.join(":")}`,
    at: "here",
  };
}

export const WHEEL_RULES: readonly Rule[] = [
  {
    id: "forward-compat",
    title: "Forward compatibility was tried on a GPU that has none",
    seen: ["host", "container"],
    source: `${COMPATIBILITY}, forward compatibility; CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE (804)`,
    find: (facts) => {
      const driver = driverVersion(facts);
      const name = geforce(facts);
      const compat = compatOf(facts);
      if (driver === null || name === null || compat?.version == null || compareVersions(compat.version, driver) <= 0)
        return null;
      const runs = cudaOf(driver);
      const wanted = wantedCuda(facts);
      return {
        because: `${compat.directory} holds the libcuda of driver ${compat.version}, the kernel has ${driver}, and ${name} refuses that (804)${runs === null ? "" : `; driver ${driver} came with CUDA ${runs}`}`,
        // CUDA of the driver's own major version runs without the package.
        ...(wanted !== null && compareVersions(driver, floorOf(wanted.cuda) ?? "0") >= 0
          ? withoutCompat(facts, compat.directory)
          : newerDriver(facts)),
      };
    },
  },
  {
    id: "compat-older",
    title: "CUDA's compat libraries are older than the driver",
    seen: ["host", "container"],
    source: `${COMPATIBILITY}, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)`,
    find: (facts) => {
      const driver = driverVersion(facts);
      const compat = compatOf(facts);
      if (driver === null || compat?.version == null || compareVersions(compat.version, driver) >= 0) return null;
      return {
        because: `${compat.directory} holds the libcuda of driver ${compat.version}, and the kernel has ${driver}, so it is taken first and does not fit (803)`,
        ...withoutCompat(facts, compat.directory),
      };
    },
  },
  {
    id: "driver-too-old",
    title: "The driver is too old for this CUDA",
    seen: ["host", "container"],
    source: `${COMPATIBILITY}, minor version compatibility`,
    find: (facts) => {
      const driver = driverVersion(facts);
      const wanted = wantedCuda(facts);
      const floor = wanted === null ? null : floorOf(wanted.cuda);
      if (driver === null || wanted === null || floor === null || compareVersions(driver, floor) >= 0) return null;
      if (compatOf(facts) !== null && geforce(facts) === null) return null; // forward compatibility does it
      const major = wanted.cuda.split(".")[0];
      const fitting = facts.torch === null ? null : fittingCuda(facts.torch.version, driver, capabilities(facts));
      return {
        because: `the driver is ${driver}, and ${wanted.of} with CUDA ${wanted.cuda} wants ${floor} or newer: every CUDA ${major} runs from that driver on, none below`,
        ...(fitting !== null && facts.torch !== null
          ? { command: reinstall(facts.torch.version, fitting), at: "here" as const }
          : newerDriver(facts)),
      };
    },
  },
  {
    id: "cpu-wheel",
    title: "This PyTorch was built without CUDA",
    seen: ["host", "container"],
    source: "pytorch.org/get-started/locally",
    find: (facts) => {
      const { torch } = facts;
      if (torch === null || torch.cuda !== null || !hasGpu(facts)) return null;
      const fitting = fittingCuda(torch.version, driverVersion(facts), capabilities(facts));
      return {
        because: `PyTorch ${torch.version} in ${torch.place} has no CUDA in it, and there is a GPU`,
        command: reinstall(torch.version, fitting),
        at: "here",
      };
    },
  },
  {
    id: "wheel-arch",
    title: "This PyTorch has no code for the GPU",
    seen: ["host", "container"],
    source: "PyTorch's release matrix; CUDA_ERROR_NO_BINARY_FOR_GPU (209)",
    find: (facts) => {
      const { torch } = facts;
      const wheel = torch?.cuda == null ? null : wheelOf(torch.version, torch.cuda);
      if (torch === null || wheel === null) return null;
      const gpu = capabilities(facts).find((each) => runsOn(wheel, each) === "not");
      if (gpu === undefined) return null;
      const fitting = fittingCuda(torch.version, driverVersion(facts), capabilities(facts));
      return {
        because: `the GPU is sm_${gpu.replace(".", "")}, and PyTorch ${torch.version} has code for ${wheel.code.map((each) => `sm_${each}`).join(" ")}`,
        command: reinstall(torch.version, fitting),
        at: "here",
      };
    },
  },
  {
    id: "ptx-jit",
    title: "The driver cannot compile this PyTorch's PTX",
    seen: ["host", "container"],
    source: `${COMPATIBILITY}, application considerations; CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222)`,
    find: (facts) => {
      const { torch } = facts;
      const driver = driverVersion(facts);
      const wheel = torch?.cuda == null ? null : wheelOf(torch.version, torch.cuda);
      if (torch?.cuda == null || wheel === null || driver === null) return null;
      const gpu = capabilities(facts).find((each) => runsOn(wheel, each) === "ptx");
      const needed = driverOf(torch.cuda);
      if (gpu === undefined || needed === null || compareVersions(driver, needed) >= 0) return null;
      return {
        because: `the GPU is sm_${gpu.replace(".", "")}, for which PyTorch ${torch.version} has PTX alone; compiling that of CUDA ${torch.cuda} wants driver ${needed}, and it is ${driver}`,
        ...newerDriver(facts),
      };
    },
  },
];
