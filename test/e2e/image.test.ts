import { expect, test } from "vitest";
import type { ImageAdoptOutcome } from "../../src/wire/image/adopt.ts";
import type { ImageBuildOutcome } from "../../src/wire/image/build.ts";
import { morello } from "../support/cli.ts";
import { containers, tinyBase } from "../support/containers.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { APP, only, releases, SPEC } from "../usecase/image/images.ts";

test("a fresh clone makes the image of a release, which podman runs with the fix in it", async () => {
  const sandbox = makeSandbox();
  const base = await tinyBase(sandbox, {}, "base");
  const spec = `${SPEC}  environment: {base: "oci:${base.directory}@${base.digest}", env: {GREETING: hello}}\n`;
  const repository = await releases(spec).create(sandbox);
  const clone = sandbox.path("clone");
  await sandbox.git(["clone", "-q", repository.path, clone]);
  const built = await morello(sandbox, ["image", "build", "v2.7.1", "-o", "oci:../out", "--json"], { cwd: clone });
  expect(built.status, built.stderr).toBe(0);
  const image = only(built.json<ImageBuildOutcome>());
  expect(image.layers.map(({ role }) => role)).toEqual(["environment", "environment", "diff"]);
  const engine = containers(sandbox);
  const name = "localhost/app:v2.7.1";
  await engine.run("skopeo", ["copy", "-q", `oci:${sandbox.path("out")}:v2.7.1`, `containers-storage:${name}`]);
  const script = 'pwd; echo "$GREETING"; cat app/train.py; ls -l app/run | cut -c1-10; cat app/latest; ls';
  expect((await engine.text("podman", ["run", "--rm", name, "sh", "-c", script])).split("\n")).toEqual([
    "/opt/app",
    "hello",
    "print('fixed')",
    "-rwxr-xr-x",
    "1,2",
    "3,4",
    "app",
  ]);
});

test("build, push, adopt and their refusals as processes: words, JSON and exit statuses", async () => {
  const sandbox = makeSandbox();
  const { host } = await registryServer(sandbox);
  const repository = await releases(SPEC, { "app/train.py": APP["app/train.py"] ?? "" }).create(sandbox);
  const run = (...args: string[]) => morello(sandbox, ["image", ...args], { cwd: repository.path });
  const planned = await run("build", "v2.7.1", "--dry-run", "-o", `${host}/team/app`);
  expect([planned.status, planned.stdout.split("\n")[0]]).toEqual([
    0,
    expect.stringMatching(/^v2\.7\.1: would be sha256:[0-9a-f]{64} in 127\.0\.0\.1:\d+\/team\/app$/),
  ]);
  const pushed = await run("push", "v2.7.1", "-o", `${host}/team/app`);
  expect([pushed.status, pushed.stderr]).toEqual([0, ""]);
  expect(pushed.stdout).toContain("v2.7.1: ledger: 1 appended");
  const digest = /sha256:[0-9a-f]{64}/.exec(pushed.stdout)?.[0] ?? "";
  const other = await run("adopt", `${host}/team/app@${digest}`, "--at", "v2.7.0", "--json");
  expect(other.status).toBe(1);
  expect(other.json<ImageAdoptOutcome>()).toMatchObject({
    kind: "different",
    differences: [{ path: "/opt/app/app/train.py", what: "contents" }],
  });
  const verified = await morello(sandbox, ["ledger", "log", "--json"], { cwd: repository.path });
  expect(verified.stdout).toContain(digest);
  await repository.git(["tag", "-f", "-a", "-m", "moved", "v2.7.1", "v2.7.1^{}"]);
  const refused = await run("build", "v2.7.1", "--no-record", "-o", `${host}/team/app`);
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("error: The ledger has sha256:")]);
  const unknown = await run("build", "v9.9.9");
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("'v9.9.9' is no tag")]);
});
