// The support that the other tests of images stand on.
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { containers, tinyBase } from "../support/containers.ts";
import { makeSandbox, withSandbox } from "../support/sandbox.ts";

describe("the tiny base", () => {
  test("is the same image whenever it is made", async () => {
    const digests = await Promise.all(
      [1, 2].map(() => withSandbox(async (sandbox) => (await tinyBase(sandbox, { "opt/a.txt": "a\n" })).digest)),
    );
    expect(digests[0]).toBe(digests[1]);
  });

  test("runs in podman", async () => {
    const sandbox = makeSandbox();
    const engines = containers(sandbox);
    const image = await engines.load(
      await tinyBase(sandbox, { "opt/hello": { mode: 0o755, content: "#!/bin/sh\necho hello $1\n" } }),
    );
    expect(await engines.text("podman", ["run", "--rm", image, "/opt/hello", "there"])).toBe("hello there");
  });

  test("is read by skopeo as it was written", async () => {
    const sandbox = makeSandbox();
    const { directory, tag, digest } = await tinyBase(sandbox);
    const inspected = await containers(sandbox).text("skopeo", ["inspect", `oci:${directory}:${tag}`]);
    expect(JSON.parse(inspected)).toMatchObject({ Digest: digest, Architecture: "amd64" });
  });
});

test("a container that still runs is stopped, and nothing of its storage stays", async () => {
  const left = await withSandbox(async (sandbox) => {
    const engines = containers(sandbox);
    const image = await engines.load(await tinyBase(sandbox));
    await engines.run("podman", ["run", "--detach", image, "sleep", "1000"]);
    return sandbox.root;
  });
  expect(existsSync(left)).toBe(false);
});
