// Packages fetched from a real HTTP server, which can be told to break off, to be away, or to send something else.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { fetchFiles, type WantedFile } from "../../src/image/fetch.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { failure } from "../usecase/setting.ts";

const CONTENT = Buffer.alloc(300_000, "package ");

type Answer = (request: IncomingMessage, response: ServerResponse, times: number) => void;

async function server(answer: Answer): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const listening = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? "whole"}`);
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void listening.close());
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, asked };
}

const whole: Answer = (_, response) => response.end(CONTENT);

function wanted(url: string, content: Buffer = CONTENT): WantedFile {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { name: "tmux 3.3a-3", url, sha256, size: content.length };
}

describe("a package", () => {
  test("is fetched once, and then found in the cache", async () => {
    const cache = makeSandbox().path("cache");
    const { url, asked } = await server(whole);
    const file = wanted(`${url}/tmux.deb`);
    for (const _ of [1, 2]) {
      const found = await fetchFiles([file, file], { cache, mirrors: [] });
      expect(readFileSync(found.get(file.sha256)!)).toEqual(CONTENT);
    }
    expect(asked).toEqual(["/tmux.deb whole"]);
  });

  test("that was spoilt in the cache is fetched anew", async () => {
    const cache = makeSandbox().path("cache");
    const { url } = await server(whole);
    const file = wanted(`${url}/tmux.deb`);
    const path = (await fetchFiles([file], { cache, mirrors: [] })).get(file.sha256)!;
    writeFileSync(path, Buffer.alloc(CONTENT.length));
    await fetchFiles([file], { cache, mirrors: [] });
    expect(readFileSync(path)).toEqual(CONTENT);
  });

  test("goes on where a broken download ended", async () => {
    const cache = makeSandbox().path("cache");
    const { url, asked } = await server((request, response, times) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (times > 1) return response.writeHead(206).end(CONTENT.subarray(from));
      response.writeHead(200, { "content-length": CONTENT.length });
      response.write(CONTENT.subarray(0, 100_000), () => response.destroy());
    });
    const file = wanted(`${url}/tmux.deb`);
    const found = await fetchFiles([file], { cache, mirrors: [] });
    expect(readFileSync(found.get(file.sha256)!)).toEqual(CONTENT);
    expect(asked[1]).toMatch(/bytes=[1-9]\d*-$/);
  });

  test("comes from a mirror where that has it, else from where the lock found it", async () => {
    const cache = makeSandbox().path("cache");
    const archive = await server(whole);
    const mirror = await server((request, response) =>
      request.url === "/deb/a.deb" ? response.end(CONTENT) : response.writeHead(404).end(),
    );
    const mirrors = [{ from: archive.url, to: `${mirror.url}/deb` }];
    await fetchFiles([wanted(`${archive.url}/a.deb`)], { cache, mirrors });
    expect(archive.asked).toEqual([]);
    const other = Buffer.from("other");
    const error = await failure(fetchFiles([wanted(`${archive.url}/b.deb`, other)], { cache, mirrors }));
    expect(error.message).toContain("is not what morello.lock says"); // asked of the archive, which sends the one content
    expect(archive.asked).toEqual(["/b.deb whole"]);
  });

  test("by a file's URL is read from there", async () => {
    const sandbox = makeSandbox();
    const path = sandbox.write("tmux.deb", CONTENT);
    const file = wanted(pathToFileURL(path).href);
    const found = await fetchFiles([file], { cache: sandbox.path("cache"), mirrors: [] });
    expect(readFileSync(found.get(file.sha256)!)).toEqual(CONTENT);
  });
});

describe("nothing enters the cache", () => {
  test("where other bytes come than the lock says: both hashes are told", async () => {
    const cache = makeSandbox().path("cache");
    const { url } = await server((_, response) => response.end("something else"));
    const file = wanted(`${url}/tmux.deb`);
    const error = await failure(fetchFiles([file], { cache, mirrors: [] }));
    expect(error.code).toBe("lock-invalid");
    expect(error.message).toMatch(new RegExp(`^tmux 3.3a-3 is not what morello.lock says: .*, wanted ${file.sha256}$`));
    const path = `${cache}/sha256/${file.sha256.slice(0, 2)}/${file.sha256}`;
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  test("where the package is gone", async () => {
    const { url } = await server((_, response) => response.writeHead(404).end());
    const options = { cache: makeSandbox().path("cache"), mirrors: [] };
    const error = await failure(fetchFiles([wanted(`${url}/tmux.deb`)], options));
    expect(error.code).toBe("lock-invalid");
    expect(error.message).toBe(`tmux 3.3a-3 is gone: ${url}/tmux.deb is not there any more`);
  });

  test("where access is refused", async () => {
    const { url, asked } = await server((_, response) => response.writeHead(403).end());
    const options = { cache: makeSandbox().path("cache"), mirrors: [] };
    const error = await failure(fetchFiles([wanted(`${url}/tmux.deb`)], options));
    expect(error.code).toBe("registry-failed");
    expect(error.message).toContain("status 403");
    expect(asked).toHaveLength(1);
  });
});
