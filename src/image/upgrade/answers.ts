// Whether a service answers on a port of this host: one question each, with a time limit. Asks for nothing that computes.
import { connect, createServer, type AddressInfo } from "node:net";
import { z } from "zod";
import type { Kernel } from "./drain.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 3000;

/** What Jupyter says to `/api/status`: an HTTP status; null: nobody answers. */
export async function jupyterStatus(port: number, token: string | null): Promise<number | null> {
  return (await get(port, "/api/status", token))?.status ?? null;
}

/** Null: nobody answers, or the token is not known. */
export async function kernelsOf(port: number, token: string | null): Promise<Kernel[] | null> {
  const answer = await get(port, "/api/kernels", token);
  if (answer?.status !== 200) return null;
  const found = Kernels.safeParse(answer.body);
  return found.success ? found.data.map(({ id, name, execution_state: state }) => ({ id, name, state })) : null;
}

const Kernels = z.array(z.object({ id: z.string(), name: z.string(), execution_state: z.string().default("unknown") }));

async function get(
  port: number,
  path: string,
  token: string | null,
): Promise<{ status: number; body: unknown } | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { connection: "close", ...(token === null ? {} : { authorization: `token ${token}` }) },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    return { status: response.status, body: response.ok ? JSON.parse(text) : null };
  } catch {
    return null;
  }
}

/** Whether an SSH server says its name there. */
export function isSshThere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE, () => end(false));
    socket.once("data", (chunk: Buffer) => end(chunk.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

/** A port of that address that nobody listens on now: this one, or the next free one above it; 0: any. */
export async function freePort(bind: string, wanted: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  const last = wanted === 0 ? 0 : Math.min(wanted + 200, 65_535);
  for (let port = wanted; port <= last; port++) {
    if (taken.has(port)) continue;
    const found = await tryPort(bind, port);
    if (found !== null && !taken.has(found)) return found;
  }
  return freePort(bind, 0, taken);
}

function tryPort(bind: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ host: bind, port, exclusive: true }, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}
