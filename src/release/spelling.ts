// How a project writes a version's numbers: separator, leading zeros. Raising a number keeps all of it.
import type { TagVersion } from "../line/tag.ts";
import { parseNumbers, type Numbers } from "../line/version.ts";

export interface Spelling {
  /** As they are written: `18`, `09`, `2`. */
  readonly parts: readonly string[];
  /** `.`, `_` or `-`. */
  readonly separator: string;
  readonly numbers: Numbers;
}

/** Of a tag that was read. */
export function spellingOf({ name, prefix, suffix }: TagVersion & { readonly name: string }): Spelling {
  const raw = name.slice(prefix.length, name.length - suffix.length);
  const parts = raw.split(/[._-]/);
  return { parts, separator: /[._-]/.exec(raw)?.[0] ?? ".", numbers: parts.map(Number) };
}

/**
 * The first version of a line: its own numbers as the branch's name spells them, zeros behind. Three numbers, or two
 * where `model`, a version of the product, has no more.
 */
export function firstOf(branch: string, version: Numbers, model: Spelling | null): Spelling {
  const wanted = version.join(".");
  const runs = branch.match(/\d+(?:[._-]\d+)*/g) ?? [];
  const raw = runs.findLast((run) => parseNumbers(run)?.join(".") === wanted)?.split(/[._-]/) ?? version.map(String);
  const usual = model !== null && model.parts.length > version.length ? Math.min(model.parts.length, 3) : 3;
  const parts = [...raw, ...Array.from({ length: Math.max(0, usual - raw.length) }, () => "0")];
  return { parts, separator: model?.separator ?? ".", numbers: parts.map(Number) };
}

/** The number at `index` raised by one, those behind it zero; numbers that are not written count as 0. */
export function bumped({ parts, separator }: Spelling, index: number): Spelling {
  const old = parts[index] ?? "0";
  const raised = String(Number(old) + 1).padStart(old.startsWith("0") ? old.length : 0, "0");
  const length = Math.min(Math.max(parts.length, index + 1), Math.max(index + 1, 3));
  const spelt = Array.from({ length }, (_, n) => (n < index ? (parts[n] ?? "0") : n === index ? raised : "0"));
  return { parts: spelt, separator, numbers: spelt.map(Number) };
}
