// A lock, files and a base -> the one layer that makes them an environment, and the image configuration. The engine
// brings contents alone: order, times, compression and configuration are Morello's, so that engines, days and machines
// give one digest.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configured } from "../environment/configure.ts";
import { containerfile } from "../environment/containerfile.ts";
import type { ImageFile } from "../environment/files.ts";
import { lockedEnvironment, type Lock } from "../environment/lock.ts";
import { imageSettings } from "../environment/settings.ts";
import type { ImageSection } from "../environment/spec.ts";
import type { Variant } from "../environment/variants.ts";
import { namedUser } from "../environment/wanted.ts";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { inOrder, NO_XATTRS, type TarEntry } from "../layer/entry.ts";
import { writeTar } from "../layer/tar.ts";
import { bytePathOf, type BytePath } from "../object/path.ts";
import { scratchImage } from "../oci/append.ts";
import { rfc3339 } from "../oci/label.ts";
import type { ImageConfig } from "../oci/schema.ts";
import { wantedFiles, writeContext } from "./build-context.ts";
import type { LayerFile } from "./compress.ts";
import type { BaseImage, FileRange } from "./docker-archive.ts";
import { buildInEngine, type UsedEngine } from "./engine/build.ts";
import { ENGINE_NAMES, type EngineName } from "./engine/adapter.ts";
import { bootstrap } from "./engine/mmdebstrap.ts";
import { writeEnvironmentLayer } from "./environment-layer.ts";
import { fetchFiles, type Mirror } from "./fetch.ts";

export interface BuildEnvironmentRequest {
  readonly image: ImageSection;
  readonly variant: Variant;
  /** `linux/amd64` */
  readonly platform: string;
  readonly lock: Lock | null;
  readonly files: readonly ImageFile[];
  /** Null for scratch. */
  readonly base: BaseImage | null;
  /** `buildah`, `podman`, `docker`, `mmdebstrap`; null: the first that works. */
  readonly engine: string | null;
  readonly env: Environment;
  /** Of the caller, empty and on a disk with room for the image, unpacked, three times; the layer is written there. */
  readonly directory: string;
  /** Packages by hash, kept for the next build. */
  readonly cache: string;
  readonly mirrors: readonly Mirror[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { step: string; done: number; total: number }) => void) | undefined;
}

export interface BuiltEnvironment {
  /** In a file of the directory. */
  readonly layer: LayerFile;
  readonly config: ImageConfig;
  readonly engine: UsedEngine;
}

/**
 * Throws `lock-invalid` (a package is gone, or is another one), `engine-missing`, `engine-failed` (with the last lines of
 * the step), `image-missing` and `image-damaged` (the base), `disk-full`. Leaves the layer's file alone in the directory.
 */
export async function buildEnvironment(request: BuildEnvironmentRequest): Promise<BuiltEnvironment> {
  const { image, variant, platform, lock, files, base, directory } = request;
  const locked = lockedEnvironment(lock, variant.name, platform);
  const epoch = lock?.epoch ?? 0;
  const work = join(directory, "build");
  mkdirSync(work, { recursive: true });
  try {
    const { tars, engine } = await build(request, work);
    const settings = imageSettings(image, variant, locked, files);
    request.onProgress?.({ step: "writing the layer", done: 0, total: 0 });
    const layer = await writeEnvironmentLayer([...tars, ownFiles(files, epoch, work)], {
      base,
      epoch,
      file: join(directory, "layer.tar.gz"),
      directories: [bytePathOf(settings.workingDir.slice(1))].filter((path) => path !== ""),
      signal: request.signal,
    });
    const below = base?.config ?? scratchImage(platformOf(platform)).config;
    const config = withLayer(configured(below, settings), layer.diffId, `morello: environment ${variant.name}`, epoch);
    return { layer, config, engine };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function platformOf(platform: string): { os: string; architecture: string } {
  const [os = "linux", architecture = "amd64"] = platform.split("/");
  return { os, architecture };
}

function withLayer(config: ImageConfig, diffId: string, createdBy: string, epoch: number): ImageConfig {
  const created = rfc3339(epoch);
  return {
    ...config,
    created,
    rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, diffId] },
    history: [...(config.history ?? []), { created, created_by: createdBy }],
  };
}

interface Built {
  /** Lowest first. */
  readonly tars: readonly FileRange[];
  readonly engine: UsedEngine;
}

/** Nothing had to run: files alone are put on the base. */
const NO_ENGINE: UsedEngine = { name: "morello", version: "", isolation: null };

async function build(request: BuildEnvironmentRequest, work: string): Promise<Built> {
  const { image, variant, platform, lock, files, base, engine, env, signal, onProgress } = request;
  const locked = lockedEnvironment(lock, variant.name, platform);
  const { debs = [], wheels = [] } = locked ?? {};
  const user = namedUser(image);
  if (debs.length + wheels.length === 0 && user === null) return { tars: [], engine: NO_ENGINE };
  const wanted = locked === null ? [] : wantedFiles(locked);
  const { cache, mirrors } = request;
  const fetched = await fetchFiles(wanted, { cache, mirrors, signal, onProgress });
  const epoch = lock?.epoch ?? 0;
  const context = join(work, "context");
  writeContext({ directory: context, locked, files, fetched, epoch });
  const onStep = (step: string): void => onProgress?.({ step, done: 0, total: 0 });
  if (base === null) {
    if (wheels.length > 0 || debs.length === 0) throw needsBase(variant.name);
    if (engine !== null && engine !== "mmdebstrap") throw cannotBootstrap(engine);
    return bootstrap({ debs, user, epoch, context, directory: work, env, signal, onStep });
  }
  const text = containerfile({ image, variant, platform, lock, files });
  const built = await buildInEngine({
    engine: engine === null ? null : engineName(engine),
    base,
    containerfile: text,
    context,
    directory: work,
    env,
    signal,
    onStep,
  });
  return { tars: built.layers, engine: built.engine };
}

function engineName(name: string): EngineName {
  const known = ENGINE_NAMES.find((each) => each === name);
  if (known !== undefined) return known;
  if (name === "mmdebstrap")
    throw new AppError("usage", "mmdebstrap makes a whole system, and this environment has a base to build on", {
      hint: "morello image build --engine buildah, or base: scratch in morello.yaml",
    });
  throw new AppError("usage", `${name} is no engine that Morello knows: buildah, podman, docker or mmdebstrap`, {
    hint: "morello image build --engine buildah",
  });
}

function needsBase(variant: string): AppError {
  return new AppError(
    "image-spec",
    `The environment ${variant} installs Python packages or makes a user on scratch, where there is no system to do so`,
    {
      hint: "set image.environment.base in morello.yaml, or take Debian packages alone",
    },
  );
}

function cannotBootstrap(engine: string): AppError {
  return new AppError("usage", `${engine} cannot install Debian packages on scratch; mmdebstrap can`, {
    hint: "morello image build --engine mmdebstrap, or set image.environment.base in morello.yaml",
  });
}

/** Files of the workbench as a layer of their own, on all others: engines copy modes and times each in their way. */
function ownFiles(files: readonly ImageFile[], epoch: number, work: string): FileRange {
  const plain = {
    type: "file",
    uid: 0,
    gid: 0,
    mtime: epoch,
    link: "" as BytePath,
    device: null,
    xattrs: NO_XATTRS,
  } as const;
  const entries = files.map(({ path, mode, bytes }): TarEntry => {
    return { ...plain, path: bytePathOf(path.slice(1)), mode, size: bytes.length, content: bytes };
  });
  const tar = writeTar(inOrder(entries));
  const file = join(work, "files.tar");
  writeFileSync(file, tar);
  return { file, offset: 0, size: tar.length };
}
