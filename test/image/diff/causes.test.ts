// Every cause is seeded, found, and alone. Images are real: layouts on disk, read by the use-case.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { CAUSES } from "../../../src/image/diff/explain.ts";
import { diffImages } from "../../../src/usecase/image/diff.ts";
import type { ImageDiffOutcome } from "../../../src/wire/image/diff.ts";
import { fileSandbox, type Sandbox } from "../../support/sandbox.ts";
import { EPOCH, file, image, type ImageInput } from "./images.ts";
import { COMPANIONS, SEEDS } from "./seeds.ts";

const sandbox = fileSandbox();
let images = 0;

async function diff(a: ImageInput, b: ImageInput, within: Sandbox = sandbox): Promise<ImageDiffOutcome> {
  const deps = { cwd: within.root, environment: within.env, now: 0 };
  const [one, other] = [await image(within, `a${images}`, a), await image(within, `b${images}`, b)];
  images += 1;
  return await diffImages(deps, { a: one, b: other, platform: null });
}

test("every cause has a seed", () => {
  expect(Object.keys(SEEDS).sort()).toEqual(CAUSES.map(({ id }) => id).sort());
  expect(CAUSES.length).toBeGreaterThanOrEqual(15);
});

test.each(Object.entries(SEEDS))("%s is named, where it is, and nothing else", async (id, { a, b, where }) => {
  const { causes, verdict } = await diff(a, b);
  expect(causes.map(({ cause }) => cause).sort()).toEqual([id, ...(COMPANIONS[id] ?? [])].sort());
  const found = causes.find(({ cause }) => cause === id);
  expect(found?.differences.map((each) => each.where)).toContain(where);
  expect(verdict === "different").toBe(causes.some(({ seen }) => seen));
});

test("a remedy is one line, and a title no sentence", () => {
  for (const { remedy, title } of CAUSES) {
    expect(remedy).not.toContain("\n");
    expect(title).not.toMatch(/\.$/);
  }
});

test("the guide has every cause with its title and remedy", () => {
  const guide = readFileSync(new URL("../../../docs/guide/image-diff.md", import.meta.url), "utf8");
  for (const { id, title, remedy } of CAUSES) {
    const row = guide.split("\n").find((line) => line.startsWith(`| \`${id}\` |`)) ?? "";
    expect(row).toContain(title);
    expect(row).toContain(remedy.replaceAll("|", "\\|"));
  }
});

test("one manifest is one image, and no layer is read", async () => {
  const both: ImageInput = { layers: [[file("a")]] };
  expect(await diff(both, both)).toMatchObject({ verdict: "same-manifest", causes: [] });
});

test("the same tars compressed otherwise are the same layers, and the difference is in numbers", async () => {
  const { verdict, causes } = await diff(
    { layers: [[file("a")]] },
    { layers: [[file("a")]], compress: (tar) => gzipSync(tar) },
  );
  expect(verdict).toBe("same-layers");
  const [place] = causes[0]?.differences ?? [];
  expect([place?.a, place?.b].map((text) => /OS byte \d+/.exec(text ?? "")?.[0])).toEqual(["OS byte 255", "OS byte 3"]);
});

test("other layers that come to the same files are said to", async () => {
  const entries = [file("a"), file("b")];
  expect((await diff({ layers: [entries] }, { layers: [[...entries].reverse()] })).verdict).toBe("same-files");
});

test("a version is told by name and number", async () => {
  const { a, b } = SEEDS["deb-version"]!;
  const found = (await diff(a, b)).causes.find(({ cause }) => cause === "deb-version");
  expect(found?.differences).toEqual([
    { where: "usr/bin/openssl", a: "openssl 3.0.11-1", b: "openssl 3.0.14-1" },
    { where: "var/lib/dpkg/status", a: "openssl 3.0.11-1", b: "openssl 3.0.14-1" },
  ]);
});

test("two naive builds differ by what they are known to differ by", async () => {
  const build = (day: number): ImageInput => ({
    config: { created: new Date((EPOCH + day) * 1000).toISOString() },
    layers: [
      [file("bin/sh", "sh")],
      [
        file("etc/shadow", `sshd:!:${day}::::::\n`, { mtime: EPOCH + day + 1 }),
        file("etc/ssh/ssh_host_ed25519_key", `key ${day}`),
        file("var/cache/fontconfig/a", `${day}`),
        file("var/cache/ldconfig/aux-cache", `${day}`),
        file("var/log/alternatives.log", `${day}`),
        file("var/log/apt/history.log", `${day}`),
        file("usr/bin/x", "x", { mtime: EPOCH + day + 1 }),
      ],
    ],
  });
  const { causes, verdict } = await diff(build(100), build(200));
  expect(verdict).toBe("different");
  expect(causes.map(({ cause, differences }) => `${cause} ${differences.length}`)).toEqual([
    "created 1",
    "package-log 2",
    "ssh-host-key 1",
    "font-cache 1",
    "ldconfig-cache 1",
    "shadow-day 1",
    "mtime-after-epoch 1",
  ]);
});

test("what is big is compared by digest alone", async () => {
  const big = (byte: number): Buffer => Buffer.alloc(5 << 20, byte);
  const { causes } = await diff({ layers: [[file("a", big(65))]] }, { layers: [[file("a", big(66))]] });
  expect(causes.map(({ cause }) => cause)).toEqual(["content"]);
});
