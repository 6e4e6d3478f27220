// Names of git's tags to names of image tags and back: variants as suffixes, characters that images do not take.

/** The distribution grammar: at most 128 characters. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export function isImageTag(tag: string): boolean {
  return TAG.test(tag);
}

/** `api/v1.0+cu118` -> `api-v1.0_cu118`; null: no image tag can stand for it. `suffix`: of the variant, `-cu118`. */
export function imageTag(version: string, suffix = ""): string | null {
  const tag = `${version.replaceAll("/", "-").replaceAll("+", "_")}${suffix}`;
  return isImageTag(tag) ? tag : null;
}

/** `v2.7.1-3-gabc1234`: a build between releases, which is no version and moves no name. */
const DEVELOPMENT = /-\d+-g[0-9a-f]{7,64}$/;

/**
 * The versions that a repository's tags stand for, as far as they are of one variant. Suffixes of the others are told
 * apart first: `v2.7.1-cu118` is no pre-release of v2.7.1.
 */
export function versionsAmong(tags: readonly string[], suffix: string, others: readonly string[]): string[] {
  const foreign = others.filter((other) => other !== suffix && other !== "" && !suffix.endsWith(other));
  return tags.flatMap((tag) => {
    if (!tag.endsWith(suffix) || foreign.some((other) => tag.endsWith(other))) return [];
    const version = suffix === "" ? tag : tag.slice(0, -suffix.length);
    return DEVELOPMENT.test(version) ? [] : [version];
  });
}
