// An HTTP server on the loopback address that plays a forge: a dialect answers, and every request and answer is judged
// by what the vendor describes. A test in which anything did not fit fails when its sandbox goes.
import { createServer, type IncomingMessage } from "node:http";
import { rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "../sandbox.ts";

export interface Asked {
  readonly method: string;
  /** As sent, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: string | null;
}

export interface Told {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the vendor's description has to say against the request or this answer. */
  readonly misfits?: readonly string[];
}

export interface Dialect {
  /** What every path of the API begins with: `/api/v3`. */
  readonly prefix: string;
  tokenOf(headers: IncomingMessage["headers"]): string | null;
  answer(asked: Asked): Told;
}

/** An answer in place of the dialect's, for so many requests that fit. */
export interface Disturbance {
  readonly fits: (asked: Asked) => boolean;
  readonly times: number;
  readonly told: Told | "hang";
}

export interface ForgeServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Requests so far: `GET /repos/org/app/rulesets 200`. */
  readonly requests: readonly string[];
  /** So far: what does not fit the vendor's description. */
  readonly misfits: string[];
  disturb(disturbance: Disturbance): void;
}

/** Goes with the sandbox. */
export async function serveForge(sandbox: Sandbox, dialect: Dialect): Promise<ForgeServer> {
  const requests: string[] = [];
  const misfits: string[] = [];
  const disturbances: { left: number; readonly of: Disturbance }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const text = Buffer.concat(chunks).toString("utf8");
      const method = request.method ?? "GET";
      const path = url.pathname.startsWith(dialect.prefix) ? url.pathname.slice(dialect.prefix.length) : null;
      const asked: Asked = {
        method,
        path: path ?? url.pathname,
        query: url.searchParams,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
        token: dialect.tokenOf(request.headers),
      };
      const found = disturbances.find(({ left, of }) => left > 0 && of.fits(asked));
      if (found !== undefined) found.left -= 1;
      const told =
        found?.of.told ?? (path === null ? { status: 404, body: { message: "Not Found" } } : dialect.answer(asked));
      if (told === "hang") return;
      requests.push(`${method} ${asked.path} ${told.status}`);
      misfits.push(...(told.misfits ?? []));
      response.writeHead(told.status, { "Content-Type": "application/json", ...told.headers });
      response.end(told.body === undefined || told.body === null ? undefined : JSON.stringify(told.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  sandbox.beforeRemoval(async () => {
    await close();
    rmSync(sandbox.root, { recursive: true, force: true }); // a test that fails leaves nothing behind either
    if (misfits.length > 0) throw new Error(`The vendor describes it otherwise:\n${misfits.join("\n")}`);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    misfits,
    disturb: (of) => void disturbances.push({ left: of.times, of }),
  };
}

/** One page of a list and the header that names the next one (RFC 8288). */
export function pageOf(asked: Asked, items: readonly unknown[], base: string): Told {
  const size = Math.min(100, Number(asked.query.get("per_page") ?? 30));
  const page = Number(asked.query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const query = new URLSearchParams(asked.query);
  query.set("page", String(page + 1));
  const link = page < last ? { Link: `<${base}${asked.path}?${query.toString()}>; rel="next"` } : {};
  return { status: 200, body: items.slice((page - 1) * size, page * size), headers: link };
}
