// What tests of image builds begin with: a line of releases whose morello.yaml asks for an image, and the use-case's input.
import { readFileSync } from "node:fs";
import { buildImage as buildWith, type ImageBuildInput } from "../../../src/usecase/image/build.ts";
import type { ImageBuildOutcome, PlatformImage, VariantImage } from "../../../src/wire/image/build.ts";
import { history, type Files, type History } from "../../support/history.ts";
import type { TestRepository } from "../../support/repository.ts";
import type { Entry, ObjectFormat } from "../../support/tree.ts";
import { depsOf, type Place } from "../setting.ts";

export const LINE = "release/v2.7";

export const SPEC = `image:
  name: registry.example.com/team/app
  source:
    path: /opt/app
    include: [app]
`;

export const APP: Readonly<Record<string, Entry>> = {
  "app/train.py": "print('leaks')\n",
  "app/data/table.csv": "1,2\n3,4\n",
  "app/run": { executable: "#!/bin/sh\necho run\n" },
  "app/latest": { symlink: "data/table.csv" },
  "notes.txt": "not in the image\n",
};

/** `v2.7.0`, and `v2.7.1` with a fix of the same size. HEAD is the line. */
export function releases(spec = SPEC, files: Files = APP, objectFormat: ObjectFormat = "sha1"): History {
  return history({ objectFormat })
    .commit("base", { files: [...Object.entries({ "morello.yaml": spec }), ...asPairs(files)] })
    .branch(LINE)
    .annotatedTag("v2.7.0")
    .commit("fix", { files: { "app/train.py": "print('fixed')\n" } })
    .annotatedTag("v2.7.1", { message: `v2.7.1\n\nLedger-Checkpoint: ${"c".repeat(40)}\n` });
}

function asPairs(files: Files): (readonly [string | Uint8Array, Entry | null])[] {
  return Symbol.iterator in files ? [...files] : Object.entries(files);
}

export type Wish = Partial<Omit<ImageBuildInput, "wanted">> & Place;

/** `morello image build WANTED --output oci:out`. */
export function build(repository: TestRepository, wanted: string, wish: Wish = {}): Promise<ImageBuildOutcome> {
  const { cwd, env, now, ...rest } = wish;
  const place = {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(now === undefined ? {} : { now }),
  };
  return buildWith(depsOf(repository, place), {
    wanted,
    output: `oci:${repository.sandbox.path("out")}`,
    from: null,
    variants: [],
    rebuild: false,
    engine: null,
    dryRun: false,
    attest: false,
    record: true,
    sign: null,
    ...rest,
  });
}

/** The only image of an outcome. */
export function only({ images }: ImageBuildOutcome): VariantImage & PlatformImage {
  const [image, ...more] = images;
  const [platform, ...others] = image?.platforms ?? [];
  if (image === undefined || platform === undefined || more.length + others.length > 0)
    throw new Error(JSON.stringify(images, null, 2));
  return { ...image, ...platform, digest: image.digest };
}

/** `v2.7.1 created`, `latest kept`. */
export function tagsOf({ tags }: VariantImage): string[] {
  return tags.map(({ tag, state }) => `${tag} ${state}`);
}

/** Names in a layout's index, with the digests that they stand for. */
export function namesIn(directory: string): Record<string, string> {
  const { manifests } = JSON.parse(readFileSync(`${directory}/index.json`, "utf8")) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  return Object.fromEntries(
    manifests.map(({ digest, annotations }) => [annotations["org.opencontainers.image.ref.name"] ?? "", digest]),
  );
}
