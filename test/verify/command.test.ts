import { existsSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { runCommand, type CommandRequest, type CommandResult } from "../../src/verify/command.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

function run(sandbox: Sandbox, command: string, more: Partial<CommandRequest> = {}): Promise<CommandResult> {
  return runCommand({ command, cwd: sandbox.root, env: sandbox.env, timeLimit: 60, ...more });
}

function said({ output }: CommandResult): string {
  return output.bytes.toString("utf8");
}

/** Settles when the process is gone, however long that takes; the test's own limit ends the waiting. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    if (stateOf(pid) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Null if there is no such process; a zombie runs no more. */
function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const state = stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
    return state === "Z" ? null : state;
  } catch {
    return null;
  }
}

async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (pid > 0) return pid;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test.each([
  ["true", 0],
  ["exit 3", 3],
  ["no-such-program-here", 127],
  ["kill -TERM $$", 143],
])("%s ends with status %d", async (command, status) => {
  expect(await run(makeSandbox(), command)).toMatchObject({ status, stopped: null });
});

test("what it writes to stdout and stderr is kept in its order", async () => {
  const ran = await run(makeSandbox(), "echo 1; echo 2 >&2; echo 3; echo 4 >&2");
  expect(said(ran)).toBe("1\n2\n3\n4\n");
});

test("it reads nothing", async () => {
  expect(said(await run(makeSandbox(), "cat; echo end"))).toBe("end\n");
});

test("of much output, the end is kept", async () => {
  const { output } = await run(makeSandbox(), "i=0; while [ $i -lt 40 ]; do printf '%065536d' $i; i=$((i+1)); done");
  expect(output.bytes.length).toBe(2 ** 20);
  expect(output.dropped).toBe(40 * 65_536 - 2 ** 20);
  expect(output.bytes.toString("latin1").endsWith("0039")).toBe(true);
});

test("a command of several lines, with quotes, is one command", async () => {
  expect(said(await run(makeSandbox(), `a='x "y"'\necho "$a" '$1'\n`))).toBe('x "y" $1\n');
});

test("a wait of the command's waits for its own children alone", async () => {
  expect(await run(makeSandbox(), "(exit 4) & wait; echo waited")).toMatchObject({ status: 0 });
});

test(
  "at the time limit all of it is ended, also grandchildren that do not heed SIGTERM",
  { timeout: 60_000 },
  async () => {
    const sandbox = makeSandbox();
    const file = sandbox.path("pid");
    const stubborn = `sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 1; done'`;
    const ran = await run(sandbox, `(${stubborn}) & wait`, { timeLimit: 1 });
    expect(ran.stopped).toBe("time-limit");
    await gone(await pidIn(file));
  },
);

test("what it leaves running is ended with it", async () => {
  const sandbox = makeSandbox();
  const file = sandbox.path("pid");
  const ran = await run(sandbox, `sleep 1000 & echo $! > ${file}`);
  expect(ran.status).toBe(0);
  await gone(await pidIn(file));
});

test("a process that left the group and holds the output does not hold the run", async () => {
  const sandbox = makeSandbox();
  const file = sandbox.path("pid");
  const ran = await run(
    sandbox,
    `setsid sh -c 'echo $$ > ${file}; exec sleep 1000' & while [ ! -s ${file} ]; do :; done`,
  );
  const left = await pidIn(file);
  onTestFinished(() => void process.kill(left, "SIGKILL"));
  expect(ran.status).toBe(0);
});

test("a signal stops it, and the teardown is run", async () => {
  const sandbox = makeSandbox();
  const file = sandbox.path("pid");
  const stopping = new AbortController();
  const teardown = `echo down > '${sandbox.path("down")}'`;
  const running = run(sandbox, `echo $$ > ${file}; exec sleep 1000`, { signal: stopping.signal, teardown });
  const pid = await pidIn(file);
  stopping.abort();
  expect(await running).toMatchObject({ stopped: "signal" });
  await gone(pid);
  expect(readFileSync(sandbox.path("down"), "utf8")).toBe("down\n");
});

test("a signal that came before stops it at once", async () => {
  expect(await run(makeSandbox(), "sleep 1000", { signal: AbortSignal.abort() })).toMatchObject({ stopped: "signal" });
});
