import { expect, test } from "vitest";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { sshServer } from "../support/ssh-server.ts";

test("over SSH a repository can be fetched from and pushed to, and the key is good for nothing else", async () => {
  const sandbox = makeSandbox();
  const repository = await history().commit("base").create(sandbox, { bare: true });
  const { url, command } = await sshServer(sandbox);
  const env = { GIT_SSH_COMMAND: command };
  const remote = `${url}${repository.path}`;
  await repository.git(["push", "-q", remote, "main:refs/heads/pushed"], { env });
  expect(await sandbox.git(["ls-remote", remote, "refs/heads/pushed"], { env })).toContain(repository.oid("base"));
  const [program = "", ...options] = command.split(" ");
  const denied = await finished(program, [...options, "-p", new URL(url).port, "127.0.0.1", "id"], {
    cwd: sandbox.root,
    env: sandbox.env,
  });
  expect(denied.status).not.toBe(0);
  expect(denied.stderr.toString()).toContain("unrecognized command 'id'");
});
