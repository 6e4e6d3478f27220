// A bare repository with the guard in it, and somebody who pushes to it by path, HTTP or SSH.
import { readdirSync } from "node:fs";
import { morello } from "./cli.ts";
import { httpBackend } from "./http-backend.ts";
import type { Finished } from "./process.ts";
import { addContents, guardedHistory, SERVER, SYMBOLIC, type PushCase, type Pushed } from "./push-attacks.ts";
import { openRemote, type BareRemote } from "./remote.ts";
import type { TestRepository } from "./repository.ts";
import type { Sandbox } from "./sandbox.ts";
import { sshServer } from "./ssh-server.ts";

export const TRANSPORTS = ["file", "http", "ssh"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Guarded {
  readonly sandbox: Sandbox;
  readonly server: BareRemote;
  /** Of the pusher; it has all objects. */
  readonly client: TestRepository;
  /** Object ID of a mark, a tag object, `tree:<mark>` or `blob:<mark>`; null for null. */
  oid(pushed: Pushed): Promise<string | null>;
  /** The refspec of a case, forced. */
  refspec(pushed: Pick<PushCase, "refname" | "to">): Promise<string>;
  push(transport: Transport, refspecs: readonly string[], options?: readonly string[]): Promise<Finished>;
  /** What the guard left in the directory for temporary files. */
  leftovers(): string[];
}

/** Serves `guardedHistory` with the guard in it. Transports are started when they are first pushed to. */
export async function guarded(sandbox: Sandbox, install: readonly string[] = []): Promise<Guarded> {
  const client = await guardedHistory().create(sandbox, { name: "client", bare: true, head: "main" });
  await client.extend((story) => addContents(story, (mark) => client.oid(mark)));
  const path = sandbox.path("server.git");
  await sandbox.git(["init", "-q", "--bare", "--template=", "-b", "main", path]);
  const server = openRemote(sandbox, path);
  const oid = (pushed: Pushed): Promise<string | null> => objectOf(client, pushed);
  const refspecs = await Promise.all(
    Object.entries(SERVER).map(async ([refname, mark]) => `${await oid(mark)}:${refname}`),
  );
  await client.git(["push", "-q", path, ...refspecs]);
  for (const [refname, target] of Object.entries(SYMBOLIC)) await server.git(["symbolic-ref", refname, target]);
  await server.git(["config", "http.receivepack", "true"]);
  const installed = await morello(sandbox, ["guard", "install", path, ...install]);
  if (installed.status !== 0) throw new Error(installed.stderr);
  const urls = new Map<Transport, Promise<{ url: string; env: Readonly<Record<string, string>> }>>();
  const start = {
    file: () => Promise.resolve({ url: path, env: {} }),
    http: async () => ({ url: `${(await httpBackend(sandbox)).url}/server.git`, env: {} }),
    ssh: async () => {
      const { url, command } = await sshServer(sandbox);
      return { url: `${url}${path}`, env: { GIT_SSH_COMMAND: command } };
    },
  };
  return {
    sandbox,
    server,
    client,
    oid,
    refspec: async ({ refname, to }) => `+${(await oid(to)) ?? ""}:${await replaced(refname, oid)}`,
    async push(transport, wanted, options = []) {
      const starting = urls.get(transport) ?? start[transport]();
      urls.set(transport, starting);
      const { url, env } = await starting;
      return client.gitRun(["push", ...options, url, ...wanted], { env, ok: [0, 1, 128] });
    },
    leftovers: () => readdirSync(sandbox.path("tmp")),
  };
}

/** `refs/replace/<mark>` with the object ID. */
async function replaced(refname: string, oid: Guarded["oid"]): Promise<string> {
  const mark = /^refs\/replace\/(.+)$/.exec(refname)?.[1];
  return mark === undefined ? refname : `refs/replace/${await oid(mark)}`;
}

async function objectOf(client: TestRepository, pushed: Pushed): Promise<string | null> {
  if (pushed === null) return null;
  const [, kind, mark = ""] = /^(tree|blob):(.+)$/.exec(pushed) ?? [];
  if (kind === undefined) return client.oid(pushed);
  return client.git(["rev-parse", `${client.oid(mark)}${kind === "tree" ? "^{tree}" : ":src/a.txt"}`]);
}
