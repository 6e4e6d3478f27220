import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { resolveWheels, type PipRequest } from "../../../src/image/lock/pip.ts";
import { fileSandbox } from "../../support/sandbox.ts";
import { wheelBytes, wheelIndex, type IndexedWheel } from "../../support/wheel-index.ts";

const NUMPY: IndexedWheel = { name: "numpy", version: "2.1.3", tag: "cp311-cp311-manylinux_2_17_x86_64" };
const APP: IndexedWheel = { name: "my-app", version: "1.0", requires: ["numpy>=2"] };

function request(index: string, more: Partial<PipRequest> = {}): PipRequest {
  return {
    requirements: ["my-app"],
    target: { python: "3.11", platform: "linux/amd64", glibc: "2.36" },
    indexes: [index],
    keep: new Map(),
    held: [],
    ...more,
  };
}

function deps() {
  const sandbox = fileSandbox();
  return { env: { ...process.env, HOME: sandbox.path("home") }, cache: sandbox.path("cache") };
}

test("a requirement is resolved to all wheels that it needs, each with its hash", async () => {
  const index = await wheelIndex([APP, NUMPY, { ...NUMPY, version: "1.26.0" }]);
  const wheels = await resolveWheels(request(index.url), deps());
  expect(wheels.map(({ name, version }) => `${name} ${version}`)).toEqual(["my-app 1.0", "numpy 2.1.3"]);
  expect(wheels[1]?.sha256).toBe(createHash("sha256").update(wheelBytes(NUMPY)).digest("hex"));
  expect(wheels[1]?.url).toMatch(/numpy-2\.1\.3-cp311-cp311-manylinux_2_17_x86_64\.whl$/);
});

test("wheels and markers are the target's, not those of the Python that runs pip", async () => {
  const index = await wheelIndex([
    {
      name: "my-app",
      version: "1.0",
      requires: ['old; python_version < "3.10"', 'arm; platform_machine == "aarch64"', "numpy"],
    },
    { name: "old", version: "1.0" },
    { name: "arm", version: "1.0" },
    { ...NUMPY, tag: "cp39-cp39-manylinux2014_aarch64" },
    NUMPY,
  ]);
  const target = { python: "3.9", platform: "linux/arm64", glibc: "2.31" };
  const wheels = await resolveWheels(request(index.url, { target }), deps());
  expect(wheels.map(({ name }) => name)).toEqual(["arm", "my-app", "numpy", "old"]);
  expect(wheels[2]?.url).toContain("cp39-cp39-manylinux2014_aarch64");
});

test("a version that was locked is kept while it is there", async () => {
  const index = await wheelIndex([APP, NUMPY, { ...NUMPY, version: "2.2.0" }]);
  const kept = await resolveWheels(request(index.url, { keep: new Map([["numpy", "2.1.3"]]) }), deps());
  expect(kept.find(({ name }) => name === "numpy")?.version).toBe("2.1.3");
});

test("a PyTorch that the base brings is held: pip resolves against it and fetches none", async () => {
  const torch = { name: "torch", version: "2.7.1" };
  const index = await wheelIndex([{ name: "my-app", version: "1.0", requires: ["torch>=2.0"] }, torch]);
  const held = [{ name: "torch", version: "2.7.0a0+79aa17489c" }];
  const wheels = await resolveWheels(request(index.url, { held }), deps());
  expect(wheels.map(({ name }) => name)).toEqual(["my-app"]);
});

test("what needs another PyTorch than the base's is refused, and says so", async () => {
  const index = await wheelIndex([
    { name: "my-app", version: "1.0", requires: ["torch==2.7.1"] },
    { name: "torch", version: "2.7.1" },
  ]);
  const held = [{ name: "torch", version: "2.7.0a0+79aa17489c" }];
  const refused = resolveWheels(request(index.url, { held }), deps());
  await expect(refused).rejects.toMatchObject({
    code: "lock-invalid",
    message: expect.stringMatching(
      /The base brings torch 2\.7\.0a0\+79aa17489c, which pip must not replace: .*my-app 1\.0 depends on torch==2\.7\.1/,
    ) as string,
  });
});

test("a package that is nowhere, or has no wheel for the target, is named", async () => {
  const index = await wheelIndex([{ ...NUMPY, name: "my-app", tag: "cp313-cp313-win_amd64" }]);
  await expect(resolveWheels(request(index.url), deps())).rejects.toMatchObject({
    code: "lock-invalid",
    message: expect.stringContaining("No matching distribution found for my-app") as string,
  });
});

test("an index that does not answer is told apart from a package that is not there", async () => {
  await expect(resolveWheels(request("http://127.0.0.1:1/simple"), deps())).rejects.toMatchObject({
    code: "registry-failed",
  });
});
