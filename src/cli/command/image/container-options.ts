// Options of the verbs that start containers.
import { InvalidArgumentError, Option } from "commander";
import type { Verb } from "../../verb.ts";

export type Gpus = "none" | "all" | readonly string[];

export interface ContainerFlags {
  readonly engine: "podman" | "docker" | null;
  readonly gpus: Gpus;
  readonly network: string | null;
}

export interface ImageVerifyFlags extends ContainerFlags {
  /** A file; true: the usual ones; false: none. */
  readonly probes: string | boolean;
  readonly compute: boolean;
}

export interface ImageRunFlags extends ContainerFlags {
  readonly list: boolean;
  readonly print: boolean;
  readonly detach: boolean;
  readonly door: boolean;
  readonly name: string | null;
  readonly variant: string | null;
  readonly port: number | null;
  readonly bind: string;
  readonly ssh: boolean;
  readonly sshPort: number | null;
  readonly key: readonly string[];
  readonly workspace: string | null;
  readonly shmSize: number | null;
  readonly ipc: "host" | "private";
  readonly volume: readonly string[];
  readonly env: readonly string[];
  readonly torchrun: boolean;
}

export function startsContainers(verb: Verb): Verb {
  return verb
    .addOption(
      new Option("--engine <name>", "podman or docker; the first that is here unless given")
        .choices(["podman", "docker"])
        .default(null, ""),
    )
    .addOption(
      new Option("--gpus <gpus>", "all, none, or indexes and UUIDs with commas").argParser(gpus).default("all"),
    )
    .addOption(new Option("--network <name>", "a network of the engine's; host: the host's own").default(null, ""));
}

function gpus(value: string): Gpus {
  if (value === "all" || value === "none") return value;
  const named = value.split(",").map((part) => part.trim());
  if (named.every((part) => /^(?:\d{1,3}(?::\d{1,2})?|(?:GPU|MIG)-[0-9a-fA-F-]+)$/.test(part))) return named;
  throw new InvalidArgumentError("It is all, none, or GPUs such as 0,1 or GPU-8a1b….");
}
