// Image names to opened stores: each place once, closed together.
import { formatPlace, type Reference } from "../../oci/reference.ts";
import { openImageStore } from "../../registry/open.ts";
import type { ImageStore } from "../../registry/store.ts";
import type { Deps } from "../workspace.ts";

export class Places {
  readonly #deps: Deps;
  readonly #stores = new Map<string, Promise<ImageStore>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Tag and digest of the reference do not matter here. */
  open(reference: Reference): Promise<ImageStore> {
    const place = formatPlace(reference);
    const { environment: env, cwd, signal } = this.#deps;
    const store = this.#stores.get(place) ?? openImageStore(reference, { env, cwd, signal });
    this.#stores.set(place, store);
    return store;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#stores.values());
    await Promise.all(opened.flatMap((each) => (each.status === "fulfilled" ? [each.value.close()] : [])));
  }
}
