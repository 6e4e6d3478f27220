// GPUs are there: does a variable or MIG hide them from programs?
import type { HostFacts } from "../facts.ts";
import { isContainer, type Rule } from "../rule.ts";

const SOURCE = "CUDA C++ programming guide, CUDA_VISIBLE_DEVICES";
const UNSET = "unset CUDA_VISIBLE_DEVICES";

/** GPUs that programs could see; null where nobody told. */
function countOf({ smi, devices, taken }: HostFacts): number | null {
  if (smi.kind === "answered") return smi.gpus.length;
  const nodes = devices.filter(({ name }) => /^nvidia\d/.test(name)).length;
  return nodes > 0 ? nodes : (taken?.length ?? null);
}

/** The first entry decides: CUDA drops what follows one that names no device. */
function firstVisible({ variables }: HostFacts): string | null {
  const value = variables["CUDA_VISIBLE_DEVICES"];
  return value === undefined ? null : (value.split(",")[0] ?? "").trim();
}

export const SELECTION_RULES: readonly Rule[] = [
  {
    id: "visible-empty",
    title: "CUDA_VISIBLE_DEVICES hides every GPU",
    seen: ["host", "container"],
    source: SOURCE,
    find: (facts) => {
      const first = firstVisible(facts);
      if (first === null || /^(?:\d+|(?:GPU|MIG)-\S+)$/.test(first)) return null;
      return {
        because: `CUDA_VISIBLE_DEVICES is '${facts.variables["CUDA_VISIBLE_DEVICES"]}', which names no GPU`,
        command: UNSET,
        at: "here",
      };
    },
  },
  {
    id: "visible-range",
    title: "CUDA_VISIBLE_DEVICES begins with a GPU that is not there",
    seen: ["host", "container"],
    source: SOURCE,
    find: (facts) => {
      const first = firstVisible(facts);
      const count = countOf(facts);
      if (first === null || !/^\d+$/.test(first) || count === null || count === 0 || Number(first) < count) return null;
      return {
        because: `CUDA_VISIBLE_DEVICES is '${facts.variables["CUDA_VISIBLE_DEVICES"]}', and here ${count === 1 ? "is GPU 0 alone" : `are GPUs 0 to ${count - 1}`}`,
        command: count === 1 ? "export CUDA_VISIBLE_DEVICES=0" : UNSET,
        at: "here",
      };
    },
  },
  {
    id: "visible-uuid",
    title: "CUDA_VISIBLE_DEVICES names a UUID that is not here",
    seen: ["host", "container"],
    source: "docs.nvidia.com/datacenter/tesla/mig-user-guide, device enumeration",
    find: (facts) => {
      const first = firstVisible(facts);
      if (first === null || !/^(?:GPU|MIG)-/.test(first) || facts.smi.kind !== "answered") return null;
      const known = facts.smi.gpus.flatMap(({ uuid, instances }) => [uuid, ...instances]);
      if (known.some((each) => each.startsWith(first))) return null;
      return {
        because: `CUDA_VISIBLE_DEVICES is '${first}'; here are ${known.join(", ")}`,
        command: `export CUDA_VISIBLE_DEVICES=${facts.smi.gpus.flatMap(({ instances }) => instances)[0] ?? known[0]}`,
        at: "here",
      };
    },
  },
  {
    id: "mig-empty",
    title: "MIG is on, and has no instances",
    seen: ["host", "container"],
    source: "docs.nvidia.com/datacenter/tesla/mig-user-guide, creating GPU instances",
    find: (facts) => {
      if (facts.smi.kind !== "answered" || facts.smi.gpus.length === 0) return null;
      if (!facts.smi.gpus.every(({ mig, instances }) => mig === true && instances.length === 0)) return null;
      return {
        because: `${facts.smi.gpus.map(({ name }) => name).join(", ")}: MIG mode is on without an instance, so CUDA sees no device`,
        command: "sudo nvidia-smi mig -cgi 0 -C # one instance of the whole GPU; or: sudo nvidia-smi -mig 0",
        at: isContainer(facts) ? "host" : "here",
      };
    },
  },
];
