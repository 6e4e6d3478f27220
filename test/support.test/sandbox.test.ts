import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, withSandbox } from "../support/sandbox.ts";

test("git in a sandbox sees no configuration, no repository around it, and the fixed identity and clock", async () => {
  const sandbox = makeSandbox();
  expect(await sandbox.git(["config", "--list"])).toBe("");
  await expect(sandbox.git(["rev-parse", "--git-dir"])).rejects.toThrow("not a git repository");
  expect(await sandbox.git(["var", "GIT_COMMITTER_IDENT"])).toBe("Cleo Committer <cleo@example.com> 1767225600 +0000");
});

test("a failing git throws all its stderr, unless its status was expected", async () => {
  const sandbox = makeSandbox();
  await expect(sandbox.git(["no-such-command"])).rejects.toThrow(/no-such-command: exit 1[^]*is not a git command/);
  expect((await sandbox.gitRun(["no-such-command"], { ok: [1] })).status).toBe(1);
});

test("a sandbox is gone afterwards, with names that are not UTF-8, even if its test failed", async () => {
  let root = "";
  const failing = withSandbox(async (sandbox) => {
    root = sandbox.root;
    sandbox.write("a/b", "x");
    await sandbox.git(["init", "-q", "."]);
    await sandbox.git(["fast-import", "--quiet"], {
      input: Buffer.from(
        'commit refs/heads/main\ncommitter a <b> 0 +0000\ndata 0\nM 644 inline "\xff/\xfe"\ndata 1\nx\n',
        "latin1",
      ),
    });
    await sandbox.git(["checkout", "-q", "-f", "main"]);
    expect(existsSync(Buffer.from(`${root}/\xff/\xfe`, "latin1"))).toBe(true);
    throw new Error("failed");
  });
  await expect(failing).rejects.toThrow("failed");
  expect(existsSync(root)).toBe(false);
});
