// A wish (PyTorch, CUDA, cuDNN, Python) -> the row that grants it, or why nobody ever published that, with the nearest
// that somebody did. Knows what the table knows: a version beyond it is neither granted nor refused.
import { driverFor } from "./cuda.ts";
import { SOURCES } from "./sources.ts";
import { cudaOfVariant, rowId, TORCH_ROWS, type TorchRow } from "./torch.ts";

/** As people write it in morello.yaml. */
export interface Wanted {
  /** `2.7.1`, `2.7`, `2.7.1+cu118`. */
  readonly torch: string;
  /** `cu121`, `12.1`, `12.1.1`, `cpu`. */
  readonly cuda?: string | undefined;
  /** `8.9`, `9.5.1.17`: as many parts as matter. */
  readonly cudnn?: string | undefined;
  /** `3.11` */
  readonly python?: string | undefined;
  /** `linux/amd64` unless set. */
  readonly platform?: string;
}

export interface Offer {
  /** `2.7.1+cu126` */
  readonly row: string;
  /** For `image.environment` of morello.yaml, without indent. */
  readonly lines: readonly string[];
}

export type Judgement =
  | { readonly kind: "fits"; readonly row: TorchRow; readonly notes: readonly string[] }
  /** The table does not know this version of PyTorch, or wheels of this platform. */
  | { readonly kind: "unknown"; readonly reason: string }
  | {
      readonly kind: "impossible";
      /** What was published instead, and what of the wish was not: sentences. */
      readonly reason: string;
      /** Rows that say so, by ID. */
      readonly rows: readonly string[];
      /** Titles of the rows' sources. */
      readonly sources: readonly string[];
      /** The nearest first, at most three. */
      readonly offers: readonly Offer[];
    };

export function judge(wanted: Wanted): Judgement {
  const [asked = "", local] = wanted.torch.split("+");
  const torch = newest(asked);
  const rows = TORCH_ROWS.filter((row) => row.torch === torch);
  if (rows.length === 0) return { kind: "unknown", reason: unknownTorch(asked) };
  if (wanted.platform !== undefined && wanted.platform !== "linux/amd64" && variantOf(wanted.cuda) !== "cpu")
    return { kind: "unknown", reason: `The table knows wheels for linux/amd64 alone, not for ${wanted.platform}.` };
  const variant = variantOf(wanted.cuda ?? local);
  const row = rows.find((each) => each.variant === variant);
  const faults = [
    ...contradiction(wanted, local),
    ...cudaFaults(wanted.cuda ?? local, variant, row),
    ...cudnnFaults(wanted.cudnn, row),
    ...pythonFaults(wanted.python, row ?? rows[0]!),
  ];
  if (row !== undefined && faults.length === 0) return { kind: "fits", row, notes: notesOf(row, wanted) };
  return {
    kind: "impossible",
    reason: `${published(torch, rows)} ${sentence(faults)}`,
    rows: rows.map(rowId),
    sources: [...new Set(rows.flatMap(({ sources }) => sources))].map((id) => SOURCES[id].title),
    offers: nearest({ ...wanted, torch }, variant),
  };
}

/** `2.7` is the newest 2.7 that the table knows; a whole version is itself. */
function newest(torch: string): string {
  const patches = TORCH_ROWS.filter((row) => row.torch.startsWith(`${torch}.`)).map((row) => row.torch);
  return patches.at(-1) ?? torch;
}

function unknownTorch(torch: string): string {
  const known = [...new Set(TORCH_ROWS.map((row) => row.torch))];
  const minor = torch.split(".").slice(0, 2).join(".");
  const near = known.filter((each) => each.startsWith(`${minor}.`));
  const list = near.length > 0 ? near.join(" and ") : `${known[0]} to ${known.at(-1)}`;
  return `The compatibility table does not know torch ${torch}; it knows ${list}.`;
}

/** The name of the wheels' variant; null where nothing is said, what is said itself where it cannot be read. */
export function variantOf(cuda: string | undefined): string | null {
  if (cuda === undefined) return null;
  const found = /^(?:cuda[- ]?|cu)?(\d{2})\.?(\d)(?:\.\d+)*$/i.exec(cuda.trim());
  return found === null ? cuda.trim().toLowerCase() : `cu${found[1]}${found[2]}`;
}

function contradiction({ cuda }: Wanted, local: string | undefined): string[] {
  if (cuda === undefined || local === undefined || variantOf(cuda) === variantOf(local)) return [];
  return [`torch says +${local} and cuda says ${cuda}: one of them has to go`];
}

function cudaFaults(said: string | undefined, variant: string | null, row: TorchRow | undefined): string[] {
  if (row !== undefined) return [];
  if (variant === null) return ["cuda has to say which of these is meant"];
  const cuda = cudaOfVariant(variant);
  if (cuda === null) return [`'${said}' names none of them`];
  const others = [...new Set(TORCH_ROWS.filter((each) => each.variant === variant).map(({ torch }) => torch))];
  const where = others.length === 0 ? "is in no release that the table knows" : `is in torch ${listed(others)}`;
  return [`there is no ${variant} of it (CUDA ${cuda} ${where})`];
}

function cudnnFaults(cudnn: string | undefined, row: TorchRow | undefined): string[] {
  if (cudnn === undefined) return [];
  const has = row?.cudnn;
  if (row !== undefined && has === null) return row.variant === "cpu" ? ["the cpu wheels hold no cuDNN"] : [];
  if (has !== undefined && has !== null && isPrefix(cudnn, has)) return [];
  if (has === undefined && isSomewhere(cudnn)) return [];
  return has === undefined || has === null
    ? [`cuDNN comes in the wheels, and ${cudnn} is in none of them`]
    : [`cuDNN comes in the wheel, and this one holds ${has}, not ${cudnn}`];
}

function isSomewhere(cudnn: string): boolean {
  return TORCH_ROWS.some((row) => row.cudnn !== null && isPrefix(cudnn, row.cudnn));
}

function isPrefix(short: string, long: string): boolean {
  return long === short || long.startsWith(`${short}.`);
}

function pythonFaults(python: string | undefined, row: TorchRow): string[] {
  if (python === undefined || row.pythons.includes(python) || row.experimental.includes(python)) return [];
  return [`there is no wheel for Python ${python}`];
}

/** `torch 2.7.1 was published for cu118, cu126, cu128 with cuDNN 9 (…), and for cpu, on Python 3.9 to 3.13:` */
function published(torch: string, rows: readonly TorchRow[]): string {
  const cuda = rows.filter((row) => row.cuda !== null);
  const cudnns = cuda.flatMap((row) => (row.cudnn === null ? [] : [row.cudnn]));
  const majors = [...new Set(cudnns.map((version) => version.split(".")[0]))];
  const exact = [...new Set(cudnns)].join(", ");
  const withCudnn = cudnns.length === 0 ? "" : ` with cuDNN ${majors.join(" and ")} (${exact})`;
  const pythons = rows[0]?.pythons ?? [];
  return `torch ${torch} was published for ${cuda.map((row) => row.variant).join(", ")}${withCudnn}, and for cpu, on Python ${pythons[0]} to ${pythons.at(-1)};`;
}

function sentence(faults: readonly string[]): string {
  return `${faults.join("; ")}.`;
}

function listed(versions: readonly string[]): string {
  return versions.length < 3 ? versions.join(" and ") : `${versions[0]} to ${versions.at(-1)}`;
}

/** Two of the same PyTorch with the nearest CUDA, then the nearest PyTorch that has what was asked for. */
function nearest(wanted: Wanted, variant: string | null): Offer[] {
  const cuda = variant === null ? null : cudaOfVariant(variant);
  const apart = (row: TorchRow): number => Math.abs(Number(row.cuda ?? 99) - Number(cuda ?? row.cuda ?? 99));
  const takes = (row: TorchRow): boolean => wanted.python === undefined || row.pythons.includes(wanted.python);
  const same = TORCH_ROWS.filter((row) => row.torch === wanted.torch && (variant === "cpu") === (row.cuda === null));
  const closest = same.toSorted((a, b) => apart(a) - apart(b));
  const other = TORCH_ROWS.filter((row) => row.torch !== wanted.torch && row.variant === variant && takes(row));
  const steps = (row: TorchRow): number => Math.abs(place(row.torch) - place(wanted.torch));
  const first = closest.filter(takes).length > 0 ? closest.filter(takes) : closest.slice(0, 1);
  return [...first.slice(0, 2), ...other.toSorted((a, b) => steps(a) - steps(b)).slice(0, 1)].map((row) => ({
    row: rowId(row),
    lines: linesFor(row, wanted),
  }));
}

function place(torch: string): number {
  return TORCH_ROWS.findIndex((row) => row.torch === torch);
}

function linesFor(row: TorchRow, { cudnn, python }: Wanted): string[] {
  const fitting = python === undefined || row.pythons.includes(python) ? python : nearestPython(row, python);
  return [
    `torch: ${row.torch}`,
    `cuda: ${row.variant}`,
    ...(cudnn === undefined || row.cudnn === null ? [] : [`cudnn: "${row.cudnn}"`]),
    ...(fitting === undefined ? [] : [`python: "${fitting}"`]),
  ];
}

function nearestPython(row: TorchRow, python: string): string | undefined {
  const minor = (version: string): number => Number(version.split(".")[1]);
  return row.pythons.toSorted((a, b) => Math.abs(minor(a) - minor(python)) - Math.abs(minor(b) - minor(python)))[0];
}

function notesOf(row: TorchRow, { python, cudnn }: Wanted): string[] {
  const driver = row.cuda === null ? null : driverFor(row.cuda);
  return [
    ...(python !== undefined && row.experimental.includes(python)
      ? [`PyTorch calls its wheels of ${row.torch} for Python ${python} experimental.`]
      : []),
    ...(cudnn !== undefined && row.cudnn === null && row.cuda !== null
      ? [`Which cuDNN ${rowId(row)} holds is not known here, so ${cudnn} could not be checked.`]
      : []),
    ...row.unconfirmed.map((fact) => `The ${FACTS[fact]} of ${rowId(row)} was seen for a neighbour, not for itself.`),
    ...(driver === null ? [] : [driverNote(driver.cuda, driver.floor, driver.toolkit)]),
  ];
}

const FACTS = { pythons: "list of Pythons", cudnn: "cuDNN", nccl: "NCCL", archs: "list of GPU architectures" } as const;

function driverNote(cuda: string, floor: string, toolkit: string | null): string {
  const full = toolkit === null || toolkit === floor ? "" : `; from ${toolkit} on everything of CUDA ${cuda} works`;
  return `Hosts need NVIDIA's driver ${floor} or newer${full}.`;
}
