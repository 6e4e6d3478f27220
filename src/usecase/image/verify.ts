// `morello image verify`: what proves an image, then what it answers in a container of its own, which is always removed.
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseProbeManifest } from "../../config/load.ts";
import type { ProbeManifest } from "../../environment/probe-manifest.ts";
import { AppError, isAppError } from "../../error.ts";
import type { ContainerDeps } from "../../image/container.ts";
import { hostFacts, type Runner } from "../../image/host.ts";
import { localImage, pullImage, type LocalImage } from "../../image/local-image.ts";
import { isWorkbench } from "../../image/run-command.ts";
import { workbenchDirectory } from "../../image/workbench.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import { nameOf } from "../../registry/read-image.ts";
import type { ImageVerdict, ImageVerifyOutcome } from "../../wire/image/verify.ts";
import { withWorkspace, type Workspace } from "../workspace.ts";
import type { ContainerFace } from "./container-face.ts";
import { probeImage, type ProbingInput } from "./proving/probe-image.ts";
import { Places } from "./places.ts";
import { proveImage } from "./proving/prove-image.ts";
import { imageRecords, judgeDigest } from "./proving/recorded-digest.ts";

export interface ImageVerifyInput extends ProbingInput {
  /** A file; null: the one for workbench images. */
  readonly manifest: string | null;
  /** False: only what proves it. */
  readonly probes: boolean;
  readonly engine: Runner | null;
}

/** Throws `image-reference`, `probe-manifest`, `engine-missing`, `engine-failed`. */
export async function imageVerify(face: ContainerFace, input: ImageVerifyInput): Promise<ImageVerifyOutcome> {
  const reference = parseReference(input.image);
  const file = input.manifest ?? join(workbenchDirectory(), "probes", "workbench.yaml");
  const declared = input.probes ? readManifest(resolve(face.cwd, file), input.manifest ?? basename(file)) : null;
  const proven = await proofsOf(face, reference);
  if (proven !== null && declared === null) {
    return outcomeOf(input.image, proven, null);
  }
  const host = await hostFacts({ env: face.environment, cwd: face.cwd, root: "/", user: face.user }, input.engine);
  const deps: ContainerDeps = {
    engine: host.engine.name,
    env: face.environment,
    cwd: face.cwd,
    ...(face.signal === undefined ? {} : { signal: face.signal }),
  };
  const image = await imageHere(deps, reference, input.image);
  const { digest, proofs } = proven ?? (await recordedProof(face, reference, image));
  // What every workbench must answer is nothing to ask of an image that is none.
  const manifest = input.manifest === null && !isWorkbench(image) ? null : declared;
  const script = (name: string): string => readBeside(join(dirname(resolve(face.cwd, file)), name), name);
  const probes = manifest === null ? null : await probeImage(face, input, { manifest, script, host, deps, image });
  return outcomeOf(input.image, { digest, proofs }, probes);
}

interface Proven {
  readonly digest: string | null;
  readonly proofs: readonly ImageVerdict[];
}

function outcomeOf(
  image: string,
  { digest, proofs }: Proven,
  probes: ImageVerifyOutcome["probes"],
): ImageVerifyOutcome {
  const ok = [...proofs, ...(probes?.results ?? [])].every(({ state }) => state !== "failed");
  return { kind: "image-verify", ok, image, digest, proofs: [...proofs], probes };
}

/** Null: the image is in no store that can be read, and perhaps the engine has it. */
async function proofsOf(face: ContainerFace, reference: Reference): Promise<Proven | null> {
  const places = new Places(face);
  try {
    const store = await places.open(reference);
    const name = await nameOf(reference, store);
    const asked = { name, tag: reference.tag };
    return await withWorkspace(face, (workspace) => proveImage(workspace, places, store, asked));
  } catch (failure) {
    if (isAppError(failure, "not-a-repository")) return null;
    const isElsewhere = isAppError(failure, "image-missing") || isAppError(failure, "registry-failed");
    if (isElsewhere && reference.kind === "registry") return null;
    throw failure;
  } finally {
    await places.close();
  }
}

async function imageHere(deps: ContainerDeps, reference: Reference, text: string): Promise<LocalImage> {
  const known = reference.kind === "layout" ? null : await localImage(deps, text);
  const found = known ?? (await localImage(deps, await pullImage(deps, reference, text)));
  if (found !== null) return found;
  throw new AppError("engine-failed", `${deps.engine} has no image ${text} though it has just got it`, {
    hint: `${deps.engine} image inspect ${text}`,
  });
}

/** Of an image that only the engine has. Without a repository there is no ledger to ask. */
async function recordedProof(face: ContainerFace, reference: Reference, image: LocalImage): Promise<Proven> {
  const digest = reference.digest ?? image.digests[0] ?? null;
  try {
    const judge = async (workspace: Workspace): Promise<ImageVerdict> =>
      judgeDigest(await imageRecords(workspace), digest, reference.tag);
    return { digest, proofs: [await withWorkspace(face, judge)] };
  } catch (failure) {
    if (!isAppError(failure, "not-a-repository")) throw failure;
    const says = "no repository here has a ledger: use -C DIR";
    return { digest, proofs: [{ name: "digest", state: "skipped", says }] };
  }
}

function readManifest(path: string, name: string): ProbeManifest {
  return parseProbeManifest(readBeside(path, name), name);
}

function readBeside(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("probe-manifest", `${name} cannot be read`, { cause, hint: `ls -l '${path}'` });
  }
}
