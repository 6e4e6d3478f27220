// The `image:` section of morello.yaml: what an image line is made of. Read from the tag's own tree, never from main.
import { z } from "zod";

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted });

function mapping(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === "invalid_type" ? "a mapping of keys to values" : undefined;
}

const BASE = "scratch, or an image by digest such as docker.io/library/debian@sha256:…";

const Packages = z.strictObject(
  {
    apt: z.array(text("a Debian package's name")).default([]).describe("Debian packages."),
    pip: z
      .array(text("a requirement such as numpy or numpy==2.1.3"))
      .default([])
      .describe("Python packages, as pip names them."),
  },
  { error: mapping },
);

export const EnvironmentSection = z
  .strictObject(
    {
      base: z
        .string({ error: BASE })
        .regex(/^(?:scratch|\S+@sha256:[0-9a-f]{64})$/, { error: BASE })
        .default("scratch")
        .describe("What the environment is built on: scratch, or an image by digest."),
      python: z
        .string({ error: "a Python version such as '3.11', in quotes" })
        .regex(/^\d+\.\d+$/, { error: "a Python version such as '3.11', in quotes" })
        .describe("Python's minor version.")
        .optional(),
      torch: text("a PyTorch version such as 2.7.1").describe("PyTorch's version.").optional(),
      cuda: text("a CUDA variant such as cu126, or cpu")
        .describe("The CUDA variant of the wheels: cu118, cu126, cpu.")
        .optional(),
      packages: Packages.prefault({}).describe("What is installed besides."),
      indexes: z
        .strictObject(
          {
            apt: z
              .array(text("a line of sources.list, or the URL of a mirror"))
              .default([])
              .describe("Where Debian packages come from. Debian's own archive unless set."),
            pip: z
              .array(text("the URL of a package index"))
              .default([])
              .describe("Where wheels come from, in order. PyPI and PyTorch's index unless set."),
          },
          { error: mapping },
        )
        .prefault({}),
    },
    { error: mapping },
  )
  .describe("What lies under the source: locked in morello.lock, built rarely.");
export type EnvironmentSection = z.infer<typeof EnvironmentSection>;

const AbsolutePath = text("an absolute path such as /opt/app").regex(/^\/(?:[^/\0]+\/)*[^/\0]+$/, {
  error: "an absolute path without a slash at its end, such as /opt/app",
});

export const SourceSection = z
  .strictObject(
    {
      path: AbsolutePath.default("/opt/app").describe("Where the source stands in the image."),
      include: z
        .array(text("a path of the repository, or a pattern"), { error: "a list of paths" })
        .default(["."])
        .describe("Paths of the repository, or patterns, that go into the image; each keeps its place below `path`."),
      exclude: z
        .array(text("a path of the repository, or a pattern"), { error: "a list of paths" })
        .default([])
        .describe("Paths and patterns that stay out."),
    },
    { error: mapping },
  )
  .describe("Which paths of the repository go where.");
export type SourceSection = z.infer<typeof SourceSection>;

export const ImageSection = z
  .strictObject(
    {
      name: text("an image repository such as registry.example/team/app").describe(
        "The image repository, without tag. A line's own `image` key wins.",
      ),
      environment: EnvironmentSection.prefault({}),
      variants: z
        .record(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/), EnvironmentSection.partial())
        .default({})
        .describe(
          "Several environments of one release: each key is the tag's suffix, each value overrides `environment`.",
        ),
      default: z.string().describe("The variant that the bare tag means.").optional(),
      source: SourceSection.prefault({}),
      services: z
        .strictObject({ jupyter: z.boolean().default(false), ssh: z.boolean().default(false) }, { error: mapping })
        .prefault({})
        .describe("What starts in the container: JupyterLab, an SSH server."),
      user: z.string().describe("Whom the container runs as. root unless set.").optional(),
      url: z.string().describe("Where the source is published, for the image's labels. None unless set.").optional(),
      labels: z.record(z.string(), z.string()).default({}).describe("Labels of the image."),
      platforms: z
        .array(z.enum(["linux/amd64", "linux/arm64"]))
        .min(1)
        .default(["linux/amd64"])
        .describe("What the image is built for."),
    },
    { error: mapping },
  )
  .describe("The image of the repository's releases, read from the tag's own tree.");
export type ImageSection = z.infer<typeof ImageSection>;
