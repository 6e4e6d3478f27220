// Would this image find CUDA here, and which of its release's variants would? Asked of configurations, before any pull.
import { compareVersions } from "../doctor/compat.ts";
import type { HostFacts } from "../doctor/facts.ts";
import { causeFor, hostCuda, needsOf } from "../doctor/image.ts";
import { isAppError, type AppError } from "../error.ts";
import { LABEL } from "../oci/label.ts";
import { formatPlace, parseReference, type Reference } from "../oci/reference.ts";
import type { Platform } from "../oci/schema.ts";
import { openImageStore } from "../registry/open.ts";
import { nameOf, readImage, type ReadImage } from "../registry/read-image.ts";
import type { ImageStore } from "../registry/store.ts";
import type { DoctorFinding, DoctorImageOutcome, DoctorVariant } from "../wire/doctor.ts";
import { lookAt, type DoctorInput } from "./doctor.ts";
import type { Deps } from "./workspace.ts";

export interface DoctorImageInput extends DoctorInput {
  /** `registry.example/team/app:v2.7.1`, `oci:DIR:v2.7.1`. */
  readonly image: string;
  /** The host's, as OCI names it: `amd64`. */
  readonly architecture: string;
}

/** More tags than a release has variants are not looked at. */
const MOST_VARIANTS = 16;

/** Throws `image-reference`, `image-missing`, `registry-failed`, `image-damaged`. */
export async function doctorImage(deps: Deps, input: DoctorImageInput): Promise<DoctorImageOutcome> {
  const reference = parseReference(input.image);
  const platform: Platform = { os: "linux", architecture: input.architecture };
  const [facts, store] = await Promise.all([
    lookAt(deps, input),
    openImageStore(reference, { env: deps.environment, cwd: deps.cwd, signal: deps.signal }),
  ]);
  try {
    const name = await nameOf(reference, store);
    const image = await readFor(store, name, platform);
    if (image.kind === "other-platform") return notForPlatform(input, facts, image.error);
    return await judged(input, facts, reference, store, name, image.image, platform);
  } finally {
    await store.close();
  }
}

type Read =
  { readonly kind: "image"; readonly image: ReadImage } | { readonly kind: "other-platform"; readonly error: AppError };

async function readFor(store: ImageStore, name: string, platform: Platform): Promise<Read> {
  try {
    return { kind: "image", image: await readImage(store, name, platform) };
  } catch (error) {
    if (isAppError(error, "image-missing") && error.data["offered"] !== undefined)
      return { kind: "other-platform", error };
    throw error;
  }
}

function notForPlatform({ image }: DoctorImageInput, facts: HostFacts, error: AppError): DoctorImageOutcome {
  const cause: DoctorFinding = {
    rule: "image-platform",
    title: "The image is not for this machine's processor",
    because: error.message,
    command: "uname -m",
    at: "here",
    source: "OCI image index, platform",
  };
  return {
    kind: "doctor-image",
    image,
    digest: null,
    size: 0,
    torch: null,
    cuda: null,
    cpuOnly: false,
    ok: false,
    cause,
    variants: [],
    instead: null,
    pull: null,
    notices: [],
    facts,
  };
}

async function judged(
  input: DoctorImageInput,
  facts: HostFacts,
  reference: Reference,
  store: ImageStore,
  name: string,
  { manifest, config, descriptor }: ReadImage,
  platform: Platform,
): Promise<DoctorImageOutcome> {
  const needs = needsOf(manifest, config);
  const cause = causeFor(needs, facts);
  const version = config.config?.Labels?.[LABEL.version] ?? name.replace(/-(?:cu\d+|cpu)$/, "");
  const found = await variantsOf(store, version, name, platform, facts);
  const best =
    found.variants
      .filter(({ runs, cuda }) => runs && cuda !== null)
      .toSorted(byCuda)
      .at(-1)?.tag ?? null;
  const instead = cause === null ? null : best;
  const notices = [...found.notices];
  if (needs.cpuOnly) notices.push("the image says of no CUDA: it runs on the processor alone");
  else if (facts.driver === null && hostCuda(facts) === null)
    notices.push("nothing is known of this host's driver, so only the host itself was judged");
  return {
    kind: "doctor-image",
    image: input.image,
    digest: descriptor.digest,
    size: needs.size,
    torch: needs.torch,
    cuda: needs.cuda,
    cpuOnly: needs.cpuOnly,
    ok: cause === null,
    cause,
    variants: found.variants,
    instead,
    pull: instead === null ? null : pullOf(reference, instead, facts),
    notices,
    facts,
  };
}

function byCuda(a: DoctorVariant, b: DoctorVariant): number {
  return compareVersions(a.cuda ?? "0", b.cuda ?? "0");
}

interface FoundVariants {
  readonly variants: DoctorVariant[];
  readonly notices: readonly string[];
}

/** Tags `v2.7.1` and `v2.7.1-…`; development builds (`v2.7.1-3-gabc1234`) are not variants. */
async function variantsOf(
  store: ImageStore,
  version: string,
  asked: string,
  platform: Platform,
  facts: HostFacts,
): Promise<FoundVariants> {
  let tags: readonly string[];
  try {
    tags = await store.tags();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { variants: [], notices: [`the release's other tags cannot be listed: ${error.message}`] };
  }
  const all = tags.filter(
    (tag) => tag !== asked && (tag === version || (tag.startsWith(`${version}-`) && !/-\d+-g[0-9a-f]{7,}/.test(tag))),
  );
  const read = await Promise.all(
    all.slice(0, MOST_VARIANTS).map(async (tag): Promise<DoctorVariant[]> => {
      try {
        const { manifest, config } = await readImage(store, tag, platform);
        const needs = needsOf(manifest, config);
        const cause = causeFor(needs, facts);
        return [{ tag, torch: needs.torch, cuda: needs.cuda, runs: cause === null, cause }];
      } catch (error) {
        if (isAppError(error, "image-missing") || isAppError(error, "image-damaged")) return []; // another platform's
        throw error;
      }
    }),
  );
  const more = all.length - MOST_VARIANTS;
  return { variants: read.flat(), notices: more > 0 ? [`${more} more tags of the release were not looked at`] : [] };
}

function pullOf(reference: Reference, tag: string, { engines }: HostFacts): string {
  const place = `${formatPlace(reference)}:${tag}`;
  if (reference.kind === "layout") return `skopeo inspect ${place}`;
  return `${engines.includes("podman") && !engines.includes("docker") ? "podman" : "docker"} pull ${place}`;
}
