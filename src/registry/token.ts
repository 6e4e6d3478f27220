// A registry's challenge and a login -> the Authorization header that fits. Docker's token protocol: Bearer with realm,
// service and scope, by OAuth2 where the login is an identity token; else Basic. Passwords go to the realm alone, over TLS.
import { z } from "zod";
import { AppError } from "../error.ts";
import type { Challenge } from "./challenge.ts";
import { collect } from "./content.ts";
import type { Credentials } from "./credentials.ts";
import { complaintIn, refusal } from "./failure.ts";
import type { Body, HttpAnswer, HttpRequest } from "./http.ts";

const TokenAnswer = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
});

export interface TokenRequest {
  readonly host: string;
  readonly repository: string;
  readonly challenges: readonly Challenge[];
  readonly credentials: Credentials | null;
  /** `repository:team/app:pull,push`. */
  readonly scopes: readonly string[];
  readonly ask: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Whether that host may be spoken to without TLS. */
  readonly isPlainAllowed: (host: string) => boolean;
}

/** null: the registry asked for nothing, or there is nothing to show. Throws `registry-failed`. */
export async function authorization(request: TokenRequest): Promise<string | null> {
  const { challenges, credentials } = request;
  const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters["realm"] !== undefined);
  if (credentials?.kind === "bearer") return `Bearer ${credentials.token}`;
  if (bearer !== undefined) return `Bearer ${await fetchToken(request, bearer.parameters)}`;
  const isBasic = challenges.some(({ scheme }) => scheme === "basic");
  return isBasic && credentials?.kind === "password" ? basic(credentials) : null;
}

async function fetchToken(request: TokenRequest, parameters: Readonly<Record<string, string>>): Promise<string> {
  const { credentials, scopes, ask } = request;
  const realm = realmOf(request, parameters["realm"] ?? "");
  const service = parameters["service"] ?? "";
  if (credentials?.kind === "identity") {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      service,
      client_id: "morello",
      scope: scopes.join(" "),
      refresh_token: credentials.token,
    });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    return await tokenOf(request, realm, await ask({ method: "POST", url: realm, headers, body: formBody(form) }));
  }
  const url = new URL(realm);
  if (service !== "") url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers: Record<string, string> = credentials?.kind === "password" ? { Authorization: basic(credentials) } : {};
  if (credentials?.kind === "password") url.searchParams.set("account", credentials.user);
  return await tokenOf(request, realm, await ask({ method: "GET", url, headers, body: null }));
}

/** A registry can name any realm: never one where a login would travel in the clear. */
function realmOf({ host, isPlainAllowed, credentials }: TokenRequest, text: string): URL {
  const realm = URL.canParse(text) ? new URL(text) : null;
  const isSafe = realm?.protocol === "https:" || (realm?.protocol === "http:" && isPlainAllowed(realm.host));
  if (realm !== null && (isSafe || (realm.protocol === "http:" && credentials === null))) return realm;
  throw new AppError(
    "registry-failed",
    `${host} sends for a token to ${JSON.stringify(text)}, where no login is shown`,
    {
      hint:
        realm === null
          ? "is it a registry? check the name"
          : `if that is to be trusted: MORELLO_INSECURE_REGISTRIES=${realm.host}`,
      data: { host, realm: text },
    },
  );
}

async function tokenOf(request: TokenRequest, realm: URL, answer: HttpAnswer): Promise<string> {
  const { host, repository, credentials } = request;
  if (answer.status !== 200) {
    const asked = { host, repository, method: "GET", path: realm.pathname, size: 0, tries: 1 };
    throw refusal({ ...asked, withLogin: credentials !== null }, answer.status, await complaintIn(answer));
  }
  const judged = TokenAnswer.safeParse(parsed((await collect(answer.body)).toString("utf8")));
  const token = judged.success ? judged.data.token || judged.data.access_token : undefined;
  if (token) return token;
  throw new AppError("registry-failed", `${realm.host} gives no token for ${host}`, {
    hint: `docker login ${host}`,
    data: { host, realm: realm.origin + realm.pathname },
  });
}

function formBody(form: URLSearchParams): Body {
  const bytes = Buffer.from(form.toString());
  return { size: bytes.length, open: () => [bytes] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
