// What stands before a registry in real life: a proxy that takes whole requests, limits their size, answers some itself
// and sends others elsewhere. Behind it a real registry.
import { createServer, request as send, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "./sandbox.ts";

export interface FrontRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body. */
  readonly size: number;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RegistryFront {
  readonly host: string;
  /** Of all requests whose bodies came whole, in order. */
  readonly requests: FrontRequest[];
  /** Asked for every request: null passes it on. */
  answer: (request: FrontRequest) => FrontAnswer | null;
  /** Bytes of a body that are taken; more is answered with 413 at once. */
  largestBody: number;
}

/** `target` null: it answers all itself. */
export async function registryFront(sandbox: Sandbox, target: string | null): Promise<RegistryFront> {
  const front: { -readonly [K in keyof RegistryFront]: RegistryFront[K] } = {
    host: "",
    requests: [],
    answer: () => null,
    largestBody: Infinity,
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let size = 0;
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > front.largestBody) {
      reply(response, { status: 413, headers: { Connection: "close" }, body: "<html>Request Entity Too Large</html>" });
      request.resume(); // nginx reads on for a while, so that the answer is seen
      return;
    }
    request.on("data", (chunk: Buffer) => {
      parts.push(chunk);
      size += chunk.length;
    });
    request.on("error", () => undefined); // a client that is cut off: the registry hears nothing of it
    request.on("end", () => {
      const { method = "GET", url: path = "/", headers } = request;
      const seen = { method, path, headers, size };
      front.requests.push(seen);
      const own = front.answer(seen);
      if (own !== null) reply(response, own);
      else if (target === null) reply(response, { status: 404 });
      else pass(target, seen, Buffer.concat(parts), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  front.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox.beforeRemoval(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return front;
}

function reply(response: ServerResponse, { status, headers = {}, body = "" }: FrontAnswer): void {
  const length = "Transfer-Encoding" in headers ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...length, ...headers }).end(body);
}

/** With the client's own Host, by which the registry makes its Locations. */
function pass(target: string, { method, path, headers }: FrontRequest, body: Buffer, response: ServerResponse): void {
  const [hostname, port] = target.split(":");
  const onward = send({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => reply(response, { status: 502 }));
  onward.end(body);
}
