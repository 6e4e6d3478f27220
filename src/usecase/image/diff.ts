// Two images by name -> each difference, its cause and its remedy.
import { explain } from "../../image/diff/explain.ts";
import type { Finding } from "../../image/diff/cause.ts";
import { lookAt, type Looked } from "../../image/diff/look.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { parseReference } from "../../oci/reference.ts";
import { nameOf, readImage } from "../../registry/read-image.ts";
import type { DifferenceCause, ImageDiffOutcome } from "../../wire/image/diff.ts";
import type { Deps } from "../workspace.ts";
import { Places } from "./places.ts";

export interface ImageDiffInput {
  /** `registry.example.com/app:v1`, `app@sha256:…`, `oci:DIR:TAG`. */
  readonly a: string;
  readonly b: string;
  /** Which of an index; null: it has only one. */
  readonly platform: string | null;
}

/** Reads both images' layers, those that they share once. Throws what names, stores and layers throw; writes nothing. */
export async function diffImages(deps: Deps, { a, b, platform }: ImageDiffInput): Promise<ImageDiffOutcome> {
  const places = new Places(deps);
  try {
    const [one, other] = [await find(places, a, platform), await find(places, b, platform)];
    const [seenA, seenB] = await lookAt(one, other, {
      onProgress: (done, total) => deps.onProgress?.({ step: "reading layers", done, total }),
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    });
    const { findings, verdict } = explain(seenA, seenB);
    const side = (reference: string, { image }: Looked): ImageDiffOutcome["a"] => ({
      reference,
      digest: image.descriptor.digest,
      layers: image.manifest.layers.length,
    });
    return { kind: "image-diff", a: side(a, one), b: side(b, other), verdict, causes: byCause(findings) };
  } finally {
    await places.close();
  }
}

async function find(places: Places, text: string, platform: string | null): Promise<Looked> {
  const reference = parseReference(text);
  const store = await places.open(reference);
  const wanted = platform === null ? null : parsePlatform(platform);
  return { store, image: await readImage(store, await nameOf(reference, store), wanted) };
}

function byCause(findings: readonly Finding[]): DifferenceCause[] {
  const found = new Map<string, DifferenceCause>();
  for (const { cause, ...difference } of findings) {
    const { id, level, title, remedy, unseen = false } = cause;
    const known = found.get(id);
    if (known === undefined)
      found.set(id, { cause: id, level, title, remedy, seen: !unseen, differences: [difference] });
    else known.differences.push(difference);
  }
  return [...found.values()];
}
