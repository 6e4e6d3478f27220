// The image section and the lock of the work tree, as they stand there: committed or not.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE } from "../../config/default.ts";
import { LOCK_FILE, type Lock } from "../../environment/lock.ts";
import { parseLock } from "../../environment/lock-text.ts";
import type { ImageSection } from "../../environment/spec.ts";
import { AppError } from "../../error.ts";
import { openRepository } from "../../git/repository.ts";
import type { Deps } from "../workspace.ts";

export async function workTree(deps: Deps): Promise<string> {
  const repository = await openRepository(deps.cwd, deps.environment);
  if (repository.workTree !== null) return repository.workTree;
  throw new AppError("bare-repository", `${LOCK_FILE} stands in a work tree, and the repository is bare`, {
    hint: "morello -C WORKTREE image lock",
  });
}

/** Throws `image-spec`. */
export async function readImageSection(root: string): Promise<ImageSection> {
  const { parseImageSection } = await import("../../config/load.ts");
  const file = join(root, CONFIG_FILE);
  const image = existsSync(file) ? parseImageSection(readFileSync(file, "utf8"), CONFIG_FILE) : null;
  if (image !== null) return image;
  throw new AppError("image-spec", `${CONFIG_FILE} has no image section`, {
    hint: "add one: docs/guide/image-lock.md shows it",
  });
}

/** Null: there is none. Throws `lock-invalid`. */
export function readLock(root: string): Lock | null {
  const file = join(root, LOCK_FILE);
  return existsSync(file) ? parseLock(readFileSync(file, "utf8")) : null;
}
