// Which wheels of PyTorch there are for Linux on x86-64 (wheels.ts), and what each holds (facts.ts), as one table. What
// nobody has seen is null, and what was seen for a neighbour only is listed as unconfirmed.
import { factsOf } from "./facts.ts";
import type { SourceId } from "./sources.ts";
import { WHEELS, WHEELS_SOURCE } from "./wheels.ts";

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

/** In order of version, then cpu, then CUDA ascending. */
export const TORCH_ROWS: readonly TorchRow[] = WHEELS.trim().split("\n").map(rowFrom);

/** `2.7.1 cu126 3.9 3.10`: what wheels.ts has on a line. */
function rowFrom(line: string): TorchRow {
  const [torch = "", variant = "", ...pythons] = line.split(" ");
  const { experimental = [], sources = [], wheels = {} } = factsOf(torch);
  const held = wheels[variant] ?? {};
  const codes = held.archs?.replace("+", "").split(" ") ?? null;
  return {
    torch,
    variant,
    cuda: cudaOfVariant(variant),
    pythons: pythons.filter((python) => !experimental.includes(python)),
    experimental,
    cudnn: held.cudnn ?? null,
    nccl: held.nccl ?? null,
    archs: codes?.map((code) => `sm_${code}`) ?? null,
    ptx: held.archs?.endsWith("+") === true ? [`compute_${codes?.at(-1) ?? ""}`] : [],
    unconfirmed: held.unconfirmed ?? [],
    sources: [...new Set([WHEELS_SOURCE, ...sources, ...(held.sources ?? [])])],
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
