// Refs and configuration -> the repository's release lines. No git, no clock: whether a tip reaches a tag, and how far
// local and remote are apart, is for the caller to find out.
import type { Config } from "../config/schema.ts";
import { isOwnBranch, parseLineName, type LineName } from "./name.ts";
import { collectBranches, type Branch, type RefRecord, type RemoteChoice } from "./ref.ts";
import { byText, indexTags, seriesOf, tagsInSeries, type SeriesTag, type TagIndex } from "./series.ts";
import { settingsReader, type LineSettings } from "./settings.ts";
import { isPlainPrefix, prefixNames } from "./tag.ts";
import { compareLineVersions, type Numbers } from "./version.ts";

export interface DetectedLine extends Branch {
  /** Empty if the name holds no version. */
  readonly version: Numbers;
  /** The name ends in a wildcard, `2.x`. */
  readonly open: boolean;
  /** The pattern that made it a line: one of configuration, else a known one (`release/*`, `<version>`). */
  readonly pattern: string;
  readonly tagPrefix: string;
  /** Tags of the series, newest first, reached by the tip or not. */
  readonly tags: readonly SeriesTag[];
  readonly settings: LineSettings;
}

export interface DetectInput {
  /** Of `refs/heads`, `refs/remotes` and `refs/tags`. */
  readonly refs: readonly RefRecord[];
  readonly config: Pick<Config, "lines" | "remotes">;
  /** Short name of the main branch, which is never a line; see `detectMain`. */
  readonly main: string | null;
  /** Names as `git remote` lists them. */
  readonly remotes?: readonly string[];
}

/**
 * Finds the release lines, newest version first, those without a version last, equal ones by name. A branch is a line
 * if its name fits a known pattern and ends in a version, or if configuration has a pattern for it.
 */
export function detectLines({ refs, config, main, remotes = [] }: DetectInput): DetectedLine[] {
  const index = indexTags(refs);
  const settingsOf = settingsReader(config.lines);
  const choice: RemoteChoice = { known: remotes, preferred: config.remotes };
  const found = collectBranches(refs, choice)
    .filter(({ name }) => name !== main && !isOwnBranch(name))
    .flatMap((branch) => {
      const { pattern: configured, settings } = settingsOf(branch.name);
      const parsed = parseLineName(branch.name);
      const pattern = configured ?? (parsed && proven(parsed, index) ? parsed.pattern : null);
      if (pattern === null) return [];
      const version = {
        numbers: parsed?.numbers ?? [],
        open: parsed?.open ?? false,
        prerelease: parsed?.prerelease ?? false,
      };
      const series = seriesOf(index, version.numbers, parsed?.product ?? null, settings.tagPrefix);
      return [{ branch, version, pattern, settings, series }];
    })
    .sort((a, b) => compareLineVersions(b.version, a.version) || byText(a.branch.name, b.branch.name));
  return found.map(({ branch, version, pattern, settings, series }, at) => ({
    ...branch,
    version: version.numbers,
    open: version.open,
    pattern,
    tagPrefix:
      series.prefix ??
      usualPrefix(
        found.map((line) => line.series.prefix),
        at,
        index,
      ),
    tags: series.tags,
    settings,
  }));
}

function proven({ proof, numbers, product }: LineName, index: TagIndex): boolean {
  if (proof === "none") return true;
  return tagsInSeries(index, numbers).some(({ version: { prefix } }) =>
    proof === "series" ? isPlainPrefix(prefix) : prefixNames(prefix, product!),
  );
}

/** For a line without tags: as the nearest older line has it, else the nearest newer, else most plain tags, else `v`. */
function usualPrefix(prefixes: readonly (string | null)[], at: number, index: TagIndex): string {
  const near =
    prefixes.slice(at + 1).find((prefix) => prefix !== null) ??
    prefixes.slice(0, at).findLast((prefix) => prefix !== null);
  if (near !== undefined && near !== null) return near;
  const plain = [...index.byMajor.values()].flat().filter((tag) => isPlainPrefix(tag.version.prefix));
  return plain.filter((tag) => tag.version.prefix === "").length * 2 > plain.length ? "" : "v";
}
