// `morello image run` with podman: what it starts, how it is reached, and where its token is not.
import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ImageRunListOutcome, ImageRunOutcome } from "../../src/wire/image/run.ts";
import { morello } from "../support/cli.ts";
import { containers, type Containers } from "../support/containers.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { workbenchImage } from "../support/workbench-image.ts";

async function setting(): Promise<{
  sandbox: Sandbox;
  engines: Containers;
  run: (...words: string[]) => ReturnType<typeof morello>;
}> {
  const sandbox = makeSandbox();
  const engines = containers(sandbox);
  await workbenchImage(sandbox);
  return {
    sandbox,
    engines,
    run: (...words) =>
      morello(sandbox, ["image", "run", "oci:layout:tiny", "--network", "bridge", ...words], { env: engines.env }),
  };
}

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
    onTestFinished(() => void server.close());
  });

const status = async (url: string, token: string): Promise<number> =>
  (await fetch(`${new URL(url).origin}/api/status`, { headers: { authorization: `token ${token}` } })).status;

describe("a detached lab", () => {
  test("answers to the token in its file, which nothing else shows, and is listed", async () => {
    const { sandbox, engines, run } = await setting();
    const done = await run("--detach", "--json");
    const { name, jupyter, argv, shell } = done.json<ImageRunOutcome>();
    expect([done.status, name]).toEqual([0, "layout-tiny"]);
    if (jupyter === null) throw new Error("no lab");
    const token = readFileSync(jupyter.tokenFile, "utf8");
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(statSync(jupyter.tokenFile).mode & 0o777).toBe(0o600);
    expect(await status(jupyter.url, token)).toBe(200);
    expect(await status(jupyter.url, "another")).toBe(403);
    const log = await engines.run("podman", ["logs", name]);
    const shown = [
      await engines.text("podman", ["inspect", name]),
      log.stdout,
      log.stderr,
      argv,
      shell,
      done.stderr,
    ].join();
    expect(shown).not.toContain(token);
    expect(log.stderr.toString()).toContain(`JupyterLab: ${jupyter.url} (with the token that was given)`);
    const listed = await morello(sandbox, ["image", "run", "--list", "--json"], { env: engines.env });
    expect(listed.json<ImageRunListOutcome>().containers).toMatchObject([
      { name, state: "running", image: "oci:layout:tiny", ports: [`${new URL(jupyter.url).host}->8888/tcp`] },
    ]);
  });

  test("takes the next port where the usual one is taken, and says so", async () => {
    const { run } = await setting();
    await listen(8888).catch(() => undefined); // somebody else's is as good
    const done = await run("--detach", "--json");
    const { notes, jupyter } = done.json<ImageRunOutcome>();
    expect(notes).toEqual([expect.stringMatching(/^port 8888 is taken, so JupyterLab is on (?!8888)\d+$/)]);
    expect(jupyter?.url).toMatch(/^http:\/\/127\.0\.0\.1:(?!8888)\d+\/lab$/);
  });

  test("that ends at once is an error with its last words", async () => {
    const { sandbox, engines } = await setting();
    const words = [
      "image",
      "run",
      "oci:layout:tiny",
      "--network",
      "bridge",
      "--detach",
      "--env",
      "JUPYTER_PASSWORD_HASH=plain",
    ];
    const done = await morello(sandbox, words, { env: engines.env });
    expect(done.status).toBe(3);
    expect(done.stderr).toContain("layout-tiny has ended with status 2");
    expect(done.stderr).toContain("JUPYTER_PASSWORD_HASH is no hash");
  });
});

describe("a command", () => {
  test("sees the directory as /workspace, writes there, and gives its exit status", async () => {
    const { sandbox, run } = await setting();
    sandbox.write("here.txt", "from here\n");
    const done = await run("--", "sh", "-c", 'cat here.txt; echo "$1" >there.txt; exit 7', "sh", "two words");
    expect([done.status, done.stdout]).toEqual([7, "from here\n"]);
    expect(readFileSync(sandbox.path("there.txt"), "utf8")).toBe("two words\n");
  });

  test("gets the shared memory that was asked for", async () => {
    const { run } = await setting();
    const done = await run("--shm-size", "96m", "--", "sh", "-c", "df -k /dev/shm | tail -n 1");
    expect(done.stdout).toMatch(/\b98304\b/);
  });
});

test("the command that --print shows does the same when it is pasted", async () => {
  const { sandbox, engines, run } = await setting();
  await engines.load(await workbenchImage(sandbox)); // so that a shell finds it by a name
  const printed = await run("--print", "--name", "pasted", "--", "sh", "-c", 'echo "it\'s" $MORELLO_UID');
  expect(printed.status).toBe(0);
  const pasted = await promisify(execFile)("sh", ["-c", printed.stdout], {
    cwd: sandbox.root,
    env: engines.env,
  });
  expect(pasted.stdout).toBe("it's 0\n");
});

test("the lab that --print shows starts when it is pasted, with a token in the same file", async () => {
  const { sandbox, engines, run } = await setting();
  const { shell, jupyter } = (await run("--print", "--json", "--detach")).json<ImageRunOutcome>();
  expect(shell).toContain("/dev/urandom");
  const printed = (await run("--print")).stdout.replace("podman run --interactive --rm", "podman run --detach");
  await promisify(execFile)("sh", ["-ec", printed], { cwd: sandbox.root, env: engines.env });
  const { tokenFile, url } = jupyter ?? { tokenFile: "", url: "" };
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  const token = readFileSync(tokenFile, "utf8");
  for (let tries = 0; tries < 100 && (await status(url, token).catch(() => 0)) === 0; tries++) await sleep(100);
  expect(await status(url, token)).toBe(200);
});

test("a name that is taken is refused, and what to do is said", async () => {
  const { engines, run } = await setting();
  await run("--detach", "--name", "mine");
  const again = await run("--detach", "--name", "mine");
  expect(again.status).toBe(3);
  expect(again.stderr).toContain("There is a container mine already");
  expect(await engines.text("podman", ["ps", "--format", "{{.Names}}"])).toBe("mine");
});

test("SSH is refused of an image that has none", async () => {
  const { sandbox, run } = await setting();
  sandbox.write("home/.ssh/id_ed25519.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk ada\n");
  const done = await run("--ssh", "--detach");
  expect(done.status).toBe(2);
  expect(done.stderr).toContain("has no SSH server");
});
