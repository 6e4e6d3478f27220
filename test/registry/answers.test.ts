// What is made of a registry's answers: waited for, asked again, or said to the person with what to do.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { contentOf } from "../../src/registry/content.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { countingProxy, registryServer, type RegistryServer } from "../support/registry.ts";
import { registryFront, type FrontAnswer, type RegistryFront } from "../support/registry-front.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";
import { json, noise, put, testImage } from "./images.ts";

const sandbox = fileSandbox();
const IMAGE = testImage([{ "app/a.txt": "one" }]);
let server: RegistryServer;
let front: RegistryFront;
const waits: number[] = [];
let count = 0;

beforeAll(async () => {
  server = await registryServer(sandbox);
  front = await registryFront(sandbox, server.host);
});

beforeEach(() => {
  front.requests.length = 0;
  front.answer = () => null;
  waits.length = 0;
});

function open(host = front.host): Promise<ImageStore> {
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  const reference = parseReference(`${host}/answers/app-${++count}`);
  return openImageStore(reference, { env: sandbox.env, cwd: sandbox.root, wait });
}

/** Answers the first so many requests of that method in that way. */
function first(times: number, method: string, answer: FrontAnswer): void {
  let left = times;
  front.answer = (request) => (request.method === method && request.path !== "/v2/" && left-- > 0 ? answer : null);
}

const said = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message, detail: null }] });

describe("what passes", () => {
  test.each([408, 429, 500, 502, 503, 504])("%d, twice, then good", async (status) => {
    for (const method of ["HEAD", "POST", "PUT"]) {
      first(2, method, { status });
      await put(await open(), IMAGE, "v1");
    }
    expect(waits).toHaveLength(6);
  });

  test("Retry-After in seconds, and as a date", async () => {
    first(1, "GET", { status: 429, headers: { "Retry-After": "7" } });
    expect(await (await open()).manifest("v1")).toBeNull();
    const headers = { "Date": "Tue, 24 Nov 2026 15:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 15:00:30 GMT" };
    first(1, "GET", { status: 503, headers });
    expect(await (await open()).manifest("v1")).toBeNull();
    expect(waits).toEqual([7000, 30_000]);
  });

  test("hours are told, and not waited for", async () => {
    first(1, "GET", { status: 429, headers: { "Retry-After": "21600" } });
    await expect((await open()).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: `${front.host} asks to wait 21600 seconds`,
    });
    expect(waits).toEqual([]);
  });

  test("waits double, and differ between requests", async () => {
    first(99, "GET", { status: 502 });
    for (const tag of ["v1", "v2"]) await expect((await open()).manifest(tag)).rejects.toThrow("5 times");
    expect(waits).toHaveLength(8);
    for (const [at, wait] of waits.entries()) {
      const middle = 500 * 2 ** (at % 4);
      expect(Math.abs(wait - middle)).toBeLessThanOrEqual(middle / 4);
    }
    expect(waits[0]).not.toBe(waits[4]);
  });

  test("a connection that is dropped before an answer", async () => {
    const proxy = await countingProxy(makeSandbox(), server.host);
    const store = await open(proxy.host);
    await store.tags();
    proxy.cut("up", 10);
    expect(await store.manifest("v1")).toBeNull();
    expect(waits).toHaveLength(1);
    await store.close();
  });

  test("a registry that restarts between two requests", async () => {
    const own = await registryServer(makeSandbox());
    const store = await open(own.host);
    await put(store, IMAGE, "v1");
    await own.restart();
    expect((await store.manifest("v1"))?.digest).toBe(IMAGE.descriptor.digest);
    await store.close();
  });
});

describe("what does not pass", () => {
  test.each<[number, string, string, string, string]>([
    [401, "PUT", said("UNAUTHORIZED", "no"), "wants a login for", "docker login"],
    [403, "PUT", said("DENIED", "not yours"), "does not let this login write", "docker login"],
    [403, "GET", "<html>Forbidden</html>", "does not let this login read", "docker login"],
    [404, "POST", said("NAME_UNKNOWN", "no such project"), "or hides it: no such project", "make the repository there"],
    [405, "PUT", said("UNSUPPORTED", "read only"), "takes no PUT to /v2/", "read-only"],
    [413, "PUT", "", "does not take", "client_max_body_size"],
    [400, "PUT", said("MANIFEST_INVALID", "bad"), "answers 400 to PUT", "curl"],
    [507, "PUT", "", "no space left", "free space"],
  ])("%d to %s", async (status, method, body, message, hint) => {
    first(99, method, { status, body });
    const store = await open();
    const act = method === "GET" ? store.manifest("v1") : put(store, IMAGE, "v1");
    await expect(act).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
      data: { status },
    });
    expect(waits).toEqual([]);
    front.answer = () => null;
    expect(await store.tags()).toEqual([]);
  });

  test("a part that vanished before the manifest came", async () => {
    first(9, "PUT", { status: 400, body: said("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry") });
    await expect((await open()).putManifest(IMAGE.manifest, "v1")).rejects.toMatchObject({ code: "image-missing" });
  });

  test("a registry that is down", async () => {
    const own = await registryServer(makeSandbox());
    await own.stop();
    await expect((await open(own.host)).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: `Cannot reach ${own.host}: connection refused, 3 times`,
      hint: expect.stringContaining("curl") as string,
    });
  });

  test("a host that nobody knows", async () => {
    await expect((await open("registry.invalid")).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("Cannot reach registry.invalid: the name") as string,
    });
  });

  test("a server that is no registry", async () => {
    front.answer = () => ({ status: 404, body: "<html>Not Found</html>" });
    await expect((await open()).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: `${front.host} answers 404 to GET /v2/`,
      hint: "is it a registry? check the name",
    });
  });

  test("a registry that has a manifest under another digest than was sent", async () => {
    const headers = { "Docker-Content-Digest": `sha256:${"0".repeat(64)}` };
    first(1, "PUT", { status: 201, headers });
    await expect((await open()).putManifest(IMAGE.manifest, "v1")).rejects.toMatchObject({ code: "image-damaged" });
  });

  test("an upload that is taken, and not said where", async () => {
    first(1, "POST", { status: 202 });
    await expect((await open()).putBlob(contentOf(OCI.layer, noise(10)))).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("does not say where to send it") as string,
    });
  });

  test("a message never breaks the terminal, whatever the registry says", async () => {
    first(9, "GET", { status: 400, body: said("X", "\u001b[31mred\nand more\u0007") });
    const failed: unknown = await (await open()).manifest("v1").catch((cause: unknown) => cause);
    expect((failed as Error).message).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("lists in pages", () => {
  const pages: Readonly<Record<string, { body: object; next?: string }>> = {
    "/v2/app/tags/list?n=1000": { body: { name: "app", tags: ["v3", "v1"] }, next: "/v2/app/tags/list?last=v1&n=1000" },
    "/v2/app/tags/list?last=v1&n=1000": { body: { name: "app", tags: ["v2", "v1"] }, next: "?last=v2" },
    "/v2/app/tags/list?last=v2": { body: { name: "app", tags: null } },
  };

  test("tags", async () => {
    const own = await registryFront(makeSandbox(), null);
    own.answer = ({ path }) => {
      if (path === "/v2/") return { status: 200 };
      const page = pages[path];
      if (page === undefined) return null;
      const link = page.next === undefined ? {} : { Link: `<${page.next}>; rel="next"` };
      return { status: 200, body: json(page.body), headers: link };
    };
    const store = await openImageStore(parseReference(`${own.host}/app`), { env: sandbox.env, cwd: sandbox.root });
    expect(await store.tags()).toEqual(["v1", "v2", "v3"]);
    await store.close();
  });

  test("referrers, where the registry keeps track of them; then no tag is asked for", async () => {
    const own = await registryFront(makeSandbox(), null);
    const subject = IMAGE.descriptor.digest;
    const entry = (seed: number) => ({ mediaType: OCI.manifest, ...sized(seed), artifactType: "a/b" });
    own.answer = ({ method, path }) => {
      if (path === "/v2/") return { status: 200 };
      if (method === "PUT") return { status: 201, headers: { "OCI-Subject": subject } };
      const base = `/v2/app/referrers/${subject}`;
      const index = (manifests: object[]) => json({ schemaVersion: 2, mediaType: OCI.index, manifests });
      if (path === base)
        return { status: 200, body: index([entry(1)]), headers: { Link: `<${base}?p=2>; rel="next"` } };
      return path === `${base}?p=2` ? { status: 200, body: index([entry(2), entry(1)]) } : null;
    };
    const store = await openImageStore(parseReference(`${own.host}/app`), { env: sandbox.env, cwd: sandbox.root });
    const wanted = [entry(1), entry(2)].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    expect(await store.referrers(subject)).toEqual(wanted);
    const own1 = JSON.parse(IMAGE.manifest.bytes.toString()) as object;
    const bytes = json({ ...own1, subject: IMAGE.descriptor });
    const digest = await store.putReferrer({ mediaType: OCI.manifest, bytes }, "sbom");
    expect(own.requests.filter(({ method }) => method === "PUT").map(({ path }) => path)).toEqual([
      `/v2/app/manifests/${digest}`,
    ]);
    await store.close();
  });

  test("referrers that other tools wrote into the shared index are found beside one's own", async () => {
    const store = await open(server.host);
    await put(store, IMAGE, "v1");
    const theirs = testImage([{ "their/sbom": "x" }]);
    await put(store, theirs, null);
    const { digest } = IMAGE.descriptor;
    const index = { schemaVersion: 2, mediaType: OCI.index, manifests: [theirs.descriptor] };
    await store.putManifest({ mediaType: OCI.index, bytes: json(index) }, digest.replace(":", "-"));
    await put(store, IMAGE, `${digest.replace(":", "-")}.att`); // cosign's own tags name no subject
    expect(await store.referrers(digest)).toEqual([theirs.descriptor]);
    await store.close();
  });
});

function sized(seed: number) {
  const { digest, size } = contentOf("", noise(10, seed));
  return { digest, size };
}
