// Twenty clean builds of Debian with an SSH server on twenty dates: what a package's scripts write a date or a day into
// shows here. Two engines in turn, caches of blobs new each time; and a system from scratch by mmdebstrap, on two dates.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lock } from "../../src/environment/lock.ts";
import { parseLock } from "../../src/environment/lock-text.ts";
import { variantsOf } from "../../src/environment/variants.ts";
import { buildEnvironment, type BuildEnvironmentRequest } from "../../src/image/build-environment.ts";
import { workbenchFiles } from "../../src/image/workbench.ts";
import { lockImage } from "../../src/usecase/image/lock.ts";
import { packageCache } from "../../src/usecase/image/package-cache.ts";
import { containers, type Containers } from "../support/containers.ts";
import { disturbed } from "../support/disturbed.ts";
import { imageOn, openBase } from "../support/environments.ts";
import { history } from "../support/history.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { depsOf } from "../usecase/setting.ts";
import { debianBase } from "./debian-base.ts";

const COUNT = 20;
const EPOCH = 1_735_689_600;

const PACKAGES = { packages: { apt: ["openssh-server", "tmux"] } };

async function locked(sandbox: Sandbox, { env }: Containers, section: string): Promise<Lock> {
  const repository = await history()
    .commit("base", { files: { "morello.yaml": section } })
    .create(sandbox);
  await lockImage(depsOf(repository, { env }), { check: false, online: false, offline: false, update: null });
  return parseLock(readFileSync(join(repository.path, "morello.lock"), "utf8"), "morello.lock");
}

/** `2027-03-11 05:07:09` and so on: other years, days, hours. */
function dateOf(n: number): string {
  return new Date((EPOCH + 86_400 * 400 + n * (97 * 86_400 + 12_345)) * 1000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}

async function digestsOf(count: number, request: (n: number) => BuildEnvironmentRequest): Promise<string[]> {
  const digests: string[] = [];
  for (let n = 0; n < count; n++) {
    const asked = request(n);
    mkdirSync(asked.directory, { recursive: true });
    const { layer, engine } = await buildEnvironment(asked);
    process.stdout.write(`# ${n} ${dateOf(n)} ${engine.name} ${layer.digest}\n`);
    digests.push(layer.digest);
    rmSync(asked.directory, { recursive: true });
  }
  return digests;
}

test(`${COUNT} of ${COUNT} clean builds on other dates are one layer`, async () => {
  const sandbox = makeSandbox();
  const { host } = await registryServer(sandbox);
  const engines = containers(sandbox);
  const debian = await debianBase(sandbox, EPOCH);
  const to = `docker://${host}/debian:bookworm`;
  await engines.run("skopeo", ["copy", "--dest-tls-verify=false", `oci:${debian.directory}:${debian.tag}`, to]);
  const reference = `${host}/debian@${debian.digest}`;
  const section = `image:\n  name: registry.example/app\n  environment: {base: '${reference}', packages: {apt: [openssh-server, tmux]}}\n`;
  const lock = await locked(sandbox, engines, section);
  const image = imageOn(reference, { environment: { base: reference, ...PACKAGES } });
  const base = await openBase(debian);
  const shared = {
    image,
    variant: variantsOf(image)[0]!,
    platform: "linux/amd64",
    lock,
    files: workbenchFiles(image),
    base,
  };
  const digests = await digestsOf(COUNT, (n) => ({
    ...shared,
    engine: n % 2 === 0 ? "buildah" : "podman",
    env: disturbed(sandbox, containers(sandbox, `storage-${n}`).env, `programs-${n}`, {
      cache: sandbox.path(`cache-${n}`),
      date: dateOf(n),
    }),
    directory: sandbox.path(`work-${n}`),
    cache: packageCache(engines.env),
    mirrors: [],
  }));
  expect(new Set(digests).size).toBe(1);
});

test("a system from scratch is the same on another date", async () => {
  const sandbox = makeSandbox();
  const engines = containers(sandbox);
  const apt = "{apt: ['deb http://deb.debian.org/debian bookworm main']}";
  const section = `image:\n  name: registry.example/app\n  environment: {packages: {apt: [openssh-server]}, indexes: ${apt}}\n`;
  const lock = await locked(sandbox, engines, section);
  const image = imageOn("scratch");
  const digests = await digestsOf(2, (n) => {
    const date = n === 0 ? "" : `faketime -f '@${dateOf(n)}' `;
    sandbox.write(
      `programs-${n}/mmdebstrap`,
      `#!/bin/sh\nPATH='${engines.env["PATH"]}' exec ${date}mmdebstrap "$@"\n`,
      0o755,
    );
    return {
      image,
      variant: variantsOf(image)[0]!,
      platform: "linux/amd64",
      lock,
      files: [],
      base: null,
      engine: null,
      env: {
        ...engines.env,
        PATH: `${sandbox.path(`programs-${n}`)}:${engines.env["PATH"]}`,
      },
      directory: sandbox.path(`work-${n}`),
      cache: packageCache(engines.env),
      mirrors: [],
    };
  });
  expect(new Set(digests).size).toBe(1);
});
