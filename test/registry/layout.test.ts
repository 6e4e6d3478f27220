// The layout on disk: what other tools make of it, and what happens when it is broken or full.
import { readdirSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openLayout } from "../../src/registry/layout.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { finished } from "../support/process.ts";
import { json, put, testImage } from "./images.ts";

const IMAGE = testImage([{ "app/a.txt": "one" }, { "app/b.txt": "two" }]);

function layout(sandbox: Sandbox): ImageStore {
  return openLayout({ directory: sandbox.path("out"), name: "oci:out" });
}

async function skopeo(sandbox: Sandbox, ...args: string[]) {
  const done = await finished("skopeo", args, { cwd: sandbox.root, env: sandbox.env });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return JSON.parse(done.stdout.toString()) as { schemaVersion?: number; Layers?: string[] };
}

describe("other tools", () => {
  test("skopeo reads what was written, by its tag, to the byte", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    const done = await finished("skopeo", ["inspect", "--raw", "oci:out:v1"], { cwd: sandbox.root, env: sandbox.env });
    expect(done.stdout).toEqual(IMAGE.manifest.bytes);
    expect((await skopeo(sandbox, "inspect", "oci:out:v1")).Layers).toHaveLength(2);
  });
});

describe("a broken layout", () => {
  test.each<[string, (sandbox: Sandbox) => void, string]>([
    ["index.json is no JSON", (s) => s.write("out/index.json", "{"), "index.json is no JSON"],
    ["index.json is something else", (s) => s.write("out/index.json", json({ a: 1 })), "index.json is no image index"],
    ["index.json is gone", (s) => rmSync(s.path("out/index.json")), "no file index.json"],
    ["oci-layout is gone", (s) => rmSync(s.path("out/oci-layout")), "no file oci-layout"],
    ["another version", (s) => s.write("out/oci-layout", json({ imageLayoutVersion: "2" })), 'version "2", and 1.0.0'],
  ])("%s", async (_, damage, wanted) => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    damage(sandbox);
    await expect(layout(sandbox).tags()).rejects.toMatchObject({
      code: "image-damaged",
      message: expect.stringContaining(wanted) as string,
    });
    await expect(put(layout(sandbox), IMAGE, "v2")).rejects.toMatchObject({ code: "image-damaged" });
  });
});

test("a directory with other files in it is left as it is", async () => {
  const sandbox = makeSandbox();
  sandbox.write("out/notes.txt", "mine");
  await expect(put(layout(sandbox), IMAGE, "v1")).rejects.toMatchObject({ code: "image-damaged" });
  expect(readdirSync(sandbox.path("out"))).toEqual(["notes.txt"]);
});

test("nothing but the layout's own files is left behind", async () => {
  const sandbox = makeSandbox();
  await put(layout(sandbox), IMAGE, "v1");
  expect(readdirSync(sandbox.path("out")).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  expect(readdirSync(sandbox.path("out/blobs/sha256"))).toHaveLength(4);
});
