// `morello image lock`: what morello.yaml of the work tree asks for, resolved and written to morello.lock beside it; or
// the two compared.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { specDigest } from "../../environment/asks.ts";
import { judge } from "../../environment/compat/judge.ts";
import { changesOf, staleness } from "../../environment/lock-changes.ts";
import { lockedEnvironment, LOCK_FILE, type Lock, type LockedEnvironment } from "../../environment/lock.ts";
import { lockText } from "../../environment/lock-text.ts";
import type { ImageSection } from "../../environment/spec.ts";
import { variantsOf, type Variant } from "../../environment/variants.ts";
import { normalName } from "../../environment/wanted.ts";
import { AppError, isAppError } from "../../error.ts";
import { findMissing } from "../../image/lock/missing.ts";
import { resolveEnvironment, type Kept, type ResolveDeps, type Resolved } from "../../image/lock/resolve.ts";
import { installedRecipe } from "../../image/workbench.ts";
import type { ImageLockOutcome, LockedSummary } from "../../wire/image/lock.ts";
import type { Deps } from "../workspace.ts";
import { packageCache } from "./package-cache.ts";
import { readImageSection, readLock, workTree } from "./work-tree-spec.ts";

export interface LockInput {
  /** Compares, and writes nothing. */
  readonly check: boolean;
  /** With `check`: asks archives, indexes and registries whether all is still there. */
  readonly online: boolean;
  /** Takes package lists from the cache and asks no archive. */
  readonly offline: boolean;
  /** Names of packages that may move; empty: all may. Null: what is locked stays where it can. */
  readonly update: readonly string[] | null;
}

export async function lockImage(deps: Deps, input: LockInput): Promise<ImageLockOutcome> {
  const root = await workTree(deps);
  const image = await readImageSection(root);
  const before = input.check ? readLock(root) : readableLock(root);
  for (const variant of variantsOf(image)) {
    const refused = refusal(image, variant);
    if (refused !== null) return refused;
  }
  const resolveDeps: ResolveDeps = {
    env: deps.environment,
    cwd: root,
    signal: deps.signal,
    cache: packageCache(deps.environment),
    offline: input.offline,
    file: (path) => fileOf(root, path),
  };
  const differences = staleness(image, before);
  if (input.check) {
    if (differences.length > 0) return { kind: "stale", differences };
    return input.online && before !== null ? checkOnline(image, before, resolveDeps, deps) : holds(before, false);
  }
  const isCurrent = before?.recipe === installedRecipe();
  if (before !== null && isCurrent && differences.length === 0 && input.update === null)
    return { kind: "locked", isWritten: false, epoch: before.epoch, environments: before.environments.map(unchanged) };
  return write(root, image, before, input.update, resolveDeps, deps);
}

async function write(
  root: string,
  image: ImageSection,
  before: Lock | null,
  update: readonly string[] | null,
  resolveDeps: ResolveDeps,
  deps: Deps,
): Promise<ImageLockOutcome> {
  const subjects = variantsOf(image).flatMap((variant) => image.platforms.map((platform) => ({ variant, platform })));
  const resolved: Resolved[] = [];
  for (const { variant, platform } of subjects) {
    deps.onProgress?.({ step: "resolving environments", done: resolved.length, total: subjects.length });
    const kept = keptOf(lockedEnvironment(before, variant.name, platform), update);
    resolved.push(await resolveEnvironment({ image, variant, platform }, kept, resolveDeps));
  }
  const changes = resolved.map(({ locked }) =>
    changesOf(lockedEnvironment(before, locked.variant, locked.platform), locked),
  );
  const isSame = before?.environments.length === resolved.length && changes.every((each) => each.length === 0);
  const epoch = before !== null && isSame ? before.epoch : epochOf(resolved, deps);
  const lock: Lock = {
    version: 1,
    epoch,
    spec: specDigest(image),
    recipe: installedRecipe(),
    environments: resolved.map(({ locked }) => locked),
  };
  const isWritten = writeLock(root, lockText(lock));
  const environments = resolved.map(({ locked, notes }, index) => summary(locked, changes[index] ?? [], notes));
  return { kind: "locked", isWritten, epoch, environments };
}

/** Where a new lock is about to be written, one that cannot be read is as good as none. */
function readableLock(root: string): Lock | null {
  try {
    return readLock(root);
  } catch (error) {
    if (isAppError(error, "lock-invalid")) return null;
    throw error;
  }
}

function refusal(image: ImageSection, { name, environment }: Variant): ImageLockOutcome | null {
  if (environment.torch === undefined) return null;
  for (const platform of image.platforms) {
    const judged = judge({ ...environment, torch: environment.torch, platform });
    if (judged.kind !== "impossible") continue;
    const { reason, rows, sources, offers } = judged;
    return {
      kind: "impossible",
      variant: name,
      reason,
      rows: [...rows],
      sources: [...sources],
      offers: offers.map(({ row, lines }) => ({ row, lines: [...lines] })),
    };
  }
  return null;
}

function keptOf(before: LockedEnvironment | null, update: readonly string[] | null): Kept {
  const isKept = (name: string): boolean =>
    update === null || (update.length > 0 && !update.some((each) => normalName(each) === normalName(name)));
  const versions = (of: readonly { readonly name: string; readonly version: string }[]): Map<string, string> =>
    new Map(of.filter(({ name }) => isKept(name)).map(({ name, version }) => [name, version]));
  return { debs: versions(before?.debs ?? []), wheels: versions(before?.wheels ?? []) };
}

/** `SOURCE_DATE_EPOCH` where it is set, else when what is locked was published, else now. */
function epochOf(resolved: readonly Resolved[], { environment, now }: Deps): number {
  const set = Number(environment["SOURCE_DATE_EPOCH"] ?? Number.NaN);
  if (Number.isInteger(set) && set > 0) return set;
  const dates = resolved.flatMap(({ date }) => (date === null ? [] : [date]));
  return dates.length === 0 ? now : Math.max(...dates);
}

/** Whole or not at all. False: the file holds these bytes already. */
function writeLock(root: string, text: string): boolean {
  const file = join(root, LOCK_FILE);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  const part = `${file}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (cause) {
    rmSync(part, { force: true });
    throw new AppError("disk-full", `Cannot write ${LOCK_FILE}; the one before is as it was`, { cause });
  }
  return true;
}

async function checkOnline(
  image: ImageSection,
  lock: Lock,
  resolveDeps: ResolveDeps,
  deps: Deps,
): Promise<ImageLockOutcome> {
  const missing = [];
  const subjects = variantsOf(image).flatMap((variant) => image.platforms.map((platform) => ({ variant, platform })));
  for (const [done, { variant, platform }] of subjects.entries()) {
    deps.onProgress?.({ step: "asking archives and indexes", done, total: subjects.length });
    const locked = lockedEnvironment(lock, variant.name, platform);
    if (locked !== null) missing.push(...(await findMissing({ image, variant, platform }, locked, resolveDeps)));
  }
  return missing.length > 0 ? { kind: "vanished", missing } : holds(lock, true);
}

function holds(lock: Lock | null, online: boolean): ImageLockOutcome {
  const environments = lock?.environments ?? [];
  const packages = environments.reduce((sum, { debs, wheels }) => sum + debs.length + wheels.length, 0);
  return { kind: "holds", online, environments: environments.length, packages };
}

function unchanged(locked: LockedEnvironment): LockedSummary {
  return summary(locked, [], []);
}

function summary(
  { variant, platform, base, python, compat, debs, wheels }: LockedEnvironment,
  changes: LockedSummary["changes"],
  notes: readonly string[],
): LockedSummary {
  return {
    variant,
    platform,
    base: base?.reference ?? "scratch",
    digest: base?.digest ?? null,
    python,
    compat,
    debs: debs.length,
    wheels: wheels.length,
    debBytes: debs.reduce((sum, { size }) => sum + size, 0),
    changes,
    notes: [...notes],
  };
}

function fileOf(root: string, path: string): string {
  const full = resolve(root, path);
  if (full.startsWith(root + sep) && existsSync(full)) return full;
  throw new AppError("image-spec", `environment.indexes.keys names ${path}, which is no file of the repository`, {
    hint: "put the archive's keyring into the repository, and name its path",
  });
}
