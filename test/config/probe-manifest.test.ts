// Files of probes: container-canary's own are read, and what does not fit is named with its place.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseProbeManifest } from "../../src/config/load.ts";
import { probedPorts } from "../../src/environment/probe-manifest.ts";
import { workbenchDirectory } from "../../src/image/workbench.ts";

const CANARY = `apiVersion: container-canary.nvidia.com/v1
kind: Validator
name: kubeflow
description: Kubeflow notebooks
documentation: https://www.kubeflow.org/docs/
env:
  - name: NB_PREFIX
    value: /hub/jovyan/
ports:
  - port: 8888
    protocol: TCP
volumes:
  - mountPath: /home/jovyan
checks:
  - name: user
    description: User is jovyan
    probe:
      exec:
        command: ["/bin/sh", "-c", "[ $(whoami) = jovyan ]"]
  - name: http
    description: Exposes an HTTP interface on port 8888
    probe:
      httpGet:
        path: /hub/jovyan/lab
        port: 8888
        responseHttpHeaders:
          - name: Access-Control-Allow-Origin
            value: "*"
      initialDelaySeconds: 10
      timeoutSeconds: 5
      failureThreshold: 30
`;

test("a manifest of container-canary's is read as it is", () => {
  const manifest = parseProbeManifest(CANARY, "kubeflow.yaml");
  expect(manifest.checks.map(({ name }) => name)).toEqual(["user", "http"]);
  expect(manifest.checks[1]?.probe).toMatchObject({ initialDelaySeconds: 10, failureThreshold: 30, periodSeconds: 1 });
  expect(probedPorts(manifest)).toEqual([8888]);
});

test("the manifest for workbench images is read, and its scripts are there", () => {
  const directory = join(workbenchDirectory(), "probes");
  const manifest = parseProbeManifest(readFileSync(join(directory, "workbench.yaml"), "utf8"), "workbench.yaml");
  const scripts = manifest.checks.flatMap(({ probe }) => probe.exec?.script ?? []);
  expect(scripts).toEqual(["ssh.sh", "torch.py", "torch-compute.py"]);
  for (const script of scripts) expect(readFileSync(join(directory, script), "utf8")).not.toBe("");
});

describe("what does not fit is named", () => {
  const check = (probe: string): string =>
    `apiVersion: morello/v1\nkind: Validator\nname: x\nchecks:\n  - name: one\n    probe: { ${probe} }\n`;
  test.each([
    [
      "an unknown key, with the nearest",
      check("tcpSocket: { prot: 1 }"),
      "m.yaml:6:27: unknown key 'prot' in checks[0].probe.tcpSocket; did you mean 'port'?",
    ],
    ["no kind of probe", check("timeoutSeconds: 1"), "exactly one of exec, httpGet, tcpSocket, file"],
    ["two kinds of probe", check('tcpSocket: { port: 1 }, exec: { command: ["true"] }'), "exactly one of"],
    ["a command and a script", check('exec: { command: ["true"], script: a.sh }'), "either command or script"],
    ["a script elsewhere", check("exec: { script: ../a.sh }"), "a file beside the manifest"],
    ["a broken pattern", check('exec: { command: ["true"], stdout: "(" }'), "a regular expression that can be read"],
    ["a port that is none", check("tcpSocket: { port: 99999 }"), "checks[0].probe.tcpSocket.port is 99999"],
    ["no checks", "apiVersion: morello/v1\nkind: Validator\nname: x\nchecks: []\n", "one check at least"],
  ])("%s", (_what, text, message) => {
    expect(() => parseProbeManifest(text, "m.yaml")).toThrow(message);
  });
});
