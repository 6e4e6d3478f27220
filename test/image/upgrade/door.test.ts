// The door's own program, run by the host's python3: what it promises to connections, without a container around it.
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";
import { freePort } from "../../support/workbench.ts";

const PROGRAM = fileURLToPath(new URL("../../../workbench/door.py", import.meta.url));

interface Door {
  readonly directory: string;
  /** Makes it lead there, and waits until it says so. */
  lead(listen: readonly (readonly [port: number, to: number])[]): Promise<void>;
  serving(): { generation: number; serving: { port: number }[]; refused: { port: number; why: string }[] };
  restart(): void;
}

function openDoor(sandbox: Sandbox): Door {
  const directory = sandbox.path("door");
  mkdirSync(directory);
  copyFileSync(PROGRAM, `${directory}/door.py`);
  let child: ChildProcess | undefined;
  let generation = 0;
  const start = (): void => {
    child?.kill("SIGKILL");
    child = spawn("/usr/bin/python3", ["-I", "-S", `${directory}/door.py`], { stdio: "ignore" });
  };
  start();
  sandbox.beforeRemoval(() => void child?.kill("SIGKILL"));
  const serving = (): ReturnType<Door["serving"]> =>
    JSON.parse(readFileSync(`${directory}/serving.json`, "utf8")) as never;
  return {
    directory,
    serving,
    restart: start,
    async lead(listen) {
      generation += 1;
      const asked = listen.map(([port, to]) => ({ bind: "127.0.0.1", port, to: { host: "127.0.0.1", port: to } }));
      writeFileSync(`${directory}/new`, JSON.stringify({ generation, container: "lab", listen: asked }));
      renameSync(`${directory}/new`, `${directory}/door.json`);
      await expect.poll(() => existsSync(`${directory}/serving.json`) && serving().generation, WAIT).toBe(generation);
    },
  };
}

const WAIT = { timeout: 10_000, interval: 20 };

/** Says its name to whoever comes, then says back what it is told, in capitals. */
async function server(sandbox: Sandbox, name: string, port = 0): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const made = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write(`${name}\n`);
    socket.on("data", (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
    socket.on("end", () => socket.end("bye\n"));
  });
  await new Promise<void>((resolve) => made.listen(port, "127.0.0.1", resolve));
  sandbox.beforeRemoval(() => {
    for (const socket of sockets) socket.destroy();
    made.close();
  });
  const address = made.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, server: made };
}

interface Client {
  readonly socket: Socket;
  heard(): string;
  readonly ended: Promise<string>;
}

function client(sandbox: Sandbox, port: number): Client {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  let heard = "";
  socket.setEncoding("utf8").on("data", (text: string) => (heard += text));
  socket.on("error", () => undefined);
  sandbox.beforeRemoval(() => void socket.destroy());
  const ended = new Promise<string>((resolve) => {
    socket.once("end", () => resolve(heard));
    socket.once("close", () => resolve(heard));
  });
  return { socket, heard: () => heard, ended };
}

describe("the door", () => {
  test("keeps connections that stand where they are, and leads new ones to the new container", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, next, port] = [await server(sandbox, "old"), await server(sandbox, "new"), await freePort()];
    await door.lead([[port, old.port]]);
    const standing = client(sandbox, port);
    await expect.poll(() => standing.heard(), WAIT).toBe("old\n");

    await door.lead([[port, next.port]]);
    const fresh = client(sandbox, port);
    await expect.poll(() => fresh.heard(), WAIT).toBe("new\n");
    standing.socket.write("still here\n");
    await expect.poll(() => standing.heard(), WAIT).toBe("old\nSTILL HERE\n");
  });

  test("lets connections go on whose port it was told to give up", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, port] = [await server(sandbox, "old"), await freePort()];
    await door.lead([[port, old.port]]);
    const standing = client(sandbox, port);
    await expect.poll(() => standing.heard(), WAIT).toBe("old\n");
    await door.lead([]);
    standing.socket.write("still here\n");
    await expect.poll(() => standing.heard(), WAIT).toBe("old\nSTILL HERE\n");
    expect(await client(sandbox, port).ended).toBe("");
  });

  test("passes on that one side has ended, and lets the other finish", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, port] = [await server(sandbox, "old"), await freePort()];
    await door.lead([[port, old.port]]);
    const one = client(sandbox, port);
    one.socket.end("last words\n");
    expect(await one.ended).toBe("old\nLAST WORDS\nbye\n");
  });

  test("carries more than fits into one piece, both ways at once", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, port] = [await server(sandbox, "old"), await freePort()];
    await door.lead([[port, old.port]]);
    const one = client(sandbox, port);
    const text = `${"abcdefgh".repeat(100_000)}\n`;
    one.socket.end(text);
    expect(await one.ended).toBe(`old\n${text.toUpperCase()}bye\n`);
  });

  test("takes a port up as soon as somebody else gives it up, and says until then who cannot be served", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [next, other] = [await server(sandbox, "new"), await server(sandbox, "other")];
    const port = await freePort();
    await door.lead([
      [port, next.port],
      [other.port, next.port],
    ]);
    expect(door.serving().serving.map((at) => at.port)).toEqual([port]);
    expect(door.serving().refused).toMatchObject([{ port: other.port, why: "Address already in use" }]);
    other.server.close();
    await expect.poll(() => door.serving().refused, WAIT).toEqual([]);
    const one = client(sandbox, other.port);
    await expect.poll(() => one.heard(), WAIT).toBe("new\n");
  });

  test("leads where it was told, when it is started again", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, port] = [await server(sandbox, "old"), await freePort()];
    await door.lead([[port, old.port]]);
    door.restart();
    await expect.poll(async () => await greeting(sandbox, port), WAIT).toBe("old\n");
  });

  test("stays as it is when what it is told cannot be read", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const [old, next, port] = [await server(sandbox, "old"), await server(sandbox, "new"), await freePort()];
    await door.lead([[port, old.port]]);
    for (const text of ["", "{", '{"generation":9,"listen":[{"port":1}]}', "[]"]) {
      writeFileSync(`${door.directory}/door.json`, text);
      await sleep(120); // the door looks ten times a second
    }
    rmSync(`${door.directory}/door.json`);
    expect(await greeting(sandbox, port)).toBe("old\n");
    await door.lead([[port, next.port]]);
    expect(await greeting(sandbox, port)).toBe("new\n");
  });

  test("ends a connection at once where nobody is behind it", async () => {
    const sandbox = makeSandbox();
    const door = openDoor(sandbox);
    const port = await freePort();
    await door.lead([[port, await freePort()]]);
    expect(await client(sandbox, port).ended).toBe("");
  });
});

async function greeting(sandbox: Sandbox, port: number): Promise<string> {
  const one = client(sandbox, port);
  const end = new Promise<string>((resolve) => one.socket.once("data", () => resolve(one.heard())));
  const said = await Promise.race([end, one.ended]);
  one.socket.destroy();
  return said;
}
