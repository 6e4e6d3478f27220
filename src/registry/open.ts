// A reference -> the store that it lies in: a layout on disk or a repository of a registry.
import { resolve } from "node:path";
import type { Environment } from "../git/environment.ts";
import { formatPlace, type Reference } from "../oci/reference.ts";
import { openLayout } from "./layout.ts";
import type { ImageStore } from "./store.ts";

export interface OpenDeps {
  readonly env: Environment;
  /** What a relative `oci:DIR` is relative to. */
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing is asked of a registry until the store is used. */
export async function openImageStore(reference: Reference, deps: OpenDeps): Promise<ImageStore> {
  if (reference.kind === "layout") {
    return openLayout({ directory: resolve(deps.cwd, reference.directory), name: formatPlace(reference) });
  }
  throw new Error(`to come: ${formatPlace(reference)}`);
}
