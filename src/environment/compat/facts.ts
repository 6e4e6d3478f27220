// What PyTorch's wheels hold: cuDNN, NCCL, machine code for which GPUs. Reviewed by people, release by release: every
// fact has its source. A release that stands only in wheels.ts has no facts here, and its rows say null.
import type { SourceId } from "./sources.ts";

/** What one wheel holds. */
export interface Held {
  readonly cudnn?: string;
  readonly nccl?: string;
  /** Compute capabilities without dot; a `+` at the end: with PTX of the last. */
  readonly archs?: string;
  readonly unconfirmed?: readonly ("pythons" | "cudnn" | "nccl" | "archs")[];
  readonly sources?: readonly SourceId[];
}

interface Release {
  readonly versions: readonly string[];
  readonly experimental?: readonly string[];
  readonly sources: readonly SourceId[];
  readonly wheels: Readonly<Record<string, Held>>;
}

const OLD = "50 60 70 75 80 86 90";
const NEW = "70 75 80 86 90 100 120";

const RELEASES: readonly Release[] = [
  {
    versions: ["2.5.0", "2.5.1"],
    experimental: ["3.13"],
    sources: ["matrix"],
    wheels: {
      cu118: { cudnn: "9.1.0.70", archs: "37 50 60 61 70 75 80 86 90", sources: ["archs"] },
      cu121: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: "50 60 61 70 75 80 86 90 90a", sources: ["archs", "pins"] },
      cu124: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: "50 60 61 70 75 80 86 90 90a", sources: ["archs", "pins"] },
    },
  },
  {
    versions: ["2.6.0"],
    sources: ["matrix"],
    wheels: {
      cu118: { cudnn: "9.1.0.70", archs: `37 ${OLD}`, sources: ["archs"] },
      cu124: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: OLD, sources: ["archs", "pins"] },
      cu126: { cudnn: "9.5.1.17", archs: OLD, sources: ["archs"] },
    },
  },
  {
    versions: ["2.7.0", "2.7.1"],
    sources: ["matrix"],
    wheels: {
      cu118: {
        cudnn: "9.1.0.70",
        nccl: "2.21.5",
        archs: `37 ${OLD}`,
        unconfirmed: ["nccl"],
        sources: ["archs", "requirements"],
      },
      cu126: { cudnn: "9.5.1.17", nccl: "2.26.2", archs: OLD, sources: ["archs", "pins"] },
      cu128: { cudnn: "9.7.1.26", nccl: "2.26.2", archs: "75 80 86 90 100 120+", sources: ["archs", "cog", "pins"] },
    },
  },
  {
    versions: ["2.8.0"],
    sources: ["matrix"],
    wheels: {
      cu126: {
        cudnn: "9.10.2.21",
        nccl: "2.27.3",
        archs: OLD,
        unconfirmed: ["archs"],
        sources: ["build-script", "pins"],
      },
      cu128: {
        cudnn: "9.10.2.21",
        nccl: "2.27.3",
        archs: NEW,
        unconfirmed: ["archs"],
        sources: ["build-script", "pins"],
      },
      cu129: { cudnn: "9.10.2.21", archs: `${NEW}+`, unconfirmed: ["archs"], sources: ["build-script"] },
    },
  },
  {
    versions: ["2.9.0", "2.9.1"],
    sources: ["matrix"],
    wheels: {
      cu126: { cudnn: "9.10.2.21", archs: OLD, unconfirmed: ["archs"], sources: ["build-script"] },
      cu128: {
        cudnn: "9.10.2.21",
        nccl: "2.27.5",
        archs: NEW,
        unconfirmed: ["archs"],
        sources: ["build-script", "pins"],
      },
      cu130: {
        cudnn: "9.13.0.50",
        nccl: "2.27.7",
        archs: "75 80 86 90 100 120+",
        unconfirmed: ["archs"],
        sources: ["cuda-matrix", "pins"],
      },
    },
  },
  {
    versions: ["2.10.0"],
    sources: ["matrix"],
    wheels: {
      cu126: { cudnn: "9.10.2.21", unconfirmed: ["cudnn"] },
      cu128: { cudnn: "9.10.2.21", unconfirmed: ["cudnn"] },
      cu130: { cudnn: "9.13.0.50", unconfirmed: ["cudnn"] },
    },
  },
  {
    versions: ["2.11.0"],
    sources: [],
    wheels: {
      cu126: {},
      cu128: {},
      cu130: { archs: "75 80 86 90 100 120+", sources: ["cuda-matrix"] },
    },
  },
  {
    versions: ["2.12.1"],
    sources: [],
    wheels: { cu126: {}, cu129: {}, cu130: {}, cu132: {} },
  },
];

/** Of a version, `2.7.1`; nothing is known of one that is not here. */
export function factsOf(torch: string): Partial<Release> {
  return RELEASES.find(({ versions }) => versions.includes(torch)) ?? {};
}
