// How this Morello makes environments -> one digest, which a lock keeps. Two versions that make the same of the same lock
// have the same digest.
import { createHash } from "node:crypto";
import { containerfile } from "./containerfile.ts";
import { inOrder, type ImageFile } from "./files.ts";
import type { Lock } from "./lock.ts";
import { ImageSection } from "./spec.ts";
import { variantsOf } from "./variants.ts";

const DIGEST = "0".repeat(64);
const BASE = `registry.example/base@sha256:${DIGEST}`;

/** An image that asks for everything, so that every step is in its Containerfile. */
const EVERYTHING = {
  name: "registry.example/everything",
  environment: { base: BASE, env: { TZ: "UTC" } },
  services: { jupyter: true, ssh: true },
  user: "somebody",
  ports: [6006],
};

const LOCK: Lock = {
  version: 1,
  epoch: 0,
  spec: DIGEST,
  recipe: DIGEST,
  environments: [
    {
      variant: "default",
      platform: "linux/amd64",
      base: { reference: BASE, digest: `sha256:${DIGEST}` },
      python: "3.11",
      compat: null,
      asks: ["apt tmux", "pip numpy"],
      debs: [
        {
          name: "tmux",
          version: "1",
          architecture: "amd64",
          url: "http://deb.example/tmux_1_amd64.deb",
          sha256: DIGEST,
          size: 0,
        },
      ],
      wheels: [
        { name: "numpy", version: "1", url: "https://wheels.example/numpy-1-py3-none-any.whl", sha256: DIGEST },
        { name: "pip", version: "1", url: "https://wheels.example/pip-1-py3-none-any.whl", sha256: DIGEST },
      ],
    },
  ],
};

/** SHA-256, lower-case hexadecimal. `files`: all files of the workbench, whichever service they are of. Comments do not count. */
export function recipeOf(files: readonly ImageFile[]): string {
  const image = ImageSection.parse(EVERYTHING);
  const texts = variantsOf(image).map((variant) =>
    containerfile({ image, variant, platform: "linux/amd64", lock: LOCK, files }),
  );
  const steps = texts.join("\n").split("\n");
  const hash = createHash("sha256");
  for (const line of steps.filter((each) => each !== "" && !/^\s*#/.test(each))) hash.update(`${line}\n`);
  for (const { path, mode, bytes } of inOrder(files)) {
    hash.update(`${path} ${mode.toString(8)} ${createHash("sha256").update(bytes).digest("hex")}\n`);
  }
  return hash.digest("hex");
}
