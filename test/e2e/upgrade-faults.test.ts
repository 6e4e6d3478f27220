// Whatever goes wrong in the middle of an upgrade, the job in the old container loses no step, and the same command ends
// what was begun. MORELLO_LONG=1 makes 100 runs; SEED and RUNS choose others.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { morello, type CliResult } from "../support/cli.ts";
import { random, sample } from "../support/random.ts";
import { countingProxy, type CountingProxy } from "../support/registry.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { FAULTS, type Fault, type FaultSetting } from "../support/upgrade-faults.ts";
import { ask, judgeSteps, stream, train, workbenches, type Workbenches } from "../support/workbench.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const RUNS = Number(process.env["RUNS"] ?? (LONG ? 100 : 4));
const SEED = Number(process.env["SEED"] ?? 5);

const sandbox = fileSandbox();
let made: Promise<{ lab: Workbenches; proxy: CountingProxy }> | undefined;
const longest: number[] = [];
let steps = 0;

/** Images once for all runs; the versions are pulled through a proxy that can cut. */
function images(): Promise<{ lab: Workbenches; proxy: CountingProxy }> {
  made ??= (async () => {
    const lab = await workbenches(sandbox);
    const proxy = await countingProxy(sandbox, lab.registry.host);
    await lab.publish("v2.6.9");
    await lab.publish("v2.7.0");
    await lab.publish("v2.7.1", { ballast: 16 });
    await lab.publish("v2.7.2", { start: ["/usr/bin/jupyter-lab", "--fail"] });
    await lab.publish("v2.7.3", { start: ["sleep", "1000"] });
    await lab.publish("v2.7.4", { cuda: "cuda-why: the driver is too old" });
    await lab.publish("v2.7.5", { start: ["/usr/bin/jupyterlab-is-not-here"] });
    return { lab: await lab.through(proxy.host), proxy };
  })();
  return made;
}

/** All faults in an order that the seed chooses, again and again, so that every one has its turn. */
function chosen(): Fault[] {
  const next = random(SEED);
  const found: Fault[] = [];
  while (found.length < RUNS) found.push(...sample(FAULTS, FAULTS.length, next));
  return found.slice(0, RUNS);
}

interface Outcome {
  readonly kind: string;
  readonly ports: readonly {
    readonly service: string;
    readonly reached: readonly { readonly port: number }[];
    readonly aside: { readonly port: number } | null;
  }[];
}

const WAIT = { timeout: 30_000 };

test.each(chosen().map((fault, run) => [run, fault.name, fault] as const))("run %i: %s", async (run, _name, fault) => {
  const { lab, proxy } = await images();
  const name = `lab${run}`;
  const journal = join(lab.env["XDG_STATE_HOME"] ?? "", "morello", "workbench", name, "upgrade.json");
  const upgrade = (...args: string[]): Promise<CliResult> =>
    morello(sandbox, ["image", "upgrade", name, "--no-wait", "--json", "--ready-timeout", "4s", ...args], {
      env: lab.env,
    });

  await fault.prepare?.({ sandbox, lab, name });
  // Every other one has a door already: it was upgraded before.
  const hasDoor = run % 2 === 1;
  const own = await lab.open(name, hasDoor ? "v2.6.9" : "v2.7.0");
  const old = hasDoor ? `${name}-v2.7.0` : name;
  if (hasDoor) expect((await upgrade("--to", "v2.7.0")).json<Outcome>().kind).toBe("upgraded");
  const job = await train(lab, old, `steps-${run}`);
  const notebook = await stream(own.jupyter);
  sandbox.beforeRemoval(() => notebook.close());
  const setting: FaultSetting = {
    sandbox,
    lab,
    proxy,
    random: random(SEED * 1000 + run),
    name,
    ports: own,
    job,
    journal,
  };

  const first = await fault.run(setting);
  if (first !== null) expect([0, 1, 3], first.stderr).toContain(first.status);

  // The fault is over: the same command goes on, and is told of nothing that it could not mend.
  const second = await upgrade("--to", fault.to);
  const outcome = second.json<Outcome>();
  const expected = fault.jobEnds === true ? ["upgraded"] : [fault.end];
  expect(expected, second.stderr + second.stdout).toContain(outcome.kind);
  expect(second.status).toBe(fault.end === "rolled-back" ? 1 : 0);

  const jupyter = outcome.ports.find(({ service }) => service === "jupyter");
  const port = jupyter?.reached[0]?.port ?? 0;
  expect(await ask(hasDoor || fault.end === "rolled-back" ? own.jupyter : port, "/version")).toBe(
    fault.end === "draining" ? "v2.7.1" : "v2.7.0",
  );
  if (fault.jobEnds !== true) {
    const aside = fault.end === "draining" ? (jupyter?.aside?.port ?? own.jupyter) : own.jupyter;
    expect(await ask(aside, "/version")).toBe("v2.7.0"); // whoever works there still does
    const [before, lines] = [job.steps().length, notebook.lines()];
    await expect.poll(() => job.steps().length, WAIT).toBeGreaterThan(before + 3);
    if (fault.cuts !== true || !hasDoor) await expect.poll(() => notebook.lines(), WAIT).toBeGreaterThan(lines + 1);
  }
  expect(notebook.versions()).toEqual(["v2.7.0"]);
  const told = job.steps();
  steps += told.length;
  const judged = judgeSteps(told);
  longest.push(judged.longest);
  expect(judged).toMatchObject({ lost: 0, processes: 1 });

  job.end();
  if (fault.end === "draining" && fault.jobEnds !== true) {
    await expect
      .poll(async () => (await upgrade()).json<{ kind: string }>().kind, { timeout: 30_000 })
      .toBe("upgraded");
  }
  const names = await lab.podman.text("podman", [
    "ps",
    "--all",
    "--format",
    "{{.Names}}",
    "--filter",
    `name=^${name}(-|$)`,
  ]);
  expect(names.split("\n").toSorted()).toEqual([
    ...(fault.end === "draining" || hasDoor ? [`${name}-door`] : []),
    fault.end === "draining" ? `${name}-v2.7.1` : old,
  ]);
  if (fault.end === "draining") await expect.poll(() => ask(own.jupyter, "/version"), WAIT).toBe("v2.7.1"); // its port, too
  const left = JSON.parse(readFileSync(journal, "utf8")) as { at: string };
  expect(left.at).toBe(fault.end === "draining" ? "done" : "rolled-back");
  expect(existsSync(join(journal, "..", "lock"))).toBe(false);

  await lab.podman.run("podman", ["rm", "--all", "--force", "--time", "0"]);
  await lab.podman.run("podman", ["rmi", "--force", `${lab.repository}:v2.7.1`], { ok: [0, 1] });
});

afterAll(() => {
  if (!LONG) return;
  const sorted = longest.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  process.stdout.write(
    `${RUNS} runs, seed ${SEED}: ${steps} steps, longest gap ${sorted.at(-1)} s, median of the longest ${median} s\n`,
  );
});
