// A machine as files: what /proc, /sys, /dev, /etc, /usr and /run hold there, and a program that gives the recorded
// answers of its nvidia-smi. The texts have the shapes that real drivers, distributions and engines write.
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface RecordedGpu {
  readonly name: string;
  /** `8.9`; null: this nvidia-smi does not know the field. */
  readonly capability: string | null;
  readonly mig?: "Enabled" | "Disabled";
  /** UUIDs of MIG devices, without `MIG-`. */
  readonly instances?: readonly string[];
}

const SYSTEMS = {
  ubuntu: 'PRETTY_NAME="Ubuntu 22.04.4 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n',
  debian: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  rocky: 'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\n',
} as const;

const KERNELS = {
  ubuntu: "6.8.0-45-generic",
  debian: "6.1.0-25-amd64",
  rocky: "5.14.0-427.33.1.el9_4.x86_64",
} as const;

const HEX = "5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a7";

/** UUID of the n-th GPU of every recorded machine. */
function uuidOf(n: number): string {
  return `GPU-${HEX}${n}`;
}

export class GpuHost {
  /** The machine's variables. */
  readonly env: Record<string, string> = {};
  readonly root: string;
  #gpus = 0;

  constructor(root: string) {
    this.root = root;
    for (const name of ["proc", "sys", "dev", "etc", "usr", "run", "bin"])
      mkdirSync(join(root, name), { recursive: true });
    // Every machine has more on its bus than GPUs.
    this.pci("0000:00:00.0", { vendor: "0x8086", device: "0x7d01", class: "0x060000" });
    this.pci("0000:00:1f.3", { vendor: "0x8086", device: "0x7e28", class: "0x040300", driver: "snd_hda_intel" });
  }

  file(path: string, text: string | Uint8Array, mode = 0o644): this {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, mode);
    return this;
  }

  link(path: string, target: string): this {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    symlinkSync(target, full);
    return this;
  }

  relink(path: string, target: string): this {
    rmSync(join(this.root, path));
    return this.link(path, target);
  }

  variable(name: string, value: string): this {
    this.env[name] = value;
    return this;
  }

  system(name: keyof typeof SYSTEMS, kernel: string = KERNELS[name]): this {
    this.file("etc/os-release", SYSTEMS[name]);
    this.file("proc/modules", "overlay 212992 0 - Live 0x0000000000000000\n");
    this.file(
      "proc/self/mountinfo",
      "26 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro\n",
    );
    return this.file("proc/sys/kernel/osrelease", `${kernel}\n`);
  }

  /** WSL 2 keeps Windows' driver under /usr/lib/wsl. */
  wsl(parts: { readonly dxg?: boolean; readonly libraries?: boolean } = {}): this {
    this.system("ubuntu", "5.15.153.1-microsoft-standard-WSL2");
    if (parts.libraries !== false) {
      for (const name of ["libcuda.so", "libcuda.so.1", "libcuda.so.1.1", "libnvidia-ml.so.1"])
        this.file(`usr/lib/wsl/lib/${name}`, "");
    }
    return parts.dxg === false ? this : this.node("dxg");
  }

  pci(
    address: string,
    about: {
      readonly vendor?: string;
      readonly device: string;
      readonly class: string;
      readonly driver?: string | null;
    },
  ): this {
    const at = `sys/bus/pci/devices/${address}`;
    this.file(`${at}/vendor`, `${about.vendor ?? "0x10de"}\n`);
    this.file(`${at}/device`, `${about.device}\n`);
    this.file(`${at}/class`, `${about.class}\n`);
    return about.driver == null ? this : this.link(`${at}/driver`, `../../../../bus/pci/drivers/${about.driver}`);
  }

  /** GPUs on the bus, in a row. */
  gpus(number: number, driver: string | null = "nvidia", device = "0x2684"): this {
    for (let n = 0; n < number; n++) {
      this.pci(`0000:${(1 + this.#gpus).toString(16).padStart(2, "0")}:00.0`, { device, class: "0x030000", driver });
      this.#gpus++;
    }
    return this;
  }

  /** The driver in the kernel, and the GPUs that it took. */
  driver(
    version: string,
    {
      open = false,
      takes = this.#gpus,
      uvm = true,
    }: { readonly open?: boolean; readonly takes?: number; readonly uvm?: boolean } = {},
  ): this {
    const said = open
      ? `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${version}  Release Build  (dvs-builder@U22-I3-B17-02-5)  Tue Sep 23 09:55:41 UTC 2025`
      : `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Wed Jun 26 06:46:07 UTC 2024`;
    this.file(
      "proc/driver/nvidia/version",
      `${said}\nGCC version:  gcc version 11.4.0 (Ubuntu 11.4.0-1ubuntu1~22.04)\n`,
    );
    this.file("sys/module/nvidia/version", `${version}\n`);
    const modules = ["nvidia_drm 122880 2 - Live", "nvidia_modeset 1359872 3 nvidia_drm, Live"];
    if (uvm) modules.push("nvidia_uvm 4972544 0 - Live");
    modules.push("nvidia 54321152 60 nvidia_uvm,nvidia_modeset, Live");
    this.file("proc/modules", modules.map((line) => `${line} 0x0000000000000000 (POE)\n`).join(""));
    for (let n = 0; n < takes; n++) {
      const address = `0000:${(1 + n).toString(16).padStart(2, "0")}:00.0`;
      this.file(
        `proc/driver/nvidia/gpus/${address}/information`,
        `Model: \t\t NVIDIA GPU\nIRQ:   \t\t 77\nGPU UUID: \t ${uuidOf(n)}\nVideo BIOS: \t 94.02.26.40.81\nBus Type: \t PCIe\nDMA Size: \t 47 bits\nDMA Mask: \t 0x7fffffffffff\nBus Location: \t ${address}\nDevice Minor: \t ${n}\nGPU Firmware: \t ${version}\nGPU Excluded:\t No\n`,
      );
    }
    return this;
  }

  libraries(version: string, directory = "usr/lib/x86_64-linux-gnu"): this {
    for (const name of ["libcuda", "libnvidia-ml"]) {
      this.file(`${directory}/${name}.so.${version}`, "");
      this.link(`${directory}/${name}.so.1`, `${name}.so.${version}`);
    }
    return this;
  }

  compat(version: string, directory = "usr/local/cuda/compat"): this {
    this.file(`${directory}/libcuda.so.${version}`, "");
    return this.link(`${directory}/libcuda.so.1`, `libcuda.so.${version}`);
  }

  /** A device file; a regular one, since only its permissions are looked at. */
  node(name: string, mode = 0o666): this {
    return this.file(`dev/${name}`, "", mode);
  }

  nodes(
    gpus: number = this.#gpus,
    { uvm = true, mode = 0o666 }: { readonly uvm?: boolean; readonly mode?: number } = {},
  ): this {
    for (let n = 0; n < gpus; n++) this.node(`nvidia${n}`, mode);
    this.node("nvidiactl", mode).node("nvidia-modeset");
    return uvm ? this.node("nvidia-uvm", mode) : this;
  }

  /** Which kernels have an nvidia module ready. */
  built(...kernels: readonly string[]): this {
    for (const kernel of kernels)
      this.file(
        `usr/lib/modules/${kernel}/modules.dep`,
        "kernel/drivers/video/backlight.ko.zst:\nupdates/dkms/nvidia-modeset.ko.zst: updates/dkms/nvidia.ko.zst\nupdates/dkms/nvidia.ko.zst:\n",
      );
    return this;
  }

  plainKernel(kernel: string): this {
    return this.file(`usr/lib/modules/${kernel}/modules.dep`, "kernel/drivers/gpu/drm/nouveau/nouveau.ko.zst:\n");
  }

  secureBoot(on: boolean): this {
    return this.file(
      "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
      Uint8Array.of(6, 0, 0, 0, on ? 1 : 0),
    );
  }

  selinux(): this {
    return this.file("sys/fs/selinux/enforce", "1");
  }

  /** nvidia-smi answers these GPUs. */
  smi(
    gpus: readonly RecordedGpu[],
    { repairs = "No", cuda = "12.4" }: { readonly repairs?: "Yes" | "No"; readonly cuda?: string } = {},
  ): this {
    const list = gpus.flatMap(({ name, instances = [] }, n) => [
      `GPU ${n}: ${name} (UUID: ${uuidOf(n)})`,
      ...instances.map((uuid, each) => `  MIG 3g.20gb     Device  ${each}: (UUID: MIG-${uuid})`),
    ]);
    const fields = gpus.map(({ capability, mig }, n) => `${uuidOf(n)}, ${capability}, ${mig ?? "[N/A]"}`);
    const known = gpus.every(({ capability }) => capability !== null);
    this.file("bin/answer/list", `${list.join("\n")}\n`);
    this.file(
      "bin/answer/fields",
      known ? `${fields.join("\n")}\n` : 'Field "compute_cap" is not a valid field to query.\n\n',
    );
    this.file(
      "bin/answer/repairs",
      `\n==============NVSMI LOG==============\n\nTimestamp                                 : Thu Jul 16 14:00:21 2026\nDriver Version                            : 550.54.14\nCUDA Version                              : ${cuda}\n\nAttached GPUs                             : ${gpus.length}\nGPU 00000000:01:00.0\n    Retired Pages\n        Pending Page Blacklist            : N/A\n    Remapped Rows\n        Uncorrectable Error               : 1\n        Pending                           : ${repairs}\n        Remapping Failure Occurred        : No\n`,
    );
    return this.#program(known ? 0 : 2, 0);
  }

  /** nvidia-smi says this, on stdout as it does, and fails. */
  smiFails(said: string, status: number): this {
    for (const name of ["list", "fields", "repairs"]) this.file(`bin/answer/${name}`, `${said}\n`);
    return this.#program(status, status);
  }

  smiHangs(): this {
    return this.file("bin/nvidia-smi", "#!/bin/sh\nexec sleep 60\n", 0o755);
  }

  #program(fields: number, others: number): this {
    const script = `#!/bin/sh
here=\${0%/*}/answer
case "$1" in
-L) cat "$here/list"; exit ${others} ;;
--query-gpu=*) cat "$here/fields"; exit ${fields} ;;
*) cat "$here/repairs"; exit ${others} ;;
esac
`;
    return this.file("bin/nvidia-smi", script, 0o755);
  }

  docker(daemon?: string): this {
    this.file("usr/bin/dockerd", "", 0o755).file("usr/bin/containerd", "", 0o755);
    return daemon === undefined ? this : this.file("etc/docker/daemon.json", daemon);
  }

  podman(): this {
    return this.file("usr/bin/podman", "", 0o755);
  }

  toolkit(...programs: readonly string[]): this {
    const all = ["nvidia-ctk", "nvidia-container-runtime", "nvidia-container-runtime-hook"];
    for (const name of programs.length === 0 ? all : programs) this.file(`usr/bin/${name}`, "", 0o755);
    return this;
  }

  cdi(
    driver: string,
    { path = "etc/cdi/nvidia.yaml", mode = 0o644 }: { readonly path?: string; readonly mode?: number } = {},
  ): this {
    return this.file(
      path,
      `---
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
- name: "0"
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
- name: all
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
containerEdits:
  deviceNodes:
  - path: /dev/nvidia-uvm
  - path: /dev/nvidiactl
  mounts:
  - containerPath: /usr/lib/x86_64-linux-gnu/libcuda.so.${driver}
    hostPath: /usr/lib/x86_64-linux-gnu/libcuda.so.${driver}
    options:
    - ro
    - nosuid
    - nodev
    - bind
`,
      mode,
    );
  }

  /** From here on it is a container of that engine. */
  container(engine: "docker" | "podman" | "kubernetes" | "containerd"): this {
    const overlay =
      "1467 1243 0:103 / / rw,relatime master:612 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/VQ2:/var/lib/docker/overlay2/l/EAL,upperdir=/var/lib/docker/overlay2/4f/diff,workdir=/var/lib/docker/overlay2/4f/work\n";
    const lines = {
      docker: `${overlay}1510 1467 259:2 /var/lib/docker/containers/0a1b2c3d/hostname /etc/hostname rw,relatime - ext4 /dev/nvme0n1p2 rw\n`,
      podman: overlay.replaceAll("/var/lib/docker/overlay2", "/home/ada/.local/share/containers/storage/overlay"),
      kubernetes: `${overlay.replaceAll("/var/lib/docker/overlay2", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots")}1511 1467 259:2 /var/lib/kubelet/pods/7c0e/etc-hosts /etc/hosts rw,relatime - ext4 /dev/nvme0n1p2 rw\n`,
      containerd: overlay.replaceAll(
        "/var/lib/docker/overlay2",
        "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots",
      ),
    } as const;
    if (engine === "podman") this.file("run/.containerenv", 'engine="podman-4.3.1"\nname="lab"\n');
    return this.file("proc/self/mountinfo", lines[engine]);
  }

  torch(version: string, cuda: string | null, place = "usr/local/lib/python3.11/site-packages"): this {
    return this.file(
      `${place}/torch/version.py`,
      `from typing import Optional\n\n__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']\n__version__ = '${version}'\ndebug = False\ncuda: Optional[str] = ${cuda === null ? "None" : `'${cuda}'`}\ngit_version = 'e2d141dbde55c2a4370fac5165b0561b6af4798b'\nhip: Optional[str] = None\nxpu: Optional[str] = None\n`,
    );
  }
}
