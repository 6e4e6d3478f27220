// Image section and lock -> the Containerfile of an environment, and the lists that its steps check. Reads nothing: what
// the lists name is laid into the build context by whoever builds.
import { CONTEXT_MOUNT } from "../layer/mounted.ts";
import { byBytes } from "./asks.ts";
import { inOrder, type ImageFile } from "./files.ts";
import { debFile, lockedEnvironment, wheelFile, type Lock, type LockedEnvironment } from "./lock.ts";
import { imageSettings, VENV } from "./settings.ts";
import type { ImageSection } from "./spec.ts";
import { namedUser } from "./wanted.ts";
import type { Variant } from "./variants.ts";

/** Folders of the build context. Files of the workbench stand below theirs as they do in the image. */
export const CONTEXT = { debs: "debs", wheels: "wheels", workbench: "workbench" } as const;

/** Where the folders are seen while the steps run; nothing of them stays. */
const MOUNT = `/${CONTEXT_MOUNT}`;

/** What differs from build to build, names its builder, or is a secret that all users of an image would share. */
export const CLEANUP = [
  "/var/lib/apt/lists/*",
  "/var/cache/apt/*.bin",
  "/var/cache/apt/archives/*.deb",
  "/var/log/apt",
  "/var/log/*.log",
  "/var/cache/ldconfig/aux-cache",
  "/var/cache/fontconfig/*",
  "/var/cache/debconf/*-old",
  "/var/lib/dpkg/*-old",
  "/etc/ssh/ssh_host_*_key*",
];

export interface ContainerfileInput {
  readonly image: ImageSection;
  readonly variant: Variant;
  /** `linux/amd64` */
  readonly platform: string;
  /** Null where the environment is the base alone. */
  readonly lock: Lock | null;
  readonly files: readonly ImageFile[];
}

/** Ends with a newline; the same input always gives the same text. */
export function containerfile(input: ContainerfileInput): string {
  const { variant, platform, lock } = input;
  const locked = lockedEnvironment(lock, variant.name, platform);
  const parts = [
    [
      `# The environment ${variant.name} for ${platform}, from morello.yaml and morello.lock. Written by Morello: change those.`,
    ],
    [`FROM ${baseOf(variant, locked)}`],
    [
      "# Programs that write a date (shadow, gzip, Python) write this one.",
      `ARG SOURCE_DATE_EPOCH=${lock?.epoch ?? 0}`,
    ],
    debSteps(locked),
    wheelSteps(locked),
    userSteps(input),
    fileSteps(input),
    settingSteps(input, locked),
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

/** `registry/name@sha256:…`: a tag before the digest says nothing, and some engines refuse it. */
function baseOf({ environment }: Variant, locked: LockedEnvironment | null): string {
  if (environment.base === "scratch") return "scratch";
  const [name = "", digest = ""] = environment.base.split("@");
  return `${name.replace(/:[^/:]*$/, "")}@${locked?.base?.digest ?? digest}`;
}

function debSteps(locked: LockedEnvironment | null): string[] {
  if (locked === null || locked.debs.length === 0) return [];
  const asked = locked.asks.filter((line) => line.startsWith("apt ")).map((line) => line.slice("apt ".length));
  const place = `${MOUNT}/${CONTEXT.debs}`;
  return [
    `# Debian packages: ${asked.join(" ")}`,
    `# ${locked.debs.length} with what they depend on, by version and hash: ${CONTEXT.debs}/SHA256SUMS`,
    `RUN --mount=type=bind,source=${CONTEXT.debs},target=${place} \\`,
    `    cd ${place} && sha256sum -c --quiet --strict SHA256SUMS && \\`,
    "    export DEBIAN_FRONTEND=noninteractive && \\",
    "    apt-get -o Debug::NoLocking=1 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \\",
    `      install --yes --no-install-recommends --allow-downgrades ${place}/*.deb && \\`,
    `    rm -rf ${CLEANUP.join(" ")}`,
  ];
}

function wheelSteps(locked: LockedEnvironment | null): string[] {
  if (locked === null || locked.wheels.length === 0) return [];
  const asked = locked.asks.filter((line) => line.startsWith("pip ")).map((line) => line.slice("pip ".length));
  const place = `${MOUNT}/${CONTEXT.wheels}`;
  const pip = locked.wheels.find(({ name }) => name === "pip");
  const program = pip === undefined ? `${VENV}/bin/pip` : `${VENV}/bin/python3 ${place}/${wheelFile(pip)}/pip`;
  return [
    `# Python packages: ${asked.join(" ")}`,
    `# ${locked.wheels.length} with what they depend on, by hash: ${CONTEXT.wheels}/requirements.txt`,
    `RUN --mount=type=bind,source=${CONTEXT.wheels},target=${place} \\`,
    `    python3 -m venv --system-site-packages ${pip === undefined ? "" : "--without-pip "}${VENV} && \\`,
    `    ${program} install --require-hashes --no-index --find-links ${place} --no-deps --no-compile \\`,
    `      --no-cache-dir --disable-pip-version-check --root-user-action ignore -r ${place}/requirements.txt && \\`,
    "    # Bytecode by hash: it holds no time, and is never looked at again.",
    `    ${VENV}/bin/python3 -m compileall -q --invalidation-mode unchecked-hash ${VENV}/lib`,
  ];
}

function userSteps({ image }: ContainerfileInput): string[] {
  const user = namedUser(image);
  return user === null ? [] : [`RUN id ${user} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ${user}`];
}

function fileSteps({ files }: ContainerfileInput): string[] {
  if (files.length === 0) return [];
  return [
    "# Start script, settings, health check:",
    ...inOrder(files).map(({ path }) => `#   ${path}`),
    `COPY ${CONTEXT.workbench}/ /`,
  ];
}

function settingSteps({ image, variant, files }: ContainerfileInput, locked: LockedEnvironment | null): string[] {
  const { env, workingDir, ports, user, healthcheck, entrypoint } = imageSettings(image, variant, locked, files);
  return [
    ...env.map(([name, value]) => `ENV ${name}=${quoted(value)}`),
    `WORKDIR ${workingDir}`,
    ...(ports.length === 0 ? [] : [`EXPOSE ${ports.join(" ")}`]),
    ...(user === null ? [] : [`USER ${user}`]),
    ...(healthcheck === null
      ? []
      : [`HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ${JSON.stringify(healthcheck)}`]),
    ...(entrypoint === null ? [] : [`ENTRYPOINT ${JSON.stringify(entrypoint)}`, "CMD []"]),
  ];
}

/** In double quotes a Containerfile expands `$` and reads backslashes; both are meant as they stand. */
function quoted(value: string): string {
  return /^[\w@%+:,./=-]+$/.test(value) ? value : `"${value.replace(/[\\"$]/g, "\\$&")}"`;
}

/** A text of the build context. */
export interface ContextText {
  /** Relative to the context's root. */
  readonly path: string;
  readonly text: string;
}

/** The lists that the steps check, in order of path: what `sha256sum -c` and `pip --require-hashes` read. */
export function contextTexts(locked: LockedEnvironment | null): ContextText[] {
  if (locked === null) return [];
  const debs = locked.debs.map((deb) => `${deb.sha256}  ${debFile(deb)}\n`).toSorted(byBytes);
  const wheels = locked.wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`);
  return [
    ...(debs.length === 0 ? [] : [{ path: `${CONTEXT.debs}/SHA256SUMS`, text: debs.join("") }]),
    ...(wheels.length === 0
      ? []
      : [{ path: `${CONTEXT.wheels}/requirements.txt`, text: wheels.toSorted(byBytes).join("") }]),
  ];
}
