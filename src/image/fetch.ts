// Packages of a lock by their SHA-256: from the cache, else from where the lock found them or a mirror of that. A file
// enters the cache whole and right, or not at all; a download that was cut goes on where it ended.
import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AppError, isAppError } from "../error.ts";
import { redact } from "../git/run.ts";
import { noSpace } from "./compress.ts";

export interface WantedFile {
  /** As people name it: `tmux 3.3a-3`. */
  readonly name: string;
  /** `http:`, `https:` or `file:`. */
  readonly url: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes, where the lock says it. */
  readonly size: number | null;
}

/** URLs that begin with `from` are asked for at `to` first. */
export interface Mirror {
  readonly from: string;
  readonly to: string;
}

export interface FetchOptions {
  /** Shared by all projects: `DIR/sha256/ab/abcd…`. */
  readonly cache: string;
  readonly mirrors: readonly Mirror[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { step: string; done: number; total: number }) => void) | undefined;
}

/** Downloads at a time: archives serve a few from one host at once. */
const AT_ONCE = 6;

/** Times that a broken download is taken up again, and the first pause, doubled each time, in milliseconds. */
const ATTEMPTS = 4;
const PAUSE = 250;

/**
 * Full paths by SHA-256. Throws `lock-invalid` where a file is gone or other bytes are there than the lock says,
 * `registry-failed` where its host does not answer, `disk-full`.
 */
export async function fetchFiles(
  wanted: readonly WantedFile[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = [...new Map(wanted.map((file) => [file.sha256, file])).values()];
  const total = waiting.length;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      found.set(file.sha256, await fetchFile(file, { ...options, signal }));
      options.onProgress?.({ step: "fetching packages", done: found.size, total });
    }
  };
  const workers = Array.from({ length: Math.min(AT_ONCE, total) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(workers);
    throw error;
  }
  return found;
}

async function fetchFile(file: WantedFile, options: FetchOptions & { readonly signal: AbortSignal }): Promise<string> {
  const path = join(options.cache, "sha256", file.sha256.slice(0, 2), file.sha256);
  const size = file.size ?? undefined;
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && (size ?? there.size) === there.size && (await hashOf(path)) === file.sha256) return path;
  mkdirSync(dirname(path), { recursive: true });
  const reasons: AppError[] = [];
  for (const url of placesOf(file.url, options.mirrors)) {
    try {
      await download(file, url, `${path}.part`, options.signal);
      renameSync(`${path}.part`, path);
      return path;
    } catch (error) {
      if (!isAppError(error) || error.code === "disk-full") throw error;
      reasons.push(error);
    }
  }
  throw reasons.at(-1)!;
}

function placesOf(url: string, mirrors: readonly Mirror[]): string[] {
  const there = mirrors.filter(({ from }) => url.startsWith(from)).map(({ from, to }) => to + url.slice(from.length));
  return [...there, url];
}

async function download(file: WantedFile, url: string, part: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await respond(file, url, part, signal);
      const sha256 = await append(response, part);
      if (sha256 === file.sha256) return;
      rmSync(part, { force: true });
      throw otherBytes(file, url, sha256);
    } catch (cause) {
      if (signal.aborted || isAppError(cause)) throw cause;
      if (attempt === ATTEMPTS) throw unreachableHost(file, url, cause);
      await setTimeout(PAUSE * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

interface Response {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether they follow what is there, or are all of it. */
  readonly follows: boolean;
}

async function respond(file: WantedFile, url: string, part: string, signal: AbortSignal): Promise<Response> {
  if (url.startsWith("file:")) {
    const path = fileURLToPath(url);
    if (!existsSync(path)) throw gone(file, url);
    return { chunks: createReadStream(path), follows: false };
  }
  const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, { headers, signal, redirect: "follow" });
  if (response.status === 416) {
    rmSync(part, { force: true }); // it is as long as the file, or longer, and was not right
    await response.body?.cancel();
    return respond(file, url, part, signal);
  }
  if (response.ok && response.body !== null) return { chunks: response.body, follows: response.status === 206 };
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410) throw gone(file, url);
  if (response.status >= 500 || response.status === 429) throw new Error(`status ${response.status}`);
  throw unreachableHost(file, url, new Error(`status ${response.status}`));
}

/** SHA-256 of the whole file, what was there before included. */
async function append({ chunks, follows }: Response, part: string): Promise<string> {
  const hash = createHash("sha256");
  if (follows) await feed(hash, part);
  const handle = await open(part, follows ? "a" : "w");
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
  } catch (cause) {
    throw noSpace(cause, part);
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}

async function feed(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await feed(hash, path);
  return hash.digest("hex");
}

function gone({ name }: WantedFile, url: string): AppError {
  return new AppError("lock-invalid", `${name} is gone: ${redact(url)} is not there any more`, {
    hint: "morello image lock, which says what replaced it; or name a mirror that keeps old packages",
    data: { name, url: redact(url) },
  });
}

function otherBytes({ name, sha256 }: WantedFile, url: string, found: string): AppError {
  return new AppError(
    "lock-invalid",
    `${name} is not what morello.lock says: ${redact(url)} has SHA-256 ${found}, wanted ${sha256}`,
    {
      hint: "morello image lock, if the archive may be trusted",
      data: { name, url: redact(url), found, wanted: sha256 },
    },
  );
}

function unreachableHost({ name }: WantedFile, url: string, cause: unknown): AppError {
  const why = cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
  return new AppError("registry-failed", `Cannot fetch ${name} from ${redact(url)}: ${why}`, {
    cause,
    hint: `curl -I ${redact(url)}`,
    data: { name, url: redact(url) },
  });
}
