// A caller that gives up: everything under way ends, and nothing is left listening.
import { expect, test } from "vitest";
import { OCI } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { contentOf } from "../../src/registry/content.ts";
import { openImageStore } from "../../src/registry/open.ts";
import { registryServer } from "../support/registry.ts";
import { registryFront } from "../support/registry-front.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { noise, put, testImage } from "./images.ts";

test("many requests with one signal leave no listeners behind", async () => {
  const sandbox = makeSandbox();
  const server = await registryServer(sandbox);
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", onWarning);
  const { signal } = new AbortController();
  const store = await openImageStore(parseReference(`${server.host}/app`), {
    env: sandbox.env,
    cwd: sandbox.root,
    signal,
  });
  for (let n = 0; n < 10; n++) await put(store, testImage([{ "app/a.txt": `${n}` }]), `v${n}`);
  await Promise.all(Array.from({ length: 30 }, (_, n) => store.manifest(`v${n % 10}`)));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
  await store.close();
});

test("a wait for a registry that is overloaded ends when its caller gives up", async () => {
  const sandbox = makeSandbox();
  const front = await registryFront(sandbox, null);
  front.answer = ({ path }) => (path === "/v2/" ? { status: 200 } : { status: 503, headers: { "Retry-After": "50" } });
  const controller = new AbortController();
  const deps = { env: sandbox.env, cwd: sandbox.root, signal: controller.signal };
  const store = await openImageStore(parseReference(`${front.host}/app`), deps);
  const asking = store.manifest("v1");
  setTimeout(() => controller.abort(new Error("enough")), 100);
  await expect(asking).rejects.toThrow("enough");
  await expect(store.tags()).rejects.toThrow("enough");
});

test("a write into a layout ends between two pieces, and leaves nothing of it", async () => {
  const sandbox = makeSandbox();
  const controller = new AbortController();
  const deps = { env: sandbox.env, cwd: sandbox.root, signal: controller.signal };
  const store = await openImageStore(parseReference("oci:out"), deps);
  const whole = contentOf(OCI.layer, noise(2000));
  const slow = {
    ...whole,
    async *open() {
      yield noise(1000);
      controller.abort(new Error("enough"));
      yield noise(2000).subarray(1000);
    },
  };
  await expect(store.putBlob(slow)).rejects.toThrow("enough");
  expect(await store.hasBlob(whole.digest)).toBe(false);
});
