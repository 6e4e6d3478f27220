// Requests to one repository of a registry: where it is and what it asks for is found out once; each request is authorised,
// follows redirects without taking the login along, and is made again where that helps. Knows nothing of images.
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { findCredentials, type Credentials } from "./credentials.ts";
import { endpointsOf, type Endpoints } from "./endpoint.ts";
import { complaintIn, refusal, unreachable, type Asked, type Complaint } from "./failure.ts";
import { findRegistry, type Found } from "./find.ts";
import { ConnectionError, createHttp, type Body, type Http, type HttpAnswer, type HttpRequest } from "./http.ts";
import { backOff, isPassing, isPassingFailure, LONGEST_WAIT, retryAfter, TRIES } from "./patience.ts";
import { proxyFor } from "./proxy.ts";
import { authorization } from "./token.ts";
import { trustFor } from "./trust.ts";

export interface SessionOptions {
  readonly host: string;
  readonly repository: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Hosts that need no TLS, beside those that the environment names. */
  readonly insecure: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Milliseconds in which nothing comes, after which a connection is lost. */
  readonly idleLimit: number;
}

export interface Ask {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/v2/…`, or a Location that the registry gave. */
  readonly at: string | URL;
  readonly access: "pull" | "push";
  /** Another repository that is read at the same time: a mount's source. */
  readonly from?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body | null;
}

export interface Answer extends HttpAnswer {
  /** What a relative Location is relative to. */
  readonly url: URL;
}

/** An answer whose body was read; null: it was too large. */
export interface ReadAnswer extends Answer {
  readonly bytes: Buffer | null;
}

const MOST_REDIRECTS = 5;

const CONNECTIONS = 6;

export class Session {
  readonly options: SessionOptions;
  /** `registry.example/team/app`. */
  readonly name: string;
  readonly #endpoints: Endpoints;
  readonly #http: Http;
  /** By scope; what is under way is shared. */
  readonly #authorizations = new Map<string, Promise<string | null>>();
  #found: Promise<Found> | null = null;
  #credentials: Promise<Credentials | null> | null = null;

  constructor(options: SessionOptions) {
    const { host, env, insecure, idleLimit, signal } = options;
    const endpoints = endpointsOf(host, env, insecure);
    this.options = options;
    this.name = `${host}/${options.repository}`;
    this.#endpoints = endpoints;
    this.#http = createHttp({
      tls: (name) => trustFor(name, endpoints.isInsecure(name), env),
      proxy: (url) => proxyFor(url, env),
      idleLimit,
      connections: CONNECTIONS,
      signal,
    });
  }

  /** Until it succeeds, a lasting answer comes, or patience ends. Statuses that are not in `ok` throw. */
  async request(ask: Ask, ok: readonly number[]): Promise<Answer> {
    const { answer, tries } = await this.#patiently(ask, TRIES, ok, () => this.attempt(ask));
    if (ok.includes(answer.status)) return answer;
    throw await this.refused(ask, answer, tries);
  }

  /** As `request`, with the whole body; null where that has more bytes than `most`. */
  async readAll(ask: Ask, ok: readonly number[], most: number): Promise<ReadAnswer> {
    const { answer, tries } = await this.#patiently(ask, TRIES, ok, async () => {
      const answered = await this.attempt(ask);
      return Object.assign(answered, { bytes: ok.includes(answered.status) ? await upTo(answered, most) : null });
    });
    if (ok.includes(answer.status)) return answer;
    throw await this.refused(ask, answer, tries);
  }

  /** One request, authorised. Throws `ConnectionError` where the connection does not last. */
  async attempt(ask: Ask): Promise<Answer> {
    const { base, challenges } = await this.#find();
    const scopes = scopesOf(this.options.repository, ask);
    const url = this.#resolve(ask.at, base);
    const shown = await this.#authorize(challenges, scopes);
    const answer = await this.#follow(ask, url, base, shown);
    if (answer.status !== 401) return answer;
    const again = parseChallenges(answer.header("www-authenticate") ?? "");
    const wanted = again.flatMap(({ parameters }) => parameters["scope"] ?? []);
    this.#authorizations.delete(scopes.join(" ")); // it has expired, or was never enough
    const renewed = await this.#authorize(again.length > 0 ? again : challenges, scopes, wanted);
    if (renewed === null || (renewed === shown && renewed.startsWith("Basic "))) return answer;
    await answer.discard();
    return await this.#follow(ask, url, base, renewed);
  }

  async hasBlob(digest: string): Promise<boolean> {
    const at = `/v2/${this.options.repository}/blobs/${digest}`;
    const answer = await this.request({ method: "HEAD", at, access: "pull" }, [200, 404]);
    await answer.discard();
    return answer.status === 200;
  }

  /** Waits as the answer asks or as is usual. Throws where it asks for more than anybody sits out. */
  async pause(ask: Pick<Ask, "at">, answer: HttpAnswer, attempt: number): Promise<void> {
    const wanted = retryAfter(answer);
    if (wanted !== null && wanted > LONGEST_WAIT) {
      const { host } = this.options;
      throw new AppError("registry-failed", `${host} asks to wait ${Math.ceil(wanted / 1000)} seconds`, {
        hint: `run it again then, or log in for a higher limit: docker login ${host}`,
        data: { host, status: answer.status, seconds: Math.ceil(wanted / 1000) },
      });
    }
    await answer.discard();
    await this.options.wait(wanted ?? backOff(attempt, String(ask.at)));
  }

  /** The error that an answer means. `complaint`: what its body said, where that was read before. */
  async refused(ask: Ask, answer: Answer, tries: number, complaint?: Complaint): Promise<AppError> {
    const asked: Asked = {
      host: this.options.host,
      repository: this.options.repository,
      method: ask.method,
      path: answer.url.pathname,
      size: ask.body?.size ?? 0,
      tries,
      withLogin: (await this.#login()) !== null,
    };
    return refusal(asked, answer.status, complaint ?? (await complaintIn(answer)));
  }

  phrased(cause: unknown, tries: number): unknown {
    return cause instanceof ConnectionError ? unreachable(this.options.host, cause, tries) : cause;
  }

  close(): void {
    this.#http.close();
  }

  /** A registry behind a proxy may give its own Locations without TLS: they are reached as the rest is. */
  #resolve(at: string | URL, base: URL): URL {
    const url = new URL(at, base);
    if (url.host === base.host) url.protocol = base.protocol;
    return url;
  }

  async #follow(ask: Ask, start: URL, base: URL, shown: string | null): Promise<Answer> {
    let url = start;
    for (let redirects = 0; ; redirects++) {
      const isHome = url.origin === base.origin; // elsewhere a login would be another's to read
      const headers = { ...ask.headers, ...(isHome && shown !== null ? { Authorization: shown } : {}) };
      const answer = await this.#exchange({ method: ask.method, url, headers, body: ask.body ?? null });
      const location = answer.header("location");
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && location !== null;
      if (!isRedirect) return Object.assign(answer, { url });
      await answer.discard();
      if (redirects === MOST_REDIRECTS) throw this.#misled(url, "sends from one place to the next, and on");
      url = this.#resolve(new URL(location, url), base);
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    const { url } = request;
    const isPlain = url.protocol === "http:" && this.#endpoints.isPlainAllowed(url.host);
    if (url.protocol !== "https:" && !isPlain) throw this.#misled(url, `sends to ${url.origin}, without TLS`);
    return await this.#http.exchange(request);
  }

  #misled(url: URL, why: string): AppError {
    const { host } = this.options;
    return new AppError("registry-failed", `${host} ${why}`, {
      hint: `if that host is to be trusted: MORELLO_INSECURE_REGISTRIES=${url.host}`,
      data: { host, origin: url.origin },
    });
  }

  #find(): Promise<Found> {
    const { host, wait } = this.options;
    const get = (url: URL, base: URL): Promise<Answer> =>
      this.#follow({ method: "GET", at: url, access: "pull" }, url, base, null);
    this.#found ??= findRegistry({ host, bases: this.#endpoints.bases, get, wait }).catch((cause: unknown) => {
      this.#found = null; // the next request looks again
      throw cause;
    });
    return this.#found;
  }

  /** Makes a request again where that may help. The last answer; throws where no connection lasts. */
  async #patiently<T extends HttpAnswer>(
    ask: Pick<Ask, "at">,
    tries: number,
    ok: readonly number[],
    once: () => Promise<T>,
  ): Promise<{ answer: T; tries: number }> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await once();
        if (ok.includes(answer.status) || !isPassing(answer.status) || attempt === tries)
          return { answer, tries: attempt };
        await this.pause(ask, answer, attempt);
      } catch (cause) {
        if (!isPassingFailure(cause) || attempt === tries) throw this.phrased(cause, attempt);
        await this.options.wait(backOff(attempt, String(ask.at)));
      }
    }
  }

  #login(): Promise<Credentials | null> {
    const { host, repository } = this.options;
    this.#credentials ??= findCredentials(host, repository, this.options);
    return this.#credentials;
  }

  /** Tokens are kept by scope; what may push may also pull. */
  async #authorize(
    challenges: readonly Challenge[],
    scopes: readonly string[],
    wanted: readonly string[] = [],
  ): Promise<string | null> {
    if (challenges.length === 0) return null;
    const key = scopes.join(" ");
    const known = this.#authorizations.get(key) ?? this.#authorizations.get(key.replace(/:pull$/, ":pull,push"));
    if (known !== undefined) return await known;
    const made = this.#login().then((credentials) =>
      authorization({
        host: this.options.host,
        repository: this.options.repository,
        challenges,
        credentials,
        scopes: [...new Set([...scopes, ...wanted])],
        ask: async (request) => {
          const once = (): Promise<HttpAnswer> => this.#http.exchange(request);
          return (await this.#patiently({ at: request.url.origin }, TRIES, [], once)).answer;
        },
        isPlainAllowed: this.#endpoints.isPlainAllowed,
      }),
    );
    this.#authorizations.set(key, made);
    made.catch(() => this.#authorizations.delete(key));
    return await made;
  }
}

function scopesOf(repository: string, { access, from }: Ask): readonly string[] {
  const own = `repository:${repository}:${access === "push" ? "pull,push" : "pull"}`;
  return from === undefined ? [own] : [own, `repository:${from}:pull`];
}

async function upTo({ body }: HttpAnswer, most: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    parts.push(chunk);
    if ((bytes += chunk.length) > most) return null;
  }
  return Buffer.concat(parts);
}
