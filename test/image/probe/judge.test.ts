// What a probe saw against what its check wants: the current value, then the wanted one.
import { describe, expect, test } from "vitest";
import { judgeExec, judgeFile, judgeHttp } from "../../../src/image/probe/judge.ts";

describe("a command", () => {
  const wanted = { status: 0, stdout: undefined, report: false };
  const seen = { status: 0, stdout: "", stderr: "" };

  test.each([
    ["passes with its last line", wanted, { ...seen, stdout: "a\nb\n" }, "passed", "b"],
    ["fails with its exit status", wanted, { ...seen, status: 2 }, "failed", "exit status 2; 0 is wanted"],
    [
      "fails with what it said last",
      wanted,
      { ...seen, status: 1, stderr: "x\nno such file\n" },
      "failed",
      "exit status 1; 0 is wanted: no such file",
    ],
    ["may be wanted to fail", { ...wanted, status: 1 }, { ...seen, status: 1 }, "passed", ""],
    [
      "says what is wanted",
      { ...wanted, stdout: "^Python 3" },
      { ...seen, stdout: "Python 2.7\n" },
      "failed",
      'stdout is "Python 2.7"; wanted: ^Python 3',
    ],
    ["is searched line by line", { ...wanted, stdout: "^3$" }, { ...seen, stdout: "1\n3\n" }, "passed", "3"],
  ])("%s", (_what, check, saw, state, says) => {
    expect(judgeExec(check, saw)).toEqual([{ name: "", state, says }]);
  });

  const report = { ...wanted, report: true };
  const line = (name: string, state: string): string => `{"name":"${name}","state":"${state}","says":"x"}\n`;

  test("reports in lines, and what is none is passed over", () => {
    const stdout = `${line("a", "passed")}warning: noise\n${line("b", "skipped")}{"name":1}\n`;
    expect(judgeExec(report, { ...seen, stdout }).map(({ name, state }) => [name, state])).toEqual([
      ["a", "passed"],
      ["b", "skipped"],
    ]);
  });

  test("that reports nothing has failed", () => {
    expect(judgeExec(report, seen)).toEqual([{ name: "", state: "failed", says: "reported nothing" }]);
  });

  test("that breaks off after good news has failed all the same", () => {
    const broken = judgeExec(report, { ...seen, status: 139, stdout: line("a", "passed") });
    expect(broken.map(({ state }) => state)).toEqual(["passed", "failed"]);
  });
});

describe("an answer over HTTP", () => {
  const wanted = { status: undefined, responseHttpHeaders: [], body: undefined };
  const seen = { status: 200, headers: { server: "TornadoServer" }, body: '{"version": "2.14"}' };

  test.each([
    ["any success or redirection is good", wanted, { ...seen, status: 302 }, "passed", "status 302"],
    ["a refusal is not", wanted, { ...seen, status: 403 }, "failed", "status 403; wanted: 200 to 399"],
    ["unless it is wanted", { ...wanted, status: [401, 403] }, { ...seen, status: 403 }, "passed", "status 403"],
    ["success is bad then", { ...wanted, status: [401, 403] }, seen, "failed", "status 200; wanted: 401 or 403"],
    [
      "headers are by any case",
      { ...wanted, responseHttpHeaders: [{ name: "Server", value: "TornadoServer" }] },
      seen,
      "passed",
      "status 200",
    ],
    [
      "a header may be missing",
      { ...wanted, responseHttpHeaders: [{ name: "X-A", value: "*" }] },
      seen,
      "failed",
      "header X-A is missing; wanted: *",
    ],
    [
      "the body is searched",
      { ...wanted, body: '"kernels"' },
      seen,
      "failed",
      'the answer is "{\\"version\\": \\"2.14\\"}"; wanted: "kernels"',
    ],
  ])("%s", (_what, check, saw, state, says) => {
    expect(judgeHttp(check, saw)).toEqual({ state, says });
  });
});

describe("a file", () => {
  const wanted = { type: "file" as const, mode: undefined, owner: undefined, contains: undefined };
  const seen = { type: "file" as const, mode: "644", owner: 0, content: "set -g mouse on\n" };

  test.each([
    ["is there", wanted, seen, "passed", "file, mode 644, owner 0"],
    ["is not there", wanted, null, "failed", "is not there; a file is wanted"],
    [
      "is something else",
      wanted,
      { ...seen, type: "directory" as const },
      "failed",
      "is a directory; a file is wanted",
    ],
    ["has a mode, zeros or none", { ...wanted, mode: "0644" }, seen, "passed", "file, mode 644, owner 0"],
    ["has another mode", { ...wanted, mode: "0600" }, seen, "failed", "mode 644; 0600 is wanted"],
    ["has another owner", { ...wanted, owner: 1000 }, seen, "failed", "owner 0; 1000 is wanted"],
    [
      "lacks what it must hold",
      { ...wanted, contains: "^set -g mouse off" },
      seen,
      "failed",
      "does not hold ^set -g mouse off",
    ],
    ["is wanted away", { ...wanted, type: "absent" as const }, seen, "failed", "is a file; none is wanted"],
    ["is away", { ...wanted, type: "absent" as const }, null, "passed", "not there"],
  ])("%s", (_what, check, saw, state, says) => {
    expect(judgeFile(check, saw)).toEqual({ state, says });
  });
});
