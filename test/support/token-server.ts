// A token server as docker's registries know it: it signs tokens that a real registry judges. It gives them for a login, for
// an identity token, and, where anybody may read, for nothing.
import { sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Certificate } from "./certificates.ts";
import type { Sandbox } from "./sandbox.ts";

export interface TokenServerOptions {
  /** Its key signs; the registry trusts its authority. */
  readonly certificate: Certificate;
  readonly user: { readonly name: string; readonly password: string };
  /** Taken instead of a password, by OAuth2. */
  readonly identityToken: string;
  /** Repositories that anybody may read. */
  readonly open: readonly string[];
}

export interface TokenServer {
  readonly realm: string;
  /** What was asked, without logins: `GET ada repository:app:pull`, `POST identity repository:app:pull,push`. */
  readonly requests: string[];
  /** The next so many tokens have expired long ago. */
  expireNext(tokens: number): void;
  /** The next so many requests are answered with that status. */
  failNext(requests: number, status: number): void;
}

export const SERVICE = "registry.test";
export const ISSUER = "token server of the tests";

export async function tokenServer(sandbox: Sandbox, options: TokenServerOptions): Promise<TokenServer> {
  const requests: string[] = [];
  let expired = 0;
  let failing = { requests: 0, status: 0 };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    const form = new URLSearchParams(await text(request));
    const asked = request.method === "POST" ? form : new URL(request.url ?? "", "http://token").searchParams;
    const scopes = asked.getAll("scope").flatMap((scope) => scope.split(" "));
    const who = whoAsks(request, form, options);
    requests.push(`${request.method} ${who ?? "?"} ${scopes.join(" ")}`);
    if (failing.requests > 0) {
      failing = { ...failing, requests: failing.requests - 1 };
      return { status: failing.status, body: {} };
    }
    if (who === null) return { status: 401, body: { errors: [{ code: "UNAUTHORIZED", message: "wrong login" }] } };
    if (asked.get("service") !== SERVICE) return { status: 400, body: { errors: [{ message: "wrong service" }] } };
    const access = scopes.flatMap((scope) => {
      const [type, name = "", actions = ""] = scope.split(":");
      const mayRead = options.open.includes(name) ? ["pull"] : [];
      return [{ type, name, actions: who === "anybody" ? mayRead : actions.split(",") }];
    });
    const token = tokenFor(options.certificate, access, expired-- > 0);
    return { status: 200, body: request.method === "POST" ? { access_token: token } : { token } };
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sandbox.beforeRemoval(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests,
    expireNext: (tokens) => void (expired = tokens),
    failNext: (requests, status) => void (failing = { requests, status }),
  };
}

/** null: a login that is wrong. */
function whoAsks(request: IncomingMessage, form: URLSearchParams, options: TokenServerOptions): string | null {
  const { user, identityToken } = options;
  if (request.method === "POST") return form.get("refresh_token") === identityToken ? "identity" : null;
  const { authorization } = request.headers;
  if (authorization === undefined) return "anybody";
  const given = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
  return given === `${user.name}:${user.password}` ? user.name : null;
}

/** Source of the claims: distribution, docs/spec/auth/jwt.md. */
function tokenFor(certificate: Certificate, access: readonly object[], isExpired: boolean): string {
  const chain = new X509Certificate(readFileSync(certificate.file)).raw.toString("base64");
  const now = Math.floor(Date.now() / 1000) - (isExpired ? 7200 : 0);
  const claims = { iss: ISSUER, sub: "", aud: SERVICE, nbf: now - 10, iat: now, exp: now + 300, jti: "1", access };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "ES256", x5c: [chain] })}.${part(claims)}`;
  const key = readFileSync(certificate.key);
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
