// `morello image verify` with podman: what an image answers, and that nothing of the asking stays.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ImageVerifyOutcome } from "../../src/wire/image/verify.ts";
import { CLI, morello } from "../support/cli.ts";
import { containers, type Containers } from "../support/containers.ts";
import { definedOnly } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { workbenchImage, type WorkbenchOptions } from "../support/workbench-image.ts";

const CHECKS = `apiVersion: morello/v1
kind: Validator
name: lab
checks:
  - name: answers
    probe: { httpGet: { path: /api, port: 8888, status: [200], body: version }, failureThreshold: 50, periodSeconds: 0.2 }
  - name: token
    probe: { httpGet: { path: /api/status, port: 8888, httpHeaders: [{ name: Authorization, value: "token \${token}" }] } }
  - name: no token
    probe: { httpGet: { path: /api/status, port: 8888, status: [403] } }
  - name: port
    probe: { tcpSocket: { port: 8888 } }
  - name: script
    probe: { exec: { script: report.sh, report: true } }
  - name: settings
    probe: { file: { path: /etc/tmux.conf, mode: "0644", owner: 0, contains: history-limit } }
  - name: ssh
    when: { exposes: 22 }
    probe: { tcpSocket: { port: 22 } }
  - name: python
    when: { exec: [python3, -V] }
    probe: { exec: { command: [python3, -V] } }
`;
const REPORT = `echo '{"name":"first","state":"passed","says":"one"}'; echo noise; echo '{"name":"second","state":"skipped","says":"no GPU"}'`;

const ONE = (probe: string): string =>
  `apiVersion: morello/v1\nkind: Validator\nname: one\nchecks: [{ name: one, probe: { ${probe} } }]\n`;

interface Setting {
  readonly sandbox: Sandbox;
  readonly engines: Containers;
  readonly verify: (...words: string[]) => ReturnType<typeof morello>;
  readonly containersLeft: () => Promise<string>;
}

async function setting(options: WorkbenchOptions = {}): Promise<Setting> {
  const sandbox = makeSandbox();
  const engines = containers(sandbox);
  await workbenchImage(sandbox, options);
  sandbox.write("probes.yaml", CHECKS);
  sandbox.write("report.sh", REPORT);
  const words = ["image", "verify", "oci:layout:tiny", "--network", "bridge"];
  return {
    sandbox,
    engines,
    verify: (...more) => morello(sandbox, [...words, ...more], { env: engines.env }),
    containersLeft: () => engines.text("podman", ["ps", "--all", "--quiet"]),
  };
}

describe("probes", () => {
  test("of every kind are made in a container that is gone afterwards", async () => {
    const { verify, containersLeft } = await setting();
    const done = await verify("--probes", "probes.yaml", "--json");
    const { ok, digest, probes } = done.json<ImageVerifyOutcome>();
    expect(probes?.results.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "answers: passed",
      "token: passed",
      "no token: passed",
      "port: passed",
      "first: passed",
      "second: skipped",
      "settings: passed",
      "ssh: skipped",
      "python: skipped",
    ]);
    expect([done.status, ok, digest?.slice(0, 7)]).toEqual([0, true, "sha256:"]);
    expect(await containersLeft()).toBe("");
  });

  test("that fail end with 1, each in a line, and with what the container wrote last", async () => {
    const { verify } = await setting();
    const done = await verify();
    expect(done.status).toBe(1);
    expect(done.stdout).toMatch(/^passed: jupyter without a token: status 403$/m);
    expect(done.stdout).toMatch(/^failed: tmux: exit status 12[67]; 0 is wanted/m);
    expect(done.stdout).toMatch(/^log: the lab writes to its log$/m);
  });

  test("end early when the container has ended", async () => {
    const { verify } = await setting({
      files: { "usr/local/bin/jupyter-lab": { mode: 0o755, content: "#!/bin/sh\nexit 0\n" } },
    });
    const done = await verify("--probes", "probes.yaml");
    expect(done.status).toBe(1);
    expect(done.stdout).toContain("failed: answers: the container ended with status 0");
    expect(done.stdout).toContain("log: morello-start: JupyterLab was shut down");
  });

  test("are not made of an image that starts no services, unless a manifest is named", async () => {
    const { sandbox, verify } = await setting({ entrypoint: null });
    const done = await verify("--json");
    expect(done.json<ImageVerifyOutcome>().probes).toBeNull();
    sandbox.write("true.yaml", ONE('exec: { command: ["true"] }'));
    const asked = await verify("--probes", "true.yaml", "--json");
    expect(asked.json<ImageVerifyOutcome>().probes?.results).toMatchObject([{ name: "one", state: "passed" }]);
  });
});

test.each(["SIGINT", "SIGKILL"] as const)("%s leaves no container", async (signal) => {
  const { sandbox, engines, containersLeft } = await setting();
  sandbox.write("slow.yaml", ONE('exec: { command: [sleep, "60"] }'));
  const words = [CLI, "image", "verify", "oci:layout:tiny", "--probes", "slow.yaml"];
  const running = spawn(process.execPath, words, { cwd: sandbox.root, env: definedOnly(engines.env), stdio: "ignore" });
  const until = async (wanted: (left: string) => boolean): Promise<string> => {
    let left = await containersLeft();
    for (let tries = 0; tries < 100 && !wanted(left); tries++) {
      await sleep(100);
      left = await containersLeft();
    }
    return left;
  };
  expect(await until((left) => left !== "")).not.toBe("");
  running.kill(signal);
  expect(await until((left) => left === "")).toBe("");
});

test("a manifest that does not fit is refused before anything starts, with the place", async () => {
  const { sandbox, engines } = await setting();
  sandbox.write("bad.yaml", CHECKS.replace("tcpSocket: { port: 8888 }", "tcpSocket: { prot: 8888 }"));
  const done = await morello(sandbox, ["image", "verify", "x:y", "--probes", "bad.yaml"], { env: engines.env });
  expect(done.status).toBe(2);
  expect(done.stderr).toMatch(/bad\.yaml:12:\d+: .*prot/);
  expect(done.stderr).toContain("did you mean 'port'?");
});

test("an image that nobody has is the engine's to name", async () => {
  const { sandbox, engines } = await setting();
  const done = await morello(sandbox, ["image", "verify", "oci:nowhere:v1"], { env: engines.env });
  expect(done.status).toBe(3);
  expect(done.stderr).toContain("podman cannot get oci:nowhere:v1");
});
