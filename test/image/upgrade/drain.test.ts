import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usesOf, type Kernel, type Process, type Use } from "../../../src/image/upgrade/drain.ts";
import { parseTable, tableArguments } from "../../../src/image/upgrade/process-table.ts";

function process(pid: number, parent: number, args: string, more: Partial<Process> = {}): Process {
  return { pid, parent, user: "root", tty: "?", state: "S", args, ...more };
}

/** What a workbench starts by itself. */
const START_UP = [
  process(1, 0, "tini -- /usr/local/bin/morello-start"),
  process(7, 1, "/bin/sh /usr/local/bin/morello-start"),
  process(20, 7, "sshd: /usr/sbin/sshd -D -e -f /run/morello/sshd_config [listener] 0 of 32-128 startups"),
  process(21, 7, "/usr/bin/python3 /usr/local/bin/jupyter-lab --ip=0.0.0.0"),
];
const FRESH = START_UP.map(({ args }) => args);

function uses(more: readonly Process[], kernels: readonly Kernel[] | null = [], startUp = FRESH): Use[] {
  return usesOf({ processes: [...START_UP, ...more], init: 1, kernels, startUp });
}

const KERNEL = "0d2ad25c-8b8d-4c0c-9e0e-5d8f2f0a7d11";
const KERNEL_ARGS = `/usr/bin/python3 -m ipykernel_launcher -f /root/.local/share/jupyter/runtime/kernel-${KERNEL}.json`;

describe("a container in which nobody works", () => {
  test("is what a fresh one runs", () => {
    expect(uses([])).toEqual([]);
  });

  test("is known by its services, where no fresh one was seen", () => {
    expect(uses([], [], ["/bin/sh /usr/local/bin/morello-start"])).toEqual([]);
  });

  test("is not held by what has ended and only waits to be reaped", () => {
    expect(uses([process(50, 7, "python3 train.py", { state: "Z" })])).toEqual([]);
  });
});

describe("work that holds a container", () => {
  test("is a kernel, with the state that Jupyter tells", () => {
    const kernels = [{ id: KERNEL, name: "python3", state: "busy" }];
    expect(uses([process(40, 21, KERNEL_ARGS)], kernels)).toEqual([
      { kind: "kernel", what: "python3 0d2ad25c, busy", pid: 40 },
    ]);
  });

  test("is an idle kernel: its variables are somebody's", () => {
    expect(uses([], [{ id: KERNEL, name: "python3", state: "idle" }])).toEqual([
      { kind: "kernel", what: "python3 0d2ad25c, idle", pid: null },
    ]);
  });

  test("is a kernel that Jupyter does not tell of, as when it hangs", () => {
    expect(uses([process(40, 21, KERNEL_ARGS)], null)).toEqual([{ kind: "kernel", what: KERNEL_ARGS, pid: 40 }]);
  });

  test("is a login over SSH, told once with all that runs in it", () => {
    const login = [
      process(60, 20, "sshd: ada [priv]"),
      process(61, 60, "sshd: ada@pts/0"),
      process(62, 61, "-bash", { tty: "pts/0" }),
      process(63, 62, "watch -n 1 nvidia-smi", { tty: "pts/0" }),
    ];
    expect(uses(login)).toEqual([{ kind: "ssh", what: "sshd: ada [priv]", pid: 60 }]);
  });

  test("is a tmux server that nobody is attached to, and the torchrun in it", () => {
    const session = [
      process(70, 1, "tmux new-session -d -s train"),
      process(71, 70, "-bash", { tty: "pts/1" }),
      process(72, 71, "/usr/bin/python3 /usr/local/bin/torchrun --nproc-per-node=2 train.py"),
      process(73, 72, "/usr/bin/python3 -u train.py", { state: "R" }),
    ];
    expect(uses(session).map(({ kind, pid }) => [kind, pid])).toEqual([
      ["tmux", 70],
      ["torchrun", 72],
    ]);
  });

  test.each([
    ["screen", process(80, 1, "SCREEN -S work"), "screen"],
    ["torchrun under its other name", process(80, 7, "python3 -m torch.distributed.run train.py"), "torchrun"],
    ["a torchrun child whose parent is gone", process(80, 1, "/usr/bin/python3 -u train.py"), "process"],
    ["what was started from outside", process(80, 0, "python3 train.py"), "process"],
    ["a terminal of JupyterLab", process(80, 21, "/bin/bash -l", { tty: "pts/3" }), "terminal"],
    ["what a server of JupyterLab starts", process(80, 21, "/usr/bin/node language-server"), "process"],
    ["a login that is just beginning", process(80, 20, "sshd: unknown [priv]"), "ssh"],
  ])("is %s", (_what, found, kind) => {
    expect(uses([found])).toEqual([{ kind, what: found.args, pid: 80 }]);
  });

  test("is a JupyterLab that somebody started in a session of theirs", () => {
    const inner = [
      process(70, 1, "tmux new -d"),
      process(71, 70, "/usr/bin/python3 /usr/local/bin/jupyter-lab --ip=0.0.0.0"),
    ];
    expect(uses(inner).map(({ kind }) => kind)).toEqual(["tmux"]);
  });

  test("is found whatever the order of the table, and told in that of the numbers", () => {
    const all = [
      ...START_UP,
      process(60, 20, "sshd: ada [priv]"),
      process(70, 1, "tmux new -d"),
      process(71, 70, "torchrun train.py"),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (processes) => {
        const found = usesOf({ processes, init: 1, kernels: null, startUp: FRESH });
        expect(found.map(({ pid }) => pid)).toEqual([60, 70, 71]);
      }),
    );
  });

  test("is every process that has no way to the first one, also where parents go in a circle", () => {
    const circle = [process(90, 91, "a"), process(91, 90, "b")];
    expect(uses(circle).map(({ pid }) => pid)).toEqual([90, 91]);
  });

  test("is never lost by more processes beside it", () => {
    const job = process(500, 0, "python3 train.py");
    const other = fc.record({
      pid: fc.integer({ min: 2, max: 400 }),
      parent: fc.integer({ min: 0, max: 400 }),
      args: fc.constantFrom("bash", "sshd: /usr/sbin/sshd -D [listener]", "tmux", "jupyter-lab", "sleep 1"),
    });
    fc.assert(
      fc.property(fc.array(other), (others) => {
        const found = uses([job, ...others.map(({ pid, parent, args }) => process(pid, parent, args))]);
        expect(found.map(({ pid }) => pid)).toContain(500);
      }),
    );
  });
});

describe("a process table", () => {
  test("is read as podman prints it", () => {
    const text = `PID         PPID        USER        TTY         STATE       COMMAND
1           0           root        ?           S           tini -- /usr/local/bin/morello-start 
62          61          ada         pts/0       R           python3 train.py  --name "a b" 
`;
    expect(parseTable(text)).toEqual([
      process(1, 0, "tini -- /usr/local/bin/morello-start"),
      process(62, 61, 'python3 train.py  --name "a b"', { user: "ada", tty: "pts/0", state: "R" }),
    ]);
  });

  test("is read as docker prints it, with the host's numbers", () => {
    const text = `PID                 PPID                USER                TT                  STAT                COMMAND
26743               26720               root                ?                   Ss                  tini -- /usr/local/bin/morello-start
`;
    expect(parseTable(text)).toEqual([
      process(26_743, 26_720, "tini -- /usr/local/bin/morello-start", { state: "Ss" }),
    ]);
    expect(tableArguments("docker", "lab")).toEqual(["top", "lab", "-eo", "pid,ppid,user,tty,stat,args"]);
  });

  test("may hold a process without a command line", () => {
    expect(parseTable("12 1 root ? Z \n")).toEqual([process(12, 1, "", { state: "Z" })]);
  });
});
