// Facts -> the first cause in order of certainty, what else is wrong, and what is only worth knowing.
import type { HostFacts } from "./facts.ts";
import { isContainer, smiSaid, type Found, type Rule } from "./rule.ts";
import { CONTAINER_RULES } from "./rules/container.ts";
import { DRIVER_RULES } from "./rules/driver.ts";
import { ENGINE_RULES } from "./rules/engines.ts";
import { MACHINE_RULES } from "./rules/machine.ts";
import { SELECTION_RULES } from "./rules/selection.ts";
import { WHEEL_RULES } from "./rules/wheel.ts";

/** Where no rule knows better, nvidia-smi's own words. */
const LAST: Rule = {
  id: "smi-fails",
  title: "nvidia-smi fails",
  seen: ["host", "container"],
  source: "nvidia-smi",
  find: (facts) => {
    const [first = ""] = smiSaid(facts).split("\n");
    if (first === "" || (facts.driver === null && !facts.wsl)) return null;
    return {
      because: `nvidia-smi says: ${first}`,
      command: "sudo dmesg | grep -iE 'nvrm|xid'",
      at: isContainer(facts) ? "host" : "here",
    };
  },
};

/** In order of certainty: what comes first explains what comes later. */
export const RULES: readonly Rule[] = [
  ...MACHINE_RULES,
  ...CONTAINER_RULES.slice(0, 2), // without GPUs nothing of the driver can be told in a container
  ...DRIVER_RULES,
  ...CONTAINER_RULES.slice(2),
  ...SELECTION_RULES,
  ...WHEEL_RULES,
  ...ENGINE_RULES,
  LAST,
];

export interface Finding extends Found {
  readonly rule: string;
  readonly title: string;
  readonly source: string;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly notices: readonly string[];
}

export function judge(facts: HostFacts): Judged {
  if (isContainer(facts) && !wantsGpu(facts))
    return { findings: [], notices: ["nothing in this container asks for CUDA"] };
  const findings = RULES.flatMap(({ id, title, source, find }): Finding[] => {
    const found = find(facts);
    return found === null ? [] : [{ rule: id, title, source, ...found }];
  });
  return { findings, notices: noticesOf(facts) };
}

/** An image for the CPU, started without GPUs, lacks nothing. */
function wantsGpu({ torch, variables, devices }: HostFacts): boolean {
  const asked = variables["NVIDIA_VISIBLE_DEVICES"];
  return (
    torch?.cuda != null ||
    devices.some(({ name }) => /^nvidia|^dxg$/.test(name)) ||
    variables["CUDA_VERSION"] !== undefined ||
    variables["NVIDIA_REQUIRE_CUDA"] !== undefined ||
    (asked !== undefined && !["", "void", "none"].includes(asked.trim()))
  );
}

function noticesOf({ smi, docker, toolkit, engines, cdi, place, driver }: HostFacts): string[] {
  const notices: string[] = [];
  if (smi.kind === "silent")
    notices.push(`nvidia-smi did not answer within ${smi.afterMs} ms: morello doctor --wait 10 gives it more time`);
  if (smi.kind === "answered" && smi.repairPending)
    notices.push("a GPU has memory to take out of use, which waits for a reset: nvidia-smi --gpu-reset");
  if (place.kind === "host" && driver !== null) {
    if (engines.includes("docker") && docker.runtime === "absent" && toolkit.runtime)
      notices.push(
        "docker run --gpus works, --runtime=nvidia does not: sudo nvidia-ctk runtime configure --runtime=docker",
      );
    if (engines.includes("podman") && engines.includes("docker") && toolkit.ctk && cdi.length === 0)
      notices.push("podman finds no CDI spec: sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml");
  }
  return notices;
}
