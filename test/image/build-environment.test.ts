import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ImageSection } from "../../src/environment/spec.ts";
import { variantsOf } from "../../src/environment/variants.ts";
import type { Lock, LockedDeb } from "../../src/environment/lock.ts";
import { buildEnvironment, type BuildEnvironmentRequest } from "../../src/image/build-environment.ts";
import type { BaseImage } from "../../src/image/docker-archive.ts";
import { ImageConfig, Manifest } from "../../src/oci/schema.ts";
import { openLayout } from "../../src/registry/layout.ts";
import { containers, tinyBase, type TinyImage } from "../support/containers.ts";
import { APT_FILES, makeDeb } from "../support/debs.ts";
import { CLOCK } from "../support/environment.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

async function openBase({ directory, tag }: TinyImage): Promise<BaseImage> {
  const store = openLayout({ directory, name: `oci:${directory}` });
  const stored = await store.manifest(tag);
  const manifest = Manifest.parse(JSON.parse(stored!.bytes.toString("utf8")));
  const parts: Uint8Array[] = [];
  for await (const chunk of store.blob(manifest.config)) parts.push(chunk);
  return { manifest, config: ImageConfig.parse(JSON.parse(Buffer.concat(parts).toString("utf8"))), store };
}

const image = ImageSection.parse({
  name: "registry.example/app",
  environment: { base: `docker.io/library/tiny@sha256:${"0".repeat(64)}`, packages: { apt: ["hello"] } },
});

function lockOf(debs: readonly LockedDeb[]): Lock {
  const base = { reference: image.environment.base, digest: `sha256:${"0".repeat(64)}` };
  const environment = { variant: "default", platform: "linux/amd64", base, python: null, compat: null };
  return {
    version: 1,
    epoch: CLOCK,
    spec: "0".repeat(64),
    environments: [{ ...environment, asks: ["apt hello"], debs: [...debs], wheels: [] }],
  };
}

const FILES = [{ path: "/usr/local/bin/start", mode: 0o755, bytes: Buffer.from('#!/bin/sh\nexec "$@"\n') }];

async function request(sandbox: Sandbox, name: string): Promise<BuildEnvironmentRequest> {
  const debs = [
    await makeDeb(sandbox, { name: "hello", files: { "usr/bin/hello": "#!/bin/sh\necho hello\n" } }),
    await makeDeb(sandbox, { name: "data", files: { "usr/share/data/a.txt": "a\n", "usr/share/data/b.txt": "b\n" } }),
  ];
  const directory = sandbox.path(name, "work");
  mkdirSync(directory, { recursive: true });
  return {
    image,
    variant: variantsOf(image)[0]!,
    platform: "linux/amd64",
    lock: lockOf(debs),
    files: FILES,
    base: await openBase(await tinyBase(sandbox, APT_FILES)),
    engine: null,
    env: containers(sandbox, name).env,
    directory,
    cache: sandbox.path("cache"),
  };
}

describe("an environment", () => {
  test("is the same layer from buildah and podman, with its contents, on clean storages", async () => {
    const sandbox = makeSandbox();
    const built = [];
    for (const engine of ["buildah", "podman"]) {
      built.push(await buildEnvironment({ ...(await request(sandbox, `clean-${engine}`)), engine }));
    }
    expect(new Set(built.map(({ layer }) => layer.digest)).size).toBe(1);
    expect(new Set(built.map(({ config }) => JSON.stringify(config))).size).toBe(1);
  });
});
