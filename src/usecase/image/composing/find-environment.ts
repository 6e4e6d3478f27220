// The image of an environment's first release: by the digest on record, else computed where nothing is installed, else
// under its tag, else built. Says which of these it was.
import { isPure } from "../../../environment/wanted.ts";
import { AppError, isAppError } from "../../../error.ts";
import type { FlatTable } from "../../../layer/flatten.ts";
import type { ImageParts } from "../../../oci/append.ts";
import { LABEL } from "../../../oci/label.ts";
import { parseReference } from "../../../oci/reference.ts";
import type { Content, ImageStore } from "../../../registry/store.ts";
import type { EnvironmentReport } from "../../../wire/image/build.ts";
import type { Builder, Inputs, Source } from "./builder.ts";
import { versionTag } from "./dress.ts";
import type { EarlierRelease } from "./environment-release.ts";
import { firstImage } from "./first-image.ts";
import { newest, type ImageRecord } from "../publishing/ledger-images.ts";
import { needLock, readSpec } from "../read-spec.ts";
import { findImage, layerContents, tableOf, type StoredImage } from "./stored-image.ts";
import { releaseSubject } from "../subject.ts";

export interface EnvironmentImage {
  readonly source: Source;
  readonly parts: ImageParts;
  /** Of the platform's manifest. */
  readonly digest: string;
  /** Layers, lowest first. */
  readonly contents: readonly Content[];
  readonly table: () => Promise<FlatTable>;
  readonly found: EnvironmentReport["found"];
  /** Null: it was made here. */
  readonly store: ImageStore | null;
  readonly engine: EnvironmentReport["engine"];
  readonly rebuilt: boolean;
}

/** Throws `image-missing` where an adopted image is nowhere, `image-refused` where a rebuild gives another digest. */
export async function findEnvironment(
  builder: Builder,
  release: EarlierRelease,
  variant: string,
  inputs: Inputs,
  platform: string,
): Promise<EnvironmentImage> {
  const { workspace, reader, ledger, rebuild } = builder;
  const source: Source = {
    subject: await releaseSubject(workspace, release.tag),
    spec: await readSpec(reader, release.commit, release.tag),
  };
  const records = await ledger.of(release.tag);
  const adopted = newest(records, "adopted", variant);
  if (adopted !== null) return stored(builder, source, await recorded(builder, adopted, platform), "adopted");
  const pure = isPure(source.spec.image, inputs.variant.environment);
  const built = newest(records, "built", variant);
  if (!pure) needLock(source.spec, inputs.variant, platform, release.tag);
  if (pure && !rebuild) return made(builder, source, inputs, platform, "computed", false);
  const known = await published(builder, source, built, inputs, platform);
  if (!rebuild && known !== null) return stored(builder, source, known.image, known.found);
  const anew = await made(builder, source, inputs, platform, pure ? "computed" : "built", known !== null);
  if (known === null || known.image.digest === anew.digest) return anew;
  throw new AppError(
    "image-refused",
    `${release.tag} built anew is ${anew.digest}, and ${known.image.digest} is in ${known.image.store.name}`,
    {
      hint: `morello image diff ${known.image.store.name}@${known.image.digest} …`,
      data: { release: release.tag, published: known.image.digest, rebuilt: anew.digest },
    },
  );
}

async function made(
  builder: Builder,
  source: Source,
  inputs: Inputs,
  platform: string,
  found: "computed" | "built",
  rebuilt: boolean,
): Promise<EnvironmentImage> {
  const { image, contents, table, foundation } = await firstImage(builder, source, inputs, platform);
  const { parts, manifest } = image;
  return {
    source,
    parts,
    digest: manifest.digest,
    contents,
    table,
    found,
    store: null,
    engine: foundation.engine,
    rebuilt,
  };
}

function stored(
  { cache }: Builder,
  source: Source,
  image: StoredImage,
  found: EnvironmentReport["found"],
): EnvironmentImage {
  const { parts, digest, store } = image;
  const table = (): Promise<FlatTable> => cache.table(digest, () => tableOf(image));
  return { source, parts, digest, contents: layerContents(image), table, found, store, engine: null, rebuilt: false };
}

/** Where an image on record may lie: where this one goes, where the record says, where morello.yaml says. */
async function recorded(builder: Builder, record: ImageRecord, platform: string): Promise<StoredImage> {
  const found = await byDigest(builder, record, platform);
  if (found !== null) return found;
  throw new AppError("image-missing", `The image ${record.digest} of ${record.tag} is nowhere: ${record.reference}`, {
    hint: `skopeo copy docker://…@${record.digest} docker://${record.reference}`,
    data: { digest: record.digest, reference: record.reference },
  });
}

async function byDigest(
  { output, from, places, configured }: Builder,
  { digest, reference }: ImageRecord,
  platform: string,
): Promise<StoredImage | null> {
  for (const store of from === null ? [output] : [output, from]) {
    const found = await findImage(store, digest, platform);
    if (found !== null) return found;
  }
  for (const place of [parseReference(reference), configured]) {
    if (place.kind === "layout") continue; // somebody else's disk
    const found = await findImage(await places.open(place), digest, platform);
    if (found !== null) return found;
  }
  return null;
}

interface Published {
  readonly image: StoredImage;
  readonly found: "ledger" | "tag";
}

/** By the digest on record; without a record under the release's tag, if its labels say the same environment and tree. */
async function published(
  builder: Builder,
  { subject }: Source,
  record: ImageRecord | null,
  { variant, key }: Inputs,
  platform: string,
): Promise<Published | null> {
  if (record !== null) {
    const image = await byDigest(builder, record, platform);
    if (image !== null) return { image, found: "ledger" };
    builder.notices.push(
      `${record.tag} is on record as ${record.digest}, and is neither in ${builder.output.name} nor in ${record.reference}`,
    );
    return null;
  }
  const tag = versionTag(subject.version, variant.isDefault ? "" : variant.suffix);
  const { output, from, places, configured } = builder;
  for (const store of new Set([output, ...(from === null ? [] : [from]), await places.open(configured)])) {
    const image =
      store === output || store === from
        ? await findImage(store, tag, platform)
        : await reached(builder, store, tag, platform);
    if (image === null) continue;
    const labels = image.parts.config.config?.Labels ?? {};
    if (labels[LABEL.environment] === key && labels[LABEL.tree] === subject.tree) return { image, found: "tag" };
    builder.notices.push(
      `${store.name}:${tag} was not made by Morello from ${tag}; morello image adopt would compare and take it`,
    );
  }
  return null;
}

/** A registry that is out of reach is no reason not to build: the digest is the same, or is found to be another. */
async function reached(
  { notices }: Builder,
  store: ImageStore,
  tag: string,
  platform: string,
): Promise<StoredImage | null> {
  try {
    return await findImage(store, tag, platform);
  } catch (error) {
    if (!isAppError(error, "registry-failed")) throw error;
    notices.push(`${store.name} could not be asked for ${tag}: ${error.message}`);
    return null;
  }
}
