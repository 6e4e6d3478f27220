// Logins: where they are found, what is shown to whom, and what is said where there is none. Against real registries.
import { beforeAll, describe, expect, test } from "vitest";
import { parseReference } from "../../src/oci/reference.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { certificate } from "../support/certificates.ts";
import type { Environment } from "../support/environment.ts";
import { registryServer, type RegistryServer } from "../support/registry.ts";
import { registryFront } from "../support/registry-front.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";
import { ISSUER, SERVICE, tokenServer, type TokenServer } from "../support/token-server.ts";
import { put, testImage } from "./images.ts";

const sandbox = fileSandbox();
const USER = { name: "ada", password: "pass:word with ü" };
const AUTH = Buffer.from(`${USER.name}:${USER.password}`).toString("base64");
const IMAGE = testImage([{ "app/a.txt": "one" }]);
const NO_WAIT = async (): Promise<void> => undefined;

let basic: RegistryServer;
let bearer: RegistryServer;
let tokens: TokenServer;
let count = 0;

beforeAll(async () => {
  basic = await registryServer(sandbox, { name: "basic", user: USER });
  const signing = await certificate(sandbox, "tokens");
  const options = { certificate: signing, user: USER, identityToken: "an identity token", open: ["open/app"] };
  tokens = await tokenServer(sandbox, options);
  const token = { realm: tokens.realm, service: SERVICE, issuer: ISSUER, root: signing.authority };
  bearer = await registryServer(sandbox, { name: "bearer", token });
});

/** Writes files below a directory of its own, and gives the environment in which they are found. */
function home(files: Readonly<Record<string, object | string>>, env: Environment = {}): Environment {
  const name = `home-${++count}`;
  for (const [path, content] of Object.entries(files)) {
    sandbox.write(`${name}/${path}`, typeof content === "string" ? content : JSON.stringify(content), 0o755);
  }
  const at = (path: string): string => sandbox.path(name, path);
  return {
    ...sandbox.env,
    HOME: at(""),
    XDG_CONFIG_HOME: at(".config"),
    PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
    ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value?.replace("HOME", at(""))])),
  };
}

function open(host: string, env: Environment, repository = "team/app"): Promise<ImageStore> {
  return openImageStore(parseReference(`${host}/${repository}`), { env, cwd: sandbox.root, wait: NO_WAIT });
}

async function roundTrip(store: ImageStore): Promise<void> {
  await put(store, IMAGE, "v1");
  expect((await store.manifest("v1"))?.digest).toBe(IMAGE.descriptor.digest);
  await store.close();
}

const HELPER = (answer: string): string => `#!/bin/sh\nread server\n${answer}\n`;
const KNOWN = `printf '{"ServerURL":"%s","Username":"${USER.name}","Secret":"${USER.password}"}' "$server"`;

describe("a login is found", () => {
  test.each<[string, (host: string) => Environment]>([
    ["in docker's config.json", (host) => home({ ".docker/config.json": { auths: { [host]: { auth: AUTH } } } })],
    [
      "under an old key with a scheme and a path",
      (host) => home({ ".docker/config.json": { auths: { [`https://${host}/v1/`]: { auth: AUTH } } } }),
    ],
    [
      "where DOCKER_CONFIG says",
      (host) => home({ "else/config.json": { auths: { [host]: { auth: AUTH } } } }, { DOCKER_CONFIG: "HOME/else" }),
    ],
    [
      "in podman's auth.json at run time, before docker's",
      (host) =>
        home(
          {
            "run/containers/auth.json": { auths: { [host]: { auth: AUTH } } },
            ".docker/config.json": { auths: { [host]: { auth: "d3Jvbmc6d3Jvbmc=" } } },
          },
          { XDG_RUNTIME_DIR: "HOME/run" },
        ),
    ],
    [
      "in podman's auth.json under the configuration",
      (host) => home({ ".config/containers/auth.json": { auths: { [host]: { auth: AUTH } } } }),
    ],
    [
      "in the file that REGISTRY_AUTH_FILE names",
      (host) => home({ "auth.json": { auths: { [host]: { auth: AUTH } } } }, { REGISTRY_AUTH_FILE: "HOME/auth.json" }),
    ],
    [
      "for a part of the registry, before the whole",
      (host) =>
        home({
          ".config/containers/auth.json": {
            auths: { [host]: { auth: "d3Jvbmc6d3Jvbmc=" }, [`${host}/team`]: { auth: AUTH } },
          },
        }),
    ],
    [
      "as user and password",
      (host) =>
        home({ ".docker/config.json": { auths: { [host]: { username: USER.name, password: USER.password } } } }),
    ],
    [
      "by a credential helper of the host",
      (host) =>
        home({
          ".docker/config.json": { credHelpers: { [host]: "mine" } },
          "bin/docker-credential-mine": HELPER(`test "$1" = get && ${KNOWN}`),
        }),
    ],
    [
      "by the credential store",
      () => home({ ".docker/config.json": { credsStore: "mine" }, "bin/docker-credential-mine": HELPER(KNOWN) }),
    ],
    [
      "in the file where the credential store has none",
      (host) =>
        home({
          ".docker/config.json": { credsStore: "mine", auths: { [host]: { auth: AUTH } } },
          "bin/docker-credential-mine": HELPER("echo credentials not found in native keychain; exit 1"),
        }),
    ],
  ])("%s", async (_, env) => {
    await roundTrip(await open(basic.host, env(basic.host)));
    await roundTrip(await open(bearer.host, env(bearer.host)));
  });
});

describe("Bearer", () => {
  const config = (entry: object): Environment => home({ ".docker/config.json": { auths: { [bearer.host]: entry } } });

  test("an identity token is turned into tokens by OAuth2", async () => {
    tokens.requests.length = 0;
    await roundTrip(await open(bearer.host, config({ identitytoken: "an identity token" })));
    expect(tokens.requests).toEqual([
      "POST identity repository:team/app:pull",
      "POST identity repository:team/app:pull,push",
    ]);
  });

  test("a helper's user <token> is an identity token", async () => {
    const answer = `printf '{"Username":"<token>","Secret":"an identity token"}'`;
    const env = home({
      ".docker/config.json": { credHelpers: { [bearer.host]: "mine" } },
      "bin/docker-credential-mine": HELPER(answer),
    });
    await roundTrip(await open(bearer.host, env));
  });

  test("a token is asked for once a scope, however many requests there are", async () => {
    const store = await open(bearer.host, config({ auth: AUTH }));
    tokens.requests.length = 0;
    await Promise.all([1, 2, 3, 4].map((n) => store.hasBlob(`sha256:${String(n).repeat(64)}`)));
    await roundTrip(store);
    expect(tokens.requests).toEqual(["GET ada repository:team/app:pull", "GET ada repository:team/app:pull,push"]);
  });

  test("a token that has expired is renewed, and the request made again", async () => {
    const store = await open(bearer.host, config({ auth: AUTH }));
    tokens.expireNext(1);
    await roundTrip(store);
  });

  test("a token server that is overloaded for a while is waited for", async () => {
    tokens.failNext(2, 503);
    await roundTrip(await open(bearer.host, config({ auth: AUTH })));
  });

  test("a blob of a neighbour is mounted with a token for both", async () => {
    const env = config({ auth: AUTH });
    await roundTrip(await open(bearer.host, env));
    const other = await open(bearer.host, env, "other/app");
    tokens.requests.length = 0;
    expect(await other.putBlob(IMAGE.blobs[1]!, "team/app")).toBe("mounted");
    expect(tokens.requests.at(-1)).toBe("GET ada repository:other/app:pull,push repository:team/app:pull");
    await other.close();
  });

  test("what anybody may read is read without a login, and not written", async () => {
    const ada = await open(bearer.host, config({ auth: AUTH }), "open/app");
    await roundTrip(ada);
    const anybody = await open(bearer.host, home({}), "open/app");
    expect((await anybody.manifest("v1"))?.digest).toBe(IMAGE.descriptor.digest);
    await expect(put(anybody, testImage([{ b: "b" }]), "v2")).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining(`${bearer.host} wants a login for open/app`) as string,
      hint: `docker login ${bearer.host}`,
    });
  });

  test("a wrong password is told as such, and shown nowhere", async () => {
    const wrong = Buffer.from("ada:secret-and-wrong").toString("base64");
    const failed = await (await open(bearer.host, config({ auth: wrong }))).tags().catch((cause: unknown) => cause);
    expect(failed).toMatchObject({
      code: "registry-failed",
      message: `${bearer.host} does not take the login that is kept for it: wrong login`,
      hint: `docker login ${bearer.host}`,
    });
    expect(JSON.stringify(failed)).not.toMatch(/secret-and-wrong|c2VjcmV0/);
  });
});

describe("a realm", () => {
  const asking = async (realm: string, env: (host: string) => Environment): Promise<unknown> => {
    const front = await registryFront(makeSandbox(), null);
    const challenge = { "WWW-Authenticate": `Bearer realm="${realm}",service="x"` };
    front.answer = () => ({ status: 401, headers: challenge });
    return await (await open(front.host, env(front.host))).tags().catch((cause: unknown) => cause);
  };
  const withLogin = (host: string): Environment =>
    home({ ".docker/config.json": { auths: { [host]: { auth: AUTH } } } });

  test.each(["http://auth.example.com/token", "http://169.254.169.254/latest", "ftp://127.0.0.1/", "no URL", ""])(
    "is shown no login without TLS: %s",
    async (realm) => {
      expect(await asking(realm, withLogin)).toMatchObject({
        code: "registry-failed",
        message: expect.stringContaining("where no login is shown") as string,
      });
    },
  );

  test("that gives no token is named", async () => {
    const other = await registryFront(makeSandbox(), null);
    for (const body of ["{}", "<html>", "[]", '{"token":""}']) {
      other.answer = () => ({ status: 200, body });
      expect(await asking(`http://${other.host}/token`, withLogin)).toMatchObject({
        code: "registry-failed",
        message: expect.stringContaining(`${other.host} gives no token for 127.0.0.1`) as string,
      });
    }
  });
});

describe("Basic", () => {
  test("without a login", async () => {
    await expect((await open(basic.host, home({}))).manifest("v1")).rejects.toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining(`${basic.host} wants a login for team/app`) as string,
      hint: `docker login ${basic.host}`,
    });
  });

  test("with a wrong one", async () => {
    const env = home({ ".docker/config.json": { auths: { [basic.host]: { auth: "YWRhOndyb25n" } } } });
    await expect((await open(basic.host, env)).manifest("v1")).rejects.toMatchObject({
      message: expect.stringContaining("does not take the login that is kept for it") as string,
    });
  });
});

describe("files and helpers that are broken", () => {
  test.each<[string, Readonly<Record<string, object | string>>, string]>([
    ["config.json is no JSON", { ".docker/config.json": "{" }, "config.json: it is no JSON"],
    ["auths is a list", { ".docker/config.json": { auths: [] } }, "auths: "],
    [
      "a login is no base64 of a pair",
      { ".docker/config.json": { auths: { "127.0.0.1": {}, "HOST": { auth: "bm90aGluZw==" } } } },
      "is no base64 of USER:PASSWORD",
    ],
    [
      "the helper is not there",
      { ".docker/config.json": { credsStore: "gone" } },
      "docker-credential-gone cannot be run",
    ],
    ["the helper's name is a path", { ".docker/config.json": { credsStore: "../x" } }, "a name that no program has"],
    [
      "the helper fails",
      {
        ".docker/config.json": { credsStore: "mine" },
        "bin/docker-credential-mine": HELPER("echo locked >&2; exit 7"),
      },
      "docker-credential-mine fails (status 7): locked",
    ],
    [
      "the helper answers nonsense",
      { ".docker/config.json": { credsStore: "mine" }, "bin/docker-credential-mine": HELPER("echo s3cret") },
      "answers what is no JSON",
    ],
  ])("%s", async (_, files, wanted) => {
    const named = JSON.parse(JSON.stringify(files).replaceAll("HOST", basic.host)) as typeof files;
    const failed = await (await open(basic.host, home(named))).tags().catch((cause: unknown) => cause);
    expect(failed).toMatchObject({
      code: "registry-failed",
      message: expect.stringContaining(wanted) as string,
      hint: expect.stringMatching(/\S/) as string,
    });
    expect(JSON.stringify(failed)).not.toContain("s3cret");
  });
});
