// A lock -> what of it is no longer where it was, and what is there instead. Asks the base's registry, the archives and
// the indexes that morello.yaml names.
import { parseIndexPage, type IndexedWheel } from "../../environment/wheel-index.ts";
import { wheelFile, type LockedEnvironment, type LockedWheel } from "../../environment/lock.ts";
import { isAppError } from "../../error.ts";
import type { MissingPackage } from "../../wire/image/lock.ts";
import { missingDebs } from "./apt.ts";
import { baseFacts, withBase, type BaseFacts } from "./base.ts";
import { aptDeps, aptRequest, pipIndexes, type ResolveDeps, type Subject } from "./resolve.ts";

/** Base, then .debs, then wheels, each in the lock's order. */
export async function findMissing(
  subject: Subject,
  locked: LockedEnvironment,
  deps: ResolveDeps,
): Promise<MissingPackage[]> {
  const at = { variant: locked.variant, platform: locked.platform };
  const base = await lookAtBase(subject, locked, deps);
  const gone: MissingPackage[] =
    base === "gone"
      ? [{ ...at, kind: "base", name: locked.base?.reference ?? "", version: locked.base?.digest ?? "", available: [] }]
      : [];
  if (base !== "gone" && locked.debs.length > 0) {
    const request = aptRequest(subject, [], base, { debs: new Map() }, deps);
    for (const { deb, available } of await missingDebs(locked.debs, request, aptDeps(deps)))
      gone.push({ ...at, kind: "deb", name: deb.name, version: deb.version, available: [...available] });
  }
  const indexes = pipIndexes(subject.variant.environment);
  const wheels = await inTurns(locked.wheels, 6, async (wheel) => ({ wheel, found: await pageOf(wheel, indexes) }));
  for (const { wheel, found } of wheels) {
    const isThere = found.some(
      ({ file, sha256 }) => file === wheelFile(wheel) && (sha256 ?? wheel.sha256) === wheel.sha256,
    );
    if (isThere) continue;
    const available = [...new Set(found.map(({ version }) => version))].toReversed();
    gone.push({ ...at, kind: "wheel", name: wheel.name, version: wheel.version, available });
  }
  return gone;
}

/** Facts of its packages, or that it is not there. */
async function lookAtBase(
  { variant, platform }: Subject,
  { base, debs }: LockedEnvironment,
  deps: ResolveDeps,
): Promise<BaseFacts | "gone"> {
  const none: BaseFacts = { osRelease: "", status: Buffer.alloc(0), keyrings: new Map() };
  if (base === null) return none;
  try {
    return await withBase(variant.environment.base, platform, deps, async (found, store) =>
      debs.length === 0 ? none : baseFacts(found, store, deps.cache),
    );
  } catch (error) {
    if (isAppError(error, "image-missing")) return "gone";
    throw error;
  }
}

/** All wheels of a package, of the indexes that have it; an index that does not answer counts as one that has not. */
async function pageOf({ name }: LockedWheel, indexes: readonly string[]): Promise<IndexedWheel[]> {
  const pages = await Promise.all(
    indexes.map(async (index) => {
      const answer = await fetch(`${index.replace(/\/$/, "")}/${name}/`, {
        headers: { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" },
      }).catch(() => null);
      return answer?.ok === true ? parseIndexPage(await answer.text()) : [];
    }),
  );
  return pages.flat();
}

async function inTurns<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  return results;
}
