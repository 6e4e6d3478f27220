// What a commit's own tree says of its image: the `image:` section of morello.yaml, and morello.lock. Nothing else of
// the repository counts, so that an image never depends on a branch that moves.
import { CONFIG_FILE } from "../../config/default.ts";
import { lockedEnvironment, LOCK_FILE, type Lock } from "../../environment/lock.ts";
import { parseLock } from "../../environment/lock-text.ts";
import type { ImageSection } from "../../environment/spec.ts";
import { variantsOf, type Variant } from "../../environment/variants.ts";
import { AppError } from "../../error.ts";
import { bytePathOf } from "../../object/path.ts";
import { isRegular } from "../../object/tree.ts";
import { missingObject } from "./composing/source-files.ts";
import type { GitObject, ObjectReader } from "../../git/objects.ts";

export interface TreeSpec {
  readonly image: ImageSection;
  /** Null: the tree has none, and needs none. */
  readonly lock: Lock | null;
  readonly variants: readonly Variant[];
  /** Object IDs of the files it was read from: where they are the same, so is all of this. */
  readonly source: string;
}

const SECTION = `image:
  name: registry.example.com/team/app
  environment:
    base: scratch
  source:
    path: /opt/app
    include: [.]`;

/** `revision`: how people name the commit. Throws `image-spec`, `lock-invalid`. */
export async function readSpec(reader: ObjectReader, commit: string, revision: string): Promise<TreeSpec> {
  const [configuration, lockFile] = await files(reader, commit);
  const { parseImageSection } = await import("../../config/load.ts");
  const image =
    configuration === null
      ? null
      : parseImageSection(configuration.body.toString("utf8"), `${CONFIG_FILE} of ${revision}`);
  if (image === null) {
    throw new AppError("image-spec", `${CONFIG_FILE} of ${revision} has no image section`, {
      hint: `add this to ${CONFIG_FILE} of the line, and release it:\n\n${SECTION}`,
      data: { revision, commit },
    });
  }
  const variants = variantsOf(image);
  const lock = lockFile === null ? null : parseLock(lockFile.body.toString("utf8"), `${LOCK_FILE} of ${revision}`);
  return { image, lock, variants, source: sourceOf(configuration, lockFile) };
}

/** Throws `lock-invalid` where an environment that installs something is not locked. */
export function needLock({ lock }: TreeSpec, variant: Variant, platform: string, revision: string): void {
  if (lockedEnvironment(lock, variant.name, platform) !== null) return;
  throw new AppError(
    "lock-invalid",
    lock === null
      ? `${revision} has no ${LOCK_FILE}, and its image installs packages`
      : `${LOCK_FILE} of ${revision} lacks the variant ${variant.name} on ${platform}`,
    { hint: "morello image lock, commit it to the line, and release that", data: { revision, variant: variant.name } },
  );
}

/** Object IDs of what `readSpec` reads, to tell without reading whether two commits say the same. */
export async function specSource(reader: ObjectReader, commit: string): Promise<string> {
  const [configuration, lockFile] = await entriesOf(reader, commit);
  return sourceOf(configuration, lockFile);
}

type Found = Pick<GitObject, "oid">;

function sourceOf(configuration: Found | null, lockFile: Found | null): string {
  return `${configuration?.oid ?? "none"} ${lockFile?.oid ?? "none"}`;
}

const FILES = [CONFIG_FILE, LOCK_FILE].map(bytePathOf);

/** Where the two files stand in the commit's tree; null for what is no file. */
async function entriesOf(reader: ObjectReader, commit: string): Promise<readonly [Found | null, Found | null]> {
  const found = await reader.commit(commit);
  const tree = found === null ? null : await reader.tree(found.tree);
  if (tree === null) throw missingObject(found?.tree ?? commit, "the tree");
  const [configuration = null, lockFile = null] = FILES.map((name) => {
    const entry = tree.get(name);
    return entry !== undefined && isRegular(entry.mode) ? entry : null;
  });
  return [configuration, lockFile];
}

async function files(reader: ObjectReader, commit: string): Promise<readonly [GitObject | null, GitObject | null]> {
  const read = async (entry: Found | null, name: string): Promise<GitObject | null> => {
    if (entry === null) return null;
    const found = await reader.read(entry.oid);
    if (found === null) throw missingObject(entry.oid, name);
    return found;
  };
  const [configuration, lockFile] = await entriesOf(reader, commit);
  return Promise.all([read(configuration, CONFIG_FILE), read(lockFile, LOCK_FILE)]);
}
