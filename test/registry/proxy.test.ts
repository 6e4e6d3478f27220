// HTTPS_PROXY and NO_PROXY: which hosts are reached through a proxy, and that a registry is.
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { parseReference } from "../../src/oci/reference.ts";
import { openImageStore } from "../../src/registry/open.ts";
import { proxyFor } from "../../src/registry/proxy.ts";
import { certificate } from "../support/certificates.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { put, testImage } from "./images.ts";

describe("a host", () => {
  const PROXY = "http://proxy.example.com:3128";
  const env = (rest: object) => ({ HTTPS_PROXY: PROXY, ...rest });

  test.each<[string, object, boolean]>([
    ["https://registry.example.com", {}, true],
    ["https://registry.example.com", { NO_PROXY: "example.com" }, false],
    ["https://registry.example.com", { NO_PROXY: "other.com, .example.com" }, false],
    ["https://registry.example.com", { NO_PROXY: "*.example.com" }, false],
    ["https://registry.example.com", { no_proxy: "registry.example.com" }, false],
    ["https://registry.example.com", { NO_PROXY: "*" }, false],
    ["https://registry.example.com", { NO_PROXY: "ample.com" }, true],
    ["https://registry.example.com:5000", { NO_PROXY: "registry.example.com:443" }, true],
    ["https://registry.example.com:5000", { NO_PROXY: "registry.example.com:5000" }, false],
    ["https://127.0.0.1:5000", {}, false],
    ["https://localhost", {}, false],
    ["http://registry.example.com", {}, false],
  ])("%s with %j", (url, rest, isProxied) => {
    expect(proxyFor(new URL(url), env(rest))?.host ?? null).toBe(isProxied ? "proxy.example.com:3128" : null);
  });

  test("a proxy without a scheme, in small letters, or none", () => {
    const url = new URL("https://registry.example.com");
    expect(proxyFor(url, { https_proxy: "proxy.example.com:3128" })?.origin).toBe(PROXY);
    expect(proxyFor(url, {})).toBeNull();
  });
});

/** A proxy that wants that login, and tells whom it connected to. */
async function connectProxy(sandbox: Sandbox, login: string): Promise<{ host: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on("connect", (request, client) => {
    const given = Buffer.from(
      (request.headers["proxy-authorization"] ?? "").replace("Basic ", ""),
      "base64",
    ).toString();
    if (given !== login) return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    tunnels.push(request.url ?? "");
    const upstream = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on("error", () => upstream.destroy());
    sandbox.beforeRemoval(() => void upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sandbox.beforeRemoval(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels };
}

test("a registry is pushed to and read through a proxy that wants a login", async () => {
  const sandbox = makeSandbox();
  const own = await certificate(sandbox);
  const server = await registryServer(sandbox, { tls: own });
  const proxy = await connectProxy(sandbox, "ada:p@ss");
  const host = server.host.replace("127.0.0.1", "registry.test"); // a name that only the proxy knows
  const image = testImage([{ "app/a.txt": "one" }]);
  const open = (login: string) =>
    openImageStore(parseReference(`${host}/app`), {
      env: { ...sandbox.env, HTTPS_PROXY: `http://${login}@${proxy.host}` },
      cwd: sandbox.root,
      insecure: [host], // its certificate is for 127.0.0.1
      wait: async () => undefined,
    });
  const store = await open("ada:p%40ss");
  await put(store, image, "v1");
  expect((await store.manifest("v1"))?.digest).toBe(image.descriptor.digest);
  expect(new Set(proxy.tunnels)).toEqual(new Set([host]));
  await store.close();
  await expect((await open("ada:wrong")).tags()).rejects.toMatchObject({
    code: "registry-failed",
    message: expect.stringContaining(`the proxy ${proxy.host} answers 407`) as string,
  });
});
