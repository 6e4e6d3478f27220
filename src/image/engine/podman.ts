// podman: buildah's builds behind podman's own storage and settings.
import { buildArguments, ISOLATIONS, type EngineAdapter } from "./adapter.ts";

export const podman: EngineAdapter = {
  name: "podman",
  version: ["--version"],
  isolations: ISOLATIONS,
  load: (archive) => ["load", "--quiet", "--input", archive],
  build: buildArguments,
  save: (image, archive) => ["save", "--quiet", "--format", "docker-archive", "--output", archive, image],
  remove: (image) => ["rmi", image],
  env: {},
  step: /^STEP (\d+\/\d+: .*)$/,
  noise: /^(?:STEP \d|Error: building at STEP|COMMIT)/,
};
