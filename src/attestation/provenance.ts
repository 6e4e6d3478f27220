// How an image was made, as SLSA provenance. No times of the run and no machine: the same image, the same statement.
// Source: https://slsa.dev/spec/v1.0/provenance
import { z } from "zod";
import { debUrl, imageUrl, wheelUrl } from "./package-url.ts";
import { bare, type AttestedImage } from "./subject.ts";

export const SLSA = "https://slsa.dev/provenance/v1";
const BUILD_TYPE = "urn:morello:image-build:1";
const BUILDER = "urn:morello:builder:1";

const ResourceDescriptor = z.looseObject({
  uri: z.string().optional(),
  name: z.string().optional(),
  digest: z.record(z.string(), z.string()).optional(),
});

export const Provenance = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: z.literal(BUILD_TYPE),
    externalParameters: z.looseObject({
      tag: z.string(),
      image: z.string(),
      variant: z.string().nullable(),
      platform: z.string(),
    }),
    internalParameters: z.looseObject({
      tree: z.string(),
      environment: z.string(),
      layers: z.array(z.string()),
      checkpoint: z.string().nullable(),
    }),
    resolvedDependencies: z.array(ResourceDescriptor),
  }),
  runDetails: z.looseObject({ builder: z.looseObject({ id: z.literal(BUILDER) }) }),
});
export type Provenance = z.infer<typeof Provenance>;

export function provenance(image: AttestedImage): Provenance {
  const { source, base, lock, environmentOf } = image;
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        tag: image.tag,
        image: image.name,
        variant: image.variant,
        platform: image.platform,
      },
      internalParameters: {
        tree: source.tree,
        environment: image.environmentKey,
        layers: [...image.layers],
        checkpoint: image.checkpoint,
      },
      resolvedDependencies: [
        {
          name: "source",
          ...(source.url === null ? {} : { uri: `git+${source.url}@refs/tags/${image.tag}` }),
          digest: {
            gitCommit: source.commit,
            ...(source.tagObject === null ? {} : { gitTag: source.tagObject }),
          },
        },
        ...(base === null
          ? []
          : [{ name: "base", uri: imageUrl(base.reference, base.digest), digest: { sha256: bare(base.digest) } }]),
        ...(environmentOf === null
          ? []
          : [
              {
                name: "environment",
                uri: imageUrl(`${image.name}:${environmentOf.tag}`, environmentOf.digest),
                digest: { sha256: bare(environmentOf.digest) },
              },
            ]),
        ...(lock?.debs ?? []).map((deb) => ({ uri: debUrl(deb), digest: { sha256: deb.sha256 } })),
        ...(lock?.wheels ?? []).map((wheel) => ({ uri: wheelUrl(wheel), digest: { sha256: wheel.sha256 } })),
      ],
    },
    runDetails: { builder: { id: BUILDER } },
  };
}
