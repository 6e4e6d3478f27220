// What can go wrong in the middle of an upgrade, done on purpose: one fault a run, at a place that a seed chooses. Each
// brings the first run of `morello image upgrade` to where it stops or is stopped; what holds afterwards is the test's.
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startMorello, type CliResult, type RunningCli, type Victims } from "./cli.ts";
import type { Environment } from "./environment.ts";
import { finished } from "./process.ts";
import type { CountingProxy } from "./registry.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Training, Workbenches } from "./workbench.ts";

export interface FaultSetting {
  readonly sandbox: Sandbox;
  readonly lab: Workbenches;
  readonly proxy: CountingProxy;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The workbench. */
  readonly name: string;
  /** Where it is reached before. */
  readonly ports: { readonly jupyter: number; readonly ssh: number };
  readonly job: Training;
  /** The journal's file. */
  readonly journal: string;
}

export interface Fault {
  readonly name: string;
  /** The version that is asked for. */
  readonly to: string;
  /** What the upgrade must come to once nothing goes wrong any more. */
  readonly end: "draining" | "rolled-back";
  /** The job has ended: by itself, or with the machine, which no upgrade can mend. */
  readonly jobEnds?: true;
  /** Connections through the door end with it. */
  readonly cuts?: true;
  /** Before the workbench is there. */
  prepare?(setting: Pick<FaultSetting, "sandbox" | "lab" | "name">): Promise<void>;
  /** Gives what the first run said, where it is of interest; in any case the fault is over. */
  run(setting: FaultSetting): Promise<CliResult | null>;
}

const GOOD = "v2.7.1";

const STEPS = ["pull", "start", "healthy", "switch", "drain"] as const;
type Step = (typeof STEPS)[number] | "remove";

/** A whole number from one to the other, both included. */
function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

function pick<T>(random: () => number, items: readonly T[]): T {
  const found = items[between(random, 0, items.length - 1)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function upgrade({ sandbox, lab, name }: FaultSetting, to: string, env: Environment = {}): RunningCli {
  const args = ["image", "upgrade", name, "--to", to, "--no-wait", "--ready-timeout", "4s"];
  return startMorello(sandbox, args, { env: { ...lab.env, ...env } });
}

function stepOf({ journal }: FaultSetting): string | null {
  try {
    return (JSON.parse(readFileSync(journal, "utf8")) as { at: string }).at;
  } catch {
    return null;
  }
}

/** Kills at a moment within that step, sooner or later. */
async function killIn(setting: FaultSetting, step: Step, victims: Victims, later: number): Promise<void> {
  let since: number | null = null;
  await upgrade(setting, GOOD).killWhen(() => {
    if (since === null && stepOf(setting) !== step) return false;
    since ??= performance.now();
    return performance.now() - since >= later;
  }, victims);
}

function kills(step: Step, victims: Victims): Fault {
  return {
    name: `kill -9 of ${victims === "group" ? "the command with its engine" : "the command alone"} at ${step}`,
    to: GOOD,
    end: "draining",
    async run(setting) {
      await killIn(
        setting,
        step,
        victims,
        between(setting.random, 0, step === "pull" || step === "healthy" ? 400 : 120),
      );
      return null;
    },
  };
}

/** An engine that fails once, or says something, at the n-th command that has that word. */
function failing(word: string, says: string, status = 125): Fault {
  return {
    name: `podman ${word} fails: ${says}`,
    to: GOOD,
    end: "draining",
    async run(setting) {
      const { sandbox, lab, random, name } = setting;
      const directory = `failing-${name}`;
      const count = sandbox.write(`${directory}/count`, String(between(random, 1, word === "container" ? 8 : 2)));
      const script = [
        "#!/bin/sh",
        `if [ "$1" = ${word} ]; then`,
        `  left=$(($(cat ${count}) - 1)); echo "$left" >${count}`,
        `  if [ "$left" = 0 ]; then echo 'Error: ${says}' >&2; exit ${status}; fi`,
        "fi",
        `exec /usr/bin/podman "$@"`,
      ].join("\n");
      sandbox.write(`${directory}/podman`, `${script}\n`, 0o755);
      return upgrade(setting, GOOD, { PATH: `${sandbox.path(directory)}:${lab.env["PATH"] ?? ""}` }).result;
    },
  };
}

function unfit(to: string, name: string): Fault {
  return { name, to, end: "rolled-back", run: (setting) => upgrade(setting, to).result };
}

async function newContainer({ lab, name }: FaultSetting): Promise<string | null> {
  const found = await lab.podman.text("podman", ["ps", "--filter", `name=^${name}-${GOOD}$`, "--format", "{{.Names}}"]);
  return found === "" ? null : found;
}

async function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}

export const FAULTS: readonly Fault[] = [
  ...STEPS.flatMap((step) => (["group", "process"] as const).map((victims) => kills(step, victims))),
  {
    name: "the registry stops in the middle of a pull",
    to: GOOD,
    end: "draining",
    async run(setting) {
      const { proxy, random, lab } = setting;
      proxy.cut("down", between(random, 2_000, 20_000_000));
      const running = upgrade(setting, GOOD);
      const before = proxy.down;
      while (proxy.down - before < 1_000) await sleep(2);
      await lab.registry.stop();
      const said = await running.result;
      await lab.registry.restart();
      proxy.cut("down", Infinity);
      return said;
    },
  },
  {
    name: "a pull that is cut once",
    to: GOOD,
    end: "draining",
    async run(setting) {
      setting.proxy.cut("down", between(setting.random, 2_000, 20_000_000));
      const said = await upgrade(setting, GOOD).result;
      setting.proxy.cut("down", Infinity);
      return said;
    },
  },
  {
    name: "the new container is killed before it is healthy",
    to: GOOD,
    end: "draining",
    async run(setting) {
      const running = upgrade(setting, GOOD);
      let name: string | null = null;
      for (let look = 0; look < 200 && name === null; look++) {
        await sleep(20);
        name = await newContainer(setting);
      }
      if (name !== null) await setting.lab.podman.run("podman", ["kill", name], { ok: [0, 125] });
      return running.result;
    },
  },
  {
    name: "the new container is killed after the switch",
    to: GOOD,
    end: "draining",
    async run(setting) {
      await upgrade(setting, GOOD).result;
      const name = await newContainer(setting);
      if (name !== null) await setting.lab.podman.run("podman", ["kill", name]);
      return null;
    },
  },
  {
    name: "the door is killed after the switch",
    cuts: true,
    to: GOOD,
    end: "draining",
    async run(setting) {
      await upgrade(setting, GOOD).result;
      await setting.lab.podman.run("podman", ["kill", `${setting.name}-door`]);
      return null;
    },
  },
  unfit("v2.7.2", "the new version ends at once"),
  unfit("v2.7.3", "the new version never answers"),
  unfit("v2.7.4", "the new version says that CUDA is missing"),
  unfit("v2.7.5", "the new version has no such command"),
  failing("pull", "connection reset by peer"),
  failing("container", "database is locked"),
  failing("top", "container state is being changed"),
  failing("image", "database is locked"),
  failing("run", "rootlessport listen tcp 127.0.0.1:41234: bind: address already in use", 126),
  {
    name: "the journal is cut short after a kill",
    to: GOOD,
    end: "draining",
    async run(setting) {
      await killIn(setting, pick(setting.random, STEPS), "group", between(setting.random, 0, 100));
      if (existsSync(setting.journal))
        truncateSync(setting.journal, between(setting.random, 0, readFileSync(setting.journal).length));
      return null;
    },
  },
  ...(["group", "process"] as const).map((victims): Fault => ({
    name: `kill -9 of ${victims === "group" ? "the command with its engine" : "the command alone"} at remove`,
    to: GOOD,
    end: "draining",
    jobEnds: true,
    async run(setting) {
      await upgrade(setting, GOOD).result;
      setting.job.end();
      await sleep(300); // the job is at its last step
      await killIn(setting, "remove", victims, between(setting.random, 0, 250));
      return null;
    },
  })),
  {
    name: "two upgrades at once",
    to: GOOD,
    end: "draining",
    async run(setting) {
      const [one, two] = [upgrade(setting, GOOD), upgrade(setting, GOOD)];
      const results = await Promise.all([one.result, two.result]);
      return results.find(({ status }) => status !== 0) ?? null;
    },
  },
  {
    name: "the machine goes down and comes up again",
    to: GOOD,
    end: "draining",
    jobEnds: true,
    async run(setting) {
      const { lab, random } = setting;
      await killIn(setting, pick(random, STEPS), "group", between(random, 0, 200));
      await lab.podman.run("podman", ["kill", "--all"], { ok: [0, 125] });
      return null;
    },
  },
  {
    name: "the ports next to the old ones are taken",
    to: GOOD,
    end: "draining",
    async run(setting) {
      const { jupyter, ssh } = setting.ports;
      const servers = await Promise.all([jupyter + 1, ssh + 1, ssh + 2].map((port) => listen(port)));
      const said = await upgrade(setting, GOOD).result;
      for (const server of servers) server?.close();
      return said;
    },
  },
  {
    name: "the disk is full when the journal is written",
    to: GOOD,
    end: "draining",
    // A disk of its own, from the start: a door that runs has it mounted.
    async prepare({ sandbox, lab, name }) {
      const directory = stateOf(lab, name);
      const asRoot = (program: string, ...args: string[]): Promise<unknown> =>
        finished(program, args, { cwd: "/", env: sandbox.env });
      await asRoot("mkdir", "-p", directory);
      await asRoot("mount", "-t", "tmpfs", "-o", "size=64k", "morello-test", directory);
      sandbox.beforeRemoval(async () => void (await asRoot("umount", "--lazy", directory)));
    },
    async run(setting) {
      const ballast = join(stateOf(setting.lab, setting.name), "ballast");
      const left = pick(setting.random, [0, 1, 2, 3]) * 4096;
      try {
        writeFileSync(ballast, Buffer.alloc(64 * 1024 - 4096 - left));
      } catch {
        // as full as it gets
      }
      const said = await upgrade(setting, GOOD).result;
      truncateSync(ballast, 0);
      return said;
    },
  },
];

function stateOf(lab: Workbenches, name: string): string {
  return join(lab.env["XDG_STATE_HOME"] ?? "", "morello", "workbench", name);
}
