// The image that an environment begins with: what lies under it, and the whole source of its release as one layer.
import { AppError } from "../../../error.ts";
import { applyLayer, placeProblem, type FlatTable } from "../../../layer/flatten.ts";
import { append, type ComposedImage } from "../../../oci/append.ts";
import { labelsOf } from "../../../oci/label.ts";
import type { Content } from "../../../registry/store.ts";
import type { Builder, Inputs, Source } from "./builder.ts";
import { cacheName, NO_CACHE } from "./cache.ts";
import { dressOf, describedAs } from "./dress.ts";
import { layFoundation, type Foundation } from "./foundation.ts";
import { placeOf, sourceLayer, type SourceLayer } from "./source-layer.ts";

export interface FirstImage {
  readonly foundation: Foundation;
  readonly source: SourceLayer;
  readonly image: ComposedImage;
  /** Layers, lowest first. */
  readonly contents: readonly Content[];
  /** Of all layers. Throws `image-refused` where the source cannot stand where it should. */
  readonly table: () => Promise<FlatTable>;
}

/** Composes it; nothing is proven yet. */
export async function firstImage(
  builder: Builder,
  { subject, spec }: Source,
  inputs: Inputs,
  platform: string,
): Promise<FirstImage> {
  const { variant, key } = inputs;
  const section = spec.image.source;
  const [foundation, source] = await Promise.all([
    layFoundation(builder, { subject, spec }, variant, platform),
    sourceLayer(builder.reader, builder.rebuild ? NO_CACHE : builder.cache, subject.tree, section),
  ]);
  const labels = labelsOf(describedAs({ subject, spec, variant, environment: key, base: foundation.base }));
  const createdBy = `morello: source of ${subject.version}`;
  const { digest, size, diffId } = source;
  const image = append(foundation.parts, [{ digest, size, diffId, createdBy }], dressOf(subject, spec, labels));
  const compute = async (): Promise<FlatTable> => {
    const below = await foundation.table();
    const problem = placeProblem(below, placeOf(section));
    if (problem !== null) throw occupied(section.path, problem);
    return applyLayer(below, source.open());
  };
  const layers = image.parts.manifest.layers.map((layer) => layer.digest);
  return {
    foundation,
    source,
    image,
    contents: [...foundation.contents, source],
    table: () => (builder.rebuild ? compute() : builder.cache.table(cacheName("layers", layers), compute)),
  };
}

function occupied(path: string, problem: string): AppError {
  return new AppError("image-refused", `The source cannot stand at ${path}: ${problem}`, {
    hint: "name another directory as image.source.path in morello.yaml, such as /opt/app",
    data: { path },
  });
}
