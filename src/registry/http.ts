// One HTTP exchange: a request with a body that streams, an answer whose body streams. node:http rather than fetch: fetch
// takes no authority per host and sends no stream of known length. Knows no registry, follows nothing, tries nothing twice.
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as TlsAgent, request as tlsRequest, type AgentOptions } from "node:https";
import { once } from "node:events";
import { isAppError } from "../error.ts";
import { TunnelAgent } from "./proxy.ts";

export interface Body {
  /** Bytes. */
  readonly size: number;
  /** From its beginning, as often as it is asked. */
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | null;
}

export interface HttpAnswer {
  readonly status: number;
  /** null: it is not there. */
  header(name: string): string | null;
  /** Can be read once. Ends in an error where fewer bytes come than were announced. */
  readonly body: AsyncIterable<Buffer>;
  /** Reads the body and forgets it, so that the connection can be used again; drops both where it is long. */
  discard(): Promise<void>;
}

/** A connection that could not be made or was lost; `reason` is one line for people. */
export class ConnectionError extends Error {
  readonly reason: string;
  readonly code: string;

  constructor(cause: unknown) {
    const code = codeOf(cause);
    const reason = REASONS[code] ?? (cause instanceof Error && cause.message !== "" ? cause.message : code);
    super(reason, { cause });
    this.name = "ConnectionError";
    this.reason = reason;
    this.code = code;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was dropped",
  EPIPE: "the connection was dropped",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name cannot be looked up now",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no network",
  EPROTO: "it does not speak TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
};

export interface HttpOptions {
  /** Authorities and client certificates for a host with its port. */
  readonly tls: (host: string) => Pick<AgentOptions, "secureContext" | "rejectUnauthorized">;
  /** The proxy that an address is reached by; null: none. */
  readonly proxy: (url: URL) => URL | null;
  /** Milliseconds in which not one byte passes, after which a connection is lost. */
  readonly idleLimit: number;
  /** How many connections there may be to one host. */
  readonly connections: number;
  readonly signal: AbortSignal | undefined;
}

export interface Http {
  /** Throws `ConnectionError`, what the body's own source throws, or the signal's reason. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

export function createHttp(options: HttpOptions): Http {
  const agents = new Map<string, PlainAgent>();
  const tlsAgent = (url: URL, settings: AgentOptions): TlsAgent => {
    const proxy = options.proxy(url);
    return proxy === null ? new TlsAgent(settings) : new TunnelAgent(proxy, settings);
  };
  const agentFor = (url: URL): PlainAgent => {
    const known = agents.get(url.origin);
    if (known !== undefined) return known;
    const limits = { keepAlive: true, maxSockets: options.connections };
    const made =
      url.protocol === "https:" ? tlsAgent(url, { ...limits, ...options.tls(url.host) }) : new PlainAgent(limits);
    agents.set(url.origin, made);
    return made;
  };
  return {
    async exchange({ method, url, headers, body }) {
      options.signal?.throwIfAborted();
      const length = body === null ? {} : { "Content-Length": String(body.size) };
      const request = (url.protocol === "https:" ? tlsRequest : plainRequest)(url, {
        method,
        headers: { ...headers, ...length },
        agent: agentFor(url),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      request.removeHeader("Connection"); // what it would say goes without saying, and a patch release sends little else
      request.setTimeout(options.idleLimit, () => {
        const reason = `nothing came for ${options.idleLimit / 1000} seconds`;
        request.destroy(Object.assign(new Error(reason), { code: "IDLE" }));
      });
      try {
        return answerOf(await sent(request, body), request, options.signal);
      } catch (cause) {
        request.destroy();
        throw phrased(cause, options.signal);
      }
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** Sends the body and waits for the answer, whichever comes first: a refusal may come before the body's end. */
async function sent(request: ClientRequest, body: Body | null): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject); // not once: later ones must not end the process
  });
  if (body === null) {
    request.end();
    return await answered;
  }
  let isAnswered = false;
  const settled = answered.then(
    () => void (isAnswered = true),
    () => void (isAnswered = true),
  );
  for await (const chunk of body.open()) {
    if (isAnswered) break;
    if (!request.write(chunk)) await Promise.race([once(request, "drain").catch(() => undefined), settled]);
  }
  if (!isAnswered) request.end();
  const answer = await answered;
  if (!request.writableEnded) answer.once("close", () => request.destroy()); // half a body is on this connection
  return answer;
}

/** Bytes of an unwanted body that are worth a connection. */
const WORTH_READING = 64 * 1024;

function answerOf(message: IncomingMessage, request: ClientRequest, signal: AbortSignal | undefined): HttpAnswer {
  return {
    status: message.statusCode ?? 0,
    header(name) {
      const value = message.headers[name];
      return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
    },
    body: {
      async *[Symbol.asyncIterator]() {
        try {
          for await (const chunk of message as AsyncIterable<Buffer>) yield chunk;
        } catch (cause) {
          throw phrased(cause, signal);
        } finally {
          if (!message.complete) request.destroy();
        }
      },
    },
    async discard() {
      let seen = 0;
      try {
        for await (const chunk of message as AsyncIterable<Buffer>) if ((seen += chunk.length) > WORTH_READING) break;
      } catch {
        request.destroy(); // nobody wants these bytes: that they do not come is no failure
      }
    },
  };
}

function phrased(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (isAppError(cause) || cause instanceof ConnectionError) return cause;
  return codeOf(cause) === "" ? cause : new ConnectionError(cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
