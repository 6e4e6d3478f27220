// The driver is loaded: do its parts fit each other, and has it made what programs need?
import { gpusOnBus, isContainer, smiSaid, type Rule } from "../rule.ts";

export const DRIVER_RULES: readonly Rule[] = [
  {
    id: "version-mismatch",
    title: "The driver in the kernel and its libraries are of two versions",
    seen: ["host", "container"],
    source: "NVML, NVML_ERROR_LIB_RM_VERSION_MISMATCH",
    find: (facts) => {
      const kernel = facts.driver?.version ?? null;
      // The toolkit lays libcuda of the compat package over the driver's own: NVML is what must fit.
      const library = facts.libraries.nvml ?? (facts.compat === null ? facts.libraries.cuda : null);
      const said = /Driver\/library version mismatch/i.test(smiSaid(facts));
      const differ = kernel !== null && library !== null && kernel !== library;
      if (!said && !differ) return null;
      const values = differ
        ? `the kernel has ${kernel}, the libraries are ${library}`
        : `nvidia-smi says: ${smiSaid(facts).split("\n")[0]}`;
      if (isContainer(facts))
        return {
          because: `${values}: the host's driver was upgraded under this container, or the image brings libraries of its own`,
          command: "morello doctor # if it is well, start this container anew",
          at: "host",
        };
      return { because: `${values}: the driver was upgraded and not loaded anew`, command: "sudo reboot", at: "here" };
    },
  },
  {
    id: "gpu-refused",
    title: "The driver takes none of the GPUs",
    seen: ["host"],
    source: "NVIDIA's driver README, supported GPUs; open modules are needed since Blackwell",
    find: (facts) => {
      if (isContainer(facts) || facts.driver === null || facts.taken === null || facts.wsl) return null;
      if (gpusOnBus(facts).length === 0 || facts.taken.length > 0) return null;
      const open = facts.driver.flavour === "open";
      return {
        because: `driver ${facts.driver.version}${open ? " (open modules)" : ""} is loaded and drives no GPU: ${open ? "open modules want Turing or later" : "the GPU is too old for this driver, or so new (Blackwell) that it wants the open modules"}`,
        command: "sudo dmesg | grep NVRM",
        at: "here",
      };
    },
  },
  {
    id: "uvm-missing",
    title: "Unified memory's module, nvidia-uvm, is missing",
    seen: ["host", "container"],
    source: "NVIDIA's driver README, nvidia-modprobe; CUDA_ERROR_UNKNOWN (999)",
    find: (facts) => {
      if (facts.driver === null || facts.wsl || !facts.devices.some(({ name }) => /^nvidia\d/.test(name))) return null;
      if (facts.devices.some(({ name }) => name === "nvidia-uvm")) return null;
      return {
        because: "/dev/nvidia0 is there, and /dev/nvidia-uvm is not, which every CUDA program opens",
        command: isContainer(facts)
          ? "sudo nvidia-modprobe -u -c=0 # then start this container anew"
          : "sudo nvidia-modprobe -u -c=0",
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
  {
    id: "nodes-missing",
    title: "The GPU's device files are missing",
    seen: ["host"],
    source: "NVIDIA's driver README, nvidia-modprobe",
    find: (facts) => {
      if (isContainer(facts) || facts.driver === null || facts.wsl || (facts.taken ?? []).length === 0) return null;
      if (facts.devices.some(({ name }) => /^nvidia\d/.test(name))) return null;
      return {
        because: `the driver holds ${facts.taken?.join(", ")}, and there is no /dev/nvidia0`,
        command: "sudo nvidia-modprobe -u -c=0",
        at: "here",
      };
    },
  },
  {
    id: "permissions",
    title: "The GPU's device files are not open to this user",
    seen: ["host", "container"],
    source: "NVIDIA's driver README, NVreg_DeviceFileMode",
    find: (facts) => {
      const closed = facts.devices.filter(({ name, usable }) => !usable && name !== "nvidia-uvm-tools");
      const [first] = closed;
      if (first === undefined) return null;
      const mode = first.mode.toString(8).padStart(4, "0");
      const because = `/dev/${first.name} has mode ${mode}, owner ${first.uid}:${first.gid}; wanted: read and write for user ${facts.user.uid}`;
      const forGroup = (first.mode & 0o060) === 0o060;
      if (isContainer(facts)) {
        if (!forGroup) return { because, command: "sudo chmod 0666 /dev/nvidia*", at: "host" };
        const podman = facts.place.kind === "container" && facts.place.engine === "podman";
        return {
          because,
          command: podman
            ? "podman run --group-add keep-groups --device nvidia.com/gpu=all IMAGE"
            : `docker run --gpus all --group-add ${first.gid} IMAGE`,
          at: "engine",
        };
      }
      return {
        because,
        command:
          forGroup && first.gid !== 0
            ? `sudo usermod --append --groups $(stat -c %G /dev/${first.name}) $USER && newgrp`
            : "sudo chmod 0666 /dev/nvidia*",
        at: "here",
      };
    },
  },
  {
    id: "fabric-manager",
    title: "The fabric manager of the NVSwitches does not run",
    seen: ["host"],
    source: "docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide; CUDA_ERROR_SYSTEM_NOT_READY (802)",
    find: (facts) => {
      const switches = (facts.pci ?? []).filter(({ kind }) => kind === "switch").length;
      if (isContainer(facts) || facts.driver === null || switches === 0 || facts.fabric.running) return null;
      const branch = facts.driver.version?.split(".")[0] ?? "";
      return {
        because: `the machine has ${switches === 1 ? "an NVSwitch" : `${switches} NVSwitches`}, and nvidia-fabricmanager is ${facts.fabric.installed ? "not running" : "not installed"}: CUDA answers 802, system not yet initialized`,
        command: facts.fabric.installed
          ? "sudo systemctl enable --now nvidia-fabricmanager"
          : `sudo apt-get install nvidia-fabricmanager-${branch} && sudo systemctl enable --now nvidia-fabricmanager`,
        at: "here",
      };
    },
  },
];
