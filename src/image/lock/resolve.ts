// One variant on one platform: what morello.yaml asks for -> base, .debs and wheels by hash. Debian packages come first,
// since they may bring the Python and the C library that the wheels must fit.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asksOf } from "../../environment/asks.ts";
import { judge } from "../../environment/compat/judge.ts";
import { rowId } from "../../environment/compat/torch.ts";
import type { LockedDeb, LockedEnvironment } from "../../environment/lock.ts";
import type { EnvironmentSection, ImageSection } from "../../environment/spec.ts";
import { replacements, torchIndex, torchRequirement } from "../../environment/torch-requirement.ts";
import type { Variant } from "../../environment/variants.ts";
import { nameOf, wantedPackages, type WantedPackages } from "../../environment/wanted.ts";
import { AppError } from "../../error.ts";
import type { OpenDeps } from "../../registry/open.ts";
import type { ImageStore } from "../../registry/store.ts";
import { hostKeyrings, resolveDebs, type AptDeps, type AptRequest } from "./apt.ts";
import { baseFacts, installedVersion, variable, withBase, type BaseFacts, type BaseImage } from "./base.ts";
import { resolveWheels, type PipRequest } from "./pip.ts";
import { defaultSources, systemOf } from "./sources.ts";

export interface ResolveDeps extends OpenDeps {
  readonly cache: string;
  readonly offline: boolean;
  /** Path of a file of the repository, for keyrings. */
  readonly file: (path: string) => string;
}

export interface Resolved {
  readonly locked: LockedEnvironment;
  /** Unix seconds: when what it is made of was published; null where nothing says. */
  readonly date: number | null;
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/** Versions to keep, from the lock before. */
export interface Kept {
  readonly debs: ReadonlyMap<string, string>;
  readonly wheels: ReadonlyMap<string, string>;
}

export interface Subject {
  readonly image: ImageSection;
  readonly variant: Variant;
  readonly platform: string;
}

/** Throws `image-spec`, `image-missing`, `lock-invalid`, `engine-missing`, `registry-failed`. */
export async function resolveEnvironment(subject: Subject, kept: Kept, deps: ResolveDeps): Promise<Resolved> {
  const { base } = subject.variant.environment;
  if (base === "scratch") return resolveOn(subject, null, kept, deps);
  return withBase(base, subject.platform, deps, (found, store) => resolveOn(subject, { found, store }, kept, deps));
}

interface OpenBase {
  readonly found: BaseImage;
  readonly store: ImageStore;
}

const NO_FACTS: BaseFacts = { osRelease: "", status: Buffer.alloc(0), keyrings: new Map() };

async function resolveOn(subject: Subject, base: OpenBase | null, kept: Kept, deps: ResolveDeps): Promise<Resolved> {
  const { image, variant, platform } = subject;
  const { environment } = variant;
  const wanted = wantedPackages(image, environment);
  const held = heldTorch(environment, base?.found ?? null, wanted);
  let facts: BaseFacts | null = null;
  const lookInside = async (): Promise<BaseFacts> =>
    (facts ??= base === null ? NO_FACTS : await baseFacts(base.found, base.store, deps.cache));

  const needsPython = wanted.pip.length > 0 && (await basePython(base?.found ?? null, lookInside)) === null;
  const packages = [
    ...wanted.apt.map(({ requirement }) => requirement),
    ...(needsPython && !wanted.apt.some(({ requirement }) => requirement === "python3") ? ["python3"] : []),
  ];
  const apt = packages.length === 0 ? null : aptRequest(subject, packages, await lookInside(), kept, deps);
  const debs = apt === null ? null : await resolveDebs(apt, aptDeps(deps));

  const wheels =
    wanted.pip.length === 0
      ? null
      : await pipRequest(subject, wanted, { base, lookInside, debs: debs?.debs ?? [], kept });
  const request = wheels === null ? null : { ...wheels, held: held === null ? [] : [{ name: "torch", version: held }] };
  const found =
    request === null ? [] : await resolveWheels(request, { env: deps.env, cache: deps.cache, signal: deps.signal });
  const judged = environment.torch === undefined ? null : judge({ ...environment, torch: environment.torch, platform });
  const created = base === null ? Number.NaN : Date.parse(base.found.config.created ?? "") / 1000;
  const dates = [debs?.date ?? null, Number.isFinite(created) && created > 0 ? Math.floor(created) : null];
  return {
    locked: {
      variant: variant.name,
      platform,
      base: base === null ? null : { reference: environment.base, digest: base.found.digest },
      python: request?.target.python ?? null,
      compat: judged?.kind === "fits" ? rowId(judged.row) : null,
      asks: asksOf(image, variant),
      debs: [...(debs?.debs ?? [])],
      wheels: found,
    },
    date: dates.reduce((newest, date) => (date === null ? newest : Math.max(newest ?? 0, date)), null),
    notes: [
      ...(judged?.kind === "fits" ? judged.notes : []),
      ...(judged?.kind === "unknown" ? [judged.reason] : []),
      ...(held === null ? [] : [`The base brings PyTorch ${held}; it stays as it is, and pip was held to it.`]),
      ...(environment.torch !== undefined && environment.packages.defaults
        ? [
            "numpy, scipy, pandas, matplotlib and scikit-learn come with PyTorch; packages.defaults: false leaves them out.",
          ]
        : []),
      ...(needsPython && debs !== null ? [`Python ${request?.target.python ?? ""} comes from the archive.`] : []),
    ],
  };
}

/** The PyTorch that the base has, for pip to be held to; null: none that it tells of. */
function heldTorch(environment: EnvironmentSection, base: BaseImage | null, { pip }: WantedPackages): string | null {
  if (base === null) return null;
  const version = variable(base.config, "PYTORCH_VERSION");
  const isNvidia = /(?:^|\/)nvidia\/pytorch(?:[:@]|$)/.test(environment.base);
  if (version === null && !isNvidia) return null;
  const found = replacements(environment, pip);
  if (found.length > 0 || version === null) {
    throw new AppError(
      "image-spec",
      `The base brings PyTorch ${version ?? "of NVIDIA's own build"}${version?.includes("a0") === true ? ", a pre-release that no index has" : ""}, and ${
        found.length > 0
          ? `this would replace it: ${found.join("; ")}`
          : "does not say which, so pip cannot be held to it"
      }`,
      {
        hint: "take those out of morello.yaml, or take a base without PyTorch, such as nvcr.io/nvidia/cuda",
        data: { base: environment.base, torch: version },
      },
    );
  }
  return version;
}

async function basePython(base: BaseImage | null, lookInside: () => Promise<BaseFacts>): Promise<string | null> {
  if (base === null) return null;
  return minorOf(variable(base.config, "PYTHON_VERSION") ?? installedVersion((await lookInside()).status, "python3"));
}

function minorOf(version: string | null): string | null {
  return /^\d+\.\d+/.exec(version ?? "")?.[0] ?? null;
}

/** What a lock asks of apt; `morello image lock --check --online` asks the same archive. */
export function aptRequest(
  { variant, platform }: Subject,
  packages: readonly string[],
  facts: BaseFacts,
  kept: Pick<Kept, "debs">,
  { cache, file }: Pick<ResolveDeps, "cache" | "file">,
): AptRequest {
  const { base, indexes } = variant.environment;
  const system = systemOf(facts.osRelease);
  if (base !== "scratch" && facts.status.length === 0) {
    throw new AppError("image-spec", `Debian packages are asked for, and the base ${base} has no dpkg`, {
      hint: "take a base of Debian or Ubuntu, or empty environment.packages.apt and image.services",
    });
  }
  if (system === null && indexes.apt.length === 0) {
    throw new AppError("image-spec", "Debian packages are asked for, and the base does not say from which archive", {
      hint: "name it in environment.indexes.apt: deb http://deb.debian.org/debian bookworm main",
    });
  }
  const architecture = platform.split("/")[1] ?? "";
  const snapshot = indexes.snapshot ?? null;
  const sources = indexes.apt.length > 0 ? [...indexes.apt] : defaultSources(system!, architecture, snapshot);
  return {
    packages,
    architecture,
    sources,
    keyrings:
      indexes.keys.length > 0 ? indexes.keys.map(file) : keyringFiles(facts, system?.distribution ?? "debian", cache),
    status: facts.status,
    keep: kept.debs,
  };
}

/** The base's own, since its digest is pinned; the host's where it has none. */
function keyringFiles({ keyrings }: BaseFacts, distribution: string, cache: string): string[] {
  if (keyrings.size === 0) return hostKeyrings(distribution);
  const directory = join(cache, "keyrings");
  mkdirSync(directory, { recursive: true });
  return [...keyrings].map(([name, bytes]) => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    return path;
  });
}

export function aptDeps({ env, cache, offline, signal }: ResolveDeps): AptDeps {
  return { env, cache, offline, signal };
}

interface Below {
  readonly base: OpenBase | null;
  readonly lookInside: () => Promise<BaseFacts>;
  readonly debs: readonly LockedDeb[];
  readonly kept: Kept;
}

/** glibc of a base that does not say: what PyTorch's and most wheels ask for at least. */
const COMMON_GLIBC = "2.28";

async function pipRequest(
  { variant: { environment }, platform }: Subject,
  { pip }: WantedPackages,
  { base, lookInside, debs, kept }: Below,
): Promise<Omit<PipRequest, "held">> {
  const debVersion = (name: string): string | null =>
    debs.find((deb) => deb.name === name)?.version.replace(/^\d+:/, "") ?? null;
  const there = minorOf(debVersion("python3")) ?? (await basePython(base?.found ?? null, lookInside));
  const python = there ?? environment.python;
  if (python === undefined) {
    throw new AppError("image-spec", "Python packages are asked for, and nothing says which Python the base has", {
      hint: "set environment.python of morello.yaml, or take a base such as python:3.11-slim by digest",
    });
  }
  if (environment.python !== undefined && there !== null && environment.python !== there) {
    throw new AppError("image-spec", `environment.python is ${environment.python}, and what is installed is ${there}`, {
      hint: `write python: "${there}", or take a base with ${environment.python}, such as docker.io/library/python:${environment.python}-slim by digest`,
    });
  }
  const glibc = debVersion("libc6") ?? installedVersion((await lookInside()).status, "libc6");
  const torch = torchRequirement(environment, platform);
  const requirements = pip.map(({ requirement, reason }) =>
    reason === "torch" && torch !== null ? torch : requirement,
  );
  return {
    // pip goes into the environment, too: it is what installs the others there.
    requirements: requirements.some((each) => nameOf(each) === "pip") ? requirements : [...requirements, "pip"],
    target: { python, platform, glibc: minorOf(glibc) ?? COMMON_GLIBC },
    indexes: pipIndexes(environment),
    keep: kept.wheels,
  };
}

/** The first is asked first. */
export function pipIndexes(environment: EnvironmentSection): string[] {
  const index = torchIndex(environment);
  if (environment.indexes.pip.length > 0) return [...environment.indexes.pip];
  return ["https://pypi.org/simple", ...(index === null ? [] : [index])];
}
