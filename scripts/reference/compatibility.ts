import { CUDA_ROWS } from "../../src/environment/compat/cuda.ts";
import { SOURCES, type SourceId } from "../../src/environment/compat/sources.ts";
import { rowId, TORCH_ROWS, type TorchRow } from "../../src/environment/compat/torch.ts";
import { code, page, plain, table } from "./markdown.ts";

const INTRODUCTION = `Which wheels of PyTorch there are for Linux on x86-64, and what each holds. \`morello image lock\` refuses what is not here and offers the nearest that is; \`morello doctor\` judges a host by it. No GPU was at hand: nothing of this was measured, all of it was read, and every row says where. An empty cell: nobody was seen saying it. A question mark: seen for a neighbouring version or variant, not for this one.`;

/** Every row of the table, with numbered sources at the end. */
export function compatibilityPage(): string {
  return page(
    "Compatibility of PyTorch, CUDA, Python and drivers",
    INTRODUCTION,
    "## Wheels",
    table(
      ["torch", "Python", "cuDNN", "NCCL", "GPU architectures (sm)", "sources"],
      TORCH_ROWS.filter(({ cuda }) => cuda !== null).map((row) => [
        code(rowId(row)),
        pythons(row),
        fact(row, "cudnn", row.cudnn),
        fact(row, "nccl", row.nccl),
        fact(row, "archs", architectures(row)),
        references(row.sources),
      ]),
    ),
    "Every version has a `cpu` variant besides, for the same Pythons.",
    "## Drivers",
    "*Oldest driver* runs programs built with that CUDA, by NVIDIA's minor version compatibility. Code that has to be compiled from PTX is not covered by it and wants the toolkit's driver.",
    table(
      ["CUDA", "oldest driver", "driver of the toolkit", "sources"],
      CUDA_ROWS.map(({ cuda, floor, toolkit, sources }) => [cuda, floor, toolkit ?? "", references(sources)]),
    ),
    "## Sources",
    IDS.map((id, index) => `${index + 1}. [${plain(SOURCES[id].title)}](${SOURCES[id].url})`).join("\n"),
  );
}

const IDS = Object.keys(SOURCES) as SourceId[];

function references(sources: readonly SourceId[]): string {
  return sources
    .map((id) => IDS.indexOf(id) + 1)
    .toSorted((a, b) => a - b)
    .join(", ");
}

function fact(row: TorchRow, name: TorchRow["unconfirmed"][number], value: string | null): string {
  if (value === null) return "";
  return row.unconfirmed.includes(name) ? `${plain(value)} ?` : plain(value);
}

/** `50 60 70, PTX 120`: compute capabilities without their dot, as `sm_50`. */
function architectures({ archs, ptx }: TorchRow): string | null {
  if (archs === null) return null;
  const codes = archs.map((arch) => arch.replace("sm_", "")).join(" ");
  return [codes, ...ptx.map((code) => code.replace("compute_", "PTX "))].join(", ");
}

function pythons({ pythons: list, experimental }: TorchRow): string {
  const more = experimental.length === 0 ? "" : `, ${experimental.join(", ")} experimental`;
  return `${list[0]} to ${list.at(-1)}${more}`;
}
