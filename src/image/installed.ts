// Finds what the build lays beside the bundles (worker threads, files for images).
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../error.ts";

/** The path of a file or directory of `dist/`, from a bundle as from sources. Throws `internal` where it is missing. */
export function installed(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = [join(folder, name), join(folder, "dist", name)].find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) break;
  }
  throw new AppError("internal", `${name} is missing from the installation`, { hint: "npm run build" });
}
