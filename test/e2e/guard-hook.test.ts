import { chmodSync, existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { morello } from "../support/cli.ts";
import { guarded, type Guarded } from "../support/guarded.ts";
import { history } from "../support/history.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const ATTACK = "+side:refs/heads/release/v2.7";
const HONEST = "side:refs/heads/topic/new";

async function push(world: Guarded, refspec: string, options: readonly string[] = []): Promise<string> {
  const done = await world.push("file", [refspec.replace("side", world.client.oid("side"))], options);
  return done.stderr.toString();
}

const hookOf = (world: Guarded): string => join(world.server.path, "hooks", "pre-receive");
const relative = (sandbox: Sandbox, path: string): string => path.slice(sandbox.root.length);

function rewrite(sandbox: Sandbox, world: Guarded, change: (script: string) => string): void {
  const hook = hookOf(world);
  sandbox.write(relative(sandbox, hook), change(readFileSync(hook, "utf8")), 0o755);
}

async function bare(sandbox: Sandbox): Promise<string> {
  const path = sandbox.path("plain.git");
  await sandbox.git(["init", "-q", "--bare", "--template=", path]);
  return path;
}

test("a hook that was there is kept: it runs after the guard with what git said, and may refuse too", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  await morello(sandbox, ["guard", "uninstall", world.server.path]);
  const seen = sandbox.path("seen");
  world.server.setHooks({ "pre-receive": `cat >>'${seen}'; basename "$0" >>'${seen}'; test ! -e '${seen}.no'` });
  const installed = await morello(sandbox, ["guard", "install", world.server.path]);
  expect(installed.stdout).toContain("the hook from before runs after it");
  expect(await push(world, ATTACK)).toContain("[line-rewound]");
  expect(existsSync(seen)).toBe(false);
  expect(await push(world, HONEST)).toContain("[new branch]");
  const side = world.client.oid("side");
  expect(readFileSync(seen, "utf8")).toBe(`${"0".repeat(40)} ${side} refs/heads/topic/new\npre-receive\n`);
  sandbox.write("seen.no", "");
  expect(await push(world, HONEST.replace("new", "other"))).toContain("pre-receive hook declined");
});

test("what was installed can be installed again, and taken away without a trace", async () => {
  const sandbox = makeSandbox();
  const path = await bare(sandbox);
  const hook = join(path, "hooks", "pre-receive");
  sandbox.write(relative(sandbox, join(path, "hooks", "real")), "#!/bin/sh\nexit 0\n", 0o755);
  symlinkSync("real", hook);
  expect((await morello(sandbox, ["guard", "install", path])).stdout).toContain("installed");
  expect((await morello(sandbox, ["guard", "install", path])).stdout).toContain("renewed");
  const chained = join(path, "hooks", "before-morello", "pre-receive");
  expect(readFileSync(chained, "utf8")).toBe("#!/bin/sh\nexit 0\n");
  expect((await morello(sandbox, ["guard", "uninstall"], { cwd: path })).stdout).toContain("back in its place");
  expect(readFileSync(hook, "utf8")).toBe("#!/bin/sh\nexit 0\n");
  expect(readdirSync(join(path, "hooks")).sort()).toEqual(["pre-receive", "real"]);
  expect(await morello(sandbox, ["guard", "uninstall", path])).toMatchObject({ status: 1 });
});

test("a guard is not put where it would guard nothing, or more than was asked", async () => {
  const sandbox = makeSandbox();
  const clone = await history().commit("base").create(sandbox);
  expect((await morello(sandbox, ["guard", "install", clone.path])).stderr).toContain("is not bare");
  const path = await bare(sandbox);
  await sandbox.git(["config", "core.hooksPath", sandbox.path("shared")], { cwd: path });
  expect((await morello(sandbox, ["guard", "install", path])).stderr).toContain("core.hooksPath");
  expect(existsSync(sandbox.path("shared"))).toBe(false);
  expect((await morello(sandbox, ["guard", "watch", path])).status).toBe(2);
});

test("where the guard is gone, pushes are refused in words; a guard that only reports lets them through", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  const away = (script: string): string => script.replace(/^program=.*$/m, "program='/nowhere/it'\"'\"'s/cli.js'");
  rewrite(sandbox, world, away);
  const said = await push(world, HONEST);
  expect(said).toContain("/nowhere/it's/cli.js");
  expect(said).toContain("morello guard install");
  expect(said).toContain("pre-receive hook declined");
  await morello(sandbox, ["guard", "install", "--audit-only", world.server.path]);
  rewrite(sandbox, world, away);
  expect(await push(world, HONEST)).toContain("[new branch]");
});

test("a guard that only reports says what it would refuse", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox, ["--audit-only"]);
  const said = await push(world, ATTACK);
  expect(said).toContain("would refuse this push");
  expect(said).toContain("[line-rewound]");
  expect((await world.server.refs())["refs/heads/release/v2.7"]).toBe(world.client.oid("side"));
});

test("nothing that is pushed reaches the pusher's terminal raw, and push options mean nothing", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  await world.server.git(["config", "receive.advertisePushOptions", "true"]);
  const evil = "\u001b]0;owned\u0007\u001b[2J\u202e";
  await world.client.extend((story) =>
    story.branch("evil", "line27").commit("evil", {
      message: `${evil}fix\n\n(cherry picked from commit ${world.client.oid("unrelated")})\n`,
      files: { "x.txt": "x\n" },
    }),
  );
  const refspec = `${world.client.oid("evil")}:refs/heads/release/v2.7`;
  const options = ["-o", "--audit-only", "-o", evil, "-o", "skip-guard"];
  const done = await world.push("file", [refspec], options);
  const said = done.stderr.toString();
  expect(said).toContain("\\x1b]0;owned\\x07\\x1b[2J\\u202efix");
  expect(said).toContain("pre-receive hook declined");
  const lines = said.split("\n").filter((line) => line.startsWith("remote: "));
  expect(lines.join("\n").replaceAll("\u001b[K", "")).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  expect(lines.length).toBeLessThan(12);
});

test("a hook that cannot be run is no hook that refuses: a hook from before without the right to run stays without", async () => {
  const sandbox = makeSandbox();
  const path = await bare(sandbox);
  const hook = sandbox.write("plain.git/hooks/pre-receive", "#!/bin/sh\nexit 1\n", 0o644);
  await morello(sandbox, ["guard", "install", path]);
  chmodSync(hook, 0o755);
  const client = await history().commit("base").create(sandbox);
  await client.git(["push", "-q", path, "main"]);
});
