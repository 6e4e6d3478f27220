// Two seen images -> why they differ: every difference under one cause. Values in, values out.
import { ancestors, directoryOf, quotePath } from "../../object/path.ts";
import { ATTRIBUTE_CAUSES, type Created } from "./attribute-causes.ts";
import type { Cause, Finding } from "./cause.ts";
import { CONTENT_CAUSES, type Evidence } from "./content-causes.ts";
import { packagesOf } from "./packages.ts";
import { PACKAGING_CAUSES } from "./packaging-causes.ts";
import { PATH_CAUSES } from "./path-causes.ts";
import { fileDifferences, type FileDifference, type SeenImage } from "./seen.ts";

/** All causes, in the order in which they are named. */
export const CAUSES: readonly Cause[] = [...PACKAGING_CAUSES, ...PATH_CAUSES, ...CONTENT_CAUSES, ...ATTRIBUTE_CAUSES];

export interface Explanation {
  /** In the order of `CAUSES`, then of path. */
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
}

/**
 * `same-manifest`: one digest. `same-layers`: one list of diff IDs, and only the wrapping differs. `same-files`: other
 * layers that come to the same. In all three a container sees no difference.
 */
export type Verdict = "same-manifest" | "same-layers" | "same-files" | "different";

export function explain(a: SeenImage, b: SeenImage): Explanation {
  if (a.digest === b.digest) return { findings: [], verdict: "same-manifest" };
  const files = fileFindings(a, b);
  const packaging = PACKAGING_CAUSES.flatMap((cause) => {
    // How layers are cut is news only where the files do not say it already.
    if (cause.id === "layer-contents" && files.length > 0) return [];
    return cause.explain(a, b).map((found) => ({ ...found, cause }));
  });
  const rank = new Map(CAUSES.map(({ id }, index) => [id, index]));
  const findings = [...packaging, ...files].sort((one, other) => rank.get(one.cause.id)! - rank.get(other.cause.id)!);
  return { findings, verdict: verdictOf(a, b, findings) };
}

function verdictOf(a: SeenImage, b: SeenImage, findings: readonly Finding[]): Verdict {
  if (findings.some(({ cause }) => cause.unseen !== true)) return "different";
  const ids = ({ layers }: SeenImage): string => layers.map(({ diffId }) => diffId).join();
  return ids(a) === ids(b) ? "same-layers" : "same-files";
}

function fileFindings(a: SeenImage, b: SeenImage): Finding[] {
  const differences = fileDifferences(a.table, b.table);
  const changed = new Set(differences.filter(({ aspects }) => aspects.has("content")).map(({ path }) => path));
  const context = {
    packagesA: packagesOf(a.contents),
    packagesB: packagesOf(b.contents),
    alsoDiffers: (path: FileDifference["path"]) => changed.has(path),
  };
  const created = { a: secondsOf(a.config.created), b: secondsOf(b.config.created) };
  return withoutParents(differences).map((difference) => {
    const { path } = difference;
    const contents = { contentA: a.contents.get(path) ?? null, contentB: b.contents.get(path) ?? null };
    return causeOf({ ...difference, ...context, ...contents }, created);
  });
}

/**
 * What is in a directory says more than the directory: one that only one side has, for something in it, is no difference
 * of its own; nor is one whose time alone differs, since something came or went in it.
 */
function withoutParents(differences: readonly FileDifference[]): FileDifference[] {
  const above = new Set<string>();
  const directlyAbove = new Set<string>();
  for (const { path, a, b } of differences) {
    if (a !== null && b !== null) continue;
    for (const directory of ancestors(path)) above.add(directory);
    directlyAbove.add(directoryOf(path));
  }
  return differences.filter(({ path, aspects, a, b }) => {
    if ((a ?? b)?.type !== "directory") return true;
    if (a === null || b === null) return !above.has(path);
    return !(aspects.size === 1 && aspects.has("mtime") && directlyAbove.has(path));
  });
}

function causeOf(evidence: Evidence, created: Created): Finding {
  const { path, aspects } = evidence;
  const where = path === "" ? "/" : quotePath(path);
  const onlyTime = aspects.size === 1 && aspects.has("mtime");
  if (!onlyTime) {
    const byPath = PATH_CAUSES.find((cause) => cause.path.test(path));
    if (byPath !== undefined) return { cause: byPath, where, ...sizes(evidence) };
    for (const cause of CONTENT_CAUSES) {
      const sides = cause.explain(evidence);
      if (sides !== null) return { cause, where, ...sides };
    }
  }
  for (const cause of ATTRIBUTE_CAUSES) {
    const sides = cause.explain(evidence, created);
    if (sides !== null) return { cause, where, ...sides };
  }
  return { cause: ATTRIBUTE_CAUSES.at(-1)!, where, ...sizes(evidence) };
}

function sizes({ a, b }: FileDifference): { a: string | null; b: string | null } {
  const of = (entry: FileDifference["a"]): string | null =>
    entry === null ? null : entry.type === "file" ? `${entry.size} bytes` : entry.type;
  return { a: of(a), b: of(b) };
}

function secondsOf(created: string | undefined): number | null {
  const at = created === undefined ? Number.NaN : Date.parse(created);
  return Number.isNaN(at) || at <= 0 ? null : Math.floor(at / 1000);
}
