// A host and repository -> the login that docker, podman or a credential helper keeps for it. Reads their files and asks
// their helpers; writes neither, and no message holds a secret.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { run } from "../git/run.ts";
import { DEFAULT_HOST } from "../oci/reference.ts";

export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  /** An OAuth2 refresh token (docker: identity token). */
  | { readonly kind: "identity"; readonly token: string }
  /** A bearer token that the registry takes as it is. */
  | { readonly kind: "bearer"; readonly token: string };

/** Docker Hub's name in those files. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";
/** The user name that says that the secret is an identity token. Source: docker/cli, credentials/native_store.go. */
const TOKEN_USER = "<token>";

const Entry = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

const ConfigFile = z.looseObject({
  auths: z.record(z.string(), Entry.nullable()).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

/** What a helper answers to `get`. */
const HelperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

export interface Asker {
  readonly env: Environment;
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** The first login that any of the files knows; null: there is none. Throws `registry-failed` for one that is broken. */
export async function findCredentials(host: string, repository: string, asker: Asker): Promise<Credentials | null> {
  for (const file of configurationFiles(asker.env)) {
    const found = await inFile(file, host, repository, asker);
    if (found !== null) return found;
  }
  return null;
}

/** In the order of containers-auth.json(5): a file that is named is the only one; podman's before docker's. */
function configurationFiles(env: Environment): readonly string[] {
  const given = env["REGISTRY_AUTH_FILE"];
  if (given !== undefined && given !== "") return [given];
  const home = env["HOME"];
  const config = env["XDG_CONFIG_HOME"] ?? (home === undefined ? undefined : join(home, ".config"));
  const runtime = env["XDG_RUNTIME_DIR"];
  const docker = env["DOCKER_CONFIG"] ?? (home === undefined ? undefined : join(home, ".docker"));
  return [
    ...(runtime === undefined ? [] : [join(runtime, "containers/auth.json")]),
    ...(config === undefined ? [] : [join(config, "containers/auth.json")]),
    ...(docker === undefined ? [] : [join(docker, "config.json")]),
  ];
}

async function inFile(file: string, host: string, repository: string, asker: Asker): Promise<Credentials | null> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  const config = parseFile(file, text);
  const hub = host === DEFAULT_HOST;
  const helper = config.credHelpers?.[host] ?? (hub ? config.credHelpers?.[DOCKER_HUB_KEY] : undefined);
  const server = hub ? DOCKER_HUB_KEY : host;
  if (helper !== undefined) return await askHelper(helper, server, asker);
  if (typeof config.credsStore === "string" && config.credsStore !== "") {
    const stored = await askHelper(config.credsStore, server, asker);
    if (stored !== null) return stored;
  }
  const entries = new Map(Object.entries(config.auths ?? {}).map(([key, entry]) => [normalised(key), entry]));
  for (const place of placesOf(host, repository)) {
    const entry = entries.get(place);
    const login = entry === undefined || entry === null ? null : loginOf(entry, file, place);
    if (login !== null) return login;
  }
  return null;
}

function parseFile(file: string, text: string): z.infer<typeof ConfigFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw brokenFile(file, "it is no JSON");
  }
  const judged = ConfigFile.safeParse(value);
  if (judged.success) return judged.data;
  const [issue] = judged.error.issues;
  throw brokenFile(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** Old files have URLs as keys: `https://registry.example.com/v1/` is `registry.example.com`. */
function normalised(key: string): string {
  if (key === DOCKER_HUB_KEY || key === "index.docker.io") return DEFAULT_HOST;
  return /^https?:\/\//.test(key) ? key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "") : key.replace(/\/$/, "");
}

/** `host/a/b`, `host/a`, `host`: podman keeps logins for a part of a registry. */
function placesOf(host: string, repository: string): readonly string[] {
  const parts = repository.split("/");
  return [...parts.map((_, dropped) => [host, ...parts.slice(0, parts.length - dropped)].join("/")), host];
}

function loginOf(entry: Entry, file: string, place: string): Credentials | null {
  if (entry.registrytoken) return { kind: "bearer", token: entry.registrytoken };
  if (entry.identitytoken) return { kind: "identity", token: entry.identitytoken };
  if (entry.auth) {
    const plain = Buffer.from(entry.auth, "base64").toString("utf8");
    const colon = plain.indexOf(":");
    if (colon <= 0) throw brokenFile(file, `the login for ${place} is no base64 of USER:PASSWORD`);
    return passwordOf(plain.slice(0, colon), plain.slice(colon + 1).replace(/\0+$/, ""));
  }
  return entry.username && entry.password !== undefined ? passwordOf(entry.username, entry.password) : null;
}

function passwordOf(user: string, password: string): Credentials {
  return user === TOKEN_USER ? { kind: "identity", token: password } : { kind: "password", user, password };
}

/** Protocol of docker-credential-helpers: the server on stdin, JSON on stdout; status 1 with these words: nothing there. */
async function askHelper(name: string, server: string, asker: Asker): Promise<Credentials | null> {
  const program = `docker-credential-${name}`;
  const fail = (why: string, cause?: unknown): AppError =>
    new AppError("registry-failed", `The credential helper ${program} ${why}`, {
      cause,
      hint: `echo ${server} | ${program} get`,
      data: { program, server },
    });
  if (!/^[\w.-]+$/.test(name)) throw fail("has a name that no program has");
  const { env, cwd, signal } = asker;
  const ok = Array.from({ length: 256 }, (_, status) => status);
  const options = { program, ok, input: server, ...(signal === undefined ? {} : { signal }) };
  const done = await run({ cwd, env }, ["get"], options).catch((cause: unknown) => {
    throw signal?.aborted === true ? signal.reason : fail("cannot be run", cause);
  });
  const said = done.stdout.toString("utf8").trim();
  if (done.status !== 0) {
    if (/credentials not found|no credentials/i.test(`${said} ${done.stderr}`)) return null;
    throw fail(`fails (status ${done.status}): ${(done.stderr.trim() || said).split("\n").at(-1) ?? ""}`);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(said);
  } catch {
    throw fail("answers what is no JSON"); // which may hold the secret all the same: it is not shown
  }
  const judged = HelperAnswer.safeParse(answer);
  if (!judged.success) throw fail("answers no Username and Secret");
  return judged.data.Username === "" && judged.data.Secret === ""
    ? null
    : passwordOf(judged.data.Username, judged.data.Secret);
}

function brokenFile(file: string, why: string): AppError {
  return new AppError("registry-failed", `Cannot read the logins in ${file}: ${why}`, {
    hint: `mend or remove that file, then log in again: docker login HOST`,
    data: { file },
  });
}
