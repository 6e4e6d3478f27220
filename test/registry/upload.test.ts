// Uploads that are cut, limited or refused. The bytes that the proxy counts say what was sent again.
import { setTimeout } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { collect, contentOf, digestOf } from "../../src/registry/content.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { countingProxy, registryServer, type CountingProxy, type RegistryServer } from "../support/registry.ts";
import { registryFront, type RegistryFront } from "../support/registry-front.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { noise } from "./images.ts";

const sandbox = fileSandbox();
const MB = 1024 * 1024;
const BLOB = contentOf(OCI.layer, noise(20 * MB));
let server: RegistryServer;
let front: RegistryFront;
/** Before the registry itself, which keeps what came of a request that was cut, and then knows the upload no more. */
let direct: CountingProxy;
/** Before a proxy that passes whole requests on, as they mostly stand before registries. */
let buffered: CountingProxy;
let count = 0;
const waits: number[] = [];

beforeAll(async () => {
  server = await registryServer(sandbox);
  front = await registryFront(sandbox, server.host);
  direct = await countingProxy(sandbox, server.host);
  buffered = await countingProxy(sandbox, front.host);
});

beforeEach(() => {
  front.requests.length = 0;
  front.answer = () => null;
  front.largestBody = Infinity;
  waits.length = 0;
  for (const proxy of [direct, buffered]) proxy.reset();
});

/** Waits are counted, and cut short. */
function open(host: string, longest = 0): Promise<ImageStore> {
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    await setTimeout(Math.min(milliseconds, longest));
  };
  const deps = { env: sandbox.env, cwd: sandbox.root, wait };
  return openImageStore(parseReference(`${host}/uploads/app-${++count}`), deps);
}

/** For docs/performance/registry.md. */
function tell(what: string, bytes: number): void {
  if (process.env["MORELLO_LONG"] === "1") process.stdout.write(`${what}: ${(bytes / MB).toFixed(1)} MB\n`);
}

async function expectWritten(store: ImageStore): Promise<void> {
  expect(digestOf(await collect(store.blob(BLOB)))).toBe(BLOB.digest);
  await store.close();
}

test("a large blob goes in one piece, as docker sends it", async () => {
  const store = await open(front.host);
  expect(await store.putBlob(BLOB)).toBe("written");
  const sent = front.requests.filter(({ size }) => size > 0);
  expect(sent.map(({ method, size }) => [method, size])).toEqual([["PATCH", 20 * MB]]);
  expect(sent[0]?.headers["content-range"]).toBeUndefined();
  await expectWritten(store);
});

describe("a connection that is cut", () => {
  test("in a small blob: it is sent again", async () => {
    const small = contentOf(OCI.layer, noise(3 * MB, 2));
    const store = await open(direct.host);
    direct.cut("up", MB);
    expect(await store.putBlob(small)).toBe("written");
    expect(direct.up).toBeLessThan(4.2 * MB);
    expect(digestOf(await collect(store.blob(small)))).toBe(small.digest);
  });

  test("between two pieces: the registry is asked, and only the rest is sent", async () => {
    const store = await open(buffered.host);
    // The first try ends before anything is known there; the next goes in pieces of 8 MB, and ends in the second of them.
    let cuts = 0;
    front.answer = ({ method, path }) => {
      if (method === "GET" && path.includes("/blobs/uploads/") && cuts++ === 0) buffered.cut("up", 12 * MB);
      return null;
    };
    buffered.cut("up", 5 * MB);
    expect(await store.putBlob(BLOB)).toBe("written");
    expect(cuts).toBe(2);
    const ranges = front.requests.flatMap(({ headers }) => headers["content-range"] ?? []);
    expect(ranges).toEqual([`0-${8 * MB - 1}`, `${8 * MB}-${16 * MB - 1}`, `${16 * MB}-${20 * MB - 1}`]);
    tell("cut after 5 MB and 12 MB later, whole requests pass", buffered.up);
    // 5 MB before the first cut, 12 before the second, of which 8 count: 12 more. Sent anew it would be 37 at least.
    expect(buffered.up).toBeLessThan(29.5 * MB);
    await expectWritten(store);
  });

  test("while the registry restarts between two pieces: it goes on with the new one", async () => {
    const store = await open(buffered.host, 500);
    buffered.cut("up", MB);
    const restarts: Promise<void>[] = [];
    front.answer = ({ method, headers }) => {
      if (method !== "PATCH" || headers["content-range"] !== `${8 * MB}-${16 * MB - 1}` || restarts.length > 0)
        return null;
      restarts.push(server.restart());
      return { status: 503, body: "no healthy upstream" };
    };
    expect(await store.putBlob(BLOB)).toBe("written");
    await Promise.all(restarts);
    expect(buffered.up).toBeLessThan(30 * MB);
    await expectWritten(store);
  });

  test("in the middle, where the registry then knows the upload no more: it is begun anew", async () => {
    const store = await open(direct.host);
    direct.cut("up", 15 * MB);
    expect(await store.putBlob(BLOB)).toBe("written");
    tell("cut after 15 MB, straight to the registry", direct.up);
    expect(direct.up).toBeGreaterThan(34 * MB);
    await expectWritten(store);
  });

  test("before the answer to the last request: the blob is found to be there", async () => {
    const small = contentOf(OCI.layer, noise(1000, count + 7));
    const store = await open(direct.host);
    await store.hasBlob(small.digest);
    direct.reset();
    const probe = await open(direct.host);
    await probe.putBlob(contentOf(OCI.layer, noise(1000, 99)));
    const usual = direct.down;
    direct.cut("down", usual - 150); // within the answer to the last request
    expect(await store.putBlob(small)).toBe("written");
    expect(await store.hasBlob(small.digest)).toBe(true);
  });

  test("again and again: it is given up, with what to do", async () => {
    const store = await open(front.host);
    front.answer = ({ method }) => (method === "PUT" ? { status: 503 } : null);
    await expect(store.putBlob(contentOf(OCI.layer, noise(1000, 3)))).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringMatching(/answers 503 to PUT .*, 5 times/) as string,
      hint: expect.stringContaining("run it again later") as string,
    });
    expect(waits).toHaveLength(4);
    expect(waits.every((wait, at) => wait >= 375 * 2 ** at && wait <= 625 * 2 ** at)).toBe(true);
  });
});

describe("limits", () => {
  test("a proxy that takes at most ten megabytes gets pieces", async () => {
    front.largestBody = 10 * MB;
    const store = await open(front.host);
    expect(await store.putBlob(BLOB)).toBe("written");
    expect(waits).toEqual([]);
    await expectWritten(store);
  });

  test("one that takes even less is named", async () => {
    front.largestBody = MB;
    const store = await open(front.host);
    for (const size of [2 * MB, 20 * MB]) {
      await expect(store.putBlob(contentOf(OCI.layer, noise(size, 4)))).rejects.toMatchObject({
        code: "registry-failed",
        message: expect.stringMatching(/does not take \d+ bytes in one request/) as string,
        hint: expect.stringContaining("client_max_body_size") as string,
        data: { status: 413 },
      });
    }
    expect(await store.tags()).toEqual([]);
  });
});

test("a bit that flips on the way is found by the registry; twice, and it is said", async () => {
  const small = contentOf(OCI.layer, noise(MB, 5));
  const store = await open(direct.host);
  direct.corrupt("up", MB / 2);
  expect(await store.putBlob(small)).toBe("written");
  const other = contentOf(OCI.layer, noise(MB, 6));
  front.answer = ({ method }) =>
    method === "PUT"
      ? { status: 400, body: JSON.stringify({ errors: [{ code: "DIGEST_INVALID", message: "no" }] }) }
      : null;
  await expect((await open(front.host)).putBlob(other)).rejects.toMatchObject({
    code: "image-damaged",
    message: expect.stringContaining("other bytes arrived") as string,
  });
});

test("an upload that its caller aborts ends at once, and leaves no blob", async () => {
  const controller = new AbortController();
  const deps = { env: sandbox.env, cwd: sandbox.root, signal: controller.signal };
  const name = `${direct.host}/uploads/aborted`;
  const store = await openImageStore(parseReference(name), {
    ...deps,
    onProgress: ({ done }) => (done > 5 * MB ? controller.abort(new Error("enough")) : undefined),
  });
  await expect(store.putBlob(BLOB)).rejects.toThrow("enough");
  expect(direct.up).toBeLessThan(19 * MB);
  const other = await openImageStore(parseReference(name), { env: sandbox.env, cwd: sandbox.root });
  expect(await other.hasBlob(BLOB.digest)).toBe(false);
});

test("an upload whose source fails is taken back at the registry", async () => {
  const store = await open(front.host);
  const failing = {
    ...BLOB,
    async *open() {
      yield noise(9 * MB);
      throw new Error("the source is gone");
    },
  };
  await expect(store.putBlob(failing)).rejects.toThrow("the source is gone");
  expect(front.requests.at(-1)).toMatchObject({
    method: "DELETE",
    path: expect.stringContaining("/uploads/") as string,
  });
  expect(await store.hasBlob(BLOB.digest)).toBe(false);
});

test("progress counts to the end", async () => {
  const seen: number[] = [];
  const name = `${server.host}/uploads/progress`;
  const store = await openImageStore(parseReference(name), {
    env: sandbox.env,
    cwd: sandbox.root,
    onProgress: ({ direction, digest, done, size }) => {
      expect({ direction, digest, size }).toEqual({ direction: "up", digest: BLOB.digest, size: 20 * MB });
      seen.push(done);
    },
  });
  await store.putBlob(BLOB);
  expect(seen.at(-1)).toBe(20 * MB);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
