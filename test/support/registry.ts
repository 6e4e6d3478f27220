// A real registry (Debian's docker-registry) on a port of its own, and a proxy that counts what passes and can spoil it.
import { spawn, type ChildProcess } from "node:child_process";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import type { Certificate } from "./certificates.ts";
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export interface RegistryOptions {
  /** Who may do everything; nobody else may do anything. Default: anybody may. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Bearer tokens are asked for, of that realm, signed with that certificate's key. */
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string; readonly root: string };
  readonly tls?: Certificate;
  /** Directory in the sandbox, and the address kept after `restart`. */
  readonly name?: string;
}

export interface RegistryServer {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Of the access log so far: `PUT /v2/app/manifests/v1 201`. */
  requests(): readonly string[];
  /** Ends it; what it holds stays. */
  stop(): Promise<void>;
  /** On the same port, with what it held. */
  restart(): Promise<void>;
}

/** It takes deletes, holds its data in the sandbox and goes with it. */
export async function registryServer(sandbox: Sandbox, options: RegistryOptions = {}): Promise<RegistryServer> {
  const name = options.name ?? "registry";
  const auth = options.user === undefined ? tokenAuth(options) : await basicAuth(sandbox, name, options.user);
  const tls = options.tls === undefined ? {} : { tls: { certificate: options.tls.file, key: options.tls.key } };
  const settings = (address: string): string =>
    JSON.stringify({
      version: "0.1",
      log: { accesslog: { disabled: false }, level: "error" },
      storage: {
        filesystem: { rootdirectory: sandbox.path(name, "data") },
        delete: { enabled: true },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: address, secret: "for uploads that go on after a restart", ...tls },
      ...auth,
    });
  const log: string[] = [];
  const launch = (address: string): Promise<Launched> =>
    launchRegistry(sandbox, sandbox.write(`${name}/config.yml`, settings(address)), log);
  let running = await launch("127.0.0.1:0");
  const { host } = running;
  const stop = async (): Promise<void> => {
    running.child.kill();
    await running.ended;
  };
  sandbox.beforeRemoval(stop);
  return {
    host,
    requests: () => log.flatMap((line) => /"([A-Z]+ \S+) HTTP\/[\d.]+" (\d+)/.exec(line)?.slice(1, 3).join(" ") ?? []),
    stop,
    async restart() {
      await stop();
      running = await launch(host);
    },
  };
}

interface Launched {
  readonly host: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

async function launchRegistry(sandbox: Sandbox, configuration: string, log: string[]): Promise<Launched> {
  const child = spawn("docker-registry", ["serve", configuration], {
    cwd: sandbox.root,
    env: { PATH: process.env["PATH"], OTEL_SDK_DISABLED: "true", REGISTRY_LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout.setEncoding("utf8").on("data", (text: string) => log.push(...text.split("\n").filter(Boolean)));
  const host = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("error", reject);
    child.once("close", () => reject(new Error(`docker-registry does not start: ${said}`)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < 10_000) said += text;
      const found = /listening on ([\d.]+:\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { host, child, ended };
}

function tokenAuth({ token }: RegistryOptions): object {
  if (token === undefined) return {};
  return {
    auth: { token: { realm: token.realm, service: token.service, issuer: token.issuer, rootcertbundle: token.root } },
  };
}

async function basicAuth(sandbox: Sandbox, name: string, user: { name: string; password: string }): Promise<object> {
  // perl's crypt is libxcrypt's, which knows the bcrypt that docker-registry wants; a low cost is enough here
  const script = 'print crypt($ARGV[0], q($2y$05$) . "a" x 22)';
  const { stdout } = await finished("perl", ["-e", script, user.password], { cwd: sandbox.root, env: sandbox.env });
  const path = sandbox.write(`${name}/htpasswd`, `${user.name}:${stdout.toString()}\n`);
  return { auth: { htpasswd: { realm: "registry", path } } };
}

export type Direction = "up" | "down";

export interface CountingProxy {
  /** `127.0.0.1:<port>`, to be used in the target's place. */
  readonly host: string;
  /** Bytes from the client to the target, headers included. */
  readonly up: number;
  readonly down: number;
  /** Requests seen on plain connections. */
  readonly requests: number;
  /** Sets the counts to zero. */
  reset(): void;
  /** Once so many more bytes have passed that way, the connection is dropped; connections after it are let through. */
  cut(direction: Direction, bytes: number): void;
  /** Once so many more bytes have passed that way, nothing of that connection passes any more. */
  stall(direction: Direction, bytes: number): void;
  /** Flips one bit of the byte that passes after so many. */
  corrupt(direction: Direction, bytes: number): void;
}

interface Fault {
  readonly kind: "cut" | "stall" | "corrupt";
  readonly direction: Direction;
  left: number;
}

/** A TCP proxy to `127.0.0.1:<port>`; it goes with the sandbox. */
export async function countingProxy(sandbox: Sandbox, target: string): Promise<CountingProxy> {
  const count = { up: 0, down: 0, requests: 0 };
  const sockets = new Set<Socket>();
  let fault: Fault | null = null;

  /** What of a chunk goes on; null: the connection is at its end. */
  const passed = (direction: Direction, chunk: Buffer): Buffer | "cut" | "stall" => {
    if (fault === null || fault.direction !== direction) return chunk;
    if (fault.left >= chunk.length) {
      fault.left -= chunk.length;
      return chunk;
    }
    const { kind, left } = fault;
    fault = null;
    if (kind !== "corrupt") return kind;
    const spoiled = Buffer.from(chunk);
    spoiled[left] = (spoiled[left] ?? 0) ^ 1;
    return spoiled;
  };

  const pipe = (from: Socket, to: Socket, direction: Direction): void => {
    from.on("data", (chunk: Buffer) => {
      if (direction === "up" && /^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \//.test(chunk.toString("latin1", 0, 9))) {
        count.requests += 1;
      }
      const goes = passed(direction, chunk);
      if (goes === "stall") {
        from.pause().removeAllListeners("data");
        to.pause().removeAllListeners("data");
      } else if (goes === "cut") {
        from.destroy();
        to.destroy();
      } else {
        count[direction] += goes.length;
        if (!to.write(goes)) from.pause();
      }
    });
    to.on("drain", () => from.resume());
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  };

  const server = createServer((client) => {
    const [host = "", port] = target.split(":");
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    pipe(client, upstream, "up");
    pipe(upstream, client, "down");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sandbox.beforeRemoval(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const arm = (kind: Fault["kind"]) => (direction: Direction, bytes: number) => {
    fault = { kind, direction, left: bytes };
  };
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get up() {
      return count.up;
    },
    get down() {
      return count.down;
    },
    get requests() {
      return count.requests;
    },
    reset() {
      count.up = count.down = count.requests = 0;
    },
    cut: arm("cut"),
    stall: arm("stall"),
    corrupt: arm("corrupt"),
  };
}
