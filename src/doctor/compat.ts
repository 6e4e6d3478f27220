// What the compatibility table says to a doctor: which driver a CUDA needs, and which GPUs a wheel holds code for.
import { CUDA_ROWS } from "../environment/compat/cuda.ts";
import { rowOf, TORCH_ROWS } from "../environment/compat/torch.ts";

/** Below zero: the first is older. Dotted numbers, missing ones count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const difference = (left[n] ?? 0) - (right[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The oldest driver that runs any CUDA of this major version; null for one that the table does not know. */
export function floorOf(cuda: string): string | null {
  const major = cuda.split(".")[0];
  return CUDA_ROWS.find((row) => row.cuda.split(".")[0] === major)?.floor ?? null;
}

/**
 * Drivers by their branch, and the newest CUDA that each of them has, which `nvidia-smi` shows as "CUDA Version".
 * Source: NVIDIA's CUDA release notes, table 3, and the release notes of the drivers.
 */
const BRANCHES: readonly (readonly [branch: number, cuda: string])[] = [
  [450, "11.0"],
  [460, "11.2"],
  [465, "11.3"],
  [470, "11.4"],
  [495, "11.5"],
  [510, "11.6"],
  [515, "11.7"],
  [520, "11.8"],
  [525, "12.0"],
  [530, "12.1"],
  [535, "12.2"],
  [545, "12.3"],
  [550, "12.4"],
  [555, "12.5"],
  [560, "12.6"],
  [565, "12.7"],
  [570, "12.8"],
  [575, "12.9"],
  [580, "13.0"],
];

/** The newest CUDA that a driver has by itself, minor versions beyond it left out; null: older than the table. */
export function cudaOf(driver: string): string | null {
  const branch = Number(driver.split(".")[0]);
  return BRANCHES.findLast(([each]) => each <= branch)?.[1] ?? null;
}

/** The driver that came with a CUDA, which compiles its PTX; null: not known. */
export function driverOf(cuda: string): string | null {
  return CUDA_ROWS.find((row) => row.cuda === cuda)?.toolkit ?? null;
}

export interface Wheel {
  /** `2.7.1` */
  readonly torch: string;
  /** `12.8` */
  readonly cuda: string;
  /** Architectures with machine code: `sm_86` is 86. */
  readonly code: readonly number[];
  /** Architectures with PTX, which the driver compiles for newer GPUs. */
  readonly ptx: readonly number[];
}

/** Official wheels with CUDA whose architectures are known. */
export const WHEELS: readonly Wheel[] = TORCH_ROWS.flatMap(({ torch, cuda, archs, ptx }) =>
  cuda === null || archs === null ? [] : [{ torch, cuda, code: numbers(archs), ptx: numbers(ptx) }],
);

/** `sm_90a` is code for one GPU alone, which has `sm_90` too. */
function numbers(archs: readonly string[]): number[] {
  return archs.flatMap((arch) => /_(\d+)$/.exec(arch)?.[1] ?? []).map(Number);
}

/** Null: not an official wheel that the table knows, so nothing is claimed of it. */
export function wheelOf(torch: string, cuda: string): Wheel | null {
  const row = rowOf(torch.split("+")[0] ?? "", variantOf(cuda));
  return WHEELS.find((each) => each.torch === row?.torch && each.cuda === row.cuda) ?? null;
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
  const version = torch.split("+")[0];
  const fits = WHEELS.filter(
    (wheel) =>
      wheel.torch === version &&
      (driver === null || compareVersions(floorOf(wheel.cuda) ?? "0", driver) <= 0) &&
      capabilities.every((each) => runsOn(wheel, each) === "code"),
  );
  return fits.at(-1)?.cuda ?? null;
}
