// `morello image adopt`: takes an image that was built elsewhere as a release's, once its source is the tag's tree. What is
// released after is built on it, on every machine that has the ledger.
import { AppError } from "../../error.ts";
import { emptyTable, placeProblem, withSource, type FlatTable } from "../../layer/flatten.ts";
import { fullTar, placePath } from "../../layer/source.ts";
import { quotePath } from "../../object/path.ts";
import { formatPlace, parseReference, type Reference } from "../../oci/reference.ts";
import type { ImageAdoptOutcome, ImageDifference } from "../../wire/image/adopt.ts";
import { withReconciled } from "../reconciled.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";
import { imageCache } from "./composing/cache.ts";
import { versionTag } from "./composing/dress.ts";
import { Places } from "./places.ts";
import { contentsOnly, differences } from "./composing/prove.ts";
import { readSpec } from "./read-spec.ts";
import { recordImages } from "./publishing/record-images.ts";
import { placeOf } from "./composing/source-layer.ts";
import { sourceEntries, withContents } from "./composing/source-files.ts";
import { findImage, tableOf } from "./composing/stored-image.ts";
import { findSubject } from "./subject.ts";

export interface ImageAdoptInput {
  /** With its digest. */
  readonly image: string;
  /** The release whose image it is: git's tag. */
  readonly at: string;
  /** Null: the default one. */
  readonly variant: string | null;
  readonly dryRun: boolean;
  readonly sign: boolean | null;
}

/** Throws `image-reference`, `image-missing`, `image-refused`, `image-spec`, `unknown-revision`. */
export function adoptImage(deps: Deps, input: ImageAdoptInput): Promise<ImageAdoptOutcome> {
  const within = input.dryRun ? withWorkspace : withReconciled;
  return within(deps, async (workspace) => {
    const places = new Places(deps);
    try {
      return await adopt(workspace, places, input);
    } finally {
      await places.close();
    }
  });
}

async function adopt(workspace: Workspace, places: Places, input: ImageAdoptInput): Promise<ImageAdoptOutcome> {
  const { reader } = workspace.scratch;
  const reference = parseReference(input.image);
  const { digest } = reference;
  if (digest === null) throw needsDigest(reference);
  const subject = await findSubject(workspace, input.at);
  if (subject.tag === null) {
    throw new AppError("image-refused", `${input.at} is no release, and an image is adopted for one`, {
      hint: `morello image adopt ${input.image} --at TAG`,
    });
  }
  const { image, variants } = await readSpec(reader, subject.commit, subject.tag);
  const variant = variants.find(({ name, isDefault }) => (input.variant === null ? isDefault : name === input.variant));
  if (variant === undefined) {
    throw new AppError("usage", `${subject.tag} has no variant '${input.variant}'`, {
      hint: `--variant ${variants.map(({ name }) => name).join(" or ")}`,
    });
  }
  const place = placeOf(image.source);
  const files = await withContents(reader, await sourceEntries(reader, subject.tree, image.source));
  const wanted = await withSource(emptyTable(), { bytes: fullTar(files, place) }, place);
  const store = await places.open(reference);
  const cache = imageCache(workspace.store);
  const differing: ImageDifference[] = [];
  for (const platform of image.platforms) {
    const found = await findImage(store, digest, platform);
    if (found === null) {
      throw new AppError("image-missing", `${store.name} has no ${digest} for ${platform}`, {
        hint: `skopeo inspect --raw docker://${store.name}@${digest}`,
        data: { digest, platform },
      });
    }
    workspace.onProgress?.({ step: `reading ${store.name}`, done: 0, total: 0 });
    const table = await cache.table(found.digest, () => tableOf(found));
    const problem = placeProblem(without(table, placePath(place)), place);
    if (problem !== null) {
      throw new AppError("image-refused", `Nothing can be built on ${input.image}: ${problem}`, {
        hint: "image.source.path in morello.yaml says where the source stands",
      });
    }
    const [is, should] = [table, wanted].map((each) => below(contentsOnly(each, place), placePath(place)));
    differing.push(
      ...differences(is ?? emptyTable(), should ?? emptyTable()).map(({ path, what }) => ({
        platform,
        path: `/${quotePath(path)}`,
        what,
      })),
    );
  }
  const { tag } = subject;
  const about = {
    tag,
    variant: variant.suffix === "" ? null : variant.name,
    digest,
    reference: formatPlace(reference),
    path: place.path,
    files: files.length,
  };
  if (differing.length > 0) return { kind: "different", ...about, differences: differing };
  if (input.dryRun) return { kind: "same", ...about };
  const isLocal = reference.kind === "layout";
  const version = versionTag(tag, variant.isDefault ? "" : variant.suffix);
  const name = isLocal ? formatPlace(parseReference(image.name)) : formatPlace(reference);
  const recorded = await recordImages(
    workspace,
    subject,
    [
      {
        role: "adopted",
        variant: variant.name,
        digest,
        reference: `${name}:${version}`,
        tag: version,
        detail: { commit: subject.commit, tree: subject.tree },
      },
    ],
    input.sign,
  );
  const notices = isLocal
    ? [`other machines will look for it in ${name}: skopeo copy ${formatPlace(reference)} docker://${name}:${version}`]
    : [];
  return { kind: "adopted", ...about, recorded, notices };
}

function needsDigest(reference: Reference): AppError {
  return new AppError("image-reference", `${formatPlace(reference)} is named without a digest, and a tag may move`, {
    hint: `skopeo inspect --format '{{.Digest}}' docker://${formatPlace(reference)}:TAG`,
  });
}

function below(table: FlatTable, top: string): FlatTable {
  return new Map([...table].filter(([path]) => path.startsWith(`${top}/`)));
}

function without(table: FlatTable, top: string): FlatTable {
  return new Map([...table].filter(([path]) => path !== top && !path.startsWith(`${top}/`)));
}
