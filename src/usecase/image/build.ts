// `morello image build` and `push`: the image of a release, or of a line's tip, from git's objects to a registry or a layout.
import { variantsOf } from "../../environment/variants.ts";
import { AppError } from "../../error.ts";
import { WorkDirectory } from "../../image/work-directory.ts";
import { TAGS } from "../../line/ref.ts";
import { indexOf } from "../../oci/append.ts";
import { labelsOf } from "../../oci/label.ts";
import { formatPlace, parseReference, type Reference } from "../../oci/reference.ts";
import { manifestNamed } from "../../registry/read-image.ts";
import type { ImageStore } from "../../registry/store.ts";
import { openRecordSigner } from "../../ledger/signer.ts";
import { attestRelease } from "./publishing/attest-release.ts";
import type { ImageBuildOutcome, VariantImage } from "../../wire/image/build.ts";
import { withReconciled } from "../reconciled.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";
import type { Builder, Source } from "./composing/builder.ts";
import { imageCache, NO_CACHE } from "./composing/cache.ts";
import { compose, type Composed } from "./composing/compose.ts";
import { describedAs, dressOf, versionTag } from "./composing/dress.ts";
import { seriesName } from "./composing/environment-release.ts";
import { floatingTags } from "./publishing/floating-tags.ts";
import { newest, openLedgerImages } from "./publishing/ledger-images.ts";
import { Places } from "./places.ts";
import { nameImages, surveyTags, transfer, type Publication } from "./publishing/publish.ts";
import { readSpec } from "./read-spec.ts";
import { compareWithRecord, recordImages, type RecordedImage } from "./publishing/record-images.ts";
import { findSubject, type Subject } from "./subject.ts";

export interface ImageBuildInput {
  /** TAG or LINE. */
  readonly wanted: string;
  /** `oci:DIR` or a repository, without tag; null: as the line or the tag's own morello.yaml names it. */
  readonly output: string | null;
  /** A store where it was built before: it must be the same there, and its blobs come from there. */
  readonly from: string | null;
  /** Empty: all of them. */
  readonly variants: readonly string[];
  readonly rebuild: boolean;
  /** `buildah`, `podman`, `docker`, `mmdebstrap`; null: the first that works. */
  readonly engine: string | null;
  readonly dryRun: boolean;
  /** Whether what is published in a registry goes on record. */
  readonly record: boolean;
  /** Whether signed statements are attached; null: in a registry, not in a layout. */
  readonly attest: boolean | null;
  /** Null: as git is configured. */
  readonly sign: boolean | null;
}

/**
 * Throws `unknown-revision`, `unknown-line`, `image-spec`, `lock-invalid`, `image-reference`, `image-refused`,
 * `image-missing`, `registry-failed`, `engine-missing`, `engine-failed`, `object-missing`. Nothing is named in the
 * store before everything of all variants is there and proven.
 */
export function buildImage(deps: Deps, input: ImageBuildInput): Promise<ImageBuildOutcome> {
  const within = input.dryRun ? withWorkspace : withReconciled;
  return within(deps, async (workspace) => {
    const places = new Places(deps);
    const work = new WorkDirectory(deps.environment);
    try {
      return await build(workspace, places, work, input);
    } finally {
      work.remove();
      await places.close();
    }
  });
}

async function build(
  workspace: Workspace,
  places: Places,
  work: WorkDirectory,
  input: ImageBuildInput,
): Promise<ImageBuildOutcome> {
  const { reader } = workspace.scratch;
  const subject = await findSubject(workspace, input.wanted);
  const source: Source = { subject, spec: await readSpec(reader, subject.commit, subject.version) };
  const output = outputOf(input, source);
  const builder: Builder = {
    workspace,
    reader,
    cache: input.rebuild ? NO_CACHE : imageCache(workspace.store),
    ledger: await openLedgerImages(workspace, subject.line?.name ?? null),
    places,
    output: await places.open(output),
    from: input.from === null ? null : await places.open(parseReference(input.from)),
    configured: parseReference(source.spec.image.name),
    rebuild: input.rebuild,
    engine: input.engine,
    work,
    dryRun: input.dryRun,
    notices: noticesOf(subject),
  };
  await refuseAdopted(builder, source);
  const built = await composeAll(builder, source, input);
  const records = subject.tag === null ? [] : await builder.ledger.of(subject.tag);
  for (const each of built) compareWithRecord(records, { ...each.recorded });
  const publications = built.map(({ publication }) => publication);
  if (builder.from !== null) await compareWithBuilt(builder.from, publications);
  const survey = await surveyTags(builder.output, publications);
  const moved = await transfer(builder.output, publications, survey, input.dryRun, workspace.onProgress);
  if (!input.dryRun) await nameImages(builder.output, publications, survey);
  const about = {
    version: subject.version,
    tag: subject.tag,
    tagObject: subject.tagObject,
    commit: subject.commit,
    tree: subject.tree,
    line: seriesName(subject.numbers),
    output: formatPlace(output),
    images: built.map(({ image }, n): VariantImage => ({ ...image, tags: [...(survey.tags[n] ?? [])] })),
    notices: builder.notices,
  };
  if (input.dryRun) return { kind: "planned", ...about, transfer: moved };
  const isRecorded = output.kind === "registry" && subject.tag !== null && input.record;
  const recorded = isRecorded
    ? await recordImages(
        workspace,
        subject,
        built.map((each) => each.recorded),
        input.sign,
      )
    : null;
  const isAttested = subject.tag !== null && (input.attest ?? output.kind === "registry");
  const signer = isAttested && input.sign !== false ? await openRecordSigner(workspace.repository) : null;
  const attestations = isAttested ? await attestRelease(builder.output, source, built, signer) : [];
  return { kind: "built", ...about, transfer: moved, recorded, attestations };
}

/** What was built before must be what is built now. Throws `image-missing`, `image-refused`. */
async function compareWithBuilt(from: ImageStore, publications: readonly Publication[]): Promise<void> {
  for (const { tags, top } of publications) {
    const tag = tags[0]?.tag ?? "";
    const { digest } = await manifestNamed(from, tag);
    if (digest === top.digest) continue;
    throw new AppError("image-refused", `${from.name}:${tag} is ${digest}, and the tag's tree gives ${top.digest}`, {
      hint: `morello image diff ${from.name}:${tag} …; build it again: morello image build ${tag} --output ${from.name}`,
      data: { tag, held: digest, wanted: top.digest },
    });
  }
}

function outputOf({ output, variants, dryRun }: ImageBuildInput, { subject, spec }: Source): Reference {
  const reference = parseReference(output ?? subject.line?.settings.image ?? spec.image.name);
  if (reference.tag !== null || reference.digest !== null) {
    throw new AppError("image-reference", `${output} names a tag or digest, and tags follow from the version`, {
      hint: `--output ${formatPlace(reference)}`,
      data: { output },
    });
  }
  const isPart = variants.length > 0 && variants.length < spec.variants.length;
  if (reference.kind === "registry" && subject.tag !== null && isPart && !dryRun) {
    throw new AppError(
      "image-refused",
      `${subject.version} has ${spec.variants.length} variants, which are published together`,
      {
        hint: "leave --variant out, or build it into a layout: --output oci:DIR",
        data: { variants: spec.variants.map(({ name }) => name) },
      },
    );
  }
  return reference;
}

function noticesOf({ tag, tagObject }: Subject): string[] {
  return tag !== null && tagObject === null
    ? [`${tag} is a light tag: the image names no ledger checkpoint, and nobody has signed for the version`]
    : [];
}

async function refuseAdopted({ ledger }: Builder, { subject, spec }: Source): Promise<void> {
  const records = subject.tag === null ? [] : await ledger.of(subject.tag);
  for (const { name } of spec.variants) {
    const adopted = newest(records, "adopted", name);
    if (adopted === null) continue;
    throw new AppError("image-refused", `The image of ${subject.version} is an adopted one: ${adopted.digest}`, {
      hint: `skopeo inspect docker://${adopted.reference.replace(/:[^:/]*$/, "")}@${adopted.digest}; the next version is built on it`,
      data: { digest: adopted.digest, reference: adopted.reference },
    });
  }
}

interface Built {
  readonly image: Omit<VariantImage, "tags">;
  readonly publication: Publication;
  readonly recorded: RecordedImage;
}

async function composeAll(builder: Builder, source: Source, input: ImageBuildInput): Promise<readonly Built[]> {
  const { subject, spec } = source;
  const chosen = spec.variants.filter(({ name }) => input.variants.length === 0 || input.variants.includes(name));
  const unknown = input.variants.find((name) => !spec.variants.some((variant) => variant.name === name));
  if (unknown !== undefined) {
    const names = variantsOf(spec.image).map(({ name }) => name);
    throw new AppError("usage", `${subject.version} has no variant '${unknown}': there are ${names.join(", ")}`, {
      hint: `--variant ${names[0] ?? ""}`,
    });
  }
  const tags = subject.tag === null ? [] : await builder.output.tags();
  const found: Built[] = [];
  for (const variant of chosen) {
    const images: Composed[] = [];
    for (const platform of spec.image.platforms) {
      builder.workspace.onProgress?.({ step: `composing ${subject.version}${variant.suffix}`, done: 0, total: 0 });
      images.push(await compose(builder, source, variant.name, platform));
    }
    found.push(builtOf(builder, source, variant, images, tags));
  }
  return found;
}

function builtOf(
  { workspace, output }: Builder,
  { subject, spec }: Source,
  variant: Source["spec"]["variants"][number],
  images: readonly Composed[],
  tags: readonly string[],
): Built {
  const [only, ...more] = images;
  if (only === undefined) throw new AppError("internal", `${subject.version} is built for no platform`);
  const { environment } = only;
  const labels = labelsOf(describedAs({ subject, spec, variant, environment: environment.key, base: null }));
  const top =
    more.length === 0
      ? only.image.manifest
      : indexOf(images.map(platformOf), dressOf(subject, spec, labels).annotations);
  const suffixes = spec.variants.map(({ suffix }) => suffix);
  const endings = variant.isDefault && variant.suffix !== "" ? ["", variant.suffix] : [variant.suffix];
  const kind = subject.tag === null ? "development" : "version";
  const releases = new Set(workspace.refs.map(({ refname }) => refname.slice(TAGS.length)));
  const versions = endings.map((suffix) => ({ tag: versionTag(subject.version, suffix), kind }) as const);
  const floating = endings.flatMap((suffix) =>
    subject.tag === null ? [] : floatingTags({ release: subject.tag, suffix, suffixes, releases, tags }),
  );
  const first = versions[0]?.tag ?? subject.version;
  return {
    image: {
      variant: variant.suffix === "" ? null : variant.name,
      digest: top.digest,
      mediaType: top.mediaType,
      platforms: images.map(({ platform, image, layers, environment: of, proof }) => ({
        platform,
        digest: image.manifest.digest,
        config: image.config.digest,
        layers: [...layers],
        environment: of,
        proof,
      })),
    },
    publication: {
      contents: images.flatMap(({ contents, held }) => contents.filter(({ digest }) => !held.has(digest))),
      parts: more.length === 0 ? [] : images.map(({ image }) => image.manifest),
      top,
      tags: [...versions, ...floating.map((tag) => ({ tag, kind: "floating" }) as const)],
      version: subject.version,
    },
    recorded: {
      role: "built",
      variant: variant.name,
      digest: top.digest,
      reference: `${output.name}:${first}`,
      tag: first,
      detail: {
        commit: subject.commit,
        tree: subject.tree,
        environment: environment.key,
        base: environment.release ?? subject.version,
        proof: only.proof.image,
      },
    },
  };
}

function platformOf({ image, platform }: Composed): Parameters<typeof indexOf>[0][number] {
  const [os = "", architecture = ""] = platform.split("/");
  return { platform: { os, architecture }, manifest: image.manifest };
}
