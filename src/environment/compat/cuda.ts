// Which NVIDIA driver each CUDA wants, on Linux. Reviewed data, as in torch.ts.
import type { SourceId } from "./sources.ts";

export interface CudaRow {
  /** `12.6` */
  readonly cuda: string;
  /**
   * The oldest driver that runs programs built with this CUDA, by NVIDIA's minor version compatibility. Code that must be
   * compiled from PTX is not covered by it: that wants the toolkit's driver.
   */
  readonly floor: string;
  /** The driver that came with the toolkit: from it on, everything works. Null: not known. */
  readonly toolkit: string | null;
  readonly sources: readonly SourceId[];
}

/** Ascending. */
export const CUDA_ROWS: readonly CudaRow[] = [
  row("11.8", "450.80.02", "520.61.05"),
  row("12.1", "525.60.13", "530.30.02"),
  row("12.4", "525.60.13", "550.54.14"),
  row("12.6", "525.60.13", "560.28.03"),
  row("12.8", "525.60.13", "570.26"),
  row("12.9", "525.60.13", "575.51.03"),
  row("13.0", "580.65.06", "580.65.06"),
  row("13.2", "580.65.06", null),
];

function row(cuda: string, floor: string, toolkit: string | null): CudaRow {
  return { cuda, floor, toolkit, sources: toolkit === null ? ["nvidia-minor"] : ["nvidia-minor", "nvidia-notes"] };
}

/** By version, `12.6`, or variant, `cu126`. Null: the table does not know it. */
export function driverFor(cuda: string): CudaRow | null {
  const wanted = /^cu\d{3}$/.test(cuda) ? `${cuda.slice(2, 4)}.${cuda.slice(4)}` : cuda;
  return CUDA_ROWS.find((each) => each.cuda === wanted) ?? null;
}
