// The start script as a container's first process, under busybox: what it starts, as whom, with which secrets where.
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAKE_LAB, startEntry, type Entry, type EntryOptions } from "../support/entry-point.ts";
import { makeSandbox } from "../support/sandbox.ts";

const LAB = { "usr/local/bin/jupyter-lab": FAKE_LAB };

function start(options: Partial<EntryOptions> = {}): Entry {
  return startEntry(makeSandbox(), { root: "busybox", programs: LAB, ...options });
}

const file = (entry: Entry, path: string): string => readFileSync(join(entry.root, path), "utf8");

describe("without a command", () => {
  test("the lab starts in the workspace, and its address with a new token is said once", async () => {
    const entry = start();
    await entry.says("token=");
    const [, token = ""] =
      /JupyterLab: http:\/\/127\.0\.0\.1:8888\/lab\?token=([0-9a-f]{48})\n/.exec(entry.output()) ?? [];
    expect(file(entry, "tmp/lab-token")).toBe(token);
    expect(file(entry, "tmp/lab-args").trim()).toBe("--ip=* --port=8888 --no-browser");
    expect(file(entry, "tmp/lab-directory").trim()).toBe("/workspace");
    expect(entry.output().split(token)).toHaveLength(2);
  });

  test("the health check passes while the lab answers, and says what does not answer", async () => {
    const entry = start();
    await entry.says("JupyterLab:");
    const well = await entry.exec(["/usr/local/bin/morello-health"]);
    expect([well.status, well.stdout.toString(), well.stderr.toString()]).toEqual([0, "", ""]);
    appendFileSync(join(entry.root, "run/morello/services"), "ssh 2222\n");
    const ill = await entry.exec(["/usr/local/bin/morello-health"]);
    expect(ill.stdout.toString()).toBe("morello-health: ssh does not listen on port 2222\n");
    expect(ill.status).toBe(1);
  });

  test("the address is told again to whoever is in the container", async () => {
    const entry = start({ env: { MORELLO_URL: "http://127.0.0.1:9999" } });
    await entry.says("JupyterLab:");
    const told = await entry.exec(["/usr/local/bin/morello-start", "--url"]);
    expect(told.stdout.toString()).toMatch(/^http:\/\/127\.0\.0\.1:9999\/lab\?token=[0-9a-f]{48}\n$/);
  });

  test("notebook is taken where there is no lab", async () => {
    const entry = start({ programs: { "usr/local/bin/jupyter-notebook": FAKE_LAB } });
    await entry.says("http://127.0.0.1:8888/tree?token=");
  });

  test("an image without Jupyter, sshd and command has nothing to start", async () => {
    const entry = start({ programs: {} });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("there is nothing to start");
  });

  test("a lab that was asked for and is not there is missed", async () => {
    const entry = start({ programs: {}, env: { JUPYTER: "1" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("add jupyterlab");
  });

  test("SIGTERM ends the lab and everything else, in well under the ten seconds that engines wait", async () => {
    const entry = start();
    await entry.says("JupyterLab:");
    await entry.exec([
      "sh",
      "-c",
      "(trap 'echo saved >/workspace/checkpoint; exit' TERM; while :; do sleep 1; done) >/dev/null 2>&1 &",
    ]);
    entry.signal("SIGTERM");
    expect(await entry.ended).toBe(143);
    expect(file(entry, "workspace/checkpoint")).toBe("saved\n");
  });

  test("a lab that crashes is started again, and one that was shut down ends the container", async () => {
    const crashing = `#!/bin/sh\nif [ -e /tmp/again ]; then exit 0; fi\n: >/tmp/again; exit 3\n`;
    const entry = start({ programs: { "usr/local/bin/jupyter-lab": crashing } });
    expect(await entry.ended).toBe(0);
    expect(entry.output()).toMatch(/ended with status 3 and is started again[^]*was shut down/);
  });
});

describe("secrets", () => {
  const secretOf = async (env: Record<string, string>, before = ""): Promise<Entry> => {
    const entry = start({ env, before });
    await entry.says("JupyterLab:");
    return entry;
  };

  test("a token that was given is neither shown nor passed on", async () => {
    const entry = await secretOf({ JUPYTER_TOKEN: "letmein-4711" });
    expect(file(entry, "tmp/lab-token")).toBe("letmein-4711");
    expect(entry.output()).not.toContain("letmein");
    expect(file(entry, "tmp/lab-env")).not.toContain("letmein");
    expect(file(entry, "tmp/lab-args")).not.toContain("letmein");
    expect(file(entry, "run/morello/environment")).not.toContain("letmein");
  });

  test("a mounted token file is taken", async () => {
    const entry = await secretOf({}, 'mkdir -p "$root/run/secrets"; echo from-file >"$root/run/secrets/jupyter-token"');
    expect(file(entry, "tmp/lab-token")).toBe("from-file");
    expect(entry.output()).not.toContain("from-file");
  });

  test("a password's hash takes the token's place", async () => {
    const entry = await secretOf({ JUPYTER_PASSWORD_HASH: "argon2:$argon2id$v=19$abc" });
    expect(file(entry, "tmp/lab-password")).toBe("argon2:$argon2id$v=19$abc");
    expect(file(entry, "tmp/lab-token")).toBe("");
    expect(entry.output()).toContain("with the password that was set");
  });

  test("only their user can read the files that hold them", async () => {
    const entry = await secretOf({});
    for (const name of ["token", "password-hash", "url"])
      expect(statSync(join(entry.root, "run/morello/jupyter", name)).mode & 0o077, name).toBe(0);
  });

  test("a plain password is refused, and how to make a hash is said", async () => {
    const entry = start({ env: { JUPYTER_PASSWORD_HASH: "hunter2" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("is no hash");
    expect(entry.output()).not.toContain("hunter2");
  });

  test("a token file that is not there is refused: no lab starts with another token", async () => {
    const entry = start({ env: { JUPYTER_TOKEN_FILE: "/run/secrets/none" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("/run/secrets/none cannot be read");
  });
});

describe("the user", () => {
  const owned = (uid: number): string => `chown ${uid}:${uid} "$root/workspace"`;

  test("is the owner of the workspace, with a name and a home", async () => {
    const entry = start({ before: owned(1234) });
    await entry.says("JupyterLab:");
    expect(file(entry, "tmp/lab-id")).toContain("uid=1234(morello) gid=1234(morello)");
    expect(file(entry, "tmp/lab-env")).toMatch(/^HOME=\/home\/morello$/m);
    expect(statSync(join(entry.root, "home/morello")).uid).toBe(1234);
  });

  test("is root where the workspace is root's, or nobody's as rootless engines show it", async () => {
    for (const uid of [0, 65534]) {
      const entry = start({ before: owned(uid) });
      await entry.says("JupyterLab:");
      expect(file(entry, "tmp/lab-id")).toContain("uid=0(root)");
    }
  });

  test("is whoever MORELLO_UID says", async () => {
    const entry = start({ before: owned(1234), env: { MORELLO_UID: "2000", MORELLO_GID: "3000" } });
    await entry.says("JupyterLab:");
    expect(file(entry, "tmp/lab-id")).toContain("uid=2000(morello) gid=3000");
    expect(entry.output()).toContain("/workspace cannot be written to by uid 2000");
  });

  test("a number is wanted", async () => {
    const entry = start({ env: { MORELLO_UID: "ada" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("MORELLO_UID is ada; a number is wanted");
  });

  test("an arbitrary uid without an entry in /etc/passwd starts the lab in a home of its own", async () => {
    const entry = start({ user: { uid: 54321, gid: 0 }, env: { HOME: "/" } });
    await entry.says("JupyterLab:");
    expect(file(entry, "tmp/lab-id")).toContain("uid=54321");
    expect(file(entry, "tmp/lab-env")).toMatch(/^HOME=\/tmp\/morello-54321\/home$/m);
    expect((await entry.exec(["sh", "-c", "ls -ldn /tmp/morello-54321"])).stdout.toString()).toContain("54321");
  });

  test("an arbitrary uid gets a name where /etc/passwd may be written, as on OpenShift", async () => {
    const entry = start({ user: { uid: 54321, gid: 0 }, before: 'chmod g+w "$root/etc/passwd"' });
    await entry.says("JupyterLab:");
    expect(file(entry, "tmp/lab-id")).toContain("uid=54321(morello)");
  });

  test("a directory in /tmp that somebody else has made is not taken", async () => {
    const entry = start({
      user: { uid: 54321, gid: 0 },
      before: 'mkdir -m 777 "$root/tmp/morello-54321"',
    });
    await entry.says("JupyterLab:");
    expect(file(entry, "tmp/lab-env")).toContain("MORELLO_JUPYTER=/dev/shm/morello-54321/jupyter");
  });
});

describe("a file system that cannot be written", () => {
  test("is enough with memory for /run and /tmp", async () => {
    const entry = start({ readOnly: true, writable: ["/run", "/tmp"] });
    await entry.says("JupyterLab:");
    expect(entry.output()).toContain("/workspace cannot be written to");
  });

  test("is enough with nothing but the shared memory that every container has", async () => {
    const entry = start({ readOnly: true, args: ["sh", "-c", "echo run with $HOME"] });
    expect(await entry.ended).toBe(0);
    expect(entry.output()).toContain("run with /dev/shm/morello-0/home\n");
  });
});

describe("ports", () => {
  test("another default is looked for where 8888 is taken, as it can be with the host's network", async () => {
    const entry = start({ before: 'chroot "$root" /bin/httpd -p 8888 -h /tmp' });
    await entry.says("lab?token=");
    expect(entry.output()).toMatch(/port 8888 is taken, so 8889 is used[^]*127\.0\.0\.1:8889\/lab/);
  });

  test("a port that was asked for and is taken is an error", async () => {
    const entry = start({ before: 'chroot "$root" /bin/httpd -p 8890 -h /tmp', env: { JUPYTER_PORT: "8890" } });
    expect(await entry.ended).toBe(1);
    expect(entry.output()).toContain("port 8890 is taken");
  });

  test("a port is a number", async () => {
    const entry = start({ env: { JUPYTER_PORT: "http" } });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("JUPYTER_PORT is http; a port from 1 to 65535 is wanted");
  });
});

describe("a command", () => {
  test("runs instead, with its words as they were given and its own exit status", async () => {
    const entry = start({ args: ["sh", "-c", 'printf "%s|" "$@"; exit 7', "sh", "a b", "", "$HOME"] });
    expect(await entry.ended).toBe(7);
    expect(entry.output()).toContain("a b||$HOME|");
  });

  test("reads what comes in", async () => {
    const entry = start({ args: ["cat"], input: "to be kept\n" });
    expect(await entry.ended).toBe(0);
    expect(entry.output()).toBe("to be kept\n");
  });

  test("runs as the owner of the workspace", async () => {
    const entry = start({ args: ["id", "-u"], before: 'chown 1234 "$root/workspace"' });
    await entry.ended;
    expect(entry.output()).toBe("1234\n");
  });

  test.each(["SIGTERM", "SIGUSR1"] as const)("gets %s", async (name) => {
    const script = `trap 'echo got ${name}; exit 5' ${name.slice(3)}; echo ready; while :; do sleep 0.1; done`;
    const entry = start({ args: ["sh", "-c", script] });
    await entry.says("ready");
    entry.signal(name);
    expect(await entry.ended).toBe(5);
    expect(entry.output()).toContain(`got ${name}`);
  });

  test("leaves no zombies: orphans are reaped", async () => {
    const orphans = "for i in 1 2 3 4 5; do (sleep 0.05 &); done; sleep 0.4; echo done; sleep 5";
    const entry = start({ args: ["sh", "-c", orphans] });
    await entry.says("done");
    const zombies = await entry.exec(["sh", "-c", "grep -l '^State:.Z' /proc/[0-9]*/status"]);
    expect(zombies.stdout.toString()).toBe("");
    entry.signal("SIGTERM");
  });

  test("that is not there is said with the status of shells", async () => {
    const entry = start({ args: ["trian.py"] });
    expect(await entry.ended).toBe(127);
    expect(entry.output()).toContain("trian.py");
  });

  test("an option of ours that we do not have is no command", async () => {
    const entry = start({ args: ["--port", "8888"] });
    expect(await entry.ended).toBe(2);
    expect(entry.output()).toContain("there is no option --port");
  });
});

describe("cuda-why", () => {
  test("has its say at the start, and never stops it", async () => {
    const why = "#!/bin/sh\necho 'no GPU: start with --gpus all'; exit 1\n";
    const entry = start({ programs: { ...LAB, "usr/local/bin/cuda-why": why } });
    await entry.says("JupyterLab:");
    expect(entry.output()).toMatch(/^no GPU: start with --gpus all\n/);
  });
});
