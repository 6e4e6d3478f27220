// Images judged by what they say of themselves, on recorded hosts.
import { describe, expect, test } from "vitest";
import { causeFor, needsOf, type ImageNeeds } from "../../src/doctor/image.ts";
import { labelsOf } from "../../src/oci/label.ts";
import type { Manifest } from "../../src/oci/schema.ts";
import type { GpuHost } from "../support/gpu-host.ts";
import { A100, NVIDIA_RUNTIME, RTX_3090, RTX_4090, RTX_5090, T4, working } from "./fixtures/case.ts";
import { factsOf } from "./fixtures/facts.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;
const layer = (size: number) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: DIGEST, size });
const MANIFEST: Manifest = {
  schemaVersion: 2,
  config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: DIGEST, size: 2 },
  layers: [layer(4_000_000_000), layer(1_100)],
};

function image(config: { readonly Env?: string[]; readonly Labels?: Record<string, string> }): ImageNeeds {
  return needsOf(MANIFEST, {
    architecture: "amd64",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [] },
  });
}

/** As Morello labels a release's image. */
function workbench(torch: string): ImageNeeds {
  const Labels = labelsOf({
    version: "v2.7.1",
    revision: "0".repeat(40),
    tree: "0".repeat(40),
    committed: 0,
    name: "registry.example/team/app",
    url: null,
    line: "v2.7",
    environment: DIGEST,
    checkpoint: null,
    variant: null,
    torch,
    base: null,
  });
  return image({ Labels });
}

const NVIDIA_12_6 = image({
  Env: [
    "NVARCH=x86_64",
    "NVIDIA_REQUIRE_CUDA=cuda>=12.6 brand=tesla,driver>=470,driver<471 brand=unknown,driver>=470,driver<471 brand=tesla,driver>=525,driver<526 brand=nvidia,driver>=525,driver<526",
    "NV_CUDA_COMPAT_PACKAGE=cuda-compat-12-6",
    "CUDA_VERSION=12.6.3",
    "NVIDIA_VISIBLE_DEVICES=all",
  ],
});

describe("what an image says of itself", () => {
  test("Morello's label names the wheel, and the table its CUDA and architectures", () => {
    expect(workbench("2.7.1+cu128")).toEqual({
      size: 4_000_001_100,
      cpuOnly: false,
      torch: "2.7.1+cu128",
      cuda: "12.8",
      archs: { code: [75, 80, 86, 90, 100, 120], ptx: [120] },
      requires: [],
      compat: false,
    });
  });

  test("NVIDIA's variables name CUDA and a requirement", () => {
    expect(NVIDIA_12_6).toMatchObject({ cuda: "12.6", cpuOnly: false, compat: true, torch: null, archs: null });
    expect(NVIDIA_12_6.requires.map(([name]) => name)).toEqual(["NVIDIA_REQUIRE_CUDA"]);
  });

  test("a requirement that is switched off asks for nothing", () => {
    expect(image({ Env: ["NVIDIA_REQUIRE_CUDA=cuda>=99", "NVIDIA_DISABLE_REQUIRE=true"] }).requires).toEqual([]);
  });

  test("a wheel for the CPU needs no GPU, nor does an image that says nothing", () => {
    expect(workbench("2.7.1+cpu")).toMatchObject({ cpuOnly: true, torch: "2.7.1+cpu", cuda: null });
    expect(image({}).cpuOnly).toBe(true);
  });

  test("an image of PyTorch's own is found in the table", () => {
    const own = image({ Env: ["PYTORCH_VERSION=2.7.1", "CUDA_VERSION=12.6.3"] });
    expect(own.archs?.code).toEqual([50, 60, 70, 75, 80, 86, 90]);
  });
});

const old = (host: GpuHost): GpuHost => working(host, "470.256.02", RTX_3090, { cuda: "11.4" });
const t4 = (host: GpuHost): GpuHost => working(host, "525.147.05", T4, { cuda: "12.0" });

describe("on a host", () => {
  test.each<{ what: string; needs: ImageNeeds; host: (host: GpuHost) => GpuHost; cause: string | null }>([
    { what: "an image whose CUDA came with the driver", needs: workbench("2.7.1+cu126"), host: working, cause: null },
    { what: "CUDA 12.8 by minor-version compatibility", needs: workbench("2.7.1+cu128"), host: t4, cause: null },
    { what: "CUDA 12.8 on driver 470", needs: workbench("2.7.1+cu128"), host: old, cause: "driver-too-old" },
    { what: "CUDA 11.8 on driver 470", needs: workbench("2.7.1+cu118"), host: old, cause: null },
    {
      what: "cu126 on an RTX 5090",
      needs: workbench("2.7.1+cu126"),
      host: (host) => working(host, "575.57.08", RTX_5090, { cuda: "12.9" }),
      cause: "wheel-arch",
    },
    {
      what: "cu128 on an RTX 5090",
      needs: workbench("2.7.1+cu128"),
      host: (host) => working(host, "575.57.08", RTX_5090, { cuda: "12.9" }),
      cause: null,
    },
    {
      what: "NVIDIA's image of CUDA 12.6 on a GeForce with driver 550",
      needs: NVIDIA_12_6,
      host: (host) => working(host, "550.54.14", RTX_4090),
      cause: "image-requires",
    },
    { what: "the same on a T4 with driver 525", needs: NVIDIA_12_6, host: t4, cause: null },
    {
      what: "the same on an A100 with driver 470, by forward compatibility",
      needs: NVIDIA_12_6,
      host: (host) => working(host, "470.256.02", { ...A100, name: "NVIDIA A100-SXM4-40GB" }, { cuda: "11.4" }),
      cause: null,
    },
    {
      what: "a requirement that nobody can read",
      needs: { ...NVIDIA_12_6, requires: [["NVIDIA_REQUIRE_CUDA", "?"]] },
      host: working,
      cause: null,
    },
    {
      what: "docker without the toolkit",
      needs: workbench("2.7.1+cu126"),
      host: (host) => working(host).docker(),
      cause: "toolkit-missing",
    },
    {
      what: "an image for the CPU on a machine without a driver",
      needs: workbench("2.7.1+cpu"),
      host: (host) => host.system("debian").gpus(1, "nouveau"),
      cause: null,
    },
    {
      what: "an image for GPUs on such a machine",
      needs: workbench("2.7.1+cu126"),
      host: (host) => host.system("debian").gpus(1, "nouveau"),
      cause: "nouveau",
    },
    {
      what: "variables and a wheel of the host, which are not the image's",
      needs: workbench("2.7.1+cu126"),
      host: (host) =>
        working(host).docker(NVIDIA_RUNTIME).toolkit().torch("2.7.1+cpu", null).variable("CUDA_VISIBLE_DEVICES", "-1"),
      cause: null,
    },
    {
      what: "CUDA 13 on WSL whose Windows has CUDA 12.4",
      needs: workbench("2.9.1+cu130"),
      host: (host) => host.wsl().smi([RTX_4090]),
      cause: "driver-too-old",
    },
  ])("$what: $cause", async ({ needs, host, cause }) => {
    const found = causeFor(needs, await factsOf({ make: host }));
    expect(found?.rule ?? null, found?.because).toBe(cause);
  });

  test("the reason names both drivers and the rule", async () => {
    const found = causeFor(workbench("2.7.1+cu128"), await factsOf({ make: old }));
    expect(found?.because).toBe(
      "the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from that driver on, none below",
    );
  });
});
