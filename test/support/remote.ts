// Remotes to push to and fetch from, by path; `http-backend.ts` serves the same ones by HTTP.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestRepository } from "./repository.ts";
import type { Sandbox } from "./sandbox.ts";

export type HookName = "pre-receive" | "update" | "post-receive" | "reference-transaction";

export interface RemoteOptions {
  /** Shell scripts by hook, without the `#!` line: `pre-receive: "echo no >&2; exit 1"`. */
  readonly hooks?: Partial<Record<HookName, string>>;
  /** Settings of the remote, such as `receive.advertiseAtomic`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Name of the remote in the repository. */
  readonly as?: string;
  /** Directory within the sandbox. */
  readonly name?: string;
}

export interface BareRemote {
  readonly path: string;
  readonly sandbox: Sandbox;
  git(args: readonly string[]): Promise<string>;
  /** Refnames to object IDs. */
  refs(): Promise<Record<string, string>>;
  setHooks(hooks: RemoteOptions["hooks"]): void;
}

/** Makes a bare remote that holds what the repository holds; the repository knows it as `origin`, fetched. */
export async function bareRemote(repository: TestRepository, options: RemoteOptions = {}): Promise<BareRemote> {
  const { sandbox } = repository;
  const { as = "origin", name = `${as}.git`, config = {} } = options;
  const path = sandbox.path(name);
  await sandbox.git(["clone", "-q", "--bare", "--template=", repository.path, path]);
  await sandbox.git(["remote", "remove", "origin"], { cwd: path });
  for (const [key, value] of Object.entries(config)) await sandbox.git(["config", key, value], { cwd: path });
  await repository.git(["remote", "add", as, path]);
  await repository.git(["fetch", "-q", as]);
  const remote = openRemote(sandbox, path);
  remote.setHooks(options.hooks);
  return remote;
}

/** A bare repository that is there, as a remote. */
export function openRemote(sandbox: Sandbox, path: string): BareRemote {
  const git = (args: readonly string[]): Promise<string> => sandbox.git(args, { cwd: path });
  return {
    path,
    sandbox,
    git,
    async refs() {
      const lines = (await git(["for-each-ref", "--format=%(refname) %(objectname)"])).split("\n").filter(Boolean);
      return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
    },
    setHooks(hooks = {}) {
      mkdirSync(join(path, "hooks"), { recursive: true });
      for (const [hook, script] of Object.entries(hooks)) {
        sandbox.write(join(path.slice(sandbox.root.length), "hooks", hook), `#!/bin/sh\n${script}\n`, 0o755);
      }
    },
  };
}
