// On a host whose driver is well: can its container engines hand GPUs on?
import type { HostFacts } from "../facts.ts";
import { install, isContainer, type Rule } from "../rule.ts";

const SOURCE = "docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html";
const GENERATE = "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml";

/** A host with a driver and an engine: only there is something to hand on. */
function handsOn(facts: HostFacts): boolean {
  return !isContainer(facts) && facts.engines.length > 0 && (facts.driver !== null || facts.wsl);
}

/** docker's own `--gpus` needs the hook, and newer versions a CDI spec; the runtime is for `--runtime=nvidia`. */
function dockerCan({ toolkit, docker, cdi }: HostFacts): boolean {
  return toolkit.hook || (toolkit.runtime && docker.runtime === "there") || cdi.length > 0;
}

/** containerd alone counts where Kubernetes asks for it: docker brings one along. */
function asksFor(facts: HostFacts): readonly ("docker" | "podman")[] {
  return facts.engines.flatMap((engine) => (engine === "containerd" ? [] : [engine]));
}

export const ENGINE_RULES: readonly Rule[] = [
  {
    id: "toolkit-missing",
    title: "NVIDIA's container toolkit is not installed",
    seen: ["host"],
    source: SOURCE,
    find: (facts) => {
      const { ctk, runtime, hook } = facts.toolkit;
      if (!handsOn(facts) || ctk || runtime || hook || facts.cdi.length > 0) return null;
      const engines = asksFor(facts);
      if (engines.length === 0 && facts.containerd === "not asked") return null;
      const then = engines.includes("docker")
        ? "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"
        : engines.includes("podman")
          ? GENERATE
          : "sudo nvidia-ctk runtime configure --runtime=containerd && sudo systemctl restart containerd";
      return {
        because: `${engines[0] ?? "containerd"} is here, and neither nvidia-ctk nor nvidia-container-runtime nor a CDI spec is`,
        command: `${install(facts, "nvidia-container-toolkit")} && ${then}`,
        at: "here",
      };
    },
  },
  {
    id: "docker-snap",
    title: "docker is a snap, which does not see NVIDIA's toolkit",
    seen: ["host"],
    source: "NVIDIA/nvidia-docker#1637",
    find: (facts) => {
      if (!handsOn(facts) || facts.docker.packaging !== "snap" || facts.engines.includes("podman")) return null;
      return {
        because: "docker runs from a snap; wanted: docker's own packages",
        command: "sudo snap disable docker && sudo apt-get install docker.io",
        at: "here",
      };
    },
  },
  {
    id: "docker-config",
    title: "docker's configuration of the NVIDIA runtime is broken",
    seen: ["host"],
    source: SOURCE,
    find: (facts) => {
      if (!handsOn(facts) || !facts.engines.includes("docker")) return null;
      const { runtime } = facts.docker;
      if (runtime !== "broken" && runtime !== "unreadable") return null;
      return {
        because:
          runtime === "unreadable"
            ? "/etc/docker/daemon.json is not JSON, so docker does not start"
            : "/etc/docker/daemon.json names a program for the runtime nvidia that is not there",
        command:
          runtime === "unreadable"
            ? "sudo dockerd --validate"
            : `${install(facts, "nvidia-container-toolkit")} && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker`,
        at: "here",
      };
    },
  },
  {
    id: "docker-runtime",
    title: "docker does not know NVIDIA's runtime",
    seen: ["host"],
    source: SOURCE,
    find: (facts) => {
      if (!handsOn(facts) || !facts.engines.includes("docker") || dockerCan(facts)) return null;
      return {
        because:
          "the toolkit is here without its hook, /etc/docker/daemon.json has no runtime nvidia, and there is no CDI spec",
        command: "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker",
        at: "here",
      };
    },
  },
  {
    id: "containerd-runtime",
    title: "containerd does not know NVIDIA's runtime",
    seen: ["host"],
    source: SOURCE,
    find: (facts) => {
      if (!handsOn(facts) || facts.containerd !== "absent") return null;
      return {
        because: "Kubernetes is here, and /etc/containerd/config.toml has no runtime nvidia",
        command: "sudo nvidia-ctk runtime configure --runtime=containerd && sudo systemctl restart containerd",
        at: "here",
      };
    },
  },
  {
    id: "cdi-missing",
    title: "There is no CDI spec for podman",
    seen: ["host"],
    source: "NVIDIA/nvidia-container-toolkit#146",
    find: (facts) => {
      if (!handsOn(facts) || facts.cdi.length > 0 || facts.wsl) return null;
      if (!facts.engines.includes("podman") || facts.engines.includes("docker")) return null;
      return {
        because: "podman finds no nvidia.com/gpu in /etc/cdi or /run/cdi: it would say unresolvable CDI devices",
        command: GENERATE,
        at: "here",
      };
    },
  },
  {
    id: "cdi-unreadable",
    title: "The CDI spec cannot be read by this user",
    seen: ["host"],
    source: "NVIDIA/nvidia-container-toolkit#63",
    find: (facts) => {
      const closed = facts.cdi.find(({ readable }) => !readable);
      if (!handsOn(facts) || closed === undefined || facts.cdi.some(({ readable }) => readable)) return null;
      return {
        because: `${closed.path} is not for user ${facts.user.uid} to read, so podman without rights finds no GPU`,
        command: `sudo chmod 0644 ${closed.path}`,
        at: "here",
      };
    },
  },
  {
    id: "cdi-stale",
    title: "The CDI spec was made for another driver",
    seen: ["host"],
    source: "docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html",
    find: (facts) => {
      const driver = facts.driver?.version ?? null;
      const stale = facts.cdi.find((spec) => spec.driver !== null && spec.driver !== driver);
      if (!handsOn(facts) || driver === null || stale === undefined) return null;
      return {
        because: `${stale.path} names libraries of driver ${stale.driver}, and ${driver} is loaded`,
        command: `sudo nvidia-ctk cdi generate --output=${stale.path}`,
        at: "here",
      };
    },
  },
];
