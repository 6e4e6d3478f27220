// What can be known of a machine without asking it to do anything: the shape that probing gives and rules judge.
import { z } from "zod";

/** Dotted numbers, as NVIDIA writes drivers and CUDA: `560.35.05`, `12.6`. */
const Version = z.string().regex(/^\d+(?:\.\d+)*$/);

const PciDevice = z.strictObject({
  /** `0000:01:00.0` */
  address: z.string(),
  /** What it is, by its PCI class: display controllers are GPUs, bridges NVSwitches. */
  kind: z.enum(["gpu", "switch", "other"]),
  /** The kernel driver that holds it. */
  driver: z.string().nullable(),
});

const DeviceNode = z.strictObject({
  /** Below /dev: `nvidia0`, `nvidiactl`, `dxg`. */
  name: z.string(),
  /** Permission bits. */
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  /** Whether it can be read and written by whom this was asked for. */
  usable: z.boolean(),
});

export const SmiGpu = z.strictObject({
  uuid: z.string(),
  name: z.string(),
  /** `8.9`; null where this nvidia-smi does not tell. */
  capability: Version.nullable(),
  /** Null where the GPU has no MIG. */
  mig: z.boolean().nullable(),
  /** UUIDs of its MIG devices. */
  instances: z.array(z.string()),
});

export const Smi = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("absent") }),
  /** It was not waited for any longer. */
  z.strictObject({ kind: z.literal("silent"), afterMs: z.int() }),
  z.strictObject({ kind: z.literal("failed"), status: z.int().nullable(), said: z.string() }),
  z.strictObject({
    kind: z.literal("answered"),
    /** The newest CUDA that the driver has by itself; null where this nvidia-smi does not tell. */
    cuda: Version.nullable(),
    gpus: z.array(SmiGpu),
    /** Memory rows or pages that only a reset takes out of use. */
    repairPending: z.boolean(),
  }),
]);

const CdiSpec = z.strictObject({
  path: z.string(),
  readable: z.boolean(),
  /** Of the libcuda.so that it names. */
  driver: Version.nullable(),
});

const Torch = z.strictObject({
  /** With its local part: `2.7.1+cu126`. */
  version: z.string(),
  /** `12.6`; null for a wheel without CUDA. */
  cuda: Version.nullable(),
  /** The directory that holds it, below the root that was looked at. */
  place: z.string(),
});

const Place = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("host") }),
  z.strictObject({
    kind: z.literal("container"),
    engine: z.enum(["docker", "podman", "kubernetes", "containerd", "other"]),
  }),
]);

export const HostFacts = z.strictObject({
  place: Place,
  /** Of whom permissions are told. */
  user: z.strictObject({ uid: z.int(), gid: z.int() }),
  /** `ID` and `ID_LIKE` of os-release, the ID first. */
  system: z.array(z.string()),
  /** Release, as `uname -r` says. */
  kernel: z.string().nullable(),
  wsl: z.boolean(),
  /** A Jetson: its GPU is on no bus, and has another driver. */
  tegra: z.boolean(),
  secureBoot: z.boolean().nullable(),
  selinux: z.boolean(),
  /** Of vendor 0x10de, by address; null where the machine does not tell. */
  pci: z.array(PciDevice).nullable(),
  /** Names of kernel modules that matter: nvidia, nvidia_uvm, nouveau. */
  modules: z.array(z.string()),
  /** The driver in the kernel. */
  driver: z
    .strictObject({ version: Version.nullable(), flavour: z.enum(["open", "proprietary"]).nullable() })
    .nullable(),
  /** GPUs that the driver took, by address. */
  taken: z.array(z.string()).nullable(),
  /** Where an nvidia module lies ready. */
  built: z.strictObject({ forThisKernel: z.boolean(), forOthers: z.boolean(), source: z.boolean() }),
  /** Versions in the names of the libraries that programs load. */
  libraries: z.strictObject({ cuda: Version.nullable(), nvml: Version.nullable(), any: z.boolean() }),
  /** A libcuda of CUDA's compat package that the loader takes first. */
  compat: z.strictObject({ directory: z.string(), version: Version.nullable() }).nullable(),
  /** nvidia*, and dxg of WSL; by name. */
  devices: z.array(DeviceNode),
  /** What opening /dev/nvidiactl gives: the device rules of a cgroup answer EPERM. */
  control: z.enum(["opens", "forbidden", "denied", "absent", "not tried"]),
  /** The rules of the devices cgroup, where version 1 shows them. */
  deviceRules: z.array(z.string()).nullable(),
  smi: Smi,
  /** Container engines that are installed. */
  engines: z.array(z.enum(["docker", "podman", "containerd"])),
  toolkit: z.strictObject({ ctk: z.boolean(), runtime: z.boolean(), hook: z.boolean() }),
  docker: z.strictObject({
    /** `snap`: it cannot see the toolkit of the host. */
    packaging: z.enum(["usual", "snap"]),
    /** Of daemon.json: no such runtime, one whose program is there, one whose program is not, a file that is not JSON. */
    runtime: z.enum(["absent", "there", "broken", "unreadable"]),
  }),
  /** Only asked where Kubernetes uses containerd by itself. */
  containerd: z.enum(["absent", "there", "not asked"]),
  cdi: z.array(CdiSpec),
  fabric: z.strictObject({ installed: z.boolean(), running: z.boolean() }),
  /** Variables that decide what is seen. */
  variables: z.record(z.string(), z.string()),
  torch: Torch.nullable(),
});
export type HostFacts = z.infer<typeof HostFacts>;

/** Variables that are read, and no others. */
export const VARIABLES = [
  "CUDA_VISIBLE_DEVICES",
  "NVIDIA_VISIBLE_DEVICES",
  "NVIDIA_DRIVER_CAPABILITIES",
  "NVIDIA_REQUIRE_CUDA",
  "CUDA_VERSION",
  "LD_LIBRARY_PATH",
] as const;
