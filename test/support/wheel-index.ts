// A package index on loopback, as PEP 503 has it: pages of links with hashes, and the wheels themselves.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { storedZip } from "../../src/image/lock/stub-wheel.ts";

export interface IndexedWheel {
  readonly name: string;
  readonly version: string;
  /** `Requires-Dist` lines: `numpy>=2; python_version < "3.12"`. */
  readonly requires?: readonly string[];
  /** `py3-none-any` unless set. */
  readonly tag?: string;
  /** Text of its one module. */
  readonly content?: string;
}

export interface WheelIndex {
  /** `http://127.0.0.1:PORT/simple` */
  readonly url: string;
  /** Changes what is there from now on. */
  serve(wheels: readonly IndexedWheel[]): void;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

function wheelFile({ name, version, tag = "py3-none-any" }: IndexedWheel): string {
  return `${name.replaceAll("-", "_")}-${version}-${tag}.whl`;
}

/** A wheel with one module, deterministic. */
export function wheelBytes({ name, version, requires = [], tag = "py3-none-any", content = "" }: IndexedWheel): Buffer {
  const module = name.replaceAll("-", "_");
  const stem = `${module}-${version}.dist-info`;
  const metadata = ["Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`];
  const all = [
    [`${module}/__init__.py`, content],
    [`${stem}/METADATA`, [...metadata, ...requires.map((line) => `Requires-Dist: ${line}`), ""].join("\n")],
    [`${stem}/WHEEL`, `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`],
  ] as const;
  const record = [
    ...all.map(([path, text]) => `${path},sha256=${recordHash(text)},${text.length}`),
    `${stem}/RECORD,,`,
    "",
  ];
  return storedZip([...all, [`${stem}/RECORD`, record.join("\n")]]);
}

function recordHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

export async function wheelIndex(first: readonly IndexedWheel[]): Promise<WheelIndex> {
  let wheels = first;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    asked.push(path);
    const [, kind, name = ""] = path.split("/");
    if (kind === "simple") {
      const of = wheels.filter((wheel) => wheel.name === name);
      if (of.length === 0) return void response.writeHead(404).end();
      const links = of.map((wheel) => {
        const hash = createHash("sha256").update(wheelBytes(wheel)).digest("hex");
        return `<a href="/files/${encodeURIComponent(wheelFile(wheel))}#sha256=${hash}">${wheelFile(wheel)}</a>`;
      });
      return void response.writeHead(200, { "content-type": "text/html" }).end(`<!DOCTYPE html>${links.join("\n")}`);
    }
    const found = wheels.find((wheel) => wheelFile(wheel) === name);
    if (kind !== "files" || found === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(wheelBytes(found));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/simple`, serve: (next) => void (wheels = next), asked };
}
