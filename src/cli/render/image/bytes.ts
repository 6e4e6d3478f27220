// Sizes for people: `702 B`, `5.1 kB`, `518.9 MB`, in powers of a thousand as registries and disks count them.

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? "B"}`;
}
