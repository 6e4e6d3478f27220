// What tests of environment builds begin with: a small image, its lock, a base that behaves like Debian's.
import { mkdirSync } from "node:fs";
import type { Lock, LockedDeb } from "../../src/environment/lock.ts";
import { ImageSection } from "../../src/environment/spec.ts";
import { installedRecipe } from "../../src/image/workbench.ts";
import { variantsOf } from "../../src/environment/variants.ts";
import type { BuildEnvironmentRequest } from "../../src/image/build-environment.ts";
import type { BaseImage } from "../../src/image/docker-archive.ts";
import { ImageConfig, Manifest } from "../../src/oci/schema.ts";
import { collect } from "../../src/registry/content.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { tinyBase, type TinyImage } from "./containers.ts";
import { APT_FILES, makeDeb } from "./debs.ts";
import { CLOCK, type Environment } from "./environment.ts";
import type { Sandbox } from "./sandbox.ts";

export async function openBase({ directory, tag }: Pick<TinyImage, "directory" | "tag">): Promise<BaseImage> {
  const store = openLayout({ directory, name: `oci:${directory}` });
  const stored = await store.manifest(tag);
  if (stored === null) throw new Error(`no ${tag} in ${directory}`);
  const manifest = Manifest.parse(JSON.parse(stored.bytes.toString("utf8")));
  const config = await collect(store.blob(manifest.config));
  return { manifest, config: ImageConfig.parse(JSON.parse(config.toString("utf8"))), store };
}

/** A base by digest, of which only the form counts: the base itself is handed over. */
const BASE = `docker.io/library/tiny@sha256:${"0".repeat(64)}`;

export function imageOn(base: string, more: object = {}): ImageSection {
  return ImageSection.parse({ name: "registry.example/app", environment: { base }, ...more });
}

export function lockOf(debs: readonly LockedDeb[], base: string = BASE): Lock {
  const named = base === "scratch" ? null : { reference: base, digest: base.slice(base.indexOf("@") + 1) };
  const environment = { variant: "default", platform: "linux/amd64", base: named, python: null, compat: null };
  const asks = debs.map(({ name }) => `apt ${name}`);
  return {
    version: 1,
    epoch: CLOCK,
    spec: "0".repeat(64),
    recipe: installedRecipe(),
    environments: [{ ...environment, asks, debs: [...debs], wheels: [] }],
  };
}

export interface SmallOptions {
  readonly env: Environment;
  /** Directory in the sandbox for what is built. */
  readonly name?: string;
  readonly debs?: readonly LockedDeb[];
}

/** Two packages and a start script on the tiny base. */
export async function smallRequest(sandbox: Sandbox, options: SmallOptions): Promise<BuildEnvironmentRequest> {
  const image = imageOn(BASE);
  const directory = sandbox.path(options.name ?? "work");
  mkdirSync(directory, { recursive: true });
  return {
    image,
    variant: variantsOf(image)[0]!,
    platform: "linux/amd64",
    lock: lockOf(options.debs ?? (await smallDebs(sandbox))),
    files: [{ path: "/usr/local/bin/start", mode: 0o755, bytes: Buffer.from('#!/bin/sh\nexec "$@"\n') }],
    base: await openBase(await tinyBase(sandbox, APT_FILES)),
    engine: null,
    env: options.env,
    directory,
    cache: sandbox.path("cache"),
    mirrors: [],
  };
}

async function smallDebs(sandbox: Sandbox): Promise<LockedDeb[]> {
  return [
    await makeDeb(sandbox, { name: "hello", files: { "usr/bin/hello": "#!/bin/sh\necho hello\n" } }),
    await makeDeb(sandbox, { name: "data", files: { "usr/share/data/a.txt": "a\n", "usr/share/data/b.txt": "b\n" } }),
  ];
}
