// A reference -> the store that it lies in: a layout on disk or a repository of a registry.
import { setMaxListeners } from "node:events";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Environment } from "../git/environment.ts";
import { formatPlace, type Reference } from "../oci/reference.ts";
import { openRegistry } from "./client.ts";
import { openLayout } from "./layout.ts";
import type { ImageStore, Progress } from "./store.ts";

export interface OpenDeps {
  /** Where logins and authorities are found; `MORELLO_INSECURE_REGISTRIES`. */
  readonly env: Environment;
  /** What a relative `oci:DIR` is relative to. */
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** Called often: for every piece of a blob that goes to a registry or comes from one. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Hosts, with port, that need no TLS. */
  readonly insecure?: readonly string[];
  /** Waits so many milliseconds. Default: it does. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** Milliseconds in which nothing comes, after which a connection is lost. Default: two minutes. */
  readonly idleLimit?: number;
}

/** A registry may move or hash gigabytes before it answers. */
const IDLE_LIMIT = 120_000;

/** Nothing is asked of a registry until the store is used. `close` ends its idle connections. */
export async function openImageStore(reference: Reference, deps: OpenDeps): Promise<ImageStore> {
  const { env, cwd } = deps;
  const signal = deps.signal === undefined ? undefined : signalForMany(deps.signal);
  if (reference.kind === "layout") {
    return openLayout({ directory: resolve(cwd, reference.directory), name: formatPlace(reference), signal });
  }
  const wait = (milliseconds: number): Promise<void> =>
    setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
      throw signal?.reason ?? cause;
    });
  return openRegistry({
    host: reference.host,
    repository: reference.repository,
    env,
    cwd,
    signal,
    insecure: deps.insecure ?? [],
    wait: deps.wait ?? wait,
    idleLimit: deps.idleLimit ?? IDLE_LIMIT,
    onProgress: deps.onProgress ?? (() => undefined),
  });
}

/** A signal of its own: each request listens to it, and Node warns of more than ten that listen to the caller's. */
function signalForMany(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}
