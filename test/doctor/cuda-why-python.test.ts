// cuda_why.py against a PyTorch of our own that behaves like the real one where CUDA is missing: its words are PyTorch's.
import { chmodSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RULES } from "../../src/doctor/judge.ts";
import { finished } from "../support/process.ts";
import { makeSandbox } from "../support/sandbox.ts";

const DIRECTORY = fileURLToPath(new URL("../../workbench", import.meta.url));

interface Torch {
  readonly version?: string;
  readonly cuda?: string | null;
  /** What initialising CUDA raises; null: it works. */
  readonly raises?: string | null;
  readonly archs?: readonly string[];
  readonly gpus?: readonly (readonly [number, number])[];
  /** As CUDA numbers it: 12040 is 12.4. */
  readonly driver?: number;
}

const UNEXPECTED =
  "Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling NumCudaDevices() that might have already set an error? Error";

function source(torch: Torch): string {
  const { version = "2.7.1+cu126", cuda = "12.6", raises = null, gpus = [[8, 9]], driver = 12060 } = torch;
  const archs = torch.archs ?? ["sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"];
  return `
class version:
    cuda = ${cuda === null ? "None" : `"${cuda}"`}
__version__ = "${version}"
class cuda:
    @staticmethod
    def init():
        ${raises === null ? "pass" : `raise RuntimeError(${JSON.stringify(raises)})`}
    @staticmethod
    def device_count(): return ${gpus.length}
    @staticmethod
    def get_device_capability(n): return ${JSON.stringify(gpus)
      .replace("[", "[")
      .replaceAll(/\[(\d+),(\d+)\]/g, "($1,$2)")}[n]
    @staticmethod
    def get_arch_list(): return ${JSON.stringify(archs)}
class _C:
    @staticmethod
    def _cuda_getDriverVersion(): return ${driver}
`;
}

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  /** A cuda-why that says this. */
  readonly shell?: string;
}

async function ask(torch: Torch | null, { env = {}, shell }: Around = {}) {
  const sandbox = makeSandbox();
  mkdirSync(sandbox.path("bin"));
  if (torch !== null) sandbox.write("modules/torch/__init__.py", source(torch));
  if (shell !== undefined) chmodSync(sandbox.write("bin/cuda-why", `#!/bin/sh\necho '${shell}' >&2\nexit 1\n`), 0o755);
  const said = await finished("python3", ["-B", "-m", "cuda_why"], {
    cwd: sandbox.root,
    env: {
      PATH: `${sandbox.path("bin")}:${process.env["PATH"]}`,
      PYTHONPATH: `${DIRECTORY}:${sandbox.path("modules")}`,
      ...env,
    },
  });
  expect(said.stdout.toString()).toBe("");
  return { status: said.status, line: said.stderr.toString() };
}

test("it is silent where CUDA works", async () => {
  expect(await ask({})).toEqual({ status: 0, line: "" });
});

test("it is silent where there is no PyTorch", async () => {
  expect(await ask(null)).toEqual({ status: 0, line: "" });
});

test("it is silent for a PyTorch without CUDA where there is no GPU", async () => {
  expect(await ask({ version: "2.7.1+cpu", cuda: null })).toEqual({ status: 0, line: "" });
});

test.each<{ rule: string; torch: Torch; says: string; env?: Record<string, string> }>([
  { rule: "visible-empty", torch: {}, env: { CUDA_VISIBLE_DEVICES: "-1" }, says: "names no GPU" },
  { rule: "wheel-arch", torch: { gpus: [[12, 0]] }, says: "sm_120" },
  { rule: "wheel-arch", torch: { archs: ["sm_80", "sm_90a"], gpus: [[9, 0]] }, says: "sm_90)" },
  {
    rule: "ptx-jit",
    torch: { archs: ["sm_75", "compute_75"], gpus: [[8, 6]], cuda: "12.8", driver: 12040 },
    says: "CUDA 12.4 at most",
  },
  {
    rule: "driver-too-old",
    torch: {
      raises: "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver",
    },
    says: "found version 11040",
  },
  { rule: "host-driver", torch: { raises: "Found no NVIDIA driver on your system. Please check" }, says: "Found no" },
  { rule: "fabric-manager", torch: { raises: `${UNEXPECTED} 802: system not yet initialized` }, says: "802" },
  {
    rule: "compat-older",
    torch: { raises: `${UNEXPECTED} 803: system has unsupported display driver / cuda driver combination` },
    says: "803",
  },
  {
    rule: "forward-compat",
    torch: { raises: `${UNEXPECTED} 804: forward compatibility was attempted on non supported HW` },
    says: "804",
  },
  {
    rule: "uvm-missing",
    torch: { raises: "CUDA unknown error - this may be due to an incorrectly set up environment" },
    says: "unknown error",
  },
  { rule: "smi-fails", torch: { gpus: [] }, says: "No CUDA GPUs are available" },
])("$rule: $says", async ({ rule, torch, says, env = {} }) => {
  const { status, line } = await ask(torch, { env });
  expect(status).toBe(1);
  expect(line).toMatch(/^cuda-why: .+\. (?:Run[^:]*|Start it with): .+ {2}\[[a-z-]+\]\n$/);
  expect(line).toContain(`[${rule}]`);
  expect(line).toContain(says);
  expect(RULES.map(({ id }) => id)).toContain(rule);
});

test("a GPU that PTX serves is no cause while the driver compiles it", async () => {
  const torch = { archs: ["sm_75", "compute_75"], gpus: [[8, 6]], cuda: "12.8", driver: 12080 } as const;
  expect(await ask(torch)).toEqual({ status: 0, line: "" });
});

test("what cuda-why says comes first, as it is", async () => {
  const shell =
    "cuda-why: This container was started without GPUs: there is no /dev/nvidia0. Start it with: docker run --gpus all IMAGE  [without-gpus]";
  expect(await ask({ gpus: [[12, 0]] }, { shell })).toEqual({ status: 1, line: `${shell}\n` });
});
