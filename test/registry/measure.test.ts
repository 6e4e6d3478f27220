// What a push of one appended layer costs on the wire, beside skopeo in the same run. Printed with MORELLO_LONG=1.
import { beforeAll, expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { collect } from "../../src/registry/content.ts";
import { copyImage } from "../../src/registry/copy.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { ImageStore } from "../../src/registry/store.ts";
import { finished } from "../support/process.ts";
import { countingProxy, registryServer, type CountingProxy } from "../support/registry.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { noise, put, testImage } from "./images.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const sandbox = fileSandbox();
const PLATFORM = parsePlatform("linux/amd64");
const LAYERS = [1, 2, 3, 4].map((seed) => ({
  [`base/${seed}`]: noise(LONG ? 10_000_000 : 200_000, seed).toString("latin1"),
}));
const BASE = testImage(LAYERS);
const APPENDED = testImage([...LAYERS, { "opt/app/fix.py": noise(700).toString("latin1") }]);
const [CONFIG, LAYER] = [APPENDED.blobs[0]!, APPENDED.blobs.at(-1)!];
/** What has to travel: the layer, the configuration, the manifest. */
const PAYLOAD = LAYER.size + CONFIG.size + APPENDED.manifest.bytes.length;

let proxy: CountingProxy;
let target: string;

function open(text: string): Promise<ImageStore> {
  return openImageStore(parseReference(text), { env: sandbox.env, cwd: sandbox.root });
}

beforeAll(async () => {
  const server = await registryServer(sandbox);
  proxy = await countingProxy(sandbox, server.host);
  target = `${proxy.host}/team`;
  const layout = await open("oci:out");
  await put(layout, BASE, "v2.7.0");
  await put(layout, APPENDED, "v2.7.1");
  for (const who of ["ours", "known", "skopeo"]) {
    await copyImage({
      from: layout,
      name: "v2.7.0",
      to: await open(`${target}/${who}`),
      tags: ["v2.7.0"],
      platform: PLATFORM,
    });
  }
});

interface Cost {
  readonly what: string;
  readonly requests: number;
  readonly up: number;
  readonly down: number;
  readonly milliseconds: number;
}

async function measured(what: string, act: () => Promise<unknown>): Promise<Cost> {
  proxy.reset();
  const start = performance.now();
  await act();
  const milliseconds = Math.round(performance.now() - start);
  const { requests, up, down } = proxy;
  return { what, requests, up, down, milliseconds };
}

test("one appended layer costs its payload and little more", async () => {
  const costs: Cost[] = [];
  costs.push(
    await measured("copyImage from a layout", async () => {
      const [from, to] = [await open("oci:out"), await open(`${target}/ours`)];
      const copied = await copyImage({ from, name: "v2.7.1", to, tags: ["v2.7.1"], platform: PLATFORM });
      expect(copied.blobs.filter(({ outcome }) => outcome === "written")).toHaveLength(2);
      await to.close();
    }),
  );
  costs.push(
    await measured("putBlob twice, putManifest", async () => {
      const to = await open(`${target}/known`);
      for (const blob of [LAYER, CONFIG]) await to.putBlob(blob);
      await to.putManifest({ mediaType: OCI.manifest, bytes: APPENDED.manifest.bytes }, "v2.7.1");
      await to.close();
    }),
  );
  costs.push(
    await measured("skopeo copy from the same layout", async () => {
      const args = ["copy", "--dest-tls-verify=false", "oci:out:v2.7.1", `docker://${target}/skopeo:v2.7.1`];
      const done = await finished("skopeo", args, { cwd: sandbox.root, env: sandbox.env });
      expect(done.stderr.toString() + done.status).toBe("0");
    }),
  );
  const [ours, known, skopeo] = costs as [Cost, Cost, Cost];
  if (LONG) process.stdout.write(table(costs));
  expect(ours.requests).toBe(12); // /v2/, 6 HEAD, 2 POST, 2 PUT, and the manifest
  expect(known.requests).toBe(8);
  expect(known.up).toBeLessThan(PAYLOAD + 4096);
  expect(ours.up).toBeLessThan(PAYLOAD + 8192);
  expect(ours.up).toBeLessThan(skopeo.up);
  expect(ours.requests).toBeLessThanOrEqual(skopeo.requests);
  const stored = await (await open(`${target}/ours`)).manifest("v2.7.1");
  expect((await (await open(`${target}/skopeo`)).manifest("v2.7.1"))?.digest).toBe(stored?.digest);
  expect(await collect((await open(`${target}/known`)).blob(LAYER))).toHaveLength(LAYER.size);
});

function table(costs: readonly Cost[]): string {
  const rows = costs.map(({ what, requests, up, down, milliseconds }) => [
    what,
    requests,
    up,
    up - PAYLOAD,
    down,
    milliseconds,
  ]);
  const head = ["what", "requests", "bytes up", "of these no payload", "bytes down", "ms"];
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  return `\npayload: ${PAYLOAD} bytes (layer ${LAYER.size}, configuration ${CONFIG.size}, manifest ${APPENDED.manifest.bytes.length})\n${lines.join("\n")}\n`;
}
