// An image's configuration and a host's facts -> whether the image would find CUDA there. Reads no layer, runs nothing.
import { rowOf } from "../environment/compat/torch.ts";
import { LABEL } from "../oci/label.ts";
import type { ImageConfig, Manifest } from "../oci/schema.ts";
import { compareVersions, cudaOf, driverOf, floorOf, runsOn, wheelOf, type Wheel } from "./compat.ts";
import type { HostFacts } from "./facts.ts";
import { judge, type Finding } from "./judge.ts";
import { brandsOf, parseRequirement, satisfies } from "./requirement.ts";
import { capabilities, newerDriver } from "./rule.ts";

/** What an image says of itself, by its labels and its variables. */
export interface ImageNeeds {
  /** Bytes to pull at most: its layers, compressed. */
  readonly size: number;
  /** Nothing in it uses a GPU, as far as it says. */
  readonly cpuOnly: boolean;
  /** `2.7.1+cu126` */
  readonly torch: string | null;
  /** `12.6` */
  readonly cuda: string | null;
  /** What its PyTorch holds code for; null: it does not say, and the table does not know it. */
  readonly archs: Pick<Wheel, "code" | "ptx"> | null;
  /** Variables of NVIDIA_REQUIRE_*, by name. */
  readonly requires: readonly (readonly [name: string, text: string])[];
  /** It brings CUDA's compat package. */
  readonly compat: boolean;
}

export function needsOf(manifest: Manifest, config: ImageConfig): ImageNeeds {
  const labels = config.config?.Labels ?? {};
  const variables = new Map(
    (config.config?.Env ?? []).map((line) => [before(line, "="), line.slice(line.indexOf("=") + 1)]),
  );
  const version = labels[LABEL.torch] ?? variables.get("PYTORCH_VERSION") ?? null;
  const row = version === null ? null : rowOf(version, null);
  const cuda = versionIn(labels[LABEL.cuda] ?? row?.cuda ?? variables.get("CUDA_VERSION"));
  const visible = variables.get("NVIDIA_VISIBLE_DEVICES");
  const requires = [...variables].filter(([name]) => name.startsWith("NVIDIA_REQUIRE_"));
  return {
    size: manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
    cpuOnly:
      cuda === null && requires.length === 0 && (visible === undefined || ["", "void", "none"].includes(visible)),
    torch: version,
    cuda,
    archs: archsIn(labels[LABEL.archs]) ?? archsOf(version, cuda),
    requires: variables.get("NVIDIA_DISABLE_REQUIRE") === "true" ? [] : requires,
    compat: variables.has("NV_CUDA_COMPAT_PACKAGE") || variables.has("CUDA_DRIVER_VERSION"),
  };
}

function archsOf(torch: string | null, cuda: string | null): Pick<Wheel, "code" | "ptx"> | null {
  const wheel = torch === null || cuda === null ? null : wheelOf(torch, cuda);
  return wheel === null ? null : { code: wheel.code, ptx: wheel.ptx };
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}

function versionIn(text: string | undefined): string | null {
  return /^\d+\.\d+/.exec(text ?? "")?.[0] ?? null;
}

/** `sm_75 sm_80 compute_80`, as PyTorch lists what it was built for. */
function archsIn(text: string | undefined): Pick<Wheel, "code" | "ptx"> | null {
  const numbers = (kind: string): number[] =>
    [...(text ?? "").matchAll(new RegExp(`\\b${kind}_(\\d+)\\b`, "g"))].map(([, digits]) => Number(digits));
  const [code, ptx] = [numbers("sm"), numbers("compute")];
  return code.length + ptx.length === 0 ? null : { code, ptx };
}

/** The surest reason why it would find no CUDA on the host; null: it would, as far as both say. */
export function causeFor(needs: ImageNeeds, facts: HostFacts): Finding | null {
  if (needs.cpuOnly) return null;
  const host = hostCause(facts);
  if (host !== null) return host;
  return requirementCause(needs, facts) ?? driverCause(needs, facts) ?? archCause(needs, facts);
}

/** What keeps any image from a GPU here; variables and packages of the host itself do not. */
function hostCause(facts: HostFacts): Finding | null {
  return judge({ ...facts, torch: null, variables: {}, compat: null }).findings[0] ?? null;
}

/** The newest CUDA of the host's driver by itself. */
export function hostCuda({ smi, driver }: HostFacts): string | null {
  if (smi.kind === "answered" && smi.cuda !== null) return smi.cuda;
  return driver?.version == null ? null : cudaOf(driver.version);
}

function firstGpu({ smi }: HostFacts): string | null {
  return smi.kind === "answered" ? (smi.gpus[0]?.name ?? null) : null;
}

/** NVIDIA's toolkit asks this before the container starts, and does not start it otherwise. */
function requirementCause({ requires }: ImageNeeds, facts: HostFacts): Finding | null {
  const name = firstGpu(facts);
  const driver = facts.driver?.version ?? null;
  const host = {
    cuda: hostCuda(facts),
    driver,
    arch: capabilities(facts)[0] ?? null,
    brands: name === null ? [] : brandsOf(name),
  };
  for (const [variable, text] of requires) {
    const alternatives = parseRequirement(text);
    if (alternatives === null || satisfies(alternatives, host) !== false) continue;
    const [first = "", ...others] = text.split(" ").filter((each) => each !== "");
    const more = others.length === 0 ? "" : `, or one of ${others.length} other combinations`;
    return {
      rule: "image-requires",
      title: "The image asks for another driver",
      because: `its ${variable} wants ${first}${more}; here is driver ${driver ?? "unknown"} with CUDA ${host.cuda ?? "unknown"}${name === null ? "" : ` and ${name}`}: the container would not start`,
      ...newerDriver(facts),
      source: "libnvidia-container, requirements",
    };
  }
  return null;
}

function driverCause({ cuda, compat, torch }: ImageNeeds, facts: HostFacts): Finding | null {
  const driver = facts.driver?.version ?? null;
  const floor = cuda === null ? null : floorOf(cuda);
  if (cuda === null || floor === null) return null;
  const has = hostCuda(facts);
  const old =
    driver === null
      ? has !== null && Number(before(has, ".")) < Number(before(cuda, "."))
      : compareVersions(driver, floor) < 0;
  const name = firstGpu(facts);
  if (!old || (compat && name !== null && !/GeForce|TITAN/i.test(name))) return null; // forward compatibility does it
  return {
    rule: "driver-too-old",
    title: "The driver is too old for this image's CUDA",
    because: `the driver is ${driver ?? `one with CUDA ${has}`}, and ${torch === null ? "the image" : `PyTorch ${torch}`} with CUDA ${cuda} wants ${floor} or newer: every CUDA ${before(cuda, ".")} runs from that driver on, none below`,
    ...newerDriver(facts),
    source: "docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility",
  };
}

function archCause({ archs, torch, cuda }: ImageNeeds, facts: HostFacts): Finding | null {
  if (archs === null) return null;
  const source = "PyTorch's release matrix";
  const has = hostCuda(facts);
  for (const gpu of capabilities(facts)) {
    const runs = runsOn(archs, gpu);
    const arch = `sm_${gpu.replace(".", "")}`;
    if (runs === "not")
      return {
        rule: "wheel-arch",
        title: "The image's PyTorch has no code for this GPU",
        because: `the GPU is ${arch}, and PyTorch ${torch ?? "of the image"} has code for ${archs.code.map((each) => `sm_${each}`).join(" ")}`,
        command: "nvidia-smi --query-gpu=name,compute_cap --format=csv",
        at: "here",
        source,
      };
    if (runs === "ptx" && cuda !== null && has !== null && compareVersions(has, cuda) < 0)
      return {
        rule: "ptx-jit",
        title: "The driver cannot compile the PTX of this image's PyTorch",
        because: `the GPU is ${arch}, for which PyTorch ${torch ?? "of the image"} has PTX alone; compiling that of CUDA ${cuda} wants driver ${driverOf(cuda) ?? "of that CUDA"}, and this one has CUDA ${has}`,
        ...newerDriver(facts),
        source,
      };
  }
  return null;
}
