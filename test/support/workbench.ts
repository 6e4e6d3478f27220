// Workbenches for tests of upgrades: tiny images with busybox, python3 and a stand-in for JupyterLab and sshd, in a real
// registry; and a training job in one of them, whose every step is on the disk.
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { containers, type Containers } from "./containers.ts";
import type { Environment } from "./environment.ts";
import { finished } from "./process.ts";
import { registryServer, type RegistryServer } from "./registry.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Workbenches {
  readonly env: Environment;
  readonly podman: Containers;
  readonly registry: RegistryServer;
  /** `127.0.0.1:<port>/lab`. */
  readonly repository: string;
  /** Mounted at /work in every container of `open`. */
  readonly work: string;
  /** Makes an image and pushes it under that tag; `start` is its command, JupyterLab's stand-in unless given. */
  publish(tag: string, options?: PublishOptions): Promise<void>;
  /** The same with another address of the registry: a proxy's. */
  through(host: string): Promise<Workbenches>;
  /** Starts the container as a person would, with Jupyter's and SSH's ports published on the loopback address. */
  open(name: string, tag: string, more?: readonly string[]): Promise<{ jupyter: number; ssh: number }>;
}

export interface PublishOptions {
  /** What the image calls itself; the tag unless given. */
  readonly version?: string;
  readonly start?: readonly string[];
  readonly also?: readonly string[];
  /** It is a workbench, as `image run` knows them. */
  readonly workbench?: boolean;
  /** Megabytes that do not compress, so that a pull takes a while. */
  readonly ballast?: number;
  /** What `cuda-why` says; silent unless given. */
  readonly cuda?: string;
}

const TOKEN = "a-token-for-tests";

const PYTHON = "/usr/bin/python3";
const MODULES = `import asyncio, http.server, json, os, signal, sys
for module in list(sys.modules.values()):
    if getattr(module, "__file__", None): print(module.__file__)`;

/** Storage, registry and base image are made once for the sandbox. */
export async function workbenches(sandbox: Sandbox): Promise<Workbenches> {
  const own = containers(sandbox);
  const registry = await registryServer(sandbox);
  const env: Environment = {
    ...own.env,
    CONTAINERS_REGISTRIES_CONF: insecure(sandbox, registry.host),
    XDG_STATE_HOME: sandbox.path("state"),
  };
  const podman: Containers = {
    ...own,
    env,
    run: (program, args, options = {}) => own.run(program, args, { ...options, env: { ...env, ...options.env } }),
    text: (program, args, options = {}) => own.text(program, args, { ...options, env: { ...env, ...options.env } }),
  };
  const base = await importBase(sandbox, podman);
  const work = sandbox.path("work");
  mkdirSync(work);
  const lab = (host: string): Workbenches =>
    workbenchesAt({ sandbox, podman, env, registry, base, work }, `${host}/lab`);
  return lab(registry.host);
}

function insecure(sandbox: Sandbox, ...hosts: readonly string[]): string {
  const tables = hosts.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
  return sandbox.write("containers/insecure.conf", `short-name-mode = "disabled"\n${tables.join("")}`);
}

interface Made {
  readonly sandbox: Sandbox;
  readonly podman: Containers;
  readonly env: Environment;
  readonly registry: RegistryServer;
  readonly base: string;
  readonly work: string;
}

function workbenchesAt(made: Made, repository: string): Workbenches {
  const { sandbox, podman, env, registry, base, work } = made;
  return {
    env,
    podman,
    registry,
    repository,
    work,
    async publish(
      tag,
      { version = tag, start = ["/usr/bin/jupyter-lab"], also = [], ballast = 0, cuda = "", workbench = false } = {},
    ) {
      const context = sandbox.path("context", tag);
      mkdirSync(context, { recursive: true });
      writeFileSync(join(context, "version"), `${version}\n`);
      writeFileSync(join(context, "cuda-why"), cuda === "" ? "#!/bin/sh\n" : `#!/bin/sh\necho '${cuda}'\nexit 1\n`, {
        mode: 0o755,
      });
      writeFileSync(join(context, "morello-start"), "#!/bin/sh\nexec /usr/bin/jupyter-lab\n", { mode: 0o755 });
      if (ballast > 0)
        await finished("dd", ["if=/dev/urandom", `of=${context}/ballast`, "bs=1M", `count=${ballast}`], {
          cwd: "/",
          env,
        });
      const file = [
        `FROM ${base}`,
        "COPY . /opt/app",
        "COPY cuda-why /usr/bin/cuda-why",
        `LABEL org.opencontainers.image.version=${version}`,
        ...(workbench
          ? [
              "COPY morello-start /usr/local/bin/morello-start",
              'ENTRYPOINT ["/usr/local/bin/morello-start"]',
              "EXPOSE 8888",
            ]
          : [`CMD ${JSON.stringify(start)}`]),
      ].join("\n");
      const containerfile = sandbox.write(`context/${tag}.Containerfile`, file);
      const name = `${repository}:${tag}`;
      await podman.run("buildah", ["build", "--isolation", "chroot", "--tag", name, "--file", containerfile, context]);
      for (const each of [tag, ...also]) {
        await podman.run("podman", ["push", "--quiet", name, `${repository}:${each}`]);
      }
      await podman.run("podman", ["rmi", name]);
    },
    through(host) {
      insecure(sandbox, registry.host, host); // the same file
      return Promise.resolve(workbenchesAt(made, `${host}/lab`));
    },
    async open(name, tag, more = []) {
      const [jupyter, ssh] = [await freePort(), await freePort()];
      const ports = ["--publish", `127.0.0.1:${jupyter}:8888`, "--publish", `127.0.0.1:${ssh}:22`];
      const token = ["--env", `JUPYTER_TOKEN=${TOKEN}`];
      const args = [
        "--name",
        name,
        "--network",
        "slirp4netns",
        ...ports,
        ...token,
        "--volume",
        `${work}:/work`,
        ...more,
      ];
      await podman.run("podman", ["run", "--detach", ...args, `${repository}:${tag}`]);
      while (!(await answers(jupyter))) await sleep(20);
      return { jupyter, ssh };
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** What the host has, so that nothing is downloaded: python3 with the modules that the stand-in and the door use. */
async function importBase(sandbox: Sandbox, podman: Containers): Promise<string> {
  const root = sandbox.path("rootfs");
  const put = (from: string, to = from): void => {
    mkdirSync(join(root, dirname(to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  const ask = async (program: string, args: readonly string[]): Promise<string[]> => {
    const { stdout } = await finished(program, args, { cwd: "/", env: sandbox.env });
    return stdout.toString("utf8").split("\n").filter(Boolean);
  };
  for (const directory of ["tmp", "proc", "sys", "dev", "etc", "root", "run", "work", "bin"]) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  put("/bin/busybox");
  for (const applet of ["sh", "sleep", "cat", "ls", "true", "env"]) symlinkSync("busybox", join(root, "bin", applet));
  put(PYTHON);
  const modules = await ask(PYTHON, ["-I", "-S", "-c", MODULES]);
  for (const file of modules) put(file);
  for (const file of [PYTHON, ...modules.filter((name) => name.endsWith(".so"))]) {
    for (const line of await ask("ldd", [file])) {
      const library = /(?:=> )?(\/\S+) \(/.exec(line)?.[1];
      if (library !== undefined) put(library);
    }
  }
  cpSync(join(import.meta.dirname, "workbench"), join(root, "usr", "bin"), { recursive: true });
  writeFileSync(join(root, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  const tar = sandbox.path("rootfs.tar");
  await finished("tar", ["--create", "--file", tar, "--directory", root, "."], { cwd: "/", env: sandbox.env });
  const change = ["--change", "ENV PATH=/usr/bin:/bin"];
  await podman.run("podman", ["import", "--quiet", ...change, tar, "localhost/workbench-base:1"]);
  return "localhost/workbench-base:1";
}

/** What the stand-in answers there; an SSH server's greeting where it speaks first. */
export async function ask(port: number, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `token ${TOKEN}`, connection: "close" },
  });
  return response.json();
}

function answers(port: number): Promise<boolean> {
  return ask(port, "/version").then(
    () => true,
    () => false,
  );
}

export interface Stream {
  /** The versions that it has told of, without repeats. */
  versions(): readonly unknown[];
  /** Lines so far. */
  lines(): number;
  readonly open: () => boolean;
  close(): void;
}

/** A connection that stands, as a notebook's web socket does: ten lines a second from the container that it is to. */
export async function stream(port: number): Promise<Stream> {
  const socket = connect({ host: "127.0.0.1", port });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  let text = "";
  let isOpen = true;
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined).on("close", () => (isOpen = false));
  socket.write(`GET /stream HTTP/1.1\r\nHost: lab\r\nAuthorization: token ${TOKEN}\r\n\r\n`);
  const body = (): string[] =>
    text
      .slice(text.indexOf("\r\n\r\n") + 4)
      .split("\n")
      .slice(0, -1);
  return {
    versions: () => [...new Set(body())],
    lines: () => body().length,
    open: () => isOpen,
    close: () => void socket.destroy(),
  };
}

export interface Training {
  /** As written so far: number of the process, step, seconds since the machine started. */
  steps(): readonly Step[];
  /** Lets it end by itself, after the step that it is at. */
  end(): void;
}

export interface Step {
  readonly pid: number;
  readonly step: number;
  readonly at: number;
}

/** Starts a job in a container, as `podman exec` or a shell in it would: one line for each step. */
export async function train({ podman, work }: Workbenches, container: string, name = "steps"): Promise<Training> {
  await podman.run("podman", ["exec", "--detach", container, "torchrun", "train.py", `/work/${name}`]);
  const path = join(work, name);
  return {
    steps: () => readSteps(path),
    end: () => writeFileSync(`${path}.end`, ""),
  };
}

function readSteps(path: string): Step[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [pid = 0, step = 0, at = 0] = line.split(" ").map(Number);
    return { pid, step, at };
  });
}

/** What a run of steps is judged by: none lost, none twice, one process, and the longest time between two. */
export function judgeSteps(steps: readonly Step[]): { lost: number; processes: number; longest: number } {
  const pairs = steps.slice(1).map((step, at) => [steps[at] ?? step, step] as const);
  return {
    lost: pairs.filter(([before, after]) => after.step !== before.step + 1).length + (steps[0]?.step === 1 ? 0 : 1),
    processes: new Set(steps.map(({ pid }) => pid)).size,
    longest: Math.max(0, ...pairs.map(([before, after]) => after.at - before.at)),
  };
}
