// Where images are built: directories on the disk for temporary files, gone when all is published. What a killed process
// left is taken away by the next.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../git/environment.ts";
import { isRunning } from "../git/scratch.ts";

const PREFIX = "morello-image-";

export class WorkDirectory {
  readonly #env: Environment;
  #root: string | null = null;
  #made = 0;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** A new, empty directory. */
  make(): string {
    this.#root ??= newRoot(this.#env["TMPDIR"] ?? tmpdir());
    const directory = join(this.#root, String(++this.#made));
    mkdirSync(directory);
    return directory;
  }

  remove(): void {
    if (this.#root !== null) rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
    this.#root = null;
  }
}

function newRoot(temporary: string): string {
  for (const name of readdirSync(temporary)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(temporary, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(realpathSync(temporary), `${PREFIX}${process.pid}-`));
}
