// `morello image upgrade` with real containers: what a person sees and has, when nothing goes wrong.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { UpgradeOutcome } from "../../src/wire/image/upgrade.ts";
import { morello, startMorello, type CliResult } from "../support/cli.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { ask, freePort, judgeSteps, stream, train, workbenches, type Workbenches } from "../support/workbench.ts";

const WAIT = { timeout: 30_000 };
const sandbox = fileSandbox();
let lab: Workbenches;

beforeAll(async () => {
  lab = await workbenches(sandbox);
  await lab.publish("v2.7.0");
  await lab.publish("v2.7.1");
  await lab.publish("v2.7.2", { also: ["v2.7"] });
  await lab.publish("v2.8.0", { workbench: true });
  await lab.publish("v2.8.1", { workbench: true, also: ["v2.8"] });
});

afterEach(async () => {
  await lab.podman.run("podman", ["rm", "--all", "--force", "--time", "0"]);
});

function upgrade(name: string, ...args: string[]): Promise<CliResult> {
  return morello(sandbox, ["image", "upgrade", name, ...args], { env: lab.env });
}

type Kind = UpgradeOutcome["kind"];

async function outcome<K extends Kind>(
  kind: K,
  name: string,
  ...args: string[]
): Promise<Extract<UpgradeOutcome, { kind: K }>> {
  const done = await upgrade(name, "--json", ...args);
  const found = done.json<UpgradeOutcome>();
  expect(found.kind, done.stdout + done.stderr).toBe(kind);
  return found as Extract<UpgradeOutcome, { kind: K }>;
}

function inside(container: string, ...command: string[]): Promise<string> {
  return lab.podman.text("podman", ["exec", container, ...command]);
}

function started(container: string): Promise<string> {
  return lab.podman.text("podman", [
    "container",
    "inspect",
    "--format",
    "{{.State.StartedAt}} {{.State.Running}}",
    container,
  ]);
}

describe("an upgrade", () => {
  test("moves the ports, leaves a job and a notebook alone, and removes the old one when they have ended", async () => {
    const own = await lab.open("lab", "v2.7.0");
    const job = await train(lab, "lab", "story");
    const notebook = await stream(own.jupyter);
    const before = await started("lab");

    const first = await outcome("draining", "lab", "--to", "v2.7.1", "--no-wait");
    expect(first.uses).toMatchObject([{ kind: "torchrun" }]);
    expect(first.ports.map(({ service, own: kept }) => [service, kept?.port])).toEqual([
      ["ssh", own.ssh],
      ["jupyter", own.jupyter],
    ]);
    const [ssh, jupyter] = first.ports.map(({ reached }) => reached[0]?.port ?? 0);
    expect(await ask(jupyter ?? 0, "/version")).toBe("v2.7.1");
    expect(await greeting(ssh ?? 0)).toBe("SSH-2.0-v2.7.1\r\n");
    expect(await ask(own.jupyter, "/version")).toBe("v2.7.0");
    const lines = notebook.lines();
    await expect.poll(() => notebook.lines(), WAIT).toBeGreaterThan(lines);
    expect(await started("lab")).toBe(before);

    const status = await outcome("status", "lab", "--status");
    expect(status.upgrade?.step).toBe("drain");
    expect(status.containers.map(({ container, role }) => `${container} ${role}`).toSorted()).toEqual([
      "lab old",
      "lab-door door",
      "lab-v2.7.1 current",
    ]);

    job.end();
    const second = await outcome("upgraded", "lab");
    expect(second.old).toEqual({ kind: "removed" });
    expect(judgeSteps(job.steps())).toMatchObject({ lost: 0, processes: 1 });
    await expect.poll(() => ask(own.jupyter, "/version"), WAIT).toBe("v2.7.1");
    notebook.close();
  });

  test("of a workbench with a door moves the very ports that people know, and leaves connections that stand", async () => {
    const own = await lab.open("lab2", "v2.7.0");
    await outcome("upgraded", "lab2", "--to", "v2.7.1");
    const notebook = await stream(own.jupyter);
    await inside("lab2-v2.7.1", "sh", "-c", KERNELS);

    const moved = await outcome("draining", "lab2", "--no-wait"); // the newest of the line
    expect(moved.uses).toEqual([{ kind: "kernel", what: "python3 0d2ad25c, idle", pid: null }]);
    expect(moved.to.version).toBe("v2.7.2");
    const jupyter = moved.ports.find(({ service }) => service === "jupyter");
    expect(jupyter?.reached.map(({ port }) => port)).toContain(own.jupyter);
    expect(await ask(own.jupyter, "/version")).toBe("v2.7.2");
    expect(await ask(jupyter?.aside?.port ?? 0, "/version")).toBe("v2.7.1");
    const lines = notebook.lines();
    await expect.poll(() => notebook.lines(), WAIT).toBeGreaterThan(lines);
    expect(notebook.versions()).toEqual(["v2.7.1"]);

    const back = await outcome("aborted", "lab2", "--abort");
    expect(back.side.version).toBe("v2.7.1");
    expect(await ask(own.jupyter, "/version")).toBe("v2.7.1");
    expect(notebook.versions()).toEqual(["v2.7.1"]);
    notebook.close();
    const names = await lab.podman.text("podman", ["ps", "--all", "--format", "{{.Names}}"]);
    expect(names.split("\n").toSorted()).toEqual(["lab2-door", "lab2-v2.7.1"]);
  });

  test("that finds the newest running already changes nothing", async () => {
    await lab.open("lab3", "v2.7.2");
    const before = await started("lab3");
    expect((await outcome("current", "lab3")).side.version).toBe("v2.7.2");
    expect(await started("lab3")).toBe(before);
    expect(await lab.podman.text("podman", ["ps", "--all", "--format", "{{.Names}}"])).toBe("lab3");
  });

  test("keeps a container that holds files of its own, and says which", async () => {
    await lab.open("lab4", "v2.7.0");
    await inside("lab4", "sh", "-c", "echo mine >/root/notes.txt; echo x >/tmp/x");
    const done = await outcome("upgraded", "lab4", "--to", "v2.7.1");
    expect(done.old).toEqual({ kind: "kept", files: ["/root/notes.txt"] });
    const out = sandbox.path("notes.txt");
    await lab.podman.run("podman", ["cp", "lab4:/root/notes.txt", out]);
    expect(readFileSync(out, "utf8")).toBe("mine\n");
  });

  test("waits for as long as it takes, and only warns when that is long", async () => {
    await lab.open("lab5", "v2.7.0");
    const job = await train(lab, "lab5", "patient");
    const running = startMorello(sandbox, ["image", "upgrade", "lab5", "--to", "v2.7.1", "--drain-timeout", "1s"], {
      env: lab.env,
    });
    const state = join(sandbox.path("state"), "morello", "workbench", "lab5", "upgrade.json");
    await expect
      .poll(() => existsSync(state) && readFileSync(state, "utf8").includes('"at": "drain"'), WAIT)
      .toBe(true);
    const seen = job.steps().length;
    await expect.poll(() => job.steps().length, WAIT).toBeGreaterThan(seen + 80); // some seconds
    job.end();
    const { status, stderr } = await running.result;
    expect(status).toBe(0);
    expect(stderr).toContain("lab5 is still in use after 1 second: 1 torchrun job");
    expect(judgeSteps(job.steps())).toMatchObject({ lost: 0, processes: 1 });
  });

  test("of a container with a command of its own is refused: it would run twice", async () => {
    await lab.podman.run("podman", ["run", "--detach", "--name", "job", `${lab.repository}:v2.7.0`, "sleep", "100"]);
    const { status, stderr } = await upgrade("job", "--to", "v2.7.1");
    expect(status).toBe(1);
    expect(stderr).toContain("job runs a command of its own (sleep 100)");
    expect(await lab.podman.text("podman", ["ps", "--format", "{{.Names}}"])).toBe("job");
  });

  test("is shown before it is done, as commands that can be pasted, and nothing is touched", async () => {
    await lab.open("lab6", "v2.7.0");
    const { stdout, status } = await upgrade("lab6", "--print");
    expect(status).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "podman pull",
      "podman run",
      "podman run",
      "podman stop",
      "podman rm",
      "",
    ]);
    expect(stdout).not.toContain("a-token-for-tests");
    expect(existsSync(join(sandbox.path("state"), "morello", "workbench", "lab6"))).toBe(false);
  });

  test("of a workbench that `image run --door` started moves its port at the first time, token and all", async () => {
    const port = await freePort();
    const image = `${lab.repository}:v2.8.0`;
    const where = ["--name", "lab8", "-p", String(port), "--workspace", lab.work, "--network", "slirp4netns"];
    const run = await morello(sandbox, ["image", "run", image, "-d", "--door", ...where, "--json"], { env: lab.env });
    expect(run.status, run.stdout + run.stderr).toBe(0);
    const begun = run.json<{ jupyter: { url: string; tokenFile: string } }>();
    expect(begun.jupyter.url).toBe(`http://127.0.0.1:${port}/lab`);
    const version = (): Promise<unknown> => ask(port, "/version");
    expect(await version()).toBe("v2.8.0");
    const moved = await outcome("upgraded", "lab8");
    expect(moved.ports).toMatchObject([{ service: "jupyter", reached: [{ bind: "127.0.0.1", port }], own: null }]);
    expect(await version()).toBe("v2.8.1");
    const token = readFileSync(begun.jupyter.tokenFile, "utf8").trim();
    const status = await fetch(`http://127.0.0.1:${port}/api/status`, { headers: { authorization: `token ${token}` } });
    expect(status.status).toBe(200);
    const names = await lab.podman.text("podman", ["ps", "--all", "--format", "{{.Names}}"]);
    expect(names.split("\n").toSorted()).toEqual(["lab8-door", "lab8-v2.8.1"]);
  });

  test("hands the token and the host keys on, and never puts them on a command line", async () => {
    await lab.open("lab7", "v2.7.0", ["--env", "JUPYTER_TOKEN="]);
    mkdirSync(sandbox.path("start"), { recursive: true });
    const start = sandbox.write(
      "start/morello-start",
      "#!/bin/sh\necho 'http://127.0.0.1:8888/lab?token=made-by-itself'\n",
      0o755,
    );
    await lab.podman.run("podman", ["cp", start, "lab7:/usr/bin/morello-start"]);
    await inside(
      "lab7",
      "sh",
      "-c",
      "busybox mkdir -p /etc/morello/host-keys; echo key >/etc/morello/host-keys/ed25519",
    );
    const bin = spyingPodman();
    const args = ["image", "upgrade", "lab7", "--to", "v2.7.1", "--json"];
    const done = await morello(sandbox, args, { env: { ...lab.env, PATH: `${bin}:${lab.env["PATH"] ?? ""}` } });
    expect(done.json<UpgradeOutcome>().kind, done.stdout + done.stderr).toBe("upgraded");
    expect(await inside("lab7-v2.7.1", "cat", "/run/secrets/jupyter-token")).toBe("made-by-itself");
    expect(await inside("lab7-v2.7.1", "cat", "/etc/morello/host-keys/ed25519")).toBe("key");
    expect(readFileSync(sandbox.path("spy", "calls"), "utf8")).not.toContain("made-by-itself");
    expect(done.stdout + done.stderr).not.toContain("made-by-itself");
  });
});

const KERNELS = `echo '[{"id":"0d2ad25c-8b8d-4c0c-9e0e-5d8f2f0a7d11","name":"python3","execution_state":"idle"}]' >/run/kernels.json`;

/** Podman that writes its command lines down. */
function spyingPodman(): string {
  sandbox.write(
    "spy/podman",
    `#!/bin/sh\necho "$@" >>${sandbox.path("spy", "calls")}\nexec /usr/bin/podman "$@"\n`,
    0o755,
  );
  writeFileSync(sandbox.path("spy", "calls"), "");
  return sandbox.path("spy");
}

async function greeting(port: number): Promise<string> {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", reject).once("data", (chunk: Buffer) => {
      socket.destroy();
      resolve(chunk.toString("latin1"));
    });
  });
}
