// Blobs and manifests on their way here: cut, stalled, changed, sent elsewhere.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { collect, contentOf, digestOf } from "../../src/registry/content.ts";
import { openImageStore, type OpenDeps } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { countingProxy, registryServer, type CountingProxy, type RegistryServer } from "../support/registry.ts";
import { registryFront, type RegistryFront } from "../support/registry-front.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { json, noise, put, testImage } from "./images.ts";

const sandbox = fileSandbox();
const MB = 1024 * 1024;
const BLOB = contentOf(OCI.layer, noise(8 * MB));
const IMAGE = testImage([{ "app/a.txt": "one" }]);
const USER = { name: "ada", password: "secret" };
let server: RegistryServer;
let proxy: CountingProxy;
let front: RegistryFront;
/** Where blobs lie that the front sends to: another host, to which no login is anything. */
let storage: RegistryFront;

beforeAll(async () => {
  server = await registryServer(sandbox, { user: USER });
  proxy = await countingProxy(sandbox, server.host);
  front = await registryFront(sandbox, server.host);
  storage = await registryFront(sandbox, null);
  const login = { auth: Buffer.from(`${USER.name}:${USER.password}`).toString("base64") };
  const auths = Object.fromEntries([server, proxy, front, storage].map(({ host }) => [host, login]));
  sandbox.write("home/.docker/config.json", JSON.stringify({ auths }));
  const store = await open(server.host);
  await store.putBlob(BLOB);
  await put(store, IMAGE, "v1");
  await store.close();
});

beforeEach(() => {
  front.answer = () => null;
  storage.requests.length = 0;
  proxy.reset();
});

function open(host: string, deps: Partial<OpenDeps> = {}): Promise<ImageStore> {
  const wait = async (): Promise<void> => undefined;
  const reference = parseReference(`${host}/team/app`);
  return openImageStore(reference, { env: sandbox.env, cwd: sandbox.root, wait, ...deps });
}

async function expectWhole(store: ImageStore): Promise<void> {
  expect(digestOf(await collect(store.blob(BLOB)))).toBe(BLOB.digest);
  await store.close();
}

describe("a blob", () => {
  test("that is cut off is gone on with where it ended", async () => {
    proxy.cut("down", 5 * MB);
    await expectWhole(await open(proxy.host));
    expect(proxy.down).toBeLessThan(8.2 * MB);
  });

  test("that stalls is asked for again", async () => {
    proxy.stall("down", 5 * MB);
    await expectWhole(await open(proxy.host, { idleLimit: 200 }));
    expect(proxy.down).toBeLessThan(8.2 * MB);
  });

  test("that is cut off by a registry that knows no ranges is read from its beginning again", async () => {
    let asked = 0;
    front.answer = ({ method, path }) => {
      if (method !== "GET" || !path.includes("/blobs/")) return null;
      const body = noise(8 * MB);
      return asked++ === 0
        ? {
            status: 200,
            body: body.subarray(0, 5 * MB),
            headers: { "Content-Length": String(8 * MB), "Connection": "close" },
          }
        : { status: 200, body };
    };
    const store = await open(front.host, { idleLimit: 300 });
    await expectWhole(store);
    expect(asked).toBe(2);
  });

  test("that is changed on the way is refused", async () => {
    proxy.corrupt("down", 5 * MB);
    await expect(collect((await open(proxy.host)).blob(BLOB))).rejects.toMatchObject({
      code: "image-damaged",
      message: expect.stringContaining("its bytes have the digest sha256:") as string,
    });
  });

  test("that ends early, with a length to match, is refused", async () => {
    front.answer = ({ path }) => (path.includes("/blobs/") ? { status: 200, body: noise(5 * MB) } : null);
    await expect(collect((await open(front.host)).blob(BLOB))).rejects.toMatchObject({
      code: "image-damaged",
      message: expect.stringContaining(`it ends after ${5 * MB} of ${8 * MB} bytes`) as string,
    });
  });

  test("that never comes whole is given up", async () => {
    front.answer = ({ path }) => (path.includes("/blobs/") ? { status: 503 } : null);
    await expect(collect((await open(front.host)).blob(BLOB))).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("answers 503 to GET") as string,
    });
  });

  test("whose reader stops early ends its connection", async () => {
    const store = await open(proxy.host);
    for await (const chunk of store.blob(BLOB)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await store.hasBlob(BLOB.digest);
    expect(proxy.down).toBeLessThan(7 * MB);
    await store.close();
  });
});

describe("a redirect", () => {
  test("to another host takes no login along", async () => {
    const body = noise(8 * MB);
    storage.answer = () => ({ status: 200, body });
    const location = `http://${storage.host}/bucket/blob?signature=x`;
    front.answer = ({ path }) => (path.includes("/blobs/") ? { status: 307, headers: { Location: location } } : null);
    await expectWhole(await open(front.host));
    expect(storage.requests.map(({ path }) => path)).toEqual(["/bucket/blob?signature=x"]);
    expect(storage.requests[0]?.headers.authorization).toBeUndefined();
    expect(front.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  test("to a host without TLS is not followed", async () => {
    const location = "http://storage.example.com/blob";
    front.answer = ({ path }) => (path.includes("/blobs/") ? { status: 302, headers: { Location: location } } : null);
    await expect(collect((await open(front.host)).blob(BLOB))).rejects.toMatchObject({
      code: "registry-failed",
      message: `${front.host} sends to http://storage.example.com, without TLS`,
    });
  });

  test("that leads to itself ends", async () => {
    front.answer = ({ path }) => (path.includes("/blobs/") ? { status: 301, headers: { Location: path } } : null);
    await expect(collect((await open(front.host)).blob(BLOB))).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("from one place to the next") as string,
    });
  });
});

describe("a manifest", () => {
  const answered = (body: Buffer, headers: Readonly<Record<string, string>> = {}): void => {
    front.answer = ({ path }) => (path.includes("/manifests/") ? { status: 200, body, headers } : null);
  };
  const refused = (message: string) => ({ code: "image-damaged", message: expect.stringContaining(message) as string });

  test("whose bytes do not fit the digest that was asked for is refused", async () => {
    answered(json({ other: "bytes" }));
    const asking = (await open(front.host)).manifest(IMAGE.descriptor.digest);
    await expect(asking).rejects.toMatchObject(refused("its bytes have the digest"));
  });

  test("whose bytes do not fit the digest that the registry says is refused", async () => {
    answered(json({ other: "bytes" }), { "Docker-Content-Digest": IMAGE.descriptor.digest });
    await expect((await open(front.host)).manifest("v1")).rejects.toMatchObject(refused("its bytes have the digest"));
  });

  test.each([
    ["says how large it is", { "Content-Length": String(5 * MB) }],
    ["does not", { "Transfer-Encoding": "chunked" }],
  ])("that is huge is not read, where the registry %s", async (_, headers) => {
    answered(Buffer.alloc(5 * MB, 32), headers);
    await expect((await open(front.host)).manifest("v1")).rejects.toMatchObject(refused("more than the 4194304 bytes"));
  });

  test("that is cut off is asked for again", async () => {
    const store = await open(proxy.host);
    await store.tags();
    proxy.cut("down", 500); // in its body
    expect((await store.manifest("v1"))?.digest).toBe(IMAGE.descriptor.digest);
    await store.close();
  });

  test("without a media type is known by its shape", async () => {
    answered(IMAGE.manifest.bytes, { "Content-Type": "text/plain; charset=utf-8" });
    expect((await (await open(front.host)).manifest("v1"))?.mediaType).toBe(OCI.manifest);
  });

  test("that is a page of somebody's is refused", async () => {
    answered(Buffer.from("<html>log in</html>"), { "Content-Type": "text/html" });
    await expect((await open(front.host)).manifest("v1")).rejects.toMatchObject(refused("it is no JSON"));
  });
});
