// The `image:` section of morello.yaml: what an image line is made of. Read from the tag's own tree, never from main.
import { z } from "zod";

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted });
const version = (wanted: string, shape: RegExp) => text(wanted).regex(shape, { error: wanted });
const list = <T extends z.ZodType>(of: T, wanted: string) => z.array(of, { error: wanted });

/** Leaves unknown keys to be worded where the known ones are at hand. */
function mapping(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === "invalid_type" ? "a mapping of keys to values" : undefined;
}

const BASE = "scratch, or an image by digest such as docker.io/library/debian@sha256:…";
const PYTHON = "a Python version such as '3.11', in quotes";
const TORCH = "a PyTorch version such as 2.7.1";
const CUDA = "a CUDA variant such as cu126, a version such as '12.6' in quotes, or cpu";
const CUDNN = "a cuDNN version such as '9.5', in quotes";
const DAY = "a day such as 2026-11-01, in quotes, or a time such as 20261101T000000Z";
const VARIABLE = "a variable's name such as TZ";

const Packages = {
  apt: list(
    version("a Debian package's name, such as tmux or tmux=3.3a-3", /^[a-z0-9][a-z0-9+.-]+(?:=[^\s=]+)?$/),
    "a list of Debian packages",
  ).describe("Debian packages, by name or as name=version."),
  pip: list(
    version("a requirement such as numpy or numpy==2.1.3", /^[A-Za-z0-9][^\n]*$/),
    "a list of Python packages",
  ).describe("Python packages, as pip names them."),
  defaults: z
    .boolean({ error: "true or false" })
    .describe(
      "Whether numpy, scipy, pandas, matplotlib and scikit-learn come with PyTorch. They do where torch is set, unless this is false.",
    ),
};

const Indexes = {
  apt: list(
    text("a line of sources.list, such as 'deb http://deb.debian.org/debian bookworm main'"),
    "a list of lines of sources.list",
  ).describe(
    "Where Debian packages come from, as lines of sources.list. Debian's own archive for the base unless set.",
  ),
  keys: list(text("the path of a keyring in the repository"), "a list of paths").describe(
    "Keyrings, as paths of the repository, that the archives' signatures are checked with. Debian's own unless set.",
  ),
  snapshot: version(DAY, /^\d{4}-\d{2}-\d{2}$|^\d{8}T\d{6}Z$/).describe(
    "Takes Debian's archive as it was at that time, from snapshot.debian.org.",
  ),
  pip: list(text("the URL of a package index"), "a list of URLs").describe(
    "Where wheels come from, in order. PyPI, and PyTorch's index for the CUDA variant, unless set.",
  ),
};

const Keys = {
  base: version(BASE, /^(?:scratch|\S+@sha256:[0-9a-f]{64})$/).describe(
    "What the environment is built on: scratch, or an image by digest.",
  ),
  python: version(PYTHON, /^\d+\.\d+$/).describe("Python's minor version. The base's own unless set."),
  torch: version(TORCH, /^\d+\.\d+(?:\.\d+)?(?:\+[a-z0-9.]+)?$/).describe(
    "PyTorch's version; with its variant, such as 2.7.1+cu126, it says cuda, too.",
  ),
  cuda: text(CUDA).describe(
    "The CUDA variant of PyTorch's wheels: cu118, cu126, cpu. A version such as '12.6' will do.",
  ),
  cudnn: version(CUDNN, /^\d+(?:\.\d+){0,3}$/).describe(
    "The cuDNN that is expected. PyTorch's wheels bring their own: this is held against the compatibility table.",
  ),
};

const variables = z
  .record(version(VARIABLE, /^[A-Za-z_][A-Za-z0-9_]*$/), z.string({ error: "text" }), { error: mapping })
  .describe("Variables of the image. Nothing secret: whoever has the image can read them.");

export const EnvironmentSection = z
  .strictObject(
    {
      base: Keys.base.default("scratch"),
      python: Keys.python.optional(),
      torch: Keys.torch.optional(),
      cuda: Keys.cuda.optional(),
      cudnn: Keys.cudnn.optional(),
      packages: z
        .strictObject(
          { apt: Packages.apt.default([]), pip: Packages.pip.default([]), defaults: Packages.defaults.default(true) },
          { error: mapping },
        )
        .prefault({})
        .describe("What is installed besides."),
      indexes: z
        .strictObject(
          {
            apt: Indexes.apt.default([]),
            keys: Indexes.keys.default([]),
            snapshot: Indexes.snapshot.optional(),
            pip: Indexes.pip.default([]),
          },
          { error: mapping },
        )
        .prefault({})
        .describe("Where packages come from."),
      env: variables.default({}),
    },
    { error: mapping },
  )
  .describe("What lies under the source: locked in morello.lock, built rarely.");
export type EnvironmentSection = z.infer<typeof EnvironmentSection>;

/** What a variant may say anew. No key has a default here: what is not written is the environment's. */
export const EnvironmentOverride = z
  .strictObject(
    {
      ...Keys,
      packages: z.strictObject(Packages, { error: mapping }).partial().describe("What is installed besides."),
      indexes: z.strictObject(Indexes, { error: mapping }).partial().describe("Where packages come from."),
      env: variables,
    },
    { error: mapping },
  )
  .partial()
  .describe("What this variant has otherwise than `environment`, key by key; lists are replaced.");
export type EnvironmentOverride = z.infer<typeof EnvironmentOverride>;

const AbsolutePath = version(
  "an absolute path without a slash at its end, such as /opt/app",
  /^\/(?:[^/\0]+\/)*[^/\0]+$/,
);
const RepositoryPath = text("a path of the repository, or a pattern");

export const SourceSection = z
  .strictObject(
    {
      path: AbsolutePath.default("/opt/app").describe("Where the source stands in the image."),
      include: list(RepositoryPath, "a list of paths")
        .default(["."])
        .describe("Paths of the repository, or patterns, that go into the image; each keeps its place below `path`."),
      exclude: list(RepositoryPath, "a list of paths").default([]).describe("Paths and patterns that stay out."),
    },
    { error: mapping },
  )
  .describe("Which paths of the repository go where.");
export type SourceSection = z.infer<typeof SourceSection>;

const flag = () => z.boolean({ error: "true or false" }).default(false);

export const ImageSection = z
  .strictObject(
    {
      name: text("an image repository such as registry.example/team/app").describe(
        "The image repository, without tag. A line's own `image` key wins.",
      ),
      environment: EnvironmentSection.prefault({}),
      variants: z
        .record(
          version("a variant's name, as in a tag: letters, digits, dots and hyphens", /^[a-z0-9][a-z0-9._-]{0,63}$/),
          EnvironmentOverride,
          { error: mapping },
        )
        .default({})
        .describe(
          "Several environments of one release, released together: each key ends the tag (v2.7.1-cu118), each value overrides `environment`.",
        ),
      default: text("a variant's name")
        .describe("The variant that the bare tag means. Needed where there are several.")
        .optional(),
      source: SourceSection.prefault({}),
      services: z
        .strictObject(
          {
            jupyter: flag().describe("JupyterLab, on port 8888."),
            ssh: flag().describe("An SSH server, on port 22, that takes keys alone."),
          },
          { error: mapping },
        )
        .prefault({})
        .describe("What starts in the container."),
      user: version(
        "a user's name such as work, or IDs such as 1000 or 1000:1000",
        /^(?:[a-z_][a-z0-9_-]{0,31}|\d+(?::\d+)?)$/,
      )
        .describe("Whom the container runs as: a name, that is made where it is not there, or IDs. root unless set.")
        .optional(),
      ports: list(
        z
          .int({ error: "a port's number" })
          .min(1, { error: "a port from 1 on" })
          .max(65535, { error: "a port up to 65535" }),
        "a list of ports",
      )
        .default([])
        .describe("Ports that the image says it listens on, besides those of the services."),
      url: text("the URL where the source is published")
        .describe("Where the source is published, for the image's labels. None unless set.")
        .optional(),
      labels: z
        .record(text("a label's key"), z.string({ error: "text" }), { error: mapping })
        .default({})
        .describe("Labels of the image."),
      platforms: z
        .array(z.enum(["linux/amd64", "linux/arm64"], { error: "linux/amd64 or linux/arm64" }), {
          error: "a list of platforms",
        })
        .min(1, { error: "at least one platform" })
        .default(["linux/amd64"])
        .describe("What the image is built for."),
    },
    { error: mapping },
  )
  .superRefine(({ variants, default: chosen }, context) => {
    const names = Object.keys(variants);
    const known = names.length === 0 ? "no default: there are no variants" : `one of ${names.join(", ")}`;
    const isWanted = names.length > 1 && chosen === undefined;
    if (isWanted || (chosen !== undefined && !names.includes(chosen)))
      context.addIssue({ code: "custom", path: ["default"], message: known });
  })
  .describe("The image of the repository's releases, read from the tag's own tree.");
export type ImageSection = z.infer<typeof ImageSection>;
