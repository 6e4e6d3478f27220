// Files that an environment gets besides its packages: start script, settings, health check.

export interface ImageFile {
  /** Absolute, in the image: `/usr/local/bin/start`. */
  readonly path: string;
  /** Permission bits: 0o755, 0o644. */
  readonly mode: number;
  readonly bytes: Buffer;
}

/** In order of path, byte by byte: whoever walks files or hashes them does it so. */
export function inOrder(files: readonly ImageFile[]): ImageFile[] {
  return files.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
