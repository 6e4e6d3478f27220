// TLS: whose certificates are taken, and where a registry is spoken to without.
import { createServer } from "node:https";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { parseReference } from "../../src/oci/reference.ts";
import { openImageStore, type OpenDeps } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { certificate, type Certificate } from "../support/certificates.ts";
import type { Environment } from "../support/environment.ts";
import { registryServer, type RegistryServer } from "../support/registry.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { put, testImage } from "./images.ts";

const sandbox = fileSandbox();
const IMAGE = testImage([{ "app/a.txt": "one" }]);
let own: Certificate;
let server: RegistryServer;
let count = 0;

beforeAll(async () => {
  own = await certificate(sandbox);
  server = await registryServer(sandbox, { tls: own });
});

function open(env: Environment, deps: Partial<OpenDeps> = {}, host = server.host): Promise<ImageStore> {
  const reference = parseReference(`${host}/tls/app`);
  return openImageStore(reference, { env: { ...sandbox.env, ...env }, cwd: sandbox.root, ...deps });
}

/** A home of its own with a file in the directory of that host's certificates. */
function homeWith(directory: string, host: string): Environment {
  const home = `home-${++count}`;
  sandbox.write(`${home}/${directory}/${host}/ca.crt`, readFileSync(own.authority));
  return { HOME: sandbox.path(home), XDG_CONFIG_HOME: undefined };
}

describe("an authority of one's own is taken", () => {
  test.each<[string, () => Environment]>([
    ["from SSL_CERT_FILE", () => ({ SSL_CERT_FILE: own.authority })],
    ["from NODE_EXTRA_CA_CERTS", () => ({ NODE_EXTRA_CA_CERTS: own.authority })],
    ["from podman's certs.d", () => homeWith(".config/containers/certs.d", server.host)],
    ["from docker's certs.d", () => homeWith(".config/docker/certs.d", server.host)],
  ])("%s", async (_, env) => {
    const store = await open(env());
    await put(store, IMAGE, "v1");
    expect((await store.manifest("v1"))?.digest).toBe(IMAGE.descriptor.digest);
    await store.close();
  });
});

describe("a certificate that nobody vouches for", () => {
  test("is refused, with where the authority's is to be put", async () => {
    await expect((await open({})).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining(`The certificate of ${server.host} is not trusted`) as string,
      hint: expect.stringContaining(`certs.d/${server.host}/ca.crt`) as string,
    });
  });

  test("is refused where the authority is another host's", async () => {
    const env = homeWith(".config/containers/certs.d", "registry.example.com");
    await expect((await open(env)).manifest("v1")).rejects.toMatchObject({ code: "registry-failed" });
  });

  test("is taken where the user has listed the host", async () => {
    const listed = await open({ MORELLO_INSECURE_REGISTRIES: `registry.example.com, ${server.host}` });
    expect(await listed.tags()).toEqual(["v1"]);
    expect(await (await open({}, { insecure: [server.host] })).tags()).toEqual(["v1"]);
  });
});

test("an authority's file that is no certificate is named", async () => {
  const home = `home-${++count}`;
  const file = sandbox.write(`${home}/.config/containers/certs.d/${server.host}/ca.crt`, "not PEM");
  const env = { HOME: sandbox.path(home), XDG_CONFIG_HOME: undefined };
  await expect((await open(env)).manifest("v1")).rejects.toMatchObject({
    code: "registry-failed",
    message: `There is no PEM certificate in ${file}`,
  });
});

test("certificates of a host that are PEM and no certificates are named", async () => {
  const home = `home-${++count}`;
  const directory = `${home}/.config/containers/certs.d/${server.host}`;
  sandbox.write(`${directory}/client.cert`, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  sandbox.write(`${directory}/client.key`, readFileSync(own.key));
  const env = { HOME: sandbox.path(home), XDG_CONFIG_HOME: undefined };
  await expect((await open(env)).manifest("v1")).rejects.toMatchObject({
    code: "registry-failed",
    message: `The certificates that are kept for ${server.host} cannot be read`,
  });
});

test("a certificate of the client's is shown to the host that it is kept for", async () => {
  const home = `home-${++count}`;
  let shown: string | undefined;
  const options = { cert: readFileSync(own.file), key: readFileSync(own.key), ca: readFileSync(own.authority) };
  const asking = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const { subject } = (
      request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
    ).getPeerCertificate();
    shown = subject.CN;
    response.writeHead(request.url === "/v2/" ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => asking.listen(0, "127.0.0.1", resolve));
  sandbox.beforeRemoval(() => void asking.close());
  const host = `127.0.0.1:${(asking.address() as AddressInfo).port}`;
  for (const [name, file] of Object.entries({
    "ca.crt": own.authority,
    "client.cert": own.file,
    "client.key": own.key,
  }))
    sandbox.write(`${home}/.config/containers/certs.d/${host}/${name}`, readFileSync(file));
  const store = await open({ HOME: sandbox.path(home), XDG_CONFIG_HOME: undefined }, {}, host);
  expect(await store.manifest("v1")).toBeNull();
  expect(shown).toBe("localhost");
  await store.close();
});

describe("without TLS", () => {
  test("a registry on this machine is spoken to", async () => {
    const plain = await registryServer(sandbox, { name: "plain" });
    expect(await (await open({}, {}, plain.host.replace("127.0.0.1", "localhost"))).tags()).toEqual([]);
  });

  test("no other is, unless the user has listed it", async () => {
    const plain = await registryServer(sandbox, { name: "elsewhere" });
    const host = plain.host.replace("127.0.0.1", "0.0.0.0"); // this machine, by a name that does not say so
    await expect((await open({}, { wait: async () => undefined }, host)).tags()).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining("does not speak TLS") as string,
      hint: `if it is to be trusted without TLS: MORELLO_INSECURE_REGISTRIES=${host}`,
    });
    expect(await (await open({ MORELLO_INSECURE_REGISTRIES: host }, {}, host)).tags()).toEqual([]);
  });
});
