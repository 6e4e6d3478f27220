// Is there a GPU, and has the kernel a driver for it?
import { gpusOnBus, installDriver, isContainer, smiSaid, type Rule } from "../rule.ts";

const HOST_DOCTOR = "morello doctor";

export const MACHINE_RULES: readonly Rule[] = [
  {
    id: "wsl-driver",
    title: "WSL does not get at Windows' GPU",
    seen: ["host"],
    source: "docs.nvidia.com/cuda/wsl-user-guide",
    find: (facts) => {
      if (!facts.wsl || isContainer(facts)) return null;
      const { cuda, any } = facts.libraries;
      if (cuda !== null)
        return {
          because: `libcuda ${cuda} of a driver for Linux is installed, which hides Windows' own`,
          command: "sudo apt-get purge 'libnvidia-compute-*' 'nvidia-driver-*'",
          at: "here",
        };
      const dxg = facts.devices.some(({ name }) => name === "dxg");
      if (dxg && any) return null;
      return {
        because: dxg
          ? "/usr/lib/wsl/lib holds no libcuda.so.1: Windows has no NVIDIA driver for WSL"
          : "/dev/dxg is not there: this is WSL 1, or its kernel is too old for GPUs",
        command: dxg ? "wsl.exe --shutdown # after installing NVIDIA's driver on Windows" : "wsl.exe --update",
        at: "here",
      };
    },
  },
  {
    id: "no-gpu",
    title: "No NVIDIA GPU in this machine",
    seen: ["host", "container"],
    source: "PCI vendor 0x10de, class 0x03, as pci-ids names them",
    find: (facts) => {
      if (facts.wsl || facts.tegra || facts.pci === null || gpusOnBus(facts).length > 0) return null;
      // Sandboxes such as gVisor hide the bus, and hand the devices on.
      if (facts.driver !== null || facts.devices.length > 0) return null;
      return {
        because: `the PCI bus shows ${facts.pci.length === 0 ? "no device of vendor 0x10de" : "NVIDIA devices, and no GPU among them"}`,
        command: "lspci -d 10de: -nn",
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
  {
    id: "passed-through",
    title: "The GPU is reserved for a virtual machine",
    seen: ["host", "container"],
    source: "kernel.org, VFIO",
    find: (facts) => {
      const gpus = gpusOnBus(facts);
      if (gpus.length === 0 || !gpus.every(({ driver }) => driver === "vfio-pci")) return null;
      return {
        because: `${gpus.map(({ address }) => address).join(", ")}: held by vfio-pci, wanted nvidia`,
        command: "grep -rl vfio-pci /etc/modprobe.d /etc/default/grub # take the GPU out there, then reboot",
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
  {
    id: "nouveau",
    title: "nouveau holds the GPU",
    seen: ["host", "container"],
    source: "NVIDIA's driver README, interaction with the nouveau driver",
    find: (facts) => {
      const held = gpusOnBus(facts).filter(({ driver }) => driver === "nouveau");
      if (held.length === 0 || facts.driver !== null) return null;
      return {
        because: `${held.map(({ address }) => address).join(", ")}: held by nouveau, which has no CUDA; wanted nvidia`,
        command:
          facts.built.forThisKernel && !isContainer(facts)
            ? "echo 'blacklist nouveau' | sudo tee /etc/modprobe.d/blacklist-nouveau.conf && sudo update-initramfs -u && sudo reboot"
            : isContainer(facts)
              ? HOST_DOCTOR
              : installDriver(facts),
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
  {
    id: "host-driver",
    title: "The host's driver is not loaded",
    seen: ["container"],
    source: "docs.nvidia.com/datacenter/cloud-native/container-toolkit",
    find: (facts) => {
      if (!isContainer(facts) || facts.wsl || facts.driver !== null || gpusOnBus(facts).length === 0) return null;
      return {
        because: "the PCI bus shows an NVIDIA GPU, and the kernel has no nvidia driver; only the host can tell why",
        command: HOST_DOCTOR,
        at: "host",
      };
    },
  },
  {
    id: "secure-boot",
    title: "Secure Boot keeps the driver out",
    seen: ["host"],
    source: "NVIDIA's driver README, signing the kernel module",
    find: (facts) => {
      if (isContainer(facts) || facts.driver !== null || gpusOnBus(facts).length === 0) return null;
      if (facts.secureBoot !== true || !facts.built.forThisKernel) return null;
      return {
        because: `the nvidia module for kernel ${facts.kernel} is built and not loaded, and Secure Boot takes signed modules alone`,
        command: `sudo mokutil --import ${facts.system[0] === "ubuntu" ? "/var/lib/shim-signed/mok/MOK.der" : "/var/lib/dkms/mok.pub"} && sudo reboot`,
        at: "here",
      };
    },
  },
  {
    id: "kernel-upgraded",
    title: "The driver was not built for the running kernel",
    seen: ["host"],
    source: "NVIDIA's driver README, registering the module with DKMS",
    find: (facts) => {
      const { built } = facts;
      if (isContainer(facts) || facts.driver !== null || gpusOnBus(facts).length === 0) return null;
      if (built.forThisKernel || !(built.forOthers || built.source)) return null;
      const headers = facts.system.includes("debian")
        ? "sudo apt-get install linux-headers-$(uname -r)"
        : "sudo dnf install kernel-devel-$(uname -r)";
      return {
        because: `kernel ${facts.kernel} has no nvidia module, ${built.forOthers ? "others on this machine have one" : "its source is in /usr/src"}`,
        command: `${headers} && sudo dkms autoinstall && sudo modprobe nvidia`,
        at: "here",
      };
    },
  },
  {
    id: "driver-not-loaded",
    title: "The driver is not loaded",
    seen: ["host"],
    source: "NVIDIA's driver README, loading the kernel module",
    find: (facts) => {
      if (isContainer(facts) || facts.driver !== null || gpusOnBus(facts).length === 0 || !facts.built.forThisKernel)
        return null;
      return {
        because: `an nvidia module for kernel ${facts.kernel} is there, and not loaded`,
        command: "sudo modprobe nvidia && sudo modprobe nvidia-uvm",
        at: "here",
      };
    },
  },
  {
    id: "driver-not-installed",
    title: "No NVIDIA driver is installed",
    seen: ["host"],
    source: "docs.nvidia.com/datacenter/tesla/driver-installation-guide",
    find: (facts) => {
      if (isContainer(facts) || facts.wsl || facts.driver !== null || gpusOnBus(facts).length === 0) return null;
      return {
        because: `the PCI bus shows a GPU (${gpusOnBus(facts)[0]?.address}), and there is no nvidia module for it`,
        command: installDriver(facts),
        at: "here",
      };
    },
  },
  {
    id: "gpu-lost",
    title: "A GPU has fallen off the bus",
    seen: ["host", "container"],
    source: "docs.nvidia.com/deploy/xid-errors, Xid 79",
    find: (facts) => {
      const said = smiSaid(facts);
      if (!/GPU is lost|fallen off the bus|Unable to determine the device handle/i.test(said)) return null;
      return {
        because: `nvidia-smi says: ${said.split("\n")[0]}`,
        command: isContainer(facts) ? "sudo dmesg | grep -i xid" : "sudo dmesg | grep -i xid; sudo reboot",
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
];
