// Environments built by real engines on the tiny base. What is judged is the layer on disk, by GNU tar, and the
// configuration; docker and long counts are behind MORELLO_LONG=1.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildEnvironment } from "../../src/image/build-environment.ts";
import { containers } from "../support/containers.ts";
import { makeDeb } from "../support/debs.ts";
import { dockerDaemon } from "../support/docker.ts";
import { smallRequest } from "../support/environments.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { failure } from "../usecase/setting.ts";

const long = process.env["MORELLO_LONG"] === "1";

/** `tar tv` of the layer: paths with mode, owner, size and time. */
async function listing(sandbox: Sandbox, directory: string): Promise<string[]> {
  const args = ["--list", "--verbose", "--numeric-owner", "--gzip", "--file", join(directory, "layer.tar.gz")];
  const done = await finished("tar", args, { cwd: sandbox.root, env: sandbox.env });
  return done.stdout.toString("utf8").trimEnd().split("\n");
}

async function contentOf(sandbox: Sandbox, directory: string, path: string): Promise<string> {
  const args = ["--extract", "--to-stdout", "--gzip", "--file", join(directory, "layer.tar.gz"), path];
  return (await finished("tar", args, { cwd: sandbox.root, env: sandbox.env })).stdout.toString("utf8");
}

describe("an environment", () => {
  test("is one layer, the same from buildah and podman on clean storages", async () => {
    const sandbox = makeSandbox();
    const request = await smallRequest(sandbox, { env: containers(sandbox, "first").env });
    const one = await buildEnvironment({ ...request, engine: "buildah" });
    const directory = sandbox.path("again");
    mkdirSync(directory);
    const other = await buildEnvironment({
      ...request,
      engine: "podman",
      env: containers(sandbox, "second").env,
      directory,
    });
    expect(other.layer.digest).toBe(one.layer.digest);
    expect(other.config).toEqual(one.config);
    expect([one.engine.name, other.engine.name]).toEqual(["buildah", "podman"]);
    const paths = (await listing(sandbox, directory)).map((line) => line.split(/\s+/).slice(5).join(" "));
    expect(paths.filter((path) => !path.endsWith("/"))).toEqual([
      "etc/.wh.motd",
      "etc/ld.so.cache",
      "etc/shadow",
      "usr/bin/hello",
      "usr/local/bin/start",
      "usr/share/data/a.txt",
      "usr/share/data/b.txt",
      "var/lib/dpkg/status",
    ]);
    expect(await contentOf(sandbox, directory, "etc/shadow")).toContain("sshd:!:20454:"); // the epoch's day
  });

  test.runIf(long)("is the same from docker", async () => {
    const sandbox = makeSandbox();
    const request = await smallRequest(sandbox, { env: containers(sandbox).env });
    const one = await buildEnvironment({ ...request, engine: "buildah" });
    const directory = sandbox.path("again");
    mkdirSync(directory);
    const env = await dockerDaemon(sandbox);
    const other = await buildEnvironment({ ...request, engine: "docker", env, directory });
    expect(other.layer.digest).toBe(one.layer.digest);
    expect(other.config).toEqual(one.config);
  });

  test("leaves the engine's storage and the directory as they were", async () => {
    const sandbox = makeSandbox();
    const engines = containers(sandbox);
    const request = await smallRequest(sandbox, { env: engines.env });
    await buildEnvironment({ ...request, engine: "buildah" });
    expect(await engines.text("buildah", ["images", "--all", "--quiet"])).toBe("");
    expect(await engines.text("buildah", ["containers", "--all", "--quiet"])).toBe("");
    expect(readdirSync(request.directory)).toEqual(["layer.tar.gz"]);
  });
});

describe("a step that fails", () => {
  test("is named, with its last lines", async () => {
    const sandbox = makeSandbox();
    const broken = await makeDeb(sandbox, { name: "broken", files: { broken: "E: Sub-process dpkg failed\n" } });
    const request = await smallRequest(sandbox, { env: containers(sandbox).env, debs: [broken] });
    const error = await failure(buildEnvironment({ ...request, engine: "buildah" }));
    expect(error.code).toBe("engine-failed");
    expect(error.message).toMatch(
      /^buildah cannot build the environment: step 3\/\d: RUN --mount=type=bind,source=debs/,
    );
    expect(error.message).toMatch(/ failed \(status \d+\)\n  E: Sub-process dpkg failed(?:\n|$)/);
    expect(readdirSync(request.directory)).toEqual([]);
  });
});

describe("an engine", () => {
  test("that is not there is passed over, and named where none is", async () => {
    const sandbox = makeSandbox();
    const request = await smallRequest(sandbox, { env: { ...sandbox.env, PATH: sandbox.path("nothing") } });
    const error = await failure(buildEnvironment(request));
    expect(error.code).toBe("engine-missing");
    expect(error.message).toBe(
      "No container engine can build here: buildah: it is not on the PATH; podman: it is not on the PATH; docker: it is not on the PATH",
    );
  });

  test("that is there and cannot build is named with its own words", async () => {
    const sandbox = makeSandbox();
    sandbox.write("broken/podman", "#!/bin/sh\necho 'cannot set up namespace' >&2\nexit 125\n", 0o755);
    const request = await smallRequest(sandbox, { env: { ...sandbox.env, PATH: sandbox.path("broken") } });
    const error = await failure(buildEnvironment({ ...request, engine: "podman" }));
    expect(error.code).toBe("engine-failed");
    expect(error.message).toBe("No container engine can build here: podman: cannot set up namespace");
  });

  test("on a full disk says so, and how to see what fills it", async () => {
    const sandbox = makeSandbox();
    const script = `#!/bin/sh
case $1 in
  --version) echo buildah version 1.0 ;;
  *) echo 'Error: writing blob: write /x: no space left on device' >&2; exit 125 ;;
esac
`;
    sandbox.write("full/buildah", script, 0o755);
    const PATH = `${sandbox.path("full")}:${sandbox.env["PATH"]}`;
    const request = await smallRequest(sandbox, { env: { ...sandbox.env, PATH } });
    const error = await failure(buildEnvironment({ ...request, engine: "buildah" }));
    expect([error.code, error.hint]).toEqual(["disk-full", "podman system df; buildah rmi --prune"]);
  });

  test("without a runtime builds in a chroot", async () => {
    const sandbox = makeSandbox();
    const engines = containers(sandbox);
    const conf = sandbox.write(
      "no-runtime.conf",
      '[engine]\nruntime = "none"\n[engine.runtimes]\nnone = ["/nonexistent"]\n',
    );
    const request = await smallRequest(sandbox, { env: { ...engines.env, CONTAINERS_CONF: conf } });
    const { engine } = await buildEnvironment({ ...request, engine: "buildah" });
    expect(engine).toMatchObject({ name: "buildah", isolation: "chroot" });
  });
});
