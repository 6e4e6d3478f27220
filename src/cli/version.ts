// The version of the package that this file is part of, bundled or not.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** As package.json has it. It is looked for upwards: a bundle moves this file. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const { name, version: found } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
      if (name === "morello" && found !== undefined) return found;
    }
    if (folder === dirname(folder)) return "unknown";
  }
}
