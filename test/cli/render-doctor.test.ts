import { expect, test } from "vitest";
import { renderDoctor } from "../../src/cli/render/doctor.ts";
import { renderDoctorImage } from "../../src/cli/render/doctor-image.ts";
import type { DoctorFinding, DoctorImageOutcome, DoctorOutcome } from "../../src/wire/doctor.ts";
import { PIPE, terminal } from "./literal.ts";

const UUID = "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a70";

const FACTS: DoctorOutcome["facts"] = {
  place: { kind: "host" },
  user: { uid: 1000, gid: 1000 },
  system: ["ubuntu", "debian"],
  kernel: "6.8.0-45-generic",
  wsl: false,
  tegra: false,
  secureBoot: false,
  selinux: false,
  pci: [
    { address: "0000:01:00.0", kind: "gpu", driver: "nvidia" },
    { address: "0000:02:00.0", kind: "gpu", driver: "nvidia" },
    { address: "0000:83:00.0", kind: "switch", driver: "nvidia-nvswitch" },
  ],
  modules: ["nvidia", "nvidia_uvm"],
  driver: { version: "550.54.14", flavour: "open" },
  taken: ["0000:01:00.0", "0000:02:00.0"],
  built: { forThisKernel: true, forOthers: false, source: true },
  libraries: { cuda: "550.54.14", nvml: "550.54.14", any: true },
  compat: null,
  devices: [
    { name: "nvidia0", mode: 0o666, uid: 0, gid: 0, usable: true },
    { name: "nvidiactl", mode: 0o660, uid: 0, gid: 44, usable: true },
  ],
  control: "opens",
  deviceRules: null,
  smi: {
    kind: "answered",
    cuda: "12.4",
    gpus: [
      { uuid: UUID, name: "NVIDIA A100-SXM4-40GB", capability: "8.0", mig: true, instances: ["MIG-1", "MIG-2"] },
      { uuid: UUID, name: "NVIDIA A100-SXM4-40GB", capability: null, mig: null, instances: [] },
    ],
    repairPending: false,
  },
  engines: ["docker", "containerd"],
  toolkit: { ctk: true, runtime: true, hook: false },
  docker: { packaging: "usual", runtime: "there" },
  containerd: "not asked",
  cdi: [{ path: "/etc/cdi/nvidia.yaml", readable: true, driver: "550.54.14" }],
  fabric: { installed: true, running: true },
  variables: { CUDA_VISIBLE_DEVICES: "0" },
  torch: { version: "2.7.1+cu126", cuda: "12.6", place: "/opt/conda/lib/python3.12/site-packages" },
};

const TOO_OLD: DoctorFinding = {
  rule: "driver-too-old",
  title: "The driver is too old for this CUDA",
  because:
    "the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from that driver on, none below",
  command: "sudo ubuntu-drivers install && sudo reboot",
  at: "here",
  source: "docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility",
};

const WITHOUT: DoctorFinding = {
  rule: "without-gpus",
  title: "This container was started without GPUs",
  because: "there is no /dev/nvidia0 in here",
  command: "docker run --gpus all IMAGE",
  at: "engine",
  source: "NVIDIA",
};

const ILL: DoctorOutcome = {
  kind: "doctor",
  ok: false,
  cause: TOO_OLD,
  also: [{ ...WITHOUT, title: "The toolkit \u001b[31mis old", at: "host" }],
  notices: ["a GPU has memory to take out of use, which waits for a reset: nvidia-smi --gpu-reset"],
  facts: FACTS,
};

const WELL: DoctorOutcome = { ...ILL, ok: true, cause: null, also: [], notices: [] };

const IMAGE: DoctorImageOutcome = {
  kind: "doctor-image",
  image: "registry.example/pytorch-cuda:v2.7.1",
  digest: `sha256:${"ab".repeat(32)}`,
  size: 5_100_000_000,
  torch: "2.7.1+cu128",
  cuda: "12.8",
  cpuOnly: false,
  ok: false,
  cause: TOO_OLD,
  variants: [
    { tag: "v2.7.1-cpu", torch: "2.7.1+cpu", cuda: null, runs: true, cause: null },
    { tag: "v2.7.1-cu118", torch: "2.7.1+cu118", cuda: "11.8", runs: true, cause: null },
    { tag: "v2.7.1-cu128", torch: "2.7.1+cu128", cuda: "12.8", runs: false, cause: TOO_OLD },
  ],
  instead: "v2.7.1-cu118",
  pull: "docker pull registry.example/pytorch-cuda:v2.7.1-cu118",
  notices: [],
  facts: FACTS,
};

test("a cause at 80 columns: the sentence is wrapped, the command is whole", () => {
  expect(renderDoctor(terminal(80), ILL, false)).toMatchInlineSnapshot(`
    "✗ The driver is too old for this CUDA
      the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants
      525.60.13 or newer: every CUDA 12 runs from that driver on, none below

    Run  sudo ubuntu-drivers install && sudo reboot
    [driver-too-old] docs.nvidia.com/deploy/cuda-compatibility, minor version compa…

    Also, which may follow from it:
      - The toolkit \\x1b[31mis old: there is no /dev/nvidia0 in here

    • a GPU has memory to take out of use, which waits for a reset: nvidia-smi
      --gpu-reset
    "
  `);
});

test("a cause at 120 columns", () => {
  expect(renderDoctor(terminal(120), ILL, false)).toMatchInlineSnapshot(`
    "✗ The driver is too old for this CUDA
      the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from
      that driver on, none below

    Run  sudo ubuntu-drivers install && sudo reboot
    [driver-too-old] docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility

    Also, which may follow from it:
      - The toolkit \\x1b[31mis old: there is no /dev/nvidia0 in here

    • a GPU has memory to take out of use, which waits for a reset: nvidia-smi --gpu-reset
    "
  `);
});

test("a well host, with what was looked at, at 80 columns", () => {
  expect(renderDoctor(terminal(80), WELL, true)).toMatchInlineSnapshot(`
    "✓ 2 x NVIDIA A100-SXM4-40GB, driver 550.54.14, which came with CUDA 12.4

    Looked at
      place                 host
      system                ubuntu, kernel 6.8.0-45-generic
      PCI                   2 NVIDIA GPUs, held by nvidia; 1 NVSwitch
      kernel modules        nvidia, nvidia_uvm
      modules on disk       for this kernel yes, for others no, source yes
      Secure Boot, SELinux  no, no
      driver                550.54.14 (open)
      libraries             libcuda 550.54.14, NVML 550.54.14
      compat package        not in use
      device files          nvidia0 0666, nvidiactl 0660
      nvidia-smi            NVIDIA A100-SXM4-40GB sm_80 2 MIG devices, NVIDIA A100-…
      engines               docker, containerd
      container toolkit     ctk, runtime
      docker's runtime      there
      CDI specs             /etc/cdi/nvidia.yaml (550.54.14)
      fabric manager        running
      variables             CUDA_VISIBLE_DEVICES=0
      PyTorch               2.7.1+cu126 (CUDA 12.6) in /opt/conda/lib/python3.12/si…
    "
  `);
});

test("colours say nothing that words do not", () => {
  const colored = renderDoctor(terminal(80, { color: true }), ILL, true);
  expect(colored).toContain("\u001b[31m✗");
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  expect(colored.replaceAll(/\u001b\[\d+m/g, "")).toBe(renderDoctor(terminal(80), ILL, true));
});

test("where to run the command is said", () => {
  const at = (finding: DoctorFinding): string => renderDoctor(terminal(80), { ...ILL, cause: finding }, false);
  expect(at(WITHOUT)).toContain("Start it with  docker run --gpus all IMAGE");
  expect(at({ ...WITHOUT, at: "host" })).toContain("Run on the host  docker run --gpus all IMAGE");
});

test("a pipe gets one fact a line", () => {
  expect(renderDoctor(PIPE, ILL, true)).toMatchInlineSnapshot(`
    "driver-too-old: The driver is too old for this CUDA: the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from that driver on, none below: run: sudo ubuntu-drivers install && sudo reboot
    also: without-gpus: The toolkit \\x1b[31mis old: there is no /dev/nvidia0 in here: run on the host: docker run --gpus all IMAGE
    note: a GPU has memory to take out of use, which waits for a reset: nvidia-smi --gpu-reset
    looked at: place: host
    looked at: system: ubuntu, kernel 6.8.0-45-generic
    looked at: PCI: 2 NVIDIA GPUs, held by nvidia; 1 NVSwitch
    looked at: kernel modules: nvidia, nvidia_uvm
    looked at: modules on disk: for this kernel yes, for others no, source yes
    looked at: Secure Boot, SELinux: no, no
    looked at: driver: 550.54.14 (open)
    looked at: libraries: libcuda 550.54.14, NVML 550.54.14
    looked at: compat package: not in use
    looked at: device files: nvidia0 0666, nvidiactl 0660
    looked at: nvidia-smi: NVIDIA A100-SXM4-40GB sm_80 2 MIG devices, NVIDIA A100-SXM4-40GB
    looked at: engines: docker, containerd
    looked at: container toolkit: ctk, runtime
    looked at: docker's runtime: there
    looked at: CDI specs: /etc/cdi/nvidia.yaml (550.54.14)
    looked at: fabric manager: running
    looked at: variables: CUDA_VISIBLE_DEVICES=0
    looked at: PyTorch: 2.7.1+cu126 (CUDA 12.6) in /opt/conda/lib/python3.12/site-packages
    "
  `);
});

test("an image that finds no CUDA, and the variant that does, at 80 columns", () => {
  expect(renderDoctorImage(terminal(80), IMAGE, false)).toMatchInlineSnapshot(`
    "✗ registry.example/pytorch-cuda:v2.7.1 finds no CUDA here
      PyTorch 2.7.1+cu128, CUDA 12.8, 5.1 GB to pull

      The driver is too old for this CUDA: the driver is 470.256.02, and PyTorch
      2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from
      that driver on, none below

    Run  sudo ubuntu-drivers install && sudo reboot
    [driver-too-old] docs.nvidia.com/deploy/cuda-compatibility, minor version compa…

    Variants
      ✓  v2.7.1-cpu    no CUDA
      ✓  v2.7.1-cu118  CUDA 11.8
      ✗  v2.7.1-cu128  CUDA 12.8  The driver is too old for this CUDA

    Instead  docker pull registry.example/pytorch-cuda:v2.7.1-cu118
    "
  `);
});

test("the same at 120 columns", () => {
  expect(renderDoctorImage(terminal(120), IMAGE, false)).toMatchInlineSnapshot(`
    "✗ registry.example/pytorch-cuda:v2.7.1 finds no CUDA here
      PyTorch 2.7.1+cu128, CUDA 12.8, 5.1 GB to pull

      The driver is too old for this CUDA: the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13
      or newer: every CUDA 12 runs from that driver on, none below

    Run  sudo ubuntu-drivers install && sudo reboot
    [driver-too-old] docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility

    Variants
      ✓  v2.7.1-cpu    no CUDA
      ✓  v2.7.1-cu118  CUDA 11.8
      ✗  v2.7.1-cu128  CUDA 12.8  The driver is too old for this CUDA

    Instead  docker pull registry.example/pytorch-cuda:v2.7.1-cu118
    "
  `);
});

test("an image that runs", () => {
  const fine = { ...IMAGE, ok: true, cause: null, variants: [], instead: null, pull: null };
  expect(renderDoctorImage(terminal(80), fine, false)).toMatchInlineSnapshot(`
    "✓ registry.example/pytorch-cuda:v2.7.1 finds CUDA here
      PyTorch 2.7.1+cu128, CUDA 12.8, 5.1 GB to pull
    "
  `);
});

test("an image in a pipe", () => {
  expect(renderDoctorImage(PIPE, { ...IMAGE, notices: ["look"] }, false)).toMatchInlineSnapshot(`
    "registry.example/pytorch-cuda:v2.7.1: PyTorch 2.7.1+cu128, CUDA 12.8, 5.1 GB to pull: finds no CUDA here
    driver-too-old: The driver is too old for this CUDA: the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from that driver on, none below: run: sudo ubuntu-drivers install && sudo reboot
    variant v2.7.1-cpu: no CUDA: runs
    variant v2.7.1-cu118: CUDA 11.8: runs
    variant v2.7.1-cu128: CUDA 12.8: the driver is 470.256.02, and PyTorch 2.7.1+cu128 with CUDA 12.8 wants 525.60.13 or newer: every CUDA 12 runs from that driver on, none below
    instead: docker pull registry.example/pytorch-cuda:v2.7.1-cu118
    note: look
    "
  `);
});
