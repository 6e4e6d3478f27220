// Container engines: which one is there, and the command lines with which it runs a command on a directory.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { run } from "../git/run.ts";

/** In the order in which they are looked for: first those that need no daemon and no rights. */
const ENGINES = ["podman", "docker", "buildah"] as const;

export type Engine = (typeof ENGINES)[number];

/** Throws `engine-missing` where none is on the PATH. */
export function findEngine(env: Environment): Engine {
  const directories = (env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  const found = ENGINES.find((engine) => directories.some((directory) => isExecutable(join(directory, engine))));
  if (found !== undefined) return found;
  throw new AppError(
    "engine-missing",
    "There is no container engine: none of podman, docker and buildah is on the PATH",
    {
      hint: "install podman, or leave out --container",
    },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the machine keeps an image, by its own ID; pulled if it is not there. Throws `engine-failed`. */
export async function imageId(engine: Engine, image: string, env: Environment, cwd: string): Promise<string> {
  const inspect = engine === "buildah" ? ["inspect", "--type", "image", "--format", "{{.FromImageID}}"] : INSPECT;
  const ask = async (args: readonly string[]): Promise<string | null> => {
    const said = await run({ cwd, env }, args, { program: engine, ok: STATUSES });
    return said.status === 0 ? said.stdout.toString("utf8").trim() : null;
  };
  const known = await ask([...inspect, image]);
  if (known !== null) return known;
  const pulled = await run({ cwd, env }, ["pull", image], { program: engine, ok: STATUSES });
  const id = pulled.status === 0 ? await ask([...inspect, image]) : null;
  if (id !== null) return id;
  const said = pulled.stderr.trim().split("\n").at(-1) ?? "";
  throw new AppError("engine-failed", `${engine} has no image ${image}${said === "" ? "" : `: ${said}`}`, {
    hint: `${engine} pull ${image}`,
    data: { engine, image, stderr: pulled.stderr },
  });
}

const INSPECT = ["image", "inspect", "--format", "{{.Id}}"];

/** Every exit status: what they mean is looked at here. */
const STATUSES = Array.from({ length: 256 }, (_, n) => n);

export interface ContainerRequest {
  /** An image's ID or name. */
  readonly image: string;
  /** The container's name, which nobody else uses. */
  readonly name: string;
  /** What the command is run on. */
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  /** For `sh -c` in the container. */
  readonly command: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** Shell commands: one that ends as the command does, and one that takes the container away. */
export interface ContainerCommands {
  readonly run: string;
  readonly remove: string;
}

/** What podman and docker exit with when they themselves fail. */
const ENGINE_FAILED = 125;

/** Where the directory stands in the container. */
const MOUNT = "/checkout";

export function containerCommands(engine: Engine, request: ContainerRequest): ContainerCommands {
  const { image, name, directory, variables, command, user } = request;
  const volume = ["--volume", `${directory}:${MOUNT}:Z`]; // Z: labelled for SELinux, where there is one
  const env = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  if (engine === "buildah") {
    const inside = ["buildah", "run", ...volume, "--workingdir", MOUNT, ...env, name, "--", "sh", "-c", command];
    const made = shell(["buildah", "from", "--name", name, image]);
    const remove = shell(["buildah", "rm", name]);
    const run = `${made} >/dev/null || exit ${ENGINE_FAILED}; ${shell(inside)}; status=$?; ${remove} >/dev/null; exit $status`;
    return { run, remove };
  }
  // --init: something must pass SIGTERM on and reap. What is written in the directory must be the user's to remove:
  // podman without rights maps root to the user, docker maps nobody.
  const who = engine === "podman" ? "0:0" : `${user.uid}:${user.gid}`;
  const options = [
    "--rm",
    "--init",
    "--name",
    name,
    "--user",
    who,
    ...volume,
    "--workdir",
    MOUNT,
    ...env,
    "--entrypoint",
    "sh",
  ];
  return {
    run: `exec ${shell([engine, "run", ...options, image, "-c", command])}`,
    remove: shell([engine, "rm", "--force", name]),
  };
}

function shell(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
