// What proves an image without running it: the ledger has its digest, its labels say what the tag's tree gives, its
// lowest layers are the base that morello.yaml names, and the statements attached to it hold.
import { AppError, isAppError } from "../../../error.ts";
import { readTrust } from "../../../ledger/trust.ts";
import { LABEL } from "../../../oci/label.ts";
import { formatPlatform } from "../../../oci/platform.ts";
import { parseReference } from "../../../oci/reference.ts";
import { parseManifest } from "../../../registry/manifest.ts";
import { imagesIn, manifestNamed, readImage, type ReadImage } from "../../../registry/read-image.ts";
import type { ImageStore } from "../../../registry/store.ts";
import type { AttestationVerdict } from "../../../wire/image/attestation.ts";
import type { ImageVerdict } from "../../../wire/image/verify.ts";
import type { Trust } from "../../../wire/record.ts";
import { ledgerContext } from "../../ledgers/open-ledgers.ts";
import type { Workspace } from "../../workspace.ts";
import { attestedImage } from "../publishing/attested.ts";
import { inputsOf, type Source } from "../composing/builder.ts";
import { judgeAttestations } from "./judge-attestations.ts";
import type { Places } from "../places.ts";
import { readSpec } from "../read-spec.ts";
import { imageRecords, judgeDigest } from "./recorded-digest.ts";
import { releaseSubject } from "../subject.ts";

export interface ProvenImage {
  /** Of what the name stands for: a manifest, or an index. */
  readonly digest: string;
  /** In the order in which they are shown; those of several platforms one after another. */
  readonly proofs: readonly ImageVerdict[];
}

/** `name`: a tag or digest in the store; `tag`: the tag that a person named. Throws `image-missing`, `image-damaged`. */
export async function proveImage(
  workspace: Workspace,
  places: Places,
  store: ImageStore,
  { name, tag }: { readonly name: string; readonly tag: string | null },
): Promise<ProvenImage> {
  const top = await manifestNamed(store, name);
  const parsed = parseManifest(top, store.name);
  const images = parsed.kind === "index" ? imagesIn(parsed.index).map(({ digest }) => digest) : [top.digest];
  const trust = (await readTrust(ledgerContext(workspace), workspace.config.ledger.publish))?.states.at(-1)?.trust;
  const proofs = [judgeDigest(await imageRecords(workspace), top.digest, tag)];
  for (const digest of images) {
    const image = await readImage(store, digest, null);
    const found = await platformProofs(workspace, places, store, image, trust ?? null);
    const suffix = images.length > 1 ? ` ${formatPlatform(image.config)}` : "";
    proofs.push(...found.map((proof) => ({ ...proof, name: `${proof.name}${suffix}` })));
  }
  return { digest: top.digest, proofs };
}

async function platformProofs(
  workspace: Workspace,
  places: Places,
  store: ImageStore,
  image: ReadImage,
  trust: Trust | null,
): Promise<ImageVerdict[]> {
  const labels = image.config.config?.Labels ?? {};
  const source = await sourceOf(workspace, labels[LABEL.version] ?? null);
  const digest = image.descriptor.digest;
  const now = workspace.now;
  if (typeof source === "string") {
    const attached = await judgeAttestations(store, digest, { image: null, trust, now });
    return [{ name: "source", state: "skipped", says: source }, ...attested(attached, trust)];
  }
  const variant = labels[LABEL.variant] ?? source.spec.variants.find(({ isDefault }) => isDefault)?.name ?? "";
  const platform = formatPlatform(image.config);
  const facts = attestedImage({
    source,
    variant,
    platform,
    digest,
    layers: image.manifest.layers.map((layer) => layer.digest),
    environmentOf: environmentOf(labels, source.spec.image.name),
  });
  return [
    sourceProof(labels, source),
    await baseProof(places, image, source, variant, platform),
    ...attested(await judgeAttestations(store, digest, { image: facts, trust, now }), trust),
  ];
}

/** Text: why there is nothing to compare with. */
async function sourceOf(workspace: Workspace, version: string | null): Promise<Source | string> {
  if (version === null) return "its labels name no version: it was not built by Morello";
  try {
    const subject = await releaseSubject(workspace, version);
    return { subject, spec: await readSpec(workspace.scratch.reader, subject.commit, version) };
  } catch (error) {
    if (isAppError(error, "unknown-revision")) return `the tag ${version} is not here: git fetch --tags`;
    if (error instanceof AppError && error.code === "image-spec") return error.message;
    throw error;
  }
}

function sourceProof(labels: Readonly<Record<string, string>>, { subject }: Source): ImageVerdict {
  const wanted: readonly (readonly [label: string, value: string | null])[] = [
    [LABEL.revision, subject.commit],
    [LABEL.tree, subject.tree],
    [LABEL.ledger, subject.checkpoint],
  ];
  const wrong = wanted.filter(([label, value]) => (labels[label] ?? null) !== value);
  const [first] = wrong;
  if (first === undefined) {
    return { name: "source", state: "passed", says: `made from ${subject.version}, ${subject.commit}` };
  }
  const [label, value] = first;
  const says = `${label} is ${labels[label] ?? "missing"}, and ${subject.version} gives ${value ?? "none"}`;
  return { name: "source", state: "failed", says };
}

/** The lowest layers are the base's, in its order. */
async function baseProof(
  places: Places,
  image: ReadImage,
  { spec }: Source,
  variant: string,
  platform: string,
): Promise<ImageVerdict> {
  const say = (state: ImageVerdict["state"], says: string): ImageVerdict => ({ name: "base", state, says });
  const base = inputsOf(spec, variant, platform)?.variant.environment.base ?? null;
  if (base === null) return say("skipped", `morello.yaml has no variant ${variant}`);
  if (base === "scratch") return say("passed", "scratch");
  const reference = parseReference(base);
  try {
    const store = await places.open(reference);
    const found = await readImage(store, reference.digest ?? "", image.descriptor.platform ?? null);
    const layers = found.manifest.layers.map(({ digest }) => digest);
    const own = image.manifest.layers.map(({ digest }) => digest);
    return layers.every((digest, at) => own[at] === digest)
      ? say("passed", `its lowest ${layers.length === 1 ? "layer is" : `${layers.length} layers are`} ${base}`)
      : say("failed", `its lowest layers are not those of ${base}`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return say("skipped", `${base} cannot be read: ${error.message}`);
  }
}

function environmentOf(
  labels: Readonly<Record<string, string>>,
  name: string,
): { readonly tag: string; readonly digest: string } | null {
  const [base, digest] = [labels[LABEL.baseName] ?? "", labels[LABEL.baseDigest]];
  return base.startsWith(`${name}:`) && digest !== undefined ? { tag: base.slice(name.length + 1), digest } : null;
}

const STATES: Readonly<Record<AttestationVerdict["standing"], ImageVerdict["state"]>> = {
  holds: "passed",
  broken: "failed",
  unsigned: "skipped",
  untrusted: "failed",
  other: "skipped",
};

/** Without a trust log no key is trusted, and none is not. */
function attested(verdicts: readonly AttestationVerdict[], trust: Trust | null): ImageVerdict[] {
  if (verdicts.length === 0) return [{ name: "attestations", state: "skipped", says: "none is attached" }];
  return verdicts.map(({ attestation, standing, signers, why }) => ({
    name: attestation ?? "attestation",
    state: standing === "untrusted" && trust === null ? "skipped" : STATES[standing],
    says: why ?? `signed by ${signers.map(({ principal, fingerprint }) => principal ?? fingerprint).join(", ")}`,
  }));
}
