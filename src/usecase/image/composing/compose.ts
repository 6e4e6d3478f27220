// One image of one variant and platform: the environment's own, with a whole source layer, or the environment's image
// with one layer that leads to the tree of this release. Composed in memory and proven; nothing is written.
import { changedParts, PART_NAMES } from "../../../environment/inputs.ts";
import { AppError } from "../../../error.ts";
import { lfsPointers } from "../../../layer/source.ts";
import { quotePath } from "../../../object/path.ts";
import { append, type ComposedImage } from "../../../oci/append.ts";
import { LABEL, labelsOf } from "../../../oci/label.ts";
import { collect, contentOf } from "../../../registry/content.ts";
import type { Content } from "../../../registry/store.ts";
import type { EnvironmentReport, ImageLayer, TreeProof } from "../../../wire/image/build.ts";
import { inputsOf, type Builder, type Inputs, type Source } from "./builder.ts";
import { describedAs, dressOf } from "./dress.ts";
import { earlierReleases, environmentRelease, type EarlierRelease, type FoundRelease } from "./environment-release.ts";
import { findEnvironment } from "./find-environment.ts";
import { firstImage } from "./first-image.ts";
import { newest } from "../publishing/ledger-images.ts";
import { prove } from "./prove.ts";
import { readSpec, specSource } from "../read-spec.ts";
import { sourceEntries, withContents } from "./source-files.ts";
import { contentOfLayer, differenceLayer, placeOf } from "./source-layer.ts";

export interface Composed {
  readonly platform: string;
  readonly image: ComposedImage;
  /** Layers, lowest first, then the configuration. */
  readonly contents: readonly Content[];
  /** Digests of layers that are where the image goes, since the image below is. */
  readonly held: ReadonlySet<string>;
  readonly layers: readonly ImageLayer[];
  readonly environment: EnvironmentReport;
  readonly proof: TreeProof;
}

/** Throws `image-refused` where the proof fails, and what its steps throw. */
export async function compose(builder: Builder, source: Source, variant: string, platform: string): Promise<Composed> {
  const inputs = inputsOf(source.spec, variant, platform);
  if (inputs === null) throw new AppError("internal", `${source.subject.version} lost its variant ${variant}`);
  const earlier = await untilAdopted(builder, variant, await earlierReleases(builder.workspace, source.subject));
  const found = await environmentRelease(inputs, earlier, (candidate) =>
    inputsAt(builder, source, inputs, candidate, platform),
  );
  const differs = found.differs === null ? null : differing(found.differs, inputs);
  return found.release === null
    ? first(builder, source, inputs, platform, differs)
    : patch(builder, source, inputs, platform, differs, found.release);
}

/** An adopted image begins an environment: what is before it does not count. */
async function untilAdopted(
  { ledger }: Builder,
  variant: string,
  earlier: readonly EarlierRelease[],
): Promise<readonly EarlierRelease[]> {
  const records = await Promise.all(earlier.map(({ tag }) => ledger.of(tag)));
  const at = records.findIndex((each) => newest(each, "adopted", variant) !== null);
  return at < 0 ? earlier : earlier.slice(0, at + 1);
}

/** What a release's environment is made of; null where its image cannot be told. */
async function inputsAt(
  { reader }: Builder,
  { spec }: Source,
  own: Inputs,
  { tag, commit }: EarlierRelease,
  platform: string,
): Promise<Inputs | null> {
  if ((await specSource(reader, commit)) === spec.source) return own;
  try {
    return inputsOf(await readSpec(reader, commit, tag), own.variant.name, platform);
  } catch (error) {
    if (error instanceof AppError && (error.code === "image-spec" || error.code === "lock-invalid")) return null;
    throw error;
  }
}

function differing(
  { release, key }: NonNullable<FoundRelease<Inputs>["differs"]>,
  inputs: Inputs,
): EnvironmentReport["differs"] {
  const parts =
    key === null ? ["whether there is an image"] : changedParts(key, inputs).map((part) => PART_NAMES[part]);
  return { from: release.tag, parts };
}

async function first(
  builder: Builder,
  source: Source,
  inputs: Inputs,
  platform: string,
  differs: EnvironmentReport["differs"],
): Promise<Composed> {
  const made = await firstImage(builder, source, inputs, platform);
  const table = await made.table(); // refuses a place that is taken
  // The next release asks for it by this digest, wherever it finds the image.
  if (!builder.rebuild) await builder.cache.table(made.image.manifest.digest, () => Promise.resolve(table));
  const { proof } = await prove({
    environment: await made.foundation.table(),
    layer: await collect(made.source.open()),
    files: await filesOf(builder, source),
    place: placeOf(source.spec.image.source),
    adopted: false,
  });
  const { engine } = made.foundation;
  return {
    platform,
    image: made.image,
    contents: [...made.contents, contentOf(made.image.config.mediaType, made.image.config.bytes)],
    held: new Set(),
    layers: layersOf(made.image, made.foundation.contents.length, "source"),
    environment: {
      release: null,
      digest: null,
      key: inputs.key,
      found: engine === null ? "computed" : "built",
      store: null,
      engine,
      differs,
      rebuilt: false,
    },
    proof,
  };
}

async function patch(
  builder: Builder,
  source: Source,
  inputs: Inputs,
  platform: string,
  differs: EnvironmentReport["differs"],
  release: EarlierRelease,
): Promise<Composed> {
  const { subject, spec } = source;
  const variant = inputs.variant;
  const below = await findEnvironment(builder, release, variant.name, inputs, platform);
  const before = { tree: below.source.subject.tree, section: below.source.spec.image.source };
  const layer = await differenceLayer(builder.reader, before, { tree: subject.tree, section: spec.image.source });
  const inherited = below.parts.config.config?.Labels ?? {};
  const described = describedAs({
    subject,
    spec,
    variant,
    environment: inherited[LABEL.environment] ?? below.digest,
    base: { name: `${spec.image.name}:${below.source.subject.version}`, digest: below.digest },
  });
  const labels = labelsOf({ ...described, torch: inherited[LABEL.torch] ?? null });
  const createdBy = `morello: source of ${subject.version}, what differs from ${below.source.subject.version}`;
  const top = layer === null ? [] : [{ ...layer, createdBy }];
  const image = append(below.parts, top, dressOf(subject, spec, labels));
  const { proof } = await prove({
    environment: await below.table(),
    layer: layer?.bytes ?? null,
    files: await filesOf(builder, source),
    place: placeOf(spec.image.source),
    adopted: below.found === "adopted",
  });
  const added = layer === null ? [] : [contentOfLayer(layer)];
  return {
    platform,
    image,
    contents: [...below.contents, ...added, contentOf(image.config.mediaType, image.config.bytes)],
    held: new Set(below.store === builder.output ? below.contents.map(({ digest }) => digest) : []),
    layers: layersOf(image, below.parts.manifest.layers.length, "diff"),
    environment: {
      release: release.tag,
      digest: below.digest,
      key: inputs.key,
      found: below.found,
      store: below.store?.name ?? null,
      engine: below.engine,
      differs,
      rebuilt: below.rebuilt,
    },
    proof,
  };
}

async function filesOf({ reader, notices }: Builder, { subject, spec }: Source): ReturnType<typeof withContents> {
  const files = await withContents(reader, await sourceEntries(reader, subject.tree, spec.image.source));
  const [pointer, ...more] = lfsPointers(files).map(quotePath);
  const named = more.length === 0 ? `${pointer} is` : `${pointer} and ${more.length} more are`;
  const notice = `${named} in the image as git has it: a pointer of git-lfs, without the content it points to`;
  if (pointer !== undefined && !notices.includes(notice)) notices.push(notice);
  return files;
}

function layersOf({ parts }: ComposedImage, below: number, top: "source" | "diff"): ImageLayer[] {
  return parts.manifest.layers.map(({ digest, size }, n) => ({
    digest,
    size,
    diffId: parts.config.rootfs.diff_ids[n] ?? "",
    role: n < below ? "environment" : top,
  }));
}
