// Cases of real backports, and samples of them.
import { readFileSync } from "node:fs";

export interface Case {
  readonly repo: string;
  readonly original: string;
  readonly backport: string;
  readonly branch: string;
  /** How it is known: `trailer`, `author+date+subject`, `PR-number`; empty if the table does not say. */
  readonly evidence: string;
}

/** Reads a table with a header: repo, original_sha, backport_sha, release_branch, perhaps evidence, tab separated. */
export function readCases(file: string): Case[] {
  const [header = "", ...rows] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const names = header.split("\t");
  const column = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) throw new Error(`${file} has no column '${name}'; it has: ${names.join(", ")}`);
    return at;
  };
  const [repo, original, backport, branch] = [
    column("repo"),
    column("original_sha"),
    column("backport_sha"),
    column("release_branch"),
  ];
  return rows.map((row) => {
    const cells = row.split("\t");
    return {
      repo: cells[repo] ?? "",
      original: cells[original] ?? "",
      backport: cells[backport] ?? "",
      branch: cells[branch] ?? "",
      evidence: cells[names.indexOf("evidence")] ?? "",
    };
  });
}

/** `limit` items at random by `seed`, in their own order. The same seed gives the same sample. */
export function sample<T>(items: readonly T[], limit: number | null, seed: number): T[] {
  if (limit === null || limit >= items.length) return [...items];
  const random = mulberry32(seed);
  const keyed = items.map((item, n) => ({ item, n, key: random() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, limit);
  return chosen.sort((a, b) => a.n - b.n).map(({ item }) => item);
}

/** A small seeded generator (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
