// The files of workbench/: which image gets them, and that their shell is sound.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { workbenchDirectory, workbenchFiles } from "../../src/image/workbench.ts";
import { finished } from "../support/process.ts";

describe("the files", () => {
  const paths = (jupyter: boolean, ssh: boolean): string[] =>
    workbenchFiles({ services: { jupyter, ssh } }).map(({ path }) => path);

  test("are none in an image without services", () => {
    expect(paths(false, false)).toEqual([]);
  });

  test("are those of the services that there are", () => {
    expect(paths(true, false)).toContain("/etc/jupyter/jupyter_server_config.py");
    expect(paths(true, false)).not.toContain("/etc/morello/sshd_config");
    expect(paths(false, true)).toContain("/etc/morello/sshd_config");
    expect(paths(false, true)).not.toContain("/etc/jupyter/jupyter_server_config.py");
  });

  test("programs can be run, settings are only read", () => {
    for (const { path, mode } of workbenchFiles({ services: { jupyter: true, ssh: true } }))
      expect(mode, path).toBe(/\/(?:bin|lib)\//.test(path) ? 0o755 : 0o644);
  });
});

test.runIf(spawnSync("shellcheck", ["--version"]).status === 0)("shellcheck has nothing to say", async () => {
  const scripts = ["start", "health", "profile.sh", "probes/ssh.sh"].map((name) => join(workbenchDirectory(), name));
  const said = await finished("shellcheck", ["--shell", "sh", ...scripts], {
    cwd: "/",
    env: { PATH: process.env["PATH"] },
  });
  expect(said.stdout.toString()).toBe("");
});
