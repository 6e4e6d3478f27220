import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createClient, type Client } from "../../src/forge/client.ts";
import { isAppError, type AppError } from "../../src/error.ts";

const TOKEN = "s3cret-token";

interface Setting {
  readonly client: Client;
  readonly url: string;
  /** Milliseconds that were waited, in order. */
  readonly waits: number[];
  /** `GET /path`, in order. */
  readonly asked: string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

async function serve(answer: Answer, timeLimit = 10_000): Promise<Setting> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waits: number[] = [];
  const client = createClient({
    api: `${url}/api`,
    headers: { Authorization: `Bearer ${TOKEN}` },
    secret: TOKEN,
    timeLimit,
    wait: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    signal: null,
  });
  return { client, url, waits, asked };
}

function say(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function failure(call: Promise<unknown>): Promise<AppError> {
  const error: unknown = await call.then(
    () => new Error("it went well"),
    (thrown: unknown) => thrown,
  );
  if (isAppError(error)) return error;
  throw error;
}

test.each([429, 403])("a limit (%d) is waited for as the forge asks, in seconds", async (status) => {
  const { client, waits } = await serve((_request, response, nth) =>
    nth < 3 ? say(response, status, {}, { "Retry-After": "7" }) : say(response, 200, { done: true }),
  );
  expect(await client.request("POST", "/x", { body: {} })).toEqual({ status: 200, body: { done: true } });
  expect(waits).toEqual([7000, 7000]);
});

test("a limit with a date or a reset is waited for by the forge's own clock", async () => {
  const Date = "Tue, 24 Nov 2026 12:00:00 GMT";
  const headers = [
    { Date, "Retry-After": "Tue, 24 Nov 2026 12:00:09 GMT" },
    { Date, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795521605" },
  ];
  const { client, waits } = await serve((_request, response, nth) =>
    nth <= 2 ? say(response, 403, {}, headers[nth - 1]) : say(response, 200, []),
  );
  await client.request("GET", "/x");
  expect(waits).toEqual([9000, 5000]);
});

test("a limit of an hour is told, not sat out", async () => {
  const { client, waits } = await serve((_request, response) => say(response, 429, {}, { "Retry-After": "3600" }));
  expect((await failure(client.request("GET", "/x"))).message).toContain("asks to wait 3600 seconds");
  expect(waits).toEqual([]);
});

test("a server that is overloaded is asked again, longer apart each time, and then given up", async () => {
  const { client, waits, asked } = await serve((_request, response) => say(response, 502, { message: "Bad gateway" }));
  expect(await failure(client.request("GET", "/x"))).toMatchObject({ code: "forge-failed", data: { status: 502 } });
  expect(waits).toEqual([500, 1000, 2000, 4000]);
  expect(asked).toHaveLength(5);
});

test("what a failed POST may have done is not done again", async () => {
  const { client, asked } = await serve((_request, response) => say(response, 502, {}));
  await failure(client.request("POST", "/x", { body: {} }));
  expect(asked).toHaveLength(1);
});

test("a refusal is not asked again", async () => {
  const { client, asked } = await serve((_request, response) => say(response, 403, { message: "no" }));
  expect((await failure(client.request("GET", "/x"))).message).toContain("answers 403 to GET /api/x: no");
  expect(asked).toHaveLength(1);
});

test("all pages of a list are read, in order, and a page elsewhere is not", async () => {
  const { client, url, asked } = await serve((_request, response, nth) =>
    say(response, 200, [nth], {
      Link:
        nth === 1
          ? `<${url}/api/x?page=2>; rel="next", <${url}/api/x?page=9>; rel="last"`
          : '<http://evil.example/>; rel="next"',
    }),
  );
  expect(await client.list("/x?all=true")).toEqual({ status: 200, items: [1, 2] });
  expect(asked).toEqual(["GET /api/x?all=true&per_page=100", "GET /api/x?page=2"]);
});

test("a redirect within the forge is followed with the same method", async () => {
  const { client, asked } = await serve((_request, response, nth) =>
    nth === 1 ? say(response, 301, {}, { Location: "/api/repositories/1" }) : say(response, 200, {}),
  );
  await client.request("PUT", "/x", { body: {} });
  expect(asked).toEqual(["PUT /api/x", "PUT /api/repositories/1"]);
});

test.each([301, 302, 307, 308])("a redirect (%d) to another origin is refused, and the token stays", async (status) => {
  const other = await serve((_request, response) => say(response, 200, {}));
  const { client } = await serve((_request, response) => say(response, status, {}, { Location: `${other.url}/api/x` }));
  const error = await failure(client.request("GET", "/x"));
  expect(error.message).toContain("the token is not sent there");
  expect(other.asked).toEqual([]);
});

test("redirects in a circle end", async () => {
  const { client, asked } = await serve((_request, response) => say(response, 302, {}, { Location: "/api/x" }));
  expect((await failure(client.request("GET", "/x"))).code).toBe("forge-failed");
  expect(asked).toHaveLength(4);
});

test("a forge that does not answer in time cannot be reached", async () => {
  const { client } = await serve(() => undefined, 50);
  const error = await failure(client.request("GET", "/x"));
  expect(error.code).toBe("remote-failed");
  expect(error.message).toContain("no answer in 0.05 seconds");
});

test("a forge that nobody runs cannot be reached", async () => {
  const { client } = await serve((request) => request.socket.destroy());
  expect((await failure(client.request("GET", "/x"))).code).toBe("remote-failed");
});

test("an error page in front of the forge is no defect of ours, and a page for an answer is told", async () => {
  const page = (response: ServerResponse, status: number): void => void response.writeHead(status).end("<html>");
  const broken = await serve((_request, response) => page(response, 404));
  expect((await failure(broken.client.request("GET", "/x"))).message).toContain("answers 404 to GET /api/x");
  const strange = await serve((_request, response) => page(response, 200));
  expect((await failure(strange.client.request("GET", "/x"))).message).toContain("no JSON");
});

test("whatever a forge says, no error shows the token", async () => {
  const { client } = await serve((request, response) =>
    say(response, 400, { message: `bad header ${request.headers.authorization}`, errors: [{ message: TOKEN }] }),
  );
  const error = await failure(client.request("GET", "/x"));
  expect(error.message).toContain("bad header Bearer ***");
  expect(JSON.stringify([error.message, error.hint, error.data, error.stack])).not.toContain(TOKEN);
});

test.each([
  [
    { message: "Validation Failed", errors: [{ message: "Name must be unique" }] },
    "Validation Failed; Name must be unique",
  ],
  [{ message: { rule_type: ["any-approver exists"] } }, '{"rule_type":["any-approver exists"]}'],
  [{ error: "insufficient_scope", scope: "api" }, "insufficient_scope"],
])("what a forge says in its own form is one line of words: %j", async (body, words) => {
  const { client } = await serve((_request, response) => say(response, 422, body));
  expect((await failure(client.request("GET", "/x"))).message).toContain(`: ${words}`);
});
