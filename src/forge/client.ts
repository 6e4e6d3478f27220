// JSON over HTTP with one forge: a time limit, patience where it is overloaded, all pages of a list. The token goes to
// that one origin and appears in no message.
import { AppError } from "../error.ts";

export interface ClientOptions {
  /** Without a slash at its end. */
  readonly api: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What no message may show. */
  readonly secret: string;
  /** Milliseconds that one request may take. */
  readonly timeLimit: number;
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal | null;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; null where there is none. */
  readonly body: unknown;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Client {
  /** `path` begins with a slash. Statuses that are not in `ok` (default: 200 to 299) throw `forge-failed`. */
  request(method: Method, path: string, options?: RequestOptions): Promise<Answer>;
  /** Every page of a list. */
  list(path: string, options?: Pick<RequestOptions, "ok">): Promise<{ status: number; items: readonly unknown[] }>;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Statuses that the caller understands, beside success. */
  readonly ok?: readonly number[];
}

const TRIES = 5;
/** Milliseconds. Rate limits of hours are told, not sat out. */
const LONGEST_WAIT = 60_000;
const MOST_REDIRECTS = 3;
const MOST_PAGES = 100;

export function createClient(options: ClientOptions): Client {
  const { origin } = new URL(options.api);
  const exchange = async (method: Method, url: string, body: unknown): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const response = await send(options, origin, method, url, body);
      const pause = pauseBefore(method, response, attempt);
      if (pause === null || attempt === TRIES) return response;
      if (pause > LONGEST_WAIT) {
        throw failure(options, method, url, response.status, `asks to wait ${Math.ceil(pause / 1000)} seconds`);
      }
      await response.body?.cancel();
      await options.wait(pause);
    }
  };
  const answer = async (method: Method, url: string, { body, ok = [] }: RequestOptions) => {
    const response = await exchange(method, url, body);
    const parsed = await parse(options, method, url, response);
    if (!response.ok && !ok.includes(response.status)) {
      throw failure(options, method, url, response.status, saidIn(parsed));
    }
    return { status: response.status, body: parsed, next: nextPage(response, origin) };
  };
  return {
    async request(method, path, request = {}) {
      const { status, body } = await answer(method, options.api + path, request);
      return { status, body };
    },
    async list(path, request = {}) {
      const items: unknown[] = [];
      let url: string | null = `${options.api}${path}${path.includes("?") ? "&" : "?"}per_page=100`;
      for (let page = 0; url !== null && page < MOST_PAGES; page++) {
        const { status, body, next } = await answer("GET", url, request);
        if (!Array.isArray(body)) return { status, items };
        items.push(...(body as unknown[]));
        url = next;
      }
      return { status: 200, items };
    },
  };
}

async function send(
  options: ClientOptions,
  origin: string,
  method: Method,
  start: string,
  body: unknown,
): Promise<Response> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const limit = AbortSignal.timeout(options.timeLimit);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        redirect: "manual", // where to, is looked at first: the token goes along
        headers: { ...options.headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: options.signal === null ? limit : AbortSignal.any([limit, options.signal]),
      });
    } catch (cause) {
      const why = limit.aborted ? `no answer in ${options.timeLimit / 1000} seconds` : reasonOf(cause);
      throw new AppError("remote-failed", `Cannot reach ${new URL(url).host}: ${hide(options, why)}`, {
        hint: "nothing was changed by this request; run it again when the forge can be reached",
      });
    }
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    const to = new URL(location, url);
    await response.body?.cancel();
    if (to.origin !== origin || redirects === MOST_REDIRECTS) {
      throw new AppError("forge-failed", `${new URL(url).host} points to ${to.host}, and the token is not sent there`, {
        hint: "has the repository moved? git remote set-url origin NEW-ADDRESS",
        data: { status: response.status },
      });
    }
    url = to.href;
  }
}

/** Milliseconds to wait before the next try; null: this answer stands. Times are the forge's own, so no clock is needed. */
function pauseBefore(method: Method, response: Response, attempt: number): number | null {
  const { status, headers } = response;
  const limited =
    status === 429 || (status === 403 && (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0"));
  const failed = [500, 502, 503, 504].includes(status) && method !== "POST"; // a POST may have been done all the same
  if (!limited && !failed) return null;
  const now = Date.parse(headers.get("date") ?? "");
  const after = headers.get("retry-after");
  if (after !== null) {
    if (/^\d+$/.test(after)) return Number(after) * 1000;
    const until = Date.parse(after) - now;
    if (!Number.isNaN(until)) return Math.max(0, until);
  }
  const reset = headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset");
  if (limited && reset !== null && !Number.isNaN(now)) return Math.max(0, Number(reset) * 1000 - now);
  return 500 * 2 ** (attempt - 1);
}

/** The next page of a list, as both forges name it (RFC 8288). Only on the same origin. */
function nextPage(response: Response, origin: string): string | null {
  const found = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "");
  if (found === null) return null;
  const url = new URL(found[1] ?? "", response.url);
  return url.origin === origin ? url.href : null;
}

async function parse(options: ClientOptions, method: Method, url: string, response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!response.ok) return null; // an error page of whatever stands in front of it
    throw failure(options, method, url, response.status, "what came is no JSON");
  }
}

/** What a forge says in words, in one line. */
function saidIn(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const { message, error, errors } = body as Record<string, unknown>;
  const words = [message ?? error, errors].flat().flatMap((part) => {
    if (part === undefined || part === null) return [];
    if (typeof part === "string") return [part];
    const inner = (part as Record<string, unknown>)["message"];
    return [typeof inner === "string" ? inner : JSON.stringify(part)];
  });
  return words.join("; ").replace(/\s+/g, " ").slice(0, 500);
}

function failure(options: ClientOptions, method: Method, url: string, status: number, said: string): AppError {
  const { host, pathname } = new URL(url);
  const words = hide(options, said);
  return new AppError(
    "forge-failed",
    `${host} answers ${status} to ${method} ${pathname}${words === "" ? "" : `: ${words}`}`,
    {
      ...hintFor(status),
      data: { status, method, path: pathname, said: words },
    },
  );
}

function hintFor(status: number): { readonly hint?: string } {
  if (status === 401) return { hint: "the token is wrong or has expired: make a new one" };
  if (status === 403 || status === 404)
    return { hint: "the token may not: it needs to administer the repository, and to read alone for --check" };
  return status === 429 ? { hint: "run it again later: the forge limits how much is asked of it" } : {};
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}

function hide({ secret }: ClientOptions, text: string): string {
  return secret === "" ? text : text.replaceAll(secret, "***");
}
