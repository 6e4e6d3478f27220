// The files of workbench/ as they stand in an image. Reads them where the installation has them; never changes them.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inOrder, type ImageFile } from "../environment/files.ts";
import { recipeOf } from "../environment/recipe.ts";
import type { ImageSection } from "../environment/spec.ts";
import { AppError } from "../error.ts";

interface Placed {
  /** In workbench/. */
  readonly name: string;
  /** In the image. */
  readonly path: string;
  readonly mode: number;
  /** Only with this service; without: with any. */
  readonly service?: "jupyter" | "ssh";
}

const FILES: readonly Placed[] = [
  { name: "start", path: "/usr/local/bin/morello-start", mode: 0o755 },
  { name: "health", path: "/usr/local/bin/morello-health", mode: 0o755 },
  { name: "cuda-why", path: "/usr/local/bin/cuda-why", mode: 0o755 },
  { name: "cuda_why.py", path: "/usr/local/lib/morello/cuda_why.py", mode: 0o755 },
  { name: "profile.sh", path: "/etc/profile.d/morello.sh", mode: 0o644 },
  { name: "tmux.conf", path: "/etc/tmux.conf", mode: 0o644 },
  { name: "screenrc", path: "/etc/morello/screenrc", mode: 0o644 },
  { name: "jupyter_config.py", path: "/etc/jupyter/jupyter_server_config.py", mode: 0o644, service: "jupyter" },
  { name: "jupyter_config.py", path: "/etc/jupyter/jupyter_notebook_config.py", mode: 0o644, service: "jupyter" },
  { name: "sshd_config", path: "/etc/morello/sshd_config", mode: 0o644, service: "ssh" },
];

/** In order of path. None for an image without services: its environment stays as its base is. */
export function workbenchFiles({ services }: Pick<ImageSection, "services">): ImageFile[] {
  if (!services.jupyter && !services.ssh) return [];
  const directory = workbenchDirectory();
  const wanted = FILES.filter(({ service }) => service === undefined || services[service]);
  return inOrder(wanted.map(({ name, path, mode }) => ({ path, mode, bytes: readFileSync(join(directory, name)) })));
}

/** Beside the bundles; where sources run, at the root of the repository around them. */
export function workbenchDirectory(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = join(folder, "workbench");
    if (existsSync(join(found, "start"))) return found;
    if (folder === dirname(folder)) break;
  }
  throw new AppError("internal", "workbench/ is missing from the installation", { hint: "npm run build" });
}

/** The recipe of the Morello that is installed; a lock keeps that of the one that wrote it. */
export function installedRecipe(): string {
  return recipeOf(workbenchFiles({ services: { jupyter: true, ssh: true } }));
}
