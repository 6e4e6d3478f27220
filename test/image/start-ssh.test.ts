// The start script on Debian, with its real sshd, tmux and screen: who gets in, and what a login sees.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAKE_LAB, startEntry, type Entry, type EntryOptions } from "../support/entry-point.ts";
import { finished } from "../support/process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

interface Keyed extends Entry {
  /** Logs in as that user with the key that was given, or another one. */
  readonly ssh: (
    user: string,
    words: readonly string[],
    options?: readonly string[],
  ) => Promise<[number | null, string]>;
}

async function start(options: Partial<EntryOptions> = {}, sandbox: Sandbox = makeSandbox()): Promise<Keyed> {
  const key = sandbox.path("key");
  await finished("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], {
    cwd: "/",
    env: sandbox.env,
  });
  const publicKey = readFileSync(`${key}.pub`, "utf8").trim();
  const before = `cp '${key}' "$root/key"; chmod 600 "$root/key"; rm -rf "$root"/etc/morello/host-keys "$root"/root/.[bp]*; ${options.before ?? ""}`;
  const entry = startEntry(sandbox, {
    root: "debian",
    ...options,
    env: { AUTHORIZED_KEYS: publicKey, JUPYTER: "0", SSH_PORT: "22", ...options.env },
    before,
  });
  const ssh: Keyed["ssh"] = async (user, words, more = ["-i", "/key"]) => {
    const usual = [
      "-F",
      "none",
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/tmp/known",
      "-o",
      "BatchMode=yes",
    ];
    const done = await entry.exec(["ssh", ...usual, "-o", "LogLevel=ERROR", ...more, `${user}@127.0.0.1`, ...words]);
    return [done.status, `${done.stdout.toString()}${done.stderr.toString()}`];
  };
  return { ...entry, ssh };
}

const value = (text: string, name: string): string | undefined => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];

describe("SSH", () => {
  test("takes the key, and nothing but a key", async () => {
    const entry = await start();
    await entry.says(/SSH: port 22, as root \(host key SHA256:/);
    expect(await entry.ssh("root", ["id", "-u"])).toEqual([0, "0\n"]);
    const passwords = ["-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive"];
    const [status, said] = await entry.ssh("root", ["true"], passwords);
    expect([status, said.trim()]).toEqual([255, "root@127.0.0.1: Permission denied (publickey)."]);
  });

  test("a login, and a command without one, see the container's environment", async () => {
    const env = {
      PATH: "/opt/cuda/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin",
      LD_LIBRARY_PATH: "/opt/cuda/lib64",
      WORDS: `a "b" 'c' \\d #e $F`,
      JUPYTER_TOKEN: "secret-4711",
    };
    const entry = await start({ env });
    await entry.says("SSH: port");
    const [, direct] = await entry.ssh("root", ["env"]);
    const [, login] = await entry.ssh("root", ["bash -lc env"]);
    for (const seen of [direct, login]) {
      for (const name of ["PATH", "LD_LIBRARY_PATH", "WORDS"] as const) expect(value(seen, name), name).toBe(env[name]);
      expect(seen).not.toContain("secret-4711");
      expect(seen).not.toContain("AUTHORIZED_KEYS");
    }
  });

  test("the owner of the workspace logs in by the name morello, and what it writes is its own", async () => {
    const entry = await start({ before: 'chown 1234:1234 "$root/workspace"' });
    await entry.says("as morello");
    const [status, said] = await entry.ssh("morello", [
      "touch /workspace/mine && stat -c %u /workspace/mine && pwd && env",
    ]);
    expect([status, said.split("\n").slice(0, 2)]).toEqual([0, ["1234", "/home/morello"]]);
    expect(value(said, "HOME")).toBe("/home/morello");
  });

  test("the host key is made at the first start, and kept where a volume keeps it", async () => {
    const sandbox = makeSandbox();
    const volume = `mkdir -p '${sandbox.path("volume")}' "$root/etc/morello/host-keys"; mount --bind '${sandbox.path("volume")}' "$root/etc/morello/host-keys";`;
    const prints: string[] = [];
    for (let starts = 0; starts < 2; starts++) {
      const entry = await start({ before: volume }, starts === 0 ? sandbox : makeSandbox());
      await entry.says("SSH: port");
      prints.push(/host key (SHA256:\S+)\)/.exec(entry.output())?.[1] ?? "");
    }
    expect(prints[0]).toMatch(/^SHA256:/);
    expect(prints[1]).toBe(prints[0]);
    const other = await start();
    await other.says("SSH: port");
    expect(other.output()).not.toContain(prints[0]);
  });

  test("sessions in tmux and screen outlive the login", async () => {
    const entry = await start();
    await entry.says("SSH: port");
    await entry.ssh("root", ["tmux new-session -d -s job 'sleep 100'; screen -dmS job sleep 100"]);
    const [, sessions] = await entry.ssh("root", ["tmux ls; screen -ls"]);
    expect(sessions).toMatch(/^job: 1 windows/m);
    expect(sessions).toMatch(/\d+\.job/);
  });

  test("a private key is refused before anything starts", async () => {
    const entry = await start({ env: { AUTHORIZED_KEYS: "-----BEGIN OPENSSH PRIVATE KEY-----" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("the public one is wanted");
  });

  test("an image that has sshd starts without a key, and says how to give one", async () => {
    const entry = await start({ env: { AUTHORIZED_KEYS: "", SSH: "1" } });
    await entry.says("SSH: port 22");
    expect(entry.output()).toContain("nobody can log in yet");
  });

  test("a user without an entry in /etc/passwd gets the lab, and is told why there is no SSH", async () => {
    const entry = await start({
      user: { uid: 54321, gid: 0 },
      programs: { "usr/local/bin/jupyter-lab": FAKE_LAB },
      env: { JUPYTER: "1" },
    });
    await entry.says("JupyterLab:");
    expect(entry.output()).toContain("no SSH: uid 54321 has no entry in /etc/passwd");
  });

  test("beside a command it is there for whoever brings a key, and ends with the command", async () => {
    const entry = await start({ args: ["sleep", "2"] });
    await entry.says("SSH: port");
    expect((await entry.ssh("root", ["true"]))[0]).toBe(0);
    expect(await entry.ended).toBe(0);
  });
});

describe("a terminal", () => {
  test("Ctrl-C ends the lab only when it is pressed twice", async () => {
    const entry = startEntry(makeSandbox(), {
      root: "debian",
      terminal: true,
      programs: { "usr/local/bin/jupyter-lab": FAKE_LAB },
    });
    await entry.says("JupyterLab:");
    entry.type("\x03");
    await entry.says("Ctrl-C once more within 5 seconds");
    entry.type("\x03");
    expect(await entry.ended).toBe(130);
  });

  test("a command gets Ctrl-C as its own", async () => {
    const script =
      "import time\nprint('ready', flush=True)\ntry:\n  time.sleep(60)\nexcept KeyboardInterrupt:\n  print('interrupted')";
    for (const init of ["", 'rm -f "$root/usr/bin/tini"']) {
      const entry = startEntry(makeSandbox(), {
        root: "debian",
        terminal: true,
        before: init,
        args: ["/usr/bin/python3", "-c", script],
      });
      await entry.says("ready");
      entry.type("\x03");
      expect(await entry.ended).toBe(0);
      expect(entry.output()).toContain("interrupted");
    }
  });
});
