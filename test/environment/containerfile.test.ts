import { describe, expect, test } from "vitest";
import { configured } from "../../src/environment/configure.ts";
import { containerfile, contextTexts } from "../../src/environment/containerfile.ts";
import { imageSettings } from "../../src/environment/settings.ts";
import { deb, DEBIAN, imageSection, lockOf, onlyVariant, wheel } from "./sections.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const LOCK = lockOf({
  base: { reference: DEBIAN, digest: DIGEST },
  python: "3.11",
  asks: ["apt tmux", "pip numpy"],
  debs: [deb("tmux", "1:3.3a-3"), deb("libevent")],
  wheels: [wheel("numpy", "2.1.3"), wheel("pip", "24.2")],
});

function written(image: object = {}, lock: ReturnType<typeof lockOf> | null = LOCK): string {
  const section = imageSection({ environment: { base: DEBIAN }, ...image });
  return containerfile({ image: section, variant: onlyVariant(section), platform: "linux/amd64", lock, files: [] });
}

describe("the Containerfile", () => {
  test("names the platform's manifest by digest, without the tag", () => {
    expect(written()).toContain(`FROM docker.io/library/debian@${DIGEST}\n`);
    expect(written({ environment: { base: `registry.example:5000/a@${DIGEST}` } }, null)).toContain(
      `FROM registry.example:5000/a@${DIGEST}\n`,
    );
  });

  test("checks every package by hash before it is used, and fetches nothing", () => {
    const text = written();
    expect(text.indexOf("sha256sum -c")).toBeGreaterThan(0);
    expect(text.indexOf("sha256sum -c")).toBeLessThan(text.indexOf("apt-get"));
    expect(text).toContain("--require-hashes --no-index");
    expect(text).not.toMatch(/apt-get update|curl|wget/);
  });

  test("keeps values as they were written", () => {
    const text = written({ environment: { base: DEBIAN, env: { A: 'a "b" $C \\d', TZ: "UTC" } } });
    expect(text).toContain('ENV A="a \\"b\\" \\$C \\\\d"\nENV TZ=UTC\n');
  });

  test("puts Python's environment before the base's PATH, and leaves PATH alone where it is set", () => {
    expect(written()).toContain("ENV PATH=/opt/venv/bin:$PATH\n");
    expect(written({ environment: { base: DEBIAN, env: { PATH: "/bin" } } }).match(/ENV PATH=.*/g)).toEqual([
      "ENV PATH=/bin",
    ]);
    expect(written({}, lockOf({}))).not.toContain("PATH");
  });

  test("makes a user that is named, and nobody for IDs", () => {
    expect(written({ user: "work" })).toMatch(/useradd .*work\n[\s\S]*USER work\n/);
    expect(written({ user: "1000:1000" })).not.toContain("useradd");
  });
});

test("the configuration says what the Containerfile says, on top of the base's", () => {
  const image = imageSection({ environment: { base: DEBIAN, env: { TZ: "UTC" } }, services: { jupyter: true } });
  const variant = onlyVariant(image);
  const settings = imageSettings(image, variant, LOCK.environments[0]!, []);
  const base = {
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/usr/local/cuda/bin:/usr/bin", "TZ=CET", "CUDA_VERSION=12.6"] },
    rootfs: { type: "layers" as const, diff_ids: [] },
  };
  expect(configured(base, settings).config).toMatchObject({
    Env: ["CUDA_VERSION=12.6", "PATH=/opt/venv/bin:/usr/local/cuda/bin:/usr/bin", "JUPYTER=1", "SSH=0", "TZ=UTC"],
    ExposedPorts: { "8888/tcp": {} },
    WorkingDir: "/workspace",
  });
});

test("the lists are what sha256sum and pip read", () => {
  expect(contextTexts(LOCK.environments[0]!)).toEqual([
    {
      path: "debs/SHA256SUMS",
      text: `${"d".repeat(64)}  libevent_1.0-1_amd64.deb\n${"d".repeat(64)}  tmux_3.3a-3_amd64.deb\n`,
    },
    {
      path: "wheels/requirements.txt",
      text: `numpy==2.1.3 --hash=sha256:${"e".repeat(64)}\npip==24.2 --hash=sha256:${"e".repeat(64)}\n`,
    },
  ]);
});
