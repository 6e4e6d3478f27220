// Asks nvidia-smi, which may hang with the GPU: it is waited for so long and no longer, and left behind if it cannot be killed.
import { spawn } from "node:child_process";
import type { z } from "zod";
import type { Environment } from "../../git/environment.ts";
import type { Smi, SmiGpu } from "../facts.ts";

type SmiAnswer = z.infer<typeof Smi>;
type Gpu = z.infer<typeof SmiGpu>;

interface Said {
  readonly kind: "ended" | "absent" | "silent";
  readonly status: number | null;
  /** Both streams: it reports its failures on stdout. */
  readonly text: string;
}

const FIELDS = ["--query-gpu=uuid,compute_cap,mig.mode.current", "--format=csv,noheader"];
const REPAIRS = ["-q", "-d", "ROW_REMAPPER,PAGE_RETIREMENT"];

/** Three questions at once: what is there, what it can do, whether memory waits for a reset. */
export async function askSmi(env: Environment, limitMs: number): Promise<SmiAnswer> {
  const [list, fields, repairs] = await Promise.all([
    ask(["-L"], env, limitMs),
    ask(FIELDS, env, limitMs),
    ask(REPAIRS, env, limitMs),
  ]);
  if (list.kind === "absent") return { kind: "absent" };
  if (list.kind === "silent") return { kind: "silent", afterMs: limitMs };
  const gpus = gpusOf(list.text, fields.status === 0 ? fields.text : "");
  if (list.status !== 0 || gpus.length === 0)
    return { kind: "failed", status: list.status, said: complaint(list.text) };
  const cuda = /^CUDA Version\s*:\s*(\d+\.\d+)\s*$/m.exec(repairs.text)?.[1] ?? null;
  return {
    kind: "answered",
    cuda,
    gpus,
    repairPending: /^\s*(?:Remapping )?Pending[^:\n]*:\s*Yes\s*$/im.test(repairs.text),
  };
}

/** What it says beside the GPUs that still answer. */
function complaint(list: string): string {
  return list
    .split("\n")
    .filter((line) => !/^GPU \d+: .*UUID/.test(line))
    .join("\n")
    .trim();
}

/** Of `nvidia-smi -L`, completed by the fields where this nvidia-smi knows them. */
export function gpusOf(list: string, fields: string): Gpu[] {
  const known = new Map(
    fields.split("\n").map((line): [string, readonly string[]] => {
      const [uuid = "", ...rest] = line.split(",").map((field) => field.trim());
      return [uuid, rest];
    }),
  );
  const gpus: { -readonly [Key in keyof Gpu]: Gpu[Key] }[] = [];
  for (const line of list.split("\n")) {
    const gpu = /^GPU \d+: (.*) \(UUID: (GPU-[0-9a-f-]+)\)/.exec(line);
    const instance = /^\s+MIG .*\(UUID: (MIG-[^)]+)\)/.exec(line)?.[1];
    if (gpu !== null) {
      const [, name = "", uuid = ""] = gpu;
      const [capability = "", mig = ""] = known.get(uuid) ?? [];
      gpus.push({
        uuid,
        name,
        capability: /^\d+\.\d+$/.test(capability) ? capability : null,
        mig: mig === "Enabled" ? true : mig === "Disabled" ? false : null,
        instances: [],
      });
    } else if (instance !== undefined) {
      gpus.at(-1)?.instances.push(instance);
    }
  }
  for (const gpu of gpus) if (gpu.instances.length > 0) gpu.mig = true;
  return gpus;
}

function ask(args: readonly string[], env: Environment, limitMs: number): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn("nvidia-smi", args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const parts: Buffer[] = [];
    const end = (kind: Said["kind"], status: number | null): void => {
      clearTimeout(timer);
      resolve({ kind, status, text: Buffer.concat(parts).toString("utf8") });
    };
    const timer = setTimeout(() => {
      // A process that waits for a dead GPU cannot be killed: nothing of it may keep this one alive.
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // it has just ended
      }
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      end("silent", null);
    }, limitMs);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => parts.push(part));
    child.once("error", () => end("absent", null));
    child.once("close", (status) => end("ended", status));
  });
}
