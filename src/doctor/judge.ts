// Facts -> what is wrong, the surest first, and what is only worth knowing.
import type { HostFacts } from "./facts.ts";
import { isContainer, smiSaid, type Found, type Rule } from "./rule.ts";
import { CONTAINER_RULES, GIVEN_RULES } from "./rules/container.ts";
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

/** In each layer one finding is enough: what comes first explains what comes later. */
const LAYERS: readonly (readonly Rule[])[] = [
  [...MACHINE_RULES, ...GIVEN_RULES, ...DRIVER_RULES, ...CONTAINER_RULES],
  SELECTION_RULES,
  WHEEL_RULES,
  ENGINE_RULES,
];

/** In order of certainty. */
export const RULES: readonly Rule[] = [...LAYERS.flat(), LAST];

export interface Finding extends Found {
  readonly rule: string;
  readonly title: string;
  readonly source: string;
}

export interface Judged {
  /** In order of certainty; at most one a layer. */
  readonly findings: readonly Finding[];
  readonly notices: readonly string[];
}

export function judge(facts: HostFacts): Judged {
  if (isContainer(facts) && !wantsGpu(facts))
    return { findings: [], notices: ["nothing in this container asks for CUDA"] };
  const findings = LAYERS.flatMap((layer) => firstOf(layer, facts));
  if (findings.length === 0) findings.push(...firstOf([LAST], facts));
  return { findings, notices: noticesOf(facts) };
}

function firstOf(rules: readonly Rule[], facts: HostFacts): Finding[] {
  for (const { id, title, source, find } of rules) {
    const found = find(facts);
    if (found !== null) return [{ rule: id, title, source, ...found }];
  }
  return [];
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
