// Inside a container: was it given GPUs, with all that belongs to them, and has it still got them?
import { isContainer, smiSaid, startWithGpus, type Rule } from "../rule.ts";

const TOOLKIT = "docs.nvidia.com/datacenter/cloud-native/container-toolkit";

function hasDevice(facts: Parameters<Rule["find"]>[0]): boolean {
  return facts.devices.some(({ name }) => /^nvidia\d|^dxg$/.test(name));
}

/** Without GPUs nothing of the driver can be told in here. */
export const GIVEN_RULES: readonly Rule[] = [
  {
    id: "visible-none",
    title: "NVIDIA_VISIBLE_DEVICES asks for no GPU",
    seen: ["container"],
    source: `${TOOLKIT}, environment variables`,
    find: (facts) => {
      const value = facts.variables["NVIDIA_VISIBLE_DEVICES"];
      if (
        !isContainer(facts) ||
        hasDevice(facts) ||
        value === undefined ||
        !["void", "none", ""].includes(value.trim())
      )
        return null;
      return {
        because: `NVIDIA_VISIBLE_DEVICES is '${value}'; wanted: all, or the GPUs' numbers`,
        command: startWithGpus(facts).replace("run ", "run --env NVIDIA_VISIBLE_DEVICES=all "),
        at: "engine",
      };
    },
  },
  {
    id: "without-gpus",
    title: "This container was started without GPUs",
    seen: ["container"],
    source: `${TOOLKIT}, running a sample workload`,
    find: (facts) => {
      if (!isContainer(facts) || hasDevice(facts)) return null;
      const driver = facts.driver?.version;
      return {
        because: `there is no /dev/nvidia0 in here${driver === undefined ? "" : `, and the host's driver ${driver} is loaded`}`,
        command: startWithGpus(facts),
        at: "engine",
      };
    },
  },
];

export const CONTAINER_RULES: readonly Rule[] = [
  {
    id: "lost-after-reload",
    title: "The container lost its GPUs, as after systemctl daemon-reload",
    seen: ["container"],
    source: "NVIDIA/nvidia-container-toolkit#48",
    find: (facts) => {
      if (!isContainer(facts) || !hasDevice(facts)) return null;
      const rules = facts.deviceRules;
      const closed =
        rules !== null && !rules.some((rule) => /^a |^c (?:\*|195):(?:\*|\d+) \S*w/.test(rule))
          ? "the container's device rules do not let 195:* be read and written"
          : null;
      const forbidden = facts.control === "forbidden" ? "opening /dev/nvidiactl is not permitted (EPERM)" : null;
      const unknown = /Failed to initialize NVML: Unknown Error/.test(smiSaid(facts))
        ? "nvidia-smi says: Failed to initialize NVML: Unknown Error"
        : null;
      const because = closed ?? forbidden ?? unknown;
      if (because === null) return null;
      return {
        because: `the device files are here, and ${because}; a new start gives them back`,
        command: "sudo nvidia-ctk system create-dev-char-symlinks --create-all # then start the container anew",
        at: "host",
      };
    },
  },
  {
    id: "selinux",
    title: "SELinux keeps the container from the GPU",
    seen: ["container"],
    source: "container-selinux, boolean container_use_devices",
    find: (facts) => {
      if (!isContainer(facts) || !facts.selinux || !hasDevice(facts)) return null;
      const denied = facts.control === "denied" || /Insufficient Permissions/i.test(smiSaid(facts));
      if (!denied || !facts.devices.every(({ usable }) => usable)) return null;
      return {
        because: "the permissions of /dev/nvidia* allow it, opening is denied, and SELinux is enforcing",
        command: "sudo setsebool -P container_use_devices on",
        at: "host",
      };
    },
  },
  {
    id: "capabilities",
    title: "NVIDIA_DRIVER_CAPABILITIES leaves compute out",
    seen: ["container"],
    source: `${TOOLKIT}, driver capabilities`,
    find: (facts) => {
      const value = facts.variables["NVIDIA_DRIVER_CAPABILITIES"];
      if (!isContainer(facts) || !hasDevice(facts) || facts.libraries.any || value === undefined) return null;
      if (/(?:^|,)\s*(?:all|compute)\s*(?:,|$)/.test(value)) return null;
      return {
        because: `NVIDIA_DRIVER_CAPABILITIES is '${value}', so libcuda.so.1 was not mounted; wanted: compute,utility`,
        command: startWithGpus(facts).replace("run ", "run --env NVIDIA_DRIVER_CAPABILITIES=compute,utility "),
        at: "engine",
      };
    },
  },
  {
    id: "libraries-missing",
    title: "The driver's libraries are not in the container",
    seen: ["container"],
    source: `${TOOLKIT}, architecture`,
    find: (facts) => {
      if (!isContainer(facts) || !hasDevice(facts) || facts.libraries.any) return null;
      return {
        because:
          "the device files are here, and libcuda.so.1 is not: they were passed by hand, without NVIDIA's toolkit",
        command: startWithGpus(facts),
        at: "engine",
      };
    },
  },
];
