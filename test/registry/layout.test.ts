// The layout on disk: what other tools make of it, and what happens when it is broken, shared or full.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { processMark } from "../../src/git/claim.ts";
import { OCI } from "../../src/oci/media-type.ts";
import { collect } from "../../src/registry/content.ts";
import { readImage } from "../../src/registry/read-image.ts";
import { openLayout } from "../../src/registry/layout.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { finished, type Finished } from "../support/process.ts";
import { described, json, put, testImage } from "./images.ts";

const IMAGE = testImage([{ "app/a.txt": "one" }, { "app/b.txt": "two" }]);
const [CONFIG, LAYER] = [IMAGE.blobs[0]!, IMAGE.blobs[1]!];
const KILLS = process.env["MORELLO_LONG"] === "1" ? 100 : 4;
const TAGS = process.env["MORELLO_LONG"] === "1" ? 300 : 15;
const WRITER = fileURLToPath(new URL("./write-tags.ts", import.meta.url));

function layout(sandbox: Sandbox): ImageStore {
  return openLayout({ directory: sandbox.path("out"), name: "oci:out" });
}

const blob = (sandbox: Sandbox, digest: string): string => sandbox.path("out/blobs/sha256", digest.slice(7));

const damaged = (message: string) => ({ code: "image-damaged", message: expect.stringContaining(message) as string });

describe("other tools", () => {
  const skopeo = async (sandbox: Sandbox, ...args: string[]): Promise<Finished> => {
    const done = await finished("skopeo", args, { cwd: sandbox.root, env: sandbox.env });
    if (done.status !== 0) throw new Error(done.stderr.toString());
    return done;
  };

  test("skopeo reads what was written, by its tag, to the byte", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    expect((await skopeo(sandbox, "inspect", "--raw", "oci:out:v1")).stdout).toEqual(IMAGE.manifest.bytes);
    expect((await skopeo(sandbox, "inspect", "--raw", "oci:out")).stdout).toEqual(IMAGE.manifest.bytes);
    await skopeo(sandbox, "copy", "oci:out:v1", "docker-archive:out.tar:app:v1"); // reads and unpacks each layer
  });

  test("what skopeo writes beside is kept, and read", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    await skopeo(sandbox, "copy", "oci:out:v1", "oci:out:theirs");
    await put(layout(sandbox), testImage([{ "app/c.txt": "three" }]), "v2");
    expect(await layout(sandbox).tags()).toEqual(["theirs", "v1", "v2"]);
    expect((await layout(sandbox).manifest("theirs"))?.digest).toBe(IMAGE.descriptor.digest);
  });

  test("keys of the index that Morello does not know stay", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    const index = JSON.parse(readFileSync(sandbox.path("out/index.json"), "utf8")) as object;
    sandbox.write("out/index.json", json({ ...index, annotations: { theirs: "kept" }, more: 1 }));
    await put(layout(sandbox), IMAGE, "v2");
    const after = JSON.parse(readFileSync(sandbox.path("out/index.json"), "utf8")) as object;
    expect(after).toMatchObject({ annotations: { theirs: "kept" }, more: 1 });
  });
});

describe("a broken layout", () => {
  test.each<[string, (sandbox: Sandbox) => void, string]>([
    ["index.json is no JSON", (s) => s.write("out/index.json", "{"), "index.json is no JSON"],
    ["index.json is empty", (s) => s.write("out/index.json", ""), "index.json is no JSON"],
    ["index.json is something else", (s) => s.write("out/index.json", json({ a: 1 })), "index.json is no image index"],
    ["index.json is gone", (s) => rmSync(s.path("out/index.json")), "no file index.json"],
    ["oci-layout is gone", (s) => rmSync(s.path("out/oci-layout")), "no file oci-layout"],
    ["oci-layout is no JSON", (s) => s.write("out/oci-layout", "?"), "oci-layout is no JSON"],
    ["another version", (s) => s.write("out/oci-layout", json({ imageLayoutVersion: "2" })), 'version "2", and 1.0.0'],
  ])("%s: it is neither read nor written", async (_, damage, wanted) => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    damage(sandbox);
    const before = readdirSync(sandbox.path("out")).map((name) => [name, statSync(sandbox.path("out", name)).mtimeMs]);
    await expect(layout(sandbox).tags()).rejects.toMatchObject(damaged(wanted));
    await expect(layout(sandbox).manifest(IMAGE.descriptor.digest)).rejects.toMatchObject(damaged(wanted));
    await expect(collect(layout(sandbox).blob(LAYER))).rejects.toMatchObject(damaged(wanted));
    await expect(put(layout(sandbox), IMAGE, "v2")).rejects.toMatchObject(damaged(wanted));
    expect(readdirSync(sandbox.path("out")).map((name) => [name, statSync(sandbox.path("out", name)).mtimeMs])).toEqual(
      before,
    );
  });

  test("a manifest that the index names is gone, changed, or huge", async () => {
    const sandbox = makeSandbox();
    const { digest } = IMAGE.descriptor;
    await put(layout(sandbox), IMAGE, "v1");
    writeFileSync(blob(sandbox, digest), IMAGE.manifest.bytes.toString().replace("amd64", "arm64") + " ");
    await expect(layout(sandbox).manifest("v1")).rejects.toMatchObject(damaged("its bytes have the digest"));
    writeFileSync(blob(sandbox, digest), Buffer.alloc(5_000_000, 32));
    await expect(layout(sandbox).manifest("v1")).rejects.toMatchObject(damaged("more than the 4194304 bytes"));
    rmSync(blob(sandbox, digest));
    await expect(layout(sandbox).manifest("v1")).rejects.toMatchObject(damaged("the index names it"));
    expect(await layout(sandbox).manifest("v2")).toBeNull();
  });

  test("a blob that is cut short or changed is refused while it is read", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    const bytes = readFileSync(blob(sandbox, LAYER.digest));
    writeFileSync(blob(sandbox, LAYER.digest), bytes.subarray(0, -1));
    await expect(collect(layout(sandbox).blob(LAYER))).rejects.toMatchObject(damaged("it ends after"));
    bytes[20]! ^= 1;
    writeFileSync(blob(sandbox, LAYER.digest), bytes);
    await expect(collect(layout(sandbox).blob(LAYER))).rejects.toMatchObject(damaged("its bytes have the digest"));
  });

  test("a blob that was cut short is written again, rather than taken to be there", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    writeFileSync(blob(sandbox, LAYER.digest), "short");
    expect(await layout(sandbox).putBlob(LAYER)).toBe("written");
    expect(await collect(layout(sandbox).blob(LAYER))).toHaveLength(LAYER.size);
  });
});

test("a directory with other files in it is left as it is", async () => {
  const sandbox = makeSandbox();
  sandbox.write("out/notes.txt", "mine");
  await expect(put(layout(sandbox), IMAGE, "v1")).rejects.toMatchObject(damaged("it has no file oci-layout"));
  expect(readdirSync(sandbox.path("out"))).toEqual(["notes.txt"]);
});

test("an empty directory becomes a layout, and reading does not make it one", async () => {
  const sandbox = makeSandbox();
  mkdirSync(sandbox.path("out"));
  expect(await layout(sandbox).tags()).toEqual([]);
  expect(readdirSync(sandbox.path("out"))).toEqual([]);
  await put(layout(sandbox), IMAGE, "v1");
  expect(readdirSync(sandbox.path("out")).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  expect(readdirSync(sandbox.path("out/blobs/sha256"))).toHaveLength(4);
});

test("a file where the directory should be is named", async () => {
  const sandbox = makeSandbox();
  sandbox.write("out", "a file");
  for (const act of [put(layout(sandbox), IMAGE, "v1"), layout(sandbox).tags()]) {
    await expect(act).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringMatching(/oci:out$/) as string,
    });
  }
});

describe("a full disk", () => {
  /** Runs the writer with a limit for the size of files, in kilobytes: a write beyond it fails as on a full disk. */
  const limited = (sandbox: Sandbox, kilobytes: number, ...args: string[]): Promise<Finished> => {
    const shell = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
    const argv = ["-c", shell, "bash", process.execPath, sandbox.path("writer.mjs"), sandbox.path("out"), ...args];
    return finished("bash", argv, { cwd: sandbox.root, env: sandbox.env });
  };

  test("ends the write with a clear error, and leaves nothing of it", async () => {
    const sandbox = makeSandbox();
    await bundleWriter(sandbox);
    await put(layout(sandbox), IMAGE, "v1");
    const before = readFileSync(sandbox.path("out/index.json"), "utf8");
    const done = await limited(sandbox, 100, "blob", "1000000");
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      code: "disk-full",
      hint: expect.stringContaining("df -h") as string,
    });
    expect(readdirSync(sandbox.path("out")).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
    expect(readdirSync(sandbox.path("out/blobs/sha256"))).toHaveLength(4);
    expect(readFileSync(sandbox.path("out/index.json"), "utf8")).toBe(before);
  });
});

describe("two writers", () => {
  test("in one process lose no tag", async () => {
    const sandbox = makeSandbox();
    const stores = [layout(sandbox), layout(sandbox)];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => put(stores[n % 2]!, testImage([{ "app/a.txt": `${n}` }]), `v${n}`)),
    );
    expect(await layout(sandbox).tags()).toHaveLength(20);
  });

  test("in two processes lose no tag", async () => {
    const sandbox = makeSandbox();
    await bundleWriter(sandbox);
    const run = (prefix: string): Promise<Finished> =>
      finished(process.execPath, [sandbox.path("writer.mjs"), sandbox.path("out"), "tags", prefix, `${TAGS}`], {
        cwd: sandbox.root,
        env: sandbox.env,
      });
    const done = await Promise.all([run("a"), run("b")]);
    for (const { status, stderr } of done) expect(`${status} ${stderr.toString()}`).toBe("0 ");
    const tags = await layout(sandbox).tags();
    expect(tags).toHaveLength(2 * TAGS);
    for (const tag of tags) expect(await layout(sandbox).manifest(tag)).not.toBeNull();
    expect(readdirSync(sandbox.path("out")).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test("one of whom is killed at any moment: what it said it wrote is there, and the layout is whole", async () => {
    const sandbox = makeSandbox();
    await bundleWriter(sandbox);
    const said: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, [
        sandbox.path("writer.mjs"),
        sandbox.path("out"),
        "tags",
        `k${kill}-`,
        "1000",
      ]);
      child.stdout.setEncoding("utf8").on("data", (text: string) => said.push(...text.split("\n").filter(Boolean)));
      const ended = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await setTimeout((kill * 37) % 90); // at another moment each time
      child.kill("SIGKILL");
      await ended;
      const store = layout(sandbox);
      const tags = await store.tags();
      expect(said.filter((tag) => !tags.includes(tag))).toEqual([]);
      for (const tag of tags) await readImage(store, tag, null);
    }
    await put(layout(sandbox), IMAGE, "after"); // whatever lock was left
    expect(await layout(sandbox).tags()).toContain("after");
  });

  test("a lock that a killed writer left is taken away", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    const gone = await finished("sh", ["-c", "echo $$"], { cwd: sandbox.root, env: sandbox.env });
    sandbox.write("out/.morello-lock", `${gone.stdout.toString().trim()}\n`);
    await put(layout(sandbox), IMAGE, "v2");
    expect(await layout(sandbox).tags()).toEqual(["v1", "v2"]);
    expect(readdirSync(sandbox.path("out")).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test("a lock that is held is waited for", async () => {
    const sandbox = makeSandbox();
    await put(layout(sandbox), IMAGE, "v1");
    sandbox.write("out/.morello-lock", `${processMark()}\n`);
    let isDone = false;
    const writing = put(layout(sandbox), IMAGE, "v2").then(() => (isDone = true));
    await setTimeout(100);
    expect(isDone).toBe(false);
    rmSync(sandbox.path("out/.morello-lock"));
    await writing;
  });

  test("what a killed writer left unfinished goes after a day", async () => {
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path("out"));
    const [old, fresh] = [".morello-1-1.tmp", ".morello-1-2.tmp"];
    for (const name of [old, fresh]) sandbox.write(`out/${name}`, "half");
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(sandbox.path("out", old), twoDaysAgo, twoDaysAgo);
    await put(layout(sandbox), IMAGE, "v1");
    expect(readdirSync(sandbox.path("out")).sort()).toEqual([fresh, "blobs", "index.json", "oci-layout"]);
  });
});

test("Docker's media types in a manifest without one are known by their shape", async () => {
  const sandbox = makeSandbox();
  const store = layout(sandbox);
  for (const content of IMAGE.blobs) await store.putBlob(content);
  const bytes = json({ schemaVersion: 2, config: described(CONFIG), layers: [described(LAYER)] });
  const digest = await store.putManifest({ mediaType: OCI.manifest, bytes }, null);
  expect((await store.manifest(digest))?.mediaType).toBe(OCI.manifest);
});

async function bundleWriter(sandbox: Sandbox): Promise<void> {
  const options = { bundle: true, format: "esm", platform: "node", target: "node20.19", logLevel: "error" } as const;
  await build({ entryPoints: [WRITER], outfile: sandbox.path("writer.mjs"), ...options });
}
