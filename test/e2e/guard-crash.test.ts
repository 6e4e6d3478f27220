// A guard that dies, hangs or cannot work refuses: nothing moves, and the next push is looked at as ever.
import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { guarded, type Guarded } from "../support/guarded.ts";
import { finished } from "../support/process.ts";
import { fsck, TestRepository } from "../support/repository.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { keyPair, signedTag } from "../support/ssh-keys.ts";

const LONG = process.env["MORELLO_LONG"] === "1";

interface Stuck {
  readonly world: Guarded;
  /** A push at which the guard waits without end, in the middle of its work: it reads keys from a pipe. */
  readonly refspec: string;
}

/** A server that wants signed releases, and whose list of keys is a pipe that nobody writes to. */
async function stuck(sandbox: Sandbox): Promise<Stuck> {
  const world = await guarded(sandbox);
  const { client, server } = world;
  await client.extend((story) =>
    story.branch("policy", "fix").commit("policy", { files: { "morello.yaml": "policy:\n  signed: true\n" } }),
  );
  await client.git(["push", "-q", server.path, `${client.oid("policy")}:refs/heads/main`]);
  await server.git(["update-ref", "-d", "refs/heads/morello-trust"]); // keys are looked for where git has them
  await finished("mkfifo", [sandbox.path("keys")], { cwd: sandbox.root, env: sandbox.env });
  await server.git(["config", "gpg.ssh.allowedSignersFile", sandbox.path("keys")]);
  const tag = await signedTag(client, await keyPair(sandbox, "pusher"), "v2.7.5", client.oid("line27"));
  return { world, refspec: `${tag}:refs/tags/v2.7.5` };
}

/** The process that has laid a scratch repository: the guard at work. */
async function guardAtWork(world: Guarded): Promise<number> {
  for (let look = 0; look < 400; look++) {
    const pid = world.leftovers().flatMap((name) => /^morello-scratch-(\d+)-/.exec(name)?.[1] ?? [])[0];
    if (pid !== undefined) return Number(pid);
    await setTimeout(10);
  }
  throw new Error("the guard does not begin");
}

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** The program that runs as that process, or as the nearest one above it of that name. */
function above(pid: number, name: string): number {
  for (let at = pid; at > 1; at = parentOf(at))
    if (readFileSync(`/proc/${at}/cmdline`, "latin1").includes(name)) return at;
  throw new Error(`no ${name} above ${pid}`);
}

async function expectUntouched(world: Guarded, before: Readonly<Record<string, string>>): Promise<void> {
  expect(await world.server.refs()).toEqual(before);
  const { sandbox, client } = world;
  await fsck(new TestRepository(sandbox, world.server.path, true, client.history));
  const topic = await world.push("file", [`${client.oid("side")}:refs/heads/after`]);
  expect(topic.status, topic.stderr.toString()).toBe(0);
  expect(world.leftovers()).toEqual([]); // what the dead one left is swept by the next
}

const middle: readonly (readonly [string, (pid: number) => number])[] = [
  ["git's receive-pack", (pid) => above(pid, "receive-pack")],
  ["the guard", (pid) => pid],
  ["the hook around it", (pid) => above(pid, "hooks/pre-receive")],
];
test.each(LONG ? middle : middle.slice(0, 2))("a kill of %s in the middle: nothing moves", async (_, victim) => {
  const sandbox = makeSandbox();
  const { world, refspec } = await stuck(sandbox);
  const before = await world.server.refs();
  const pushing = world.push("file", [refspec]);
  const pid = await guardAtWork(world);
  await setTimeout(500); // by now it reads from the pipe
  const target = victim(pid);
  process.kill(target, "SIGKILL");
  if (target !== pid) await release(sandbox.path("keys")); // it goes on without those who would hear it
  expect((await pushing).status).not.toBe(0);
  await world.server.git(["config", "--unset", "gpg.ssh.allowedSignersFile"]);
  await expectUntouched(world, before);
});

/** Lets whoever reads from a pipe, or is about to, read to its end. */
async function release(pipe: string): Promise<void> {
  for (let look = 0; look < 400; look++) {
    try {
      closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
      return;
    } catch {
      await setTimeout(10); // nobody reads yet
    }
  }
}

const ends = [
  ["killed at its start", "kill -9 $$"],
  ["ended by a crash", "kill -SEGV $$"],
  ["ended by want of memory", "exit 134"],
] as const;
test.each(LONG ? ends : ends.slice(0, 1))("a guard that is %s: nothing moves", async (_, script) => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  const before = await world.server.refs();
  const hook = join(world.server.path, "hooks", "pre-receive");
  const text = readFileSync(hook, "utf8");
  const dying = sandbox.write("dying", `#!/bin/sh\n${script}\n`, 0o755);
  sandbox.write("server.git/hooks/pre-receive", text.replace(/^node=.*$/m, `node='${dying}'`), 0o755);
  const done = await world.push("file", [await world.refspec({ refname: "refs/heads/after", to: "side" })]);
  expect(done.stderr.toString()).toContain("pre-receive hook declined");
  expect(await world.server.refs()).toEqual(before);
  sandbox.write("server.git/hooks/pre-receive", text, 0o755);
  await expectUntouched(world, before);
});

test("a guard whose program is an empty file, as in the middle of an upgrade, refuses although node ends well", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  const before = await world.server.refs();
  const hook = join(world.server.path, "hooks", "pre-receive");
  const text = readFileSync(hook, "utf8");
  const empty = sandbox.write("empty.js", "");
  sandbox.write("server.git/hooks/pre-receive", text.replace(/^program=.*$/m, `program='${empty}'`), 0o755);
  const done = await world.push("file", [await world.refspec({ refname: "refs/heads/after", to: "side" })]);
  expect(done.stderr.toString()).toContain("refused, since it gave no answer");
  expect(await world.server.refs()).toEqual(before);
});

test("a guard that has no room to work in refuses, and says so", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  const before = await world.server.refs();
  const refspec = await world.refspec({ refname: "refs/heads/after", to: "side" });
  const done = await world.client.gitRun(["push", world.server.path, refspec], {
    env: { TMPDIR: sandbox.write("full", "a file, in which nothing can be made") },
    ok: [1],
  });
  expect(done.stderr.toString()).toContain("refused, since the push could not be looked at");
  await expectUntouched(world, before);
});

test("a guard that takes too long is ended, even while it waits for one thing without end", async () => {
  const sandbox = makeSandbox();
  const { world, refspec } = await stuck(sandbox);
  const before = await world.server.refs();
  await world.server.git(["config", "morello.guardTimeout", "1"]);
  const done = await world.push("file", [refspec]);
  expect(done.stderr.toString()).toContain("took longer than 1 second");
  expect(done.stderr.toString()).toContain("pre-receive hook declined");
  expect(readdirSync(sandbox.path("tmp"))).toEqual([]);
  await world.server.git(["config", "morello.guardTimeout", "60"]);
  await expectUntouched(world, before);
});
