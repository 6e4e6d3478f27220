// `morello doctor` as a person and a script run it, on recorded hosts that are mounted below a directory.
import { describe, expect, test } from "vitest";
import { LABEL } from "../../src/oci/label.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { openImageStore } from "../../src/registry/open.ts";
import type { DoctorImageOutcome, DoctorOutcome } from "../../src/wire/doctor.ts";
import { RTX_5090, working } from "../doctor/fixtures/case.ts";
import { put, testImage, type TestImage } from "../registry/images.ts";
import { morello, startMorello } from "../support/cli.ts";
import { GpuHost } from "../support/gpu-host.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** Of the host's programs there is nvidia-smi alone. */
function machine(sandbox: Sandbox, make: (host: GpuHost) => GpuHost): { root: string; env: { PATH: string } } {
  const { root } = make(new GpuHost(sandbox.path("machine")));
  return { root, env: { PATH: `${root}/bin:${sandbox.env["PATH"] ?? ""}` } };
}

/** The host of these tests has no GPU of its own to speak of: all is asked with time to spare. */
const PATIENT = ["--wait", "20"];

test("a well host: one line, exit status 0", async () => {
  const sandbox = makeSandbox();
  const { root, env } = machine(sandbox, working);
  const { status, stdout, stderr } = await morello(sandbox, ["doctor", "--host-root", root, ...PATIENT], { env });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "well: NVIDIA GeForce RTX 4090, driver 550.54.14, which came with CUDA 12.4\n",
    stderr: "",
  });
});

test("a host without the toolkit: the cause and its command, exit status 1", async () => {
  const sandbox = makeSandbox();
  const { root, env } = machine(sandbox, (host) => working(host).docker());
  const { status, stdout } = await morello(sandbox, ["doctor", "--host-root", root, ...PATIENT], { env });
  expect(status).toBe(1);
  expect(stdout).toBe(
    "toolkit-missing: NVIDIA's container toolkit is not installed: docker is here, and neither nvidia-ctk nor nvidia-container-runtime nor a CDI spec is: run: sudo apt-get install nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker\n",
  );
});

test("JSON says the same, with everything that was looked at", async () => {
  const sandbox = makeSandbox();
  const { root, env } = machine(sandbox, (host) => working(host).docker());
  const asked = await morello(sandbox, ["doctor", "--json", "--host-root", root, ...PATIENT], { env });
  const outcome = asked.json<DoctorOutcome>();
  expect(outcome).toMatchObject({
    kind: "doctor",
    ok: false,
    cause: { rule: "toolkit-missing", at: "here" },
    also: [],
  });
  expect(outcome.facts).toMatchObject({
    place: { kind: "host" },
    driver: { version: "550.54.14" },
    engines: ["docker", "containerd"],
  });
});

test("an nvidia-smi that hangs is left behind, and nothing of it keeps the process", async () => {
  const sandbox = makeSandbox();
  const { root, env } = machine(sandbox, (host) => working(host).smiHangs());
  const running = startMorello(sandbox, ["doctor", "--host-root", root, "--wait", "0.1"], { env });
  const { status, stdout } = await running.result; // it sleeps for a minute, and the test has less
  expect(status).toBe(0);
  expect(stdout).toContain("note: nvidia-smi did not answer within 100 ms");
});

test("a time that is none is told", async () => {
  const { status, stderr } = await morello(makeSandbox(), ["doctor", "--wait", "soon"]);
  expect(status).toBe(2);
  expect(stderr).toContain("seconds");
});

function release(torch: string | null, cuda: string | null, architecture = "amd64"): TestImage {
  const archs =
    cuda === "12.8" ? "sm_75 sm_80 sm_86 sm_90 sm_100 sm_120 compute_120" : "sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90";
  const labels = { [LABEL.version]: "v2.7.1", ...(torch === null ? {} : { [LABEL.torch]: torch }) };
  const ofCuda = cuda === null ? {} : { [LABEL.cuda]: cuda, [LABEL.archs]: archs };
  return testImage([{ "opt/app/a.txt": `${torch}` }], { architecture, config: { Labels: { ...labels, ...ofCuda } } });
}

describe("--for", () => {
  const blackwell = (host: GpuHost): GpuHost =>
    working(host, "575.57.08", RTX_5090, { cuda: "12.9" }).docker().toolkit();

  async function publish(place: string, sandbox: Sandbox, tags: Readonly<Record<string, TestImage>>): Promise<void> {
    const store = await openImageStore(parseReference(place), { env: sandbox.env, cwd: sandbox.root });
    for (const [tag, image] of Object.entries(tags)) await put(store, image, tag);
    await store.close();
  }

  const RELEASE = {
    "v2.7.1": release("2.7.1+cu126", "12.6"),
    "v2.7.1-cu118": release("2.7.1+cu118", "11.8"),
    "v2.7.1-cu126": release("2.7.1+cu126", "12.6"),
    "v2.7.1-cu128": release("2.7.1+cu128", "12.8"),
    "v2.7.1-3-gabc1234": release("2.7.1+cu128", "12.8"),
    "v2.7.10": release("2.7.1+cu128", "12.8"),
  };

  test("a registry: why not, and the variant that does, from manifests and configurations alone", async () => {
    const sandbox = makeSandbox();
    const registry = await registryServer(sandbox);
    await publish(`${registry.host}/app`, sandbox, RELEASE);
    const before = registry.requests().length;
    const { root, env } = machine(sandbox, blackwell);
    const asked = await morello(
      sandbox,
      ["doctor", "--for", `${registry.host}/app:v2.7.1`, "--json", "--host-root", root, ...PATIENT],
      { env },
    );
    const outcome = asked.json<DoctorImageOutcome>();
    expect(asked.status).toBe(1);
    expect(outcome).toMatchObject({
      kind: "doctor-image",
      torch: "2.7.1+cu126",
      cause: { rule: "wheel-arch" },
      instead: "v2.7.1-cu128",
      pull: `docker pull ${registry.host}/app:v2.7.1-cu128`,
    });
    expect(outcome.variants.map(({ tag, runs }) => [tag, runs])).toEqual([
      ["v2.7.1-cu118", false],
      ["v2.7.1-cu126", false],
      ["v2.7.1-cu128", true],
    ]);
    const requests = registry.requests().slice(before);
    const layers = Object.values(RELEASE).flatMap(({ blobs }) => blobs.slice(1).map(({ digest }) => digest));
    expect(requests.filter((line) => layers.some((digest) => line.includes(digest)))).toEqual([]);
    expect(requests.every((line) => line.startsWith("GET "))).toBe(true);
  });

  test("a layout: the one that runs, in words", async () => {
    const sandbox = makeSandbox();
    await publish("oci:out", sandbox, RELEASE);
    const { root, env } = machine(sandbox, blackwell);
    const { status, stdout } = await morello(
      sandbox,
      ["doctor", "--for", "oci:out:v2.7.1-cu128", "--host-root", root, ...PATIENT],
      { env },
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^oci:out:v2\.7\.1-cu128: PyTorch 2\.7\.1\+cu128, CUDA 12\.8, \d+ B to pull: finds CUDA here\n/,
    );
    expect(stdout).toContain("variant v2.7.1-cu126: CUDA 12.6: the GPU is sm_120");
  });

  test("an image for another processor is refused before anything else", async () => {
    const sandbox = makeSandbox();
    await publish("oci:out", sandbox, { v1: release("2.7.1+cu126", "12.6", "s390x") });
    const { root, env } = machine(sandbox, working);
    const asked = await morello(sandbox, ["doctor", "--for", "oci:out:v1", "--json", "--host-root", root, ...PATIENT], {
      env,
    });
    expect(asked.status).toBe(1);
    expect(asked.json<DoctorImageOutcome>().cause).toMatchObject({ rule: "image-platform" });
  });

  test("an image for the CPU runs anywhere", async () => {
    const sandbox = makeSandbox();
    await publish("oci:out", sandbox, { v1: release("2.7.1+cpu", null) });
    const { root, env } = machine(sandbox, (host) => host.system("debian"));
    const { status, stdout } = await morello(
      sandbox,
      ["doctor", "--for", "oci:out:v1", "--host-root", root, ...PATIENT],
      { env },
    );
    expect(status).toBe(0);
    expect(stdout).toContain("runs here");
    expect(stdout).toContain("note: the image says of no CUDA");
  });

  test("an image that is not there is an error, with its code", async () => {
    const sandbox = makeSandbox();
    await publish("oci:out", sandbox, { v1: release("2.7.1+cpu", null) });
    const asked = await morello(sandbox, ["doctor", "--for", "oci:out:v9", "--json", ...PATIENT]);
    expect(asked.status).toBe(3);
    expect(asked.json<{ code: string }>().code).toBe("image-missing");
  });
});
