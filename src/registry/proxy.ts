// Environment -> the proxy that a host is reached by, and a tunnel through it (RFC 9110, CONNECT). Requests with TLS alone:
// without it registries are on this machine or near.
import { request } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Environment } from "../git/environment.ts";
import { isLoopback } from "./endpoint.ts";

/** null: directly. As curl and Go read `HTTPS_PROXY` and `NO_PROXY`; this machine is never reached by a proxy. */
export function proxyFor(url: URL, env: Environment): URL | null {
  const set = env["HTTPS_PROXY"] || env["https_proxy"];
  if (url.protocol !== "https:" || !set || isLoopback(url.host) || isExempt(url, env)) return null;
  const text = set.includes("://") ? set : `http://${set}`;
  return URL.canParse(text) ? new URL(text) : null;
}

/** `example.com` and `.example.com` mean the domain and all below it; `host:port` that port alone; `*` everything. */
function isExempt({ hostname, port }: URL, env: Environment): boolean {
  const list = (env["NO_PROXY"] || env["no_proxy"] || "").split(/[\s,]+/).filter(Boolean);
  return list.some((entry) => {
    if (entry === "*") return true;
    const [name = "", only] = entry.toLowerCase().split(":");
    if (only !== undefined && only !== (port || "443")) return false;
    const domain = name.replace(/^\*?\./, "");
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
}

/** Connections of an agent that all go through one proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: ConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | undefined {
    const done = callback as (error: Error | null, socket?: Duplex) => void;
    tunnel(this.#proxy, `${options.host ?? ""}:${options.port ?? 443}`).then(
      (socket) => done(null, connectTls({ ...options, socket })),
      (cause: Error) => done(cause),
    );
    return undefined; // the callback brings it
  }
}

function tunnel(proxy: URL, to: string): Promise<Duplex> {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = {
    Host: to,
    ...(login === ":" ? {} : { "Proxy-Authorization": `Basic ${Buffer.from(login).toString("base64")}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request({
      hostname: proxy.hostname,
      port: proxy.port || 80,
      method: "CONNECT",
      path: to,
      headers,
      agent: false,
    });
    asked.setTimeout(CONNECT_LIMIT, () => asked.destroy(failed(`the proxy ${proxy.host} does not answer`)));
    asked.once("connect", (answer, socket) => {
      socket.setTimeout(0);
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(failed(`the proxy ${proxy.host} answers ${answer.statusCode}`));
    });
    asked.once("error", (cause) =>
      reject(
        "code" in cause && cause.code === "PROXY" ? cause : failed(`the proxy ${proxy.host} fails: ${cause.message}`),
      ),
    );
    asked.end();
  });
}

/** Milliseconds. */
const CONNECT_LIMIT = 30_000;

function failed(reason: string): Error {
  return Object.assign(new Error(reason), { code: "PROXY" });
}
