// The files of an OCI image layout: each appears whole, by rename, or not at all; the index changes under a lock, so that
// two writers lose nothing. Judges the layout itself, not the images in it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AppError, isAppError } from "../error.ts";
import { claim, claimedBy, isMarkAlive, processMark, takeAway } from "../git/claim.ts";
import { OCI } from "../oci/media-type.ts";
import { Index } from "../oci/schema.ts";

export interface LayoutPlace {
  /** Full path. */
  readonly directory: string;
  /** As people write it: `oci:DIR`. */
  readonly name: string;
  /** Ends writing between two pieces of a blob. */
  readonly signal?: AbortSignal | undefined;
}

const VERSION = "1.0.0";
const MARKER = "oci-layout";
const INDEX = "index.json";
const LOCK = ".morello-lock";
/** Files that are being written; whoever reads layouts looks at none of them. */
const UNFINISHED = /^\.morello-\d+-\d+\.tmp$/;
/** Milliseconds between looks at a lock. */
const PAUSE = 20;
/** How many looks a lock is waited for, and after how many a dead process's is taken away: a process of another
 * container seems dead from here, and holds it for milliseconds. */
const MOST_LOOKS = 3000;
const LOOKS_UNTIL_DEAD = 100;
/** Milliseconds after which a file that was never finished goes. */
const ABANDONED = 24 * 3600 * 1000;

const EMPTY_INDEX: Index = { schemaVersion: 2, mediaType: OCI.index, manifests: [] };

/** The index; empty where there is no layout yet. Throws `image-damaged` for what is no layout, or a broken one. */
export function readIndex(place: LayoutPlace): Index {
  const index = readIfThere(place, INDEX);
  const marker = readIfThere(place, MARKER); // after the index: a writer makes it first
  if (index === null && (marker === null ? isUnused(place) : isWithoutBlobs(place))) return EMPTY_INDEX;
  if (marker === null) {
    throw broken(place, `it has no file ${MARKER}`, "name a new or empty directory: oci:NEW-DIR");
  }
  const version = (parsed(place, MARKER, marker) as { imageLayoutVersion?: unknown } | null)?.imageLayoutVersion;
  if (version !== VERSION) {
    throw broken(place, `${MARKER} says version ${JSON.stringify(version)}, and ${VERSION} is wanted`);
  }
  if (index === null) throw broken(place, `it has no file ${INDEX}`);
  const judged = Index.safeParse(parsed(place, INDEX, index));
  if (judged.success) return judged.data;
  const [issue] = judged.error.issues;
  throw broken(place, `${INDEX} is no image index: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** Writes what `change` makes of the index. Nobody else changes it meanwhile. */
export async function updateIndex(place: LayoutPlace, change: (index: Index) => Index): Promise<void> {
  await underLock(place, async () => {
    const before = readIndex(place);
    const after = change(before);
    if (after !== before) await writeWhole(place, INDEX, [Buffer.from(JSON.stringify(after))]);
  });
}

/** Makes an empty layout where there is none. */
export async function ensureLayout(place: LayoutPlace): Promise<void> {
  readIndex(place); // refuses a directory of somebody else's
  if (readIfThere(place, INDEX) !== null) return;
  attempt(place, "write", () => mkdirSync(join(place.directory, "blobs", "sha256"), { recursive: true }));
  await underLock(place, async () => {
    if (readIfThere(place, MARKER) === null) {
      await writeWhole(place, MARKER, [Buffer.from(JSON.stringify({ imageLayoutVersion: VERSION }))]);
    }
    if (readIfThere(place, INDEX) === null) {
      await writeWhole(place, INDEX, [Buffer.from(JSON.stringify(EMPTY_INDEX))]);
    }
    removeAbandoned(place);
  });
}

export function blobPath(digest: string): string {
  return join("blobs", "sha256", digest.slice("sha256:".length));
}

/** Bytes of a file that is there; null: it is not. */
export function blobSize(place: LayoutPlace, digest: string): number | null {
  return (
    attempt(place, "read", () => statSync(join(place.directory, blobPath(digest)), { throwIfNoEntry: false }))?.size ??
    null
  );
}

let written = 0;

/** Writes a file that appears when all of it is on the disk. Throws `disk-full`; then nothing is left. */
export async function writeWhole(
  place: LayoutPlace,
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = join(place.directory, `.morello-${process.pid}-${++written}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      for await (const chunk of chunks) {
        place.signal?.throwIfAborted();
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    mkdirSync(dirname(join(place.directory, path)), { recursive: true }); // another tool's layout may lack it
    renameSync(temporary, join(place.directory, path));
  } catch (cause) {
    throw failure(place, "write", cause);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function underLock(place: LayoutPlace, act: () => Promise<void>): Promise<void> {
  const lock = join(place.directory, LOCK);
  const own = `${processMark()}\n`;
  await takeLock(place, lock, own);
  try {
    await act();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function takeLock(place: LayoutPlace, lock: string, own: string): Promise<void> {
  let seen: string | null = null;
  let unchanged = 0;
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (attempt(place, "write", () => claim(lock, own))) return;
    const mark = claimedBy(lock);
    unchanged = mark === seen ? unchanged + 1 : 0;
    seen = mark;
    if (mark !== null && unchanged >= LOOKS_UNTIL_DEAD && !isMarkAlive(mark)) takeAway(lock, mark);
    await setTimeout(PAUSE);
  }
  throw new AppError("registry-failed", `${place.name} is being written by process ${seen?.split(" ")[0] ?? ""}`, {
    hint: `wait for it to end; if it hangs, end it and: rm '${lock}'`,
    data: { place: place.name, lock },
  });
}

/** Nothing is there, or only what a writer makes before there is a layout. */
function isUnused(place: LayoutPlace): boolean {
  return namesIn(place, ".").every((name) => name === "blobs" || name.startsWith(".morello-"));
}

function isWithoutBlobs(place: LayoutPlace): boolean {
  return namesIn(place, join("blobs", "sha256")).length === 0;
}

function namesIn(place: LayoutPlace, path: string): readonly string[] {
  return attempt(place, "read", () => {
    try {
      return readdirSync(join(place.directory, path));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return [];
      throw cause;
    }
  });
}

/** Of writers that were killed. Their age is told by the lock, which was made this moment: no clock is needed. */
function removeAbandoned(place: LayoutPlace): void {
  const now = statSync(join(place.directory, LOCK)).mtimeMs;
  for (const name of namesIn(place, ".").filter((name) => UNFINISHED.test(name))) {
    const path = join(place.directory, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - made > ABANDONED) rmSync(path, { force: true });
  }
}

function readIfThere(place: LayoutPlace, path: string): Buffer | null {
  return attempt(place, "read", () => {
    try {
      return readFileSync(join(place.directory, path));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return null;
      throw cause;
    }
  });
}

function parsed(place: LayoutPlace, path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch (cause) {
    throw broken(place, `${path} is no JSON`, undefined, cause);
  }
}

function broken(
  place: LayoutPlace,
  why: string,
  hint = "write the images into a new directory: oci:NEW-DIR",
  cause?: unknown,
): AppError {
  return new AppError("image-damaged", `${place.name} is no image layout that can be read: ${why}`, {
    hint,
    cause,
    data: { place: place.name },
  });
}

function attempt<T>(place: LayoutPlace, what: "read" | "write", act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw failure(place, what, cause);
  }
}

function failure(place: LayoutPlace, what: "read" | "write", cause: unknown): unknown {
  if (isAppError(cause)) return cause;
  const code = codeOf(cause);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new AppError("disk-full", `There is no space left to write ${place.name}`, {
      cause,
      hint: `df -h '${place.directory}'`,
      data: { place: place.name },
    });
  }
  if (typeof code !== "string") return cause;
  return new AppError("registry-failed", `Cannot ${what} ${place.name}`, {
    cause,
    hint: `ls -ld '${place.directory}'`,
    data: { place: place.name, code },
  });
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
