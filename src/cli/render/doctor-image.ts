// Whether an image would find CUDA here: the answer, what a pull costs, the cause, and which variant would do.
import type { DoctorImageOutcome, DoctorVariant } from "../../wire/doctor.ts";
import { cleaned } from "./clean.ts";
import { causeLines, lookedAt, noticeLines, saidPlainly } from "./doctor.ts";
import { bytes } from "./image/bytes.ts";
import { table, type Cell } from "./table.ts";
import { paint, symbol, type View } from "./view.ts";
import { truncate } from "./width.ts";

export function renderDoctorImage(view: View, found: DoctorImageOutcome, all: boolean): string {
  const outcome = cleaned(found);
  const lines = view.plain ? plainLines(outcome) : shownLines(view, outcome);
  if (all) lines.push(...(view.plain ? [] : [""]), ...lookedAt(view, outcome.facts));
  return lines.map((line) => `${line}\n`).join("");
}

/** `PyTorch 2.7.1+cu126, CUDA 12.6, 5.1 GB to pull` */
function aboutOf({ torch, cuda, size, cpuOnly }: DoctorImageOutcome): string {
  const parts = [
    ...(torch === null ? [] : [`PyTorch ${torch}`]),
    cuda === null ? (cpuOnly ? "no CUDA" : "CUDA not told") : `CUDA ${cuda}`,
    ...(size === 0 ? [] : [`${bytes(size)} to pull`]),
  ];
  return parts.join(", ");
}

function shownLines(view: View, outcome: DoctorImageOutcome): string[] {
  const { image, cause, variants, pull, notices } = outcome;
  const head =
    cause === null
      ? `${paint(view, "good", symbol(view, "good"))} ${truncate(image, view.width - 20)} ${outcome.cpuOnly ? "runs here" : "finds CUDA here"}`
      : `${paint(view, "bad", symbol(view, "bad"))} ${truncate(image, view.width - 26)} finds no CUDA here`;
  const lines = [head, `  ${paint(view, "quiet", aboutOf(outcome))}`];
  if (cause !== null) lines.push("", ...causeLines(view, cause));
  if (variants.length > 0) {
    const rows = variants.map((variant): Cell[] => [
      variant.runs ? { text: symbol(view, "good"), tone: "good" } : { text: symbol(view, "bad"), tone: "bad" },
      { text: variant.tag },
      { text: variant.cuda === null ? "no CUDA" : `CUDA ${variant.cuda}` },
      { text: variant.cause?.title ?? "", tone: "quiet" },
    ]);
    lines.push("", paint(view, "strong", "Variants"), ...table(view, [{}, {}, {}, { shrink: 1, least: 16 }], rows, 2));
  }
  if (pull !== null) lines.push("", `${paint(view, "strong", "Instead")}  ${pull}`);
  if (lines.length > 2 && notices.length > 0) lines.push("");
  lines.push(...noticeLines(view, notices));
  return lines;
}

function plainLines(outcome: DoctorImageOutcome): string[] {
  const { image, cause, variants, pull, notices } = outcome;
  const said = (variant: DoctorVariant): string =>
    `variant ${variant.tag}: ${variant.cuda === null ? "no CUDA" : `CUDA ${variant.cuda}`}: ${variant.cause === null ? "runs" : variant.cause.because}`;
  return [
    `${image}: ${aboutOf(outcome)}: ${cause === null ? (outcome.cpuOnly ? "runs here" : "finds CUDA here") : "finds no CUDA here"}`,
    ...(cause === null ? [] : [saidPlainly(cause)]),
    ...variants.map(said),
    ...(pull === null ? [] : [`instead: ${pull}`]),
    ...notices.map((notice) => `note: ${notice}`),
  ];
}
