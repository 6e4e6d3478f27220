// git over HTTP on the loopback address: Node in front of `git http-backend`, with basic authentication if wanted.
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { definedOnly } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export interface HttpBackendOptions {
  /** Asked of every request. Without it everybody may fetch and push. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

export interface HttpBackend {
  /** `http://127.0.0.1:<port>`; a repository is `url/<its directory in the sandbox>`. */
  readonly url: string;
  /** The same with user and password in it: what must not show in any message. */
  readonly urlWithCredentials: string;
  /** Requests so far: `GET /origin.git/info/refs?service=git-receive-pack 200`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Serves all repositories of the sandbox; it goes with the sandbox. */
export async function httpBackend(sandbox: Sandbox, options: HttpBackendOptions = {}): Promise<HttpBackend> {
  const { credentials } = options;
  const expected =
    credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    response.once("finish", () => requests.push(`${request.method} ${request.url} ${response.statusCode}`));
    if (expected === undefined || request.headers.authorization === expected) {
      serve(sandbox, request, response, credentials?.user ?? "anybody");
      return;
    }
    request.resume();
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeAllConnections();
    }));
  sandbox.beforeRemoval(close);
  const login = credentials === undefined ? "" : `${credentials.user}:${credentials.password}@`;
  return { url: `http://127.0.0.1:${port}`, urlWithCredentials: `http://${login}127.0.0.1:${port}`, requests, close };
}

function serve(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse, user: string): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const { headers } = request;
  const child = spawn("git", ["http-backend"], {
    env: definedOnly({
      ...sandbox.env,
      GIT_PROJECT_ROOT: sandbox.root,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: user, // who is known may push
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: headers["content-type"],
      CONTENT_LENGTH: headers["content-length"],
      HTTP_CONTENT_ENCODING: headers["content-encoding"],
      GIT_PROTOCOL: [headers["git-protocol"]].flat()[0],
    }),
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.once("error", () => response.destroy());
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const fields = head
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => /^([^:]+): *(.*)$/.exec(line));
    let status = 200;
    for (const [, name = "", value = ""] of fields.filter((field) => field !== null)) {
      if (name === "Status") status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
  });
  child.stdout.once("end", () => response.end());
}
