// Which driver a CUDA needs and which GPUs a wheel of PyTorch holds code for, as far as doctoring asks.

/** Below zero: the first is older. Dotted numbers, missing ones count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const difference = (left[n] ?? 0) - (right[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * By CUDA's major version: the oldest driver that runs any minor version of it.
 * Source: docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility.
 */
const FLOORS: Readonly<Record<string, string>> = { 11: "450.80.02", 12: "525.60.13", 13: "580.65.06" };

/**
 * The driver that came with each CUDA toolkit, oldest first: all of that CUDA works, compiling PTX included.
 * Source: NVIDIA's release notes, table 3.
 */
const TOOLKITS: readonly (readonly [cuda: string, driver: string])[] = [
  ["11.4", "470.42.01"],
  ["11.6", "510.39.01"],
  ["11.7", "515.43.04"],
  ["11.8", "520.61.05"],
  ["12.0", "525.60.13"],
  ["12.1", "530.30.02"],
  ["12.2", "535.54.03"],
  ["12.3", "545.23.06"],
  ["12.4", "550.54.14"],
  ["12.5", "555.42.02"],
  ["12.6", "560.28.03"],
  ["12.8", "570.26"],
  ["12.9", "575.51.03"],
  ["13.0", "580.65.06"],
];

/** Null for a CUDA that this table does not know. */
export function floorOf(cuda: string): string | null {
  return FLOORS[cuda.split(".")[0] ?? ""] ?? null;
}

/** The newest CUDA that came with a driver no newer than this one; null: older than the table. */
export function cudaOf(driver: string): string | null {
  return TOOLKITS.findLast(([, with_]) => compareVersions(with_, driver) <= 0)?.[0] ?? null;
}

/** The driver that came with a CUDA, or with the next that the table knows; null: newer than the table. */
export function driverOf(cuda: string): string | null {
  return TOOLKITS.find(([each]) => compareVersions(each, cuda) >= 0)?.[1] ?? null;
}

interface Wheel {
  /** PyTorch's minor version. */
  readonly torch: string;
  readonly cuda: string;
  /** Architectures with machine code: `sm_86` is `86`. */
  readonly code: readonly number[];
  /** Architectures with PTX, which the driver compiles for newer GPUs. */
  readonly ptx: readonly number[];
}

const UNTIL_HOPPER = [50, 60, 70, 75, 80, 86, 90];
const WITH_KEPLER = [37, ...UNTIL_HOPPER];
const WITH_BLACKWELL = [75, 80, 86, 90, 100, 120];

/** Official wheels for Linux on x86_64. Source: PyTorch's build scripts and its release matrix. */
export const WHEELS: readonly Wheel[] = [
  { torch: "2.5", cuda: "11.8", code: WITH_KEPLER, ptx: [] },
  { torch: "2.5", cuda: "12.1", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.5", cuda: "12.4", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.6", cuda: "11.8", code: WITH_KEPLER, ptx: [] },
  { torch: "2.6", cuda: "12.4", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.6", cuda: "12.6", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.7", cuda: "11.8", code: WITH_KEPLER, ptx: [] },
  { torch: "2.7", cuda: "12.6", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.7", cuda: "12.8", code: WITH_BLACKWELL, ptx: [120] },
  { torch: "2.8", cuda: "12.6", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.8", cuda: "12.8", code: [70, ...WITH_BLACKWELL], ptx: [] },
  { torch: "2.8", cuda: "12.9", code: [70, ...WITH_BLACKWELL], ptx: [120] },
  { torch: "2.9", cuda: "12.6", code: UNTIL_HOPPER, ptx: [] },
  { torch: "2.9", cuda: "12.8", code: [70, ...WITH_BLACKWELL], ptx: [] },
  { torch: "2.9", cuda: "13.0", code: WITH_BLACKWELL, ptx: [120] },
];

/** Null: not an official wheel that the table knows, so nothing is claimed of it. */
export function wheelOf(torch: string, cuda: string): Wheel | null {
  return WHEELS.find((each) => torch.startsWith(`${each.torch}.`) && cuda === each.cuda) ?? null;
}

/** Machine code runs on GPUs of the same major version and an equal or later minor one; PTX on all later GPUs. */
export function runsOn(wheel: Pick<Wheel, "code" | "ptx">, capability: string): "code" | "ptx" | "not" {
  const [major = 0, minor = 0] = capability.split(".").map(Number);
  const gpu = major * 10 + minor;
  if (wheel.code.some((each) => Math.floor(each / 10) === major && each <= gpu)) return "code";
  return wheel.ptx.some((each) => each <= gpu) ? "ptx" : "not";
}

/** `cu126` of `12.6`. */
export function variantOf(cuda: string): string {
  return `cu${cuda.split(".").slice(0, 2).join("")}`;
}

/**
 * The newest CUDA of a PyTorch version's official wheels that this driver runs and that has code for all these GPUs.
 * Null: there is none, or the version is not in the table.
 */
export function fittingCuda(torch: string, driver: string | null, capabilities: readonly string[]): string | null {
  const fits = WHEELS.filter(
    (wheel) =>
      torch.startsWith(`${wheel.torch}.`) &&
      (driver === null || compareVersions(floorOf(wheel.cuda) ?? "0", driver) <= 0) &&
      capabilities.every((each) => runsOn(wheel, each) === "code"),
  );
  return fits.at(-1)?.cuda ?? null;
}
