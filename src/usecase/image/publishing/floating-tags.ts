// Which floating names an image takes along: `v2.7` and `latest`, by version order over all tags of its repository.
import { parseTag, compareTagVersions } from "../../../line/tag.ts";
import { imageTag, versionsAmong } from "../../../oci/tag.ts";
import { floatingTags as floatingVersions } from "../../../release/version.ts";

export interface FloatingQuestion {
  /** The release's git tag. */
  readonly release: string;
  /** Suffix of the variant, `-cu118`; empty for the bare names. */
  readonly suffix: string;
  /** Suffixes of all variants. */
  readonly suffixes: readonly string[];
  /** Names that releases have in git: a name of theirs never floats. */
  readonly releases: ReadonlySet<string>;
  /** The image repository's tags. */
  readonly tags: readonly string[];
}

/**
 * Never by time. None for a pre-release, and none that a newer version holds: patching an old line leaves `latest`
 * where it is. Releases of a component (`api/v1.2.0`) have a `latest` of their own, `api-latest`.
 */
export function floatingTags({ release, suffix, suffixes, releases, tags }: FloatingQuestion): string[] {
  const version = imageTag(release);
  if (version === null) return [];
  const component = release.includes("/") ? `${release.slice(0, release.lastIndexOf("/")).replaceAll("/", "-")}-` : "";
  return floatingVersions(version, versionsAmong(tags, suffix, suffixes))
    .filter((name) => !releases.has(name) && name !== version)
    .flatMap((name) => imageTag(name === "latest" ? `${component}latest` : name, suffix) ?? []);
}

/** Whether a floating name that stands for `held` may go to `release`. Versions of other series are never displaced. */
export function mayMove(held: string | null, release: string): boolean {
  const [before, after] = [
    held === null ? null : parseTag(imageTag(held) ?? held),
    parseTag(imageTag(release) ?? release),
  ];
  if (before === null || after === null) return true;
  return before.prefix === after.prefix && compareTagVersions(before, after) <= 0;
}
