// Hands parsing to worker threads, so that the thread that talks to git and to the user stays free.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { AppError } from "../error.ts";
import type { Extent, FileFacts } from "../symbol/facts.ts";
import type { Language } from "../symbol/language.ts";

export type Job =
  | { readonly kind: "facts"; readonly language: string; readonly extent: Extent; readonly body: Uint8Array }
  | { readonly kind: "tokens"; readonly bodies: readonly Uint8Array[] }
  | {
      readonly kind: "literal";
      readonly language: string;
      readonly body: Uint8Array;
      readonly code: readonly string[];
    };

export type JobResult =
  | { readonly kind: "facts"; readonly json: string }
  | { readonly kind: "literal"; readonly found: { readonly value: unknown } | null }
  | { readonly kind: "tokens"; readonly hashes: readonly Uint32Array[] };

interface Answer {
  readonly id: number;
  readonly result?: JobResult;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Jobs that wait at one worker before another is started. */
const DEPTH = 24;

export class Parsers {
  readonly #workers: { readonly worker: Worker; readonly waiting: Map<number, Waiting> }[] = [];
  #next = 0;

  /** Facts as JSON text, "null" where the file cannot be parsed. */
  async facts(language: Language, extent: Extent, body: Uint8Array): Promise<string> {
    const result = await this.#ask({ kind: "facts", language: language.id, extent, body });
    return result.kind === "facts" ? result.json : "null";
  }

  /** Sorted token hashes, one list a body, in the order of the bodies. */
  async tokens(bodies: readonly Uint8Array[]): Promise<readonly Uint32Array[]> {
    const result = await this.#ask({ kind: "tokens", bodies });
    return result.kind === "tokens" ? result.hashes : [];
  }

  /** The data that a module of JavaScript or TypeScript exports; see `literalExport`. */
  async literal(
    language: Language,
    body: Uint8Array,
    code: readonly string[],
  ): Promise<{ readonly value: unknown } | null> {
    const result = await this.#ask({ kind: "literal", language: language.id, body, code });
    return result.kind === "literal" ? result.found : null;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map(({ worker }) => worker.terminate()));
  }

  #ask(job: Job): Promise<JobResult> {
    const { worker, waiting } = this.#least();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, job });
    });
  }

  #least(): { worker: Worker; waiting: Map<number, Waiting> } {
    const [least] = [...this.#workers].sort((a, b) => a.waiting.size - b.waiting.size);
    if (least !== undefined && (least.waiting.size < DEPTH || this.#workers.length >= availableParallelism()))
      return least;
    return this.#start();
  }

  #start(): { worker: Worker; waiting: Map<number, Waiting> } {
    const waiting = new Map<number, Waiting>();
    const worker = new Worker(locate("symbol-worker.js"), { workerData: { grammars: locate("grammars") } });
    worker.unref(); // a process that has nothing else to do may end
    worker.on("message", ({ id, result, error }: Answer) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (result !== undefined) one?.resolve(result);
      else one?.reject(new AppError("internal", `The parser failed: ${error ?? ""}`));
    });
    worker.on("error", (cause) => {
      for (const { reject } of waiting.values())
        reject(new AppError("internal", "The parser thread failed", { cause }));
      waiting.clear();
      this.#workers.splice(
        this.#workers.findIndex((one) => one.worker === worker),
        1,
      );
    });
    const started = { worker, waiting };
    this.#workers.push(started);
    return started;
  }
}

/** What the build lays beside the bundles; where sources run, what the repository around them has. */
function locate(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = ["", "dist", "vendor"].map((part) => join(folder, part, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) break;
  }
  throw new AppError("internal", `${name} is missing from the installation`, { hint: "npm run build" });
}

/** Reads facts; null where there are none. */
export function parseFacts(json: string): FileFacts | null {
  return JSON.parse(json) as FileFacts | null;
}
