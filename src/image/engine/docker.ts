// docker: its daemon builds with BuildKit, which alone knows mounts in RUN.
import type { EngineAdapter } from "./adapter.ts";

export const docker: EngineAdapter = {
  name: "docker",
  version: ["version", "--format", "{{.Server.Version}}"], // the daemon's: it fails where none answers
  isolations: [{ name: "containers without network", args: ["--network", "none"] }],
  load: (archive) => ["load", "--quiet", "--input", archive],
  build: ({ containerfile, context, idFile }, { args }) => [
    "build",
    ...args,
    "--no-cache",
    "--progress",
    "plain",
    "--iidfile",
    idFile,
    "--file",
    containerfile,
    context,
  ],
  save: (image, archive) => ["save", "--output", archive, image],
  remove: (image) => ["rmi", image],
  env: { DOCKER_BUILDKIT: "1" }, // 20.10 takes the old builder otherwise
  step: /^#\d+ \[(?:[^\]]* )?(\d+\/\d+\] .*)$/,
  noise: /^(?:#\d+ (?:\[|sha256:|DONE|CACHED)|------|\s*>|executor failed)/,
};
