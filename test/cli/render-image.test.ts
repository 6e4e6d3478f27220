// Images as people see them run and asked: at 80 and 120 columns, with and without a terminal.
import { describe, expect, test } from "vitest";
import { renderImageRun, renderImageRunList } from "../../src/cli/render/image/run.ts";
import { renderImageVerify } from "../../src/cli/render/image/verify.ts";
import type { ImageRunOutcome } from "../../src/wire/image/run.ts";
import type { ImageVerifyOutcome } from "../../src/wire/image/verify.ts";
import { PIPE, terminal } from "./literal.ts";

const VERIFIED: ImageVerifyOutcome = {
  kind: "image-verify",
  ok: false,
  image: "registry.example.com/app:v2.7.1",
  digest: `sha256:${"ab".repeat(32)}`,
  proofs: [{ name: "digest", state: "passed", says: "recorded as v2.7.1 in the ledger of release/v2.7" }],
  probes: {
    manifest: "workbench",
    engine: "podman",
    results: [
      {
        name: "jupyter answers",
        state: "passed",
        says: "status 200",
        check: "jupyter answers",
        attempts: 3,
        milliseconds: 900,
      },
      {
        name: "torch CUDA",
        state: "failed",
        says: "the driver 470.57.02 is older than CUDA 12.6 wants (525.60.13): install a newer driver on the host",
        check: "torch",
        attempts: 1,
        milliseconds: 1200,
      },
      {
        name: "torch NCCL",
        state: "skipped",
        says: "built without CUDA",
        check: "torch",
        attempts: 1,
        milliseconds: 1200,
      },
    ],
    log: ["morello-start: JupyterLab: http://127.0.0.1:8888/lab"],
  },
};

describe("image verify", () => {
  test("at a terminal", () => {
    expect(renderImageVerify(terminal(80), VERIFIED)).toBe(`registry.example.com/app:v2.7.1  sha256:abababababab
✓ digest           recorded as v2.7.1 in the ledger of release/v2.7
✓ jupyter answers  status 200
✗ torch CUDA       the driver 470.57.02 is older than CUDA 12.6 wants
                   (525.60.13): install a newer driver on the host
– torch NCCL       built without CUDA
The container's last lines:
  │ morello-start: JupyterLab: http://127.0.0.1:8888/lab
✗ 1 of 4 checks failed, 1 skipped
`);
  });

  test("in a pipe the state is a word, and nothing is cut", () => {
    expect(renderImageVerify(PIPE, VERIFIED).split("\n").slice(0, 5)).toEqual([
      `registry.example.com/app:v2.7.1  sha256:${"ab".repeat(32)}`,
      "passed: digest: recorded as v2.7.1 in the ledger of release/v2.7",
      "passed: jupyter answers: status 200",
      "failed: torch CUDA: the driver 470.57.02 is older than CUDA 12.6 wants (525.60.13): install a newer driver on the host",
      "skipped: torch NCCL: built without CUDA",
    ]);
  });

  test("an image that was only proved says so", () => {
    expect(renderImageVerify(PIPE, { ...VERIFIED, ok: true, probes: null })).toMatch(
      /\n1 check passed; nothing was run\n$/,
    );
  });
});

const RUN: ImageRunOutcome = {
  kind: "image-run",
  name: "app-v2.7",
  image: "registry.example.com/app:v2.7.1",
  argv: ["podman", "run", "registry.example.com/app:v2.7.1"],
  shell: "podman run registry.example.com/app:v2.7.1",
  jupyter: {
    url: "http://127.0.0.1:8889/lab",
    tokenFile: "/home/ada/.local/state/morello/workbench/app-v2.7/jupyter-token",
  },
  ssh: { port: 2222, user: "morello", config: "Host app-v2.7\n  Port 2222\n" },
  notes: ["port 8888 is taken, so JupyterLab is on 8889"],
  state: "started",
  exitStatus: null,
};

describe("image run", () => {
  test("at a terminal: how it is reached, with the token", () => {
    expect(renderImageRun(terminal(80), RUN, "0123abcd")).toBe(`app-v2.7  registry.example.com/app:v2.7.1
• port 8888 is taken, so JupyterLab is on 8889
JupyterLab  http://127.0.0.1:8889/lab?token=0123abcd
SSH         ssh app-v2.7
            code --remote ssh-remote+app-v2.7 /workspace
with this in ~/.ssh/config:
  Host app-v2.7
    Port 2222
`);
  });

  test("in a pipe: where the token is, and never the token", () => {
    expect(renderImageRun(PIPE, RUN, null)).toContain(
      "JupyterLab  http://127.0.0.1:8889/lab  (token in /home/ada/.local/state/morello/workbench/app-v2.7/jupyter-token)\n",
    );
  });

  test("a command that is only shown can be pasted whole, at a terminal and from a pipe", () => {
    for (const view of [PIPE, terminal(80)]) {
      expect(renderImageRun(view, { ...RUN, state: "planned" }, null))
        .toBe(`# port 8888 is taken, so JupyterLab is on 8889
# for ~/.ssh/config:
# Host app-v2.7
#   Port 2222
podman run registry.example.com/app:v2.7.1
`);
    }
  });

  test("what was started is a table, or a line each with tabs", () => {
    const ports = ["127.0.0.1:8888->8888/tcp"];
    const containers = [{ name: "app-v2.7", image: "registry.example.com/app:v2.7.1", state: "running", ports }];
    const list = { kind: "image-run-list" as const, engine: "podman", containers };
    expect(renderImageRunList(terminal(120), list)).toBe(
      "app-v2.7  running  registry.example.com/app:v2.7.1  127.0.0.1:8888->8888/tcp\n",
    );
    expect(renderImageRunList(PIPE, list)).toBe(
      "app-v2.7\trunning\tregistry.example.com/app:v2.7.1\t127.0.0.1:8888->8888/tcp\n",
    );
    expect(renderImageRunList(PIPE, { ...list, containers: [] })).toBe(
      "No container was started with morello image run (podman).\n",
    );
  });
});
