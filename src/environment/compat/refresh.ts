// Wheels of an index -> the lines of wheels.ts that they give, and how these differ from the lines that are there.
import type { WheelName } from "../wheel-index.ts";

export interface Refreshed {
  /** `2.7.1 cu126 3.9 3.10`, in the order of the table. */
  readonly lines: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Why it must not be written: too little is there. Null: it may. */
  readonly suspicion: string | null;
}

/** The oldest release that the table has. */
const OLDEST = [2, 5];

/** The share of lines that an index must have: wheels are never taken back, so that less is a page that was cut off. */
const LEAST = 0.9;

export function refreshed(wheels: readonly WheelName[], known: readonly string[]): Refreshed {
  const found = new Map<string, Set<string>>();
  for (const wheel of wheels) {
    const row = rowOf(wheel);
    if (row === null) continue;
    const pythons = found.get(row.key) ?? new Set();
    found.set(row.key, pythons.add(row.python));
  }
  const lines = [...found]
    .map(([key, pythons]) => `${key} ${[...pythons].toSorted(byVersion).join(" ")}`)
    .toSorted(byVersion);
  const keyOf = (line: string): string => line.split(" ").slice(0, 2).join(" ");
  const kept = known.filter((line) => lines.some((each) => keyOf(each) === keyOf(line))).length;
  const isSmall = kept < known.length * LEAST;
  return {
    lines,
    added: lines.filter((line) => !known.includes(line)),
    removed: known.filter((line) => !lines.includes(line)),
    suspicion: isSmall
      ? `the index has ${kept} of the ${known.length} combinations that are known: too few to be all of it`
      : null,
  };
}

/** Null: another package, system or Python, a pre-release, or older than the table. */
function rowOf({ name, version, pythons, abi, platforms }: WheelName): { key: string; python: string } | null {
  const parts = /^(\d+)\.(\d+)\.(\d+)\+(cpu|cu\d{3})$/.exec(version);
  const python = /^cp3(\d+)$/.exec(pythons[0] ?? "");
  const isLinux = platforms.some((platform) => /^(?:manylinux|linux).*x86_64$/.test(platform));
  if (name !== "torch" || parts === null || python === null || abi !== pythons[0] || !isLinux) return null;
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major < OLDEST[0]! || (major === OLDEST[0] && minor < OLDEST[1]!)) return null;
  return { key: `${version.split("+")[0]} ${parts[4]}`, python: `3.${python[1]}` };
}

/** Numbers by their value: 3.9 before 3.10, and cpu before cu118. */
function byVersion(a: string, b: string): number {
  const key = (text: string): string => text.replace(/\d+/g, (digits) => digits.padStart(6, "0"));
  return key(a) < key(b) ? -1 : 1;
}
