// Figures of a list of milliseconds.

export interface Figures {
  readonly n: number;
  readonly median: number;
  readonly mean: number;
  readonly p90: number;
  readonly max: number;
}

export function figures(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    n: sorted.length,
    median: at(0.5),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p90: at(0.9),
    max: at(1),
  };
}

export function row(name: string, { n, median, mean, p90, max }: Figures): string {
  const cell = (value: number): string => value.toFixed(2).padStart(9);
  return `${name.padEnd(44)}${String(n).padStart(6)}${cell(median)}${cell(mean)}${cell(p90)}${cell(max)}`;
}

export const HEAD = `${"".padEnd(44)}${"n".padStart(6)}${["median", "mean", "p90", "max"].map((name) => name.padStart(9)).join("")}`;
