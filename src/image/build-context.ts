// The build context of an environment on disk: packages of the lock, the lists that the steps check, files of the
// workbench. Everything has one mode and one time, whoever makes it, whenever.
import { chmodSync, copyFileSync, linkSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextTexts, CONTEXT } from "../environment/containerfile.ts";
import type { ImageFile } from "../environment/files.ts";
import { debFile, wheelFile, type LockedEnvironment } from "../environment/lock.ts";
import type { WantedFile } from "./fetch.ts";

/** What the steps need from elsewhere. */
export function wantedFiles({ debs, wheels }: LockedEnvironment): WantedFile[] {
  return [
    ...debs.map(({ name, version, url, sha256, size }) => ({ name: `${name} ${version}`, url, sha256, size })),
    ...wheels.map(({ name, version, url, sha256 }) => ({ name: `${name} ${version}`, url, sha256, size: null })),
  ];
}

export interface ContextOptions {
  readonly directory: string;
  readonly locked: LockedEnvironment | null;
  readonly files: readonly ImageFile[];
  /** Full paths by SHA-256: of every package of the lock. */
  readonly fetched: ReadonlyMap<string, string>;
  /** Unix seconds. */
  readonly epoch: number;
}

/** Packages are linked where the cache is on the same disk. */
export function writeContext({ directory, locked, files, fetched, epoch }: ContextOptions): void {
  for (const folder of Object.values(CONTEXT)) mkdirSync(join(directory, folder), { recursive: true });
  for (const deb of locked?.debs ?? []) place(fetched.get(deb.sha256)!, join(directory, CONTEXT.debs, debFile(deb)));
  for (const wheel of locked?.wheels ?? [])
    place(fetched.get(wheel.sha256)!, join(directory, CONTEXT.wheels, wheelFile(wheel)));
  for (const { path, text } of contextTexts(locked)) write(join(directory, path), Buffer.from(text), 0o644);
  for (const { path, mode, bytes } of files) write(join(directory, CONTEXT.workbench, path), bytes, mode);
  settle(directory, epoch);
}

function place(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // another disk, or a file system without links
  }
}

function write(path: string, bytes: Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  chmodSync(path, mode); // whatever the umask is
}

function settle(directory: string, epoch: number): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) settle(path, epoch);
    else utimesSync(path, epoch, epoch);
  }
  chmodSync(directory, 0o755);
  utimesSync(directory, epoch, epoch);
}
