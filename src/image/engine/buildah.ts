// buildah: needs no daemon, and as root neither cgroups nor a runtime (chroot).
import { buildArguments, ISOLATIONS, type EngineAdapter } from "./adapter.ts";

export const buildah: EngineAdapter = {
  name: "buildah",
  version: ["--version"],
  isolations: ISOLATIONS,
  load: (archive) => ["pull", "--quiet", `docker-archive:${archive}`],
  build: buildArguments,
  save: (image, archive) => ["push", "--quiet", image, `docker-archive:${archive}`],
  remove: (image) => ["rmi", image],
  env: {},
  step: /^STEP (\d+\/\d+: .*)$/,
  noise: /^(?:STEP \d|Error: building at STEP|COMMIT)/,
};
