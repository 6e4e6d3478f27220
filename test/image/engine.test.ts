import { describe, expect, test } from "vitest";
import { containerCommands, findEngine, imageId, type ContainerRequest } from "../../src/image/engine.ts";
import { runCommand } from "../../src/verify/command.ts";
import { fakeEngine, type EngineName } from "../support/container-engine.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { failure } from "../usecase/setting.ts";

const ENGINES: readonly EngineName[] = ["podman", "docker", "buildah"];

const IMAGE = "registry.example/app:v1.0.0";

describe("the engine", () => {
  test("is the first of podman, docker and buildah that is on the PATH", () => {
    const sandbox = makeSandbox();
    const PATH = `${sandbox.path("none")}::${sandbox.path("engine")}`;
    sandbox.write("engine/podman", "not executable\n", 0o644);
    for (const name of ENGINES.toReversed().slice(0, 2)) {
      sandbox.write(`engine/${name}`, "", 0o755);
      expect(findEngine({ PATH })).toBe(name);
    }
  });

  test("is missed where there is none", () => {
    expect(() => findEngine({ PATH: makeSandbox().path("none") })).toThrow("none of podman, docker and buildah");
    expect(() => findEngine({})).toThrow("none of podman, docker and buildah");
  });
});

describe.each(ENGINES)("%s", (name) => {
  const request = (directory: string, command: string): ContainerRequest => ({
    image: "sha256:1",
    name: "morello-checkout-1-abc",
    directory,
    variables: { MORELLO_LINE: "release/v1.0 'x'" },
    command,
    user: { uid: 1000, gid: 100 },
  });

  test("runs a command on a directory, with its variables and its exit status", async () => {
    const sandbox = makeSandbox();
    const { env } = fakeEngine(sandbox, name);
    const directory = sandbox.path("home");
    const { run } = containerCommands(name, request(directory, 'pwd; echo "$MORELLO_LINE"; exit 7'));
    const ran = await runCommand({ command: run, cwd: sandbox.root, env: { ...sandbox.env, ...env }, timeLimit: 60 });
    expect(ran.output.bytes.toString("utf8")).toBe(`${directory}\nrelease/v1.0 'x'\n`);
    expect(ran.status).toBe(7);
  });

  test("takes its container away, whether the command has ended or not", async () => {
    const sandbox = makeSandbox();
    const { env, calls } = fakeEngine(sandbox, name);
    const { remove } = containerCommands(name, request(sandbox.root, "true"));
    await runCommand({ command: remove, cwd: sandbox.root, env: { ...sandbox.env, ...env }, timeLimit: 60 });
    expect(calls().at(-1)).toContain("morello-checkout-1-abc");
    expect(calls().at(-1)?.[0]).toBe("rm");
  });

  test("says which image a name stands for", async () => {
    const sandbox = makeSandbox();
    const { env, calls } = fakeEngine(sandbox, name, { id: "sha256:77" });
    expect(await imageId(name, IMAGE, { ...sandbox.env, ...env }, sandbox.root)).toBe("sha256:77");
    expect(calls()).toHaveLength(1);
  });

  test("tries to pull an image that is not there, and says why it cannot", async () => {
    const sandbox = makeSandbox();
    const { env, calls } = fakeEngine(sandbox, name, { id: null });
    const error = await failure(imageId(name, IMAGE, { ...sandbox.env, ...env }, sandbox.root));
    expect(error.code).toBe("engine-failed");
    expect(error.message).toBe(`${name} has no image ${IMAGE}: Error: manifest unknown`);
    expect(calls().at(-1)).toEqual(["pull", IMAGE]);
  });
});

test("what a container writes belongs to the user: root of podman's is the user, docker is told who they are", () => {
  const user = { uid: 1000, gid: 100 };
  const request = { image: "i", name: "n", directory: "/d", variables: {}, command: "true", user };
  expect(containerCommands("podman", request).run).toContain("--user 0:0");
  expect(containerCommands("docker", request).run).toContain("--user 1000:100");
});
