// What the wish for PyTorch means for pip, and what pip may not touch where the base brings a PyTorch of its own.
import { judge, variantOf } from "./compat/judge.ts";
import type { EnvironmentSection } from "./spec.ts";
import { nameOf, type WantedPackage } from "./wanted.ts";

/** Built against one PyTorch and no other. */
const FAMILY = ["torch", "torchvision", "torchaudio", "torchtext", "torch-tensorrt"];

/** `2.7` and `12.6` become what the index calls it: `torch==2.7.1+cu126`; what the table does not know stays as written. */
export function torchRequirement(of: EnvironmentSection, platform: string): string | null {
  if (of.torch === undefined) return null;
  const judged = judge({ ...of, torch: of.torch, platform });
  if (judged.kind === "fits") return `torch==${judged.row.torch}+${judged.row.variant}`;
  const variant = variantOf(of.cuda);
  return of.torch.includes("+") || variant === null ? `torch==${of.torch}` : `torch==${of.torch}+${variant}`;
}

/** PyTorch's own index for the variant, where its wheels are; null where none is asked for. */
export function torchIndex(of: EnvironmentSection): string | null {
  const variant = variantOf(of.cuda ?? of.torch?.split("+")[1]);
  return of.torch === undefined ? null : `https://download.pytorch.org/whl${variant === null ? "" : `/${variant}`}`;
}

/** What would replace the base's PyTorch, each with why it is asked for; empty: nothing does. */
export function replacements(of: EnvironmentSection, pip: readonly WantedPackage[]): string[] {
  const listed = pip.filter(({ requirement, reason }) => reason !== "torch" && FAMILY.includes(nameOf(requirement)));
  return [
    ...(of.torch === undefined ? [] : [`environment.torch: ${of.torch}`]),
    ...listed.map(({ requirement, reason }) => `${reason}: ${requirement}`),
  ];
}
