// Which wheels of PyTorch there are for Linux on x86-64, and what each holds. Reviewed data: every fact has its source,
// what nobody has seen is null, and what was seen for a neighbour only is listed as unconfirmed.
// `npm run refresh-compat -- INDEX` compares the wheels with an index.
import type { SourceId } from "./sources.ts";

export interface TorchRow {
  /** `2.7.1` */
  readonly torch: string;
  /** `cu126`, `cpu` */
  readonly variant: string;
  /** `12.6`; null for cpu. */
  readonly cuda: string | null;
  /** Minor versions, ascending. */
  readonly pythons: readonly string[];
  /** Published, and called experimental. */
  readonly experimental: readonly string[];
  readonly cudnn: string | null;
  readonly nccl: string | null;
  /** As `torch.cuda.get_arch_list()` names machine code: `sm_80`. Null: not known. */
  readonly archs: readonly string[] | null;
  /** As it names what a newer GPU can compile for itself: `compute_120`. */
  readonly ptx: readonly string[];
  /** Facts seen for a neighbouring version or variant alone. */
  readonly unconfirmed: readonly ("pythons" | "cudnn" | "nccl" | "archs")[];
  readonly sources: readonly SourceId[];
}

interface Held {
  readonly cudnn?: string;
  readonly nccl?: string;
  /** Compute capabilities without dot; a `+` at the end: with PTX of the last. */
  readonly archs?: string;
  readonly unconfirmed?: TorchRow["unconfirmed"];
  readonly sources?: readonly SourceId[];
}

interface Release {
  readonly versions: readonly string[];
  readonly pythons: readonly string[];
  readonly experimental?: readonly string[];
  readonly sources: readonly SourceId[];
  /** Besides cpu, which every release has. */
  readonly wheels: Readonly<Record<string, Held>>;
}

const OLD = "50 60 70 75 80 86 90";
const NEW = "70 75 80 86 90 100 120";

const RELEASES: readonly Release[] = [
  {
    versions: ["2.5.0", "2.5.1"],
    pythons: ["3.9", "3.10", "3.11", "3.12"],
    experimental: ["3.13"],
    sources: ["cog", "matrix"],
    wheels: {
      cu118: { cudnn: "9.1.0.70", archs: "37 50 60 61 70 75 80 86 90", sources: ["archs"] },
      cu121: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: "50 60 61 70 75 80 86 90 90a", sources: ["archs", "pins"] },
      cu124: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: "50 60 61 70 75 80 86 90 90a", sources: ["archs", "pins"] },
    },
  },
  {
    versions: ["2.6.0"],
    pythons: ["3.9", "3.10", "3.11", "3.12", "3.13"],
    sources: ["cog", "matrix"],
    wheels: {
      cu118: { cudnn: "9.1.0.70", archs: `37 ${OLD}`, sources: ["archs"] },
      cu124: { cudnn: "9.1.0.70", nccl: "2.21.5", archs: OLD, sources: ["archs", "pins"] },
      cu126: { cudnn: "9.5.1.17", archs: OLD, sources: ["archs"] },
    },
  },
  {
    versions: ["2.7.0", "2.7.1"],
    pythons: ["3.9", "3.10", "3.11", "3.12", "3.13"],
    sources: ["cog", "matrix"],
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
    pythons: ["3.9", "3.10", "3.11", "3.12", "3.13"],
    sources: ["cog", "matrix"],
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
    pythons: ["3.10", "3.11", "3.12", "3.13", "3.14"],
    sources: ["cog", "matrix"],
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
    pythons: ["3.10", "3.11", "3.12", "3.13", "3.14"],
    sources: ["cog", "matrix"],
    wheels: {
      cu126: { cudnn: "9.10.2.21", unconfirmed: ["cudnn"] },
      cu128: { cudnn: "9.10.2.21", unconfirmed: ["cudnn"] },
      cu130: { cudnn: "9.13.0.50", unconfirmed: ["cudnn"] },
    },
  },
  {
    versions: ["2.11.0"],
    pythons: ["3.10", "3.11", "3.12", "3.13", "3.14"],
    sources: ["cog"],
    wheels: {
      cu126: {},
      cu128: {},
      cu130: { archs: "75 80 86 90 100 120+", sources: ["cuda-matrix"] },
    },
  },
  {
    versions: ["2.12.1"],
    pythons: ["3.10", "3.11", "3.12", "3.13", "3.14"],
    sources: ["cog"],
    wheels: { cu126: {}, cu129: {}, cu130: {}, cu132: {} },
  },
];

/** In order of version, then of CUDA; cpu first. */
export const TORCH_ROWS: readonly TorchRow[] = RELEASES.flatMap((release) =>
  release.versions.flatMap((torch) =>
    Object.entries({ cpu: {}, ...release.wheels }).map(([variant, held]) => rowFrom(torch, variant, release, held)),
  ),
);

function rowFrom(torch: string, variant: string, release: Release, held: Held): TorchRow {
  const codes = held.archs?.replace("+", "").split(" ") ?? null;
  return {
    torch,
    variant,
    cuda: cudaOfVariant(variant),
    pythons: release.pythons,
    experimental: release.experimental ?? [],
    cudnn: held.cudnn ?? null,
    nccl: held.nccl ?? null,
    archs: codes?.map((code) => `sm_${code}`) ?? null,
    ptx: held.archs?.endsWith("+") === true ? [`compute_${codes?.at(-1) ?? ""}`] : [],
    unconfirmed: held.unconfirmed ?? [],
    sources: [...new Set([...release.sources, ...(held.sources ?? [])])],
  };
}

/** `cu126` -> `12.6`; null where it is no CUDA variant. */
export function cudaOfVariant(variant: string): string | null {
  const found = /^cu(\d+)(\d)$/.exec(variant);
  return found === null ? null : `${found[1]}.${found[2]}`;
}

/** As the lock names it: `2.7.1+cu126`. */
export function rowId({ torch, variant }: Pick<TorchRow, "torch" | "variant">): string {
  return `${torch}+${variant}`;
}

/** Takes `2.7.1` and `cu126`, or what torch says of itself: `2.7.1+cu126` and null. Null: the table does not know it. */
export function rowOf(torch: string, variant: string | null): TorchRow | null {
  const [version = "", local = ""] = torch.split("+");
  const wanted = variant ?? local;
  return TORCH_ROWS.find((row) => row.torch === version && row.variant === wanted) ?? null;
}
