// The start script as the first process of a container, without an engine: namespaces of its own, and as root directory
// either busybox alone or this machine's own Debian with everything written beside it. Needs root.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workbenchFiles } from "../../src/image/workbench.ts";
import { finished, type Finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

const BUSYBOX = "/bin/busybox"; // of Debian's busybox-static

/** Path below the root, without a leading slash -> content of a file that can be run. */
export type Programs = Readonly<Record<string, string>>;

export interface EntryOptions {
  /** `busybox`: nothing but it. `debian`: this machine, read-only, under a layer of its own. */
  readonly root: "busybox" | "debian";
  readonly programs?: Programs;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Nothing can be written but what `writable` names. */
  readonly readOnly?: boolean;
  /** Directories that are memory: `/tmp`. */
  readonly writable?: readonly string[];
  /** Shell commands that see the root as `$root`, before the script starts. */
  readonly before?: string;
  readonly terminal?: boolean;
  readonly input?: string;
}

export interface Entry {
  /** Where its files are; null of `debian`, which only `exec` sees. */
  readonly root: string;
  /** What it wrote so far, to stdout and stderr. */
  readonly output: () => string;
  /** Resolves when the output holds the text; throws, with the output, after ten seconds or when it has ended. */
  readonly says: (text: string | RegExp) => Promise<void>;
  /** Runs a command beside it, as `docker exec` does. */
  readonly exec: (command: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Sends a signal to its first process. */
  readonly signal: (name: NodeJS.Signals) => void;
  readonly type: (text: string) => void;
  readonly ended: Promise<number>;
}

/** A lab that answers on the port that it is told, and writes down how it was started. */
export const FAKE_LAB = `#!/bin/sh
mkdir -p /tmp/www && echo '{"version":"0"}' >/tmp/www/api
echo "$@" >/tmp/lab-args; env >/tmp/lab-env; id >/tmp/lab-id; pwd >/tmp/lab-directory; readlink /proc/$$/cwd >/dev/null
cp "$MORELLO_JUPYTER/token" /tmp/lab-token; cp "$MORELLO_JUPYTER/password-hash" /tmp/lab-password
for word; do case $word in --port=*) port=\${word#*=} ;; esac; done
exec busybox httpd -f -p "$port" -h /tmp/www
`;

const SETUP = `set -e
mount --make-rprivate /
if [ -n "$LOWER" ]; then mount -t overlay overlay -o "lowerdir=/,upperdir=$LOWER/upper,workdir=$LOWER/work" "$root"; fi
mount --bind "$root" "$root" 2>/dev/null || true
mkdir -p "$root/proc" "$root/dev" "$root/run" "$root/tmp" "$root/workspace"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ip link set lo up
eval "$BEFORE"
if [ -n "$READ_ONLY" ]; then mount -o remount,bind,ro "$root"; fi
for directory in $WRITABLE; do mount -t tmpfs -o mode=1777 tmpfs "$root$directory"; done
# As engines do: the first process leads the terminal's session, and Ctrl-C reaches nothing outside.
if [ -n "$TERMINAL" ]; then exec setsid --ctty env -i "$@"; fi
exec env -i "$@"
`;

let number = 0;

export function startEntry(sandbox: Sandbox, options: EntryOptions): Entry {
  const { args = [], env = {}, user, programs = {}, before = "", writable = [], terminal = false } = options;
  const at = (...parts: string[]): string => sandbox.path(`entry-${number}`, ...parts);
  number++;
  const root = at("root");
  const upper = options.root === "debian" ? at("layer", "upper") : root;
  for (const directory of [root, upper, at("layer", "work")]) mkdirSync(directory, { recursive: true });
  if (options.root === "busybox") layBusybox(root);
  for (const { path, mode, bytes } of workbenchFiles({ services: { jupyter: true, ssh: true } }))
    lay(join(upper, path), bytes, mode);
  for (const [path, content] of Object.entries(programs)) lay(join(upper, path), content, 0o755);

  const variables = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...env };
  const as = user === undefined ? [] : [`--userspec=${user.uid}:${user.gid}`, "--groups="];
  const words = [
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    "/usr/sbin/chroot",
    ...as,
    root,
    "/usr/local/bin/morello-start",
    ...args,
  ];
  const unshare = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", SETUP, "sh", ...words];
  const quoted = unshare.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const [program = "", ...rest] = terminal ? ["script", "-qefc", quoted, "/dev/null"] : unshare;
  const child = spawn(program, rest, {
    env: {
      PATH: variables.PATH,
      root,
      LOWER: options.root === "debian" ? at("layer") : "",
      BEFORE: before,
      READ_ONLY: options.readOnly === true ? "yes" : "",
      WRITABLE: writable.join(" "),
      SHELL: "/bin/sh",
      TERMINAL: terminal ? "yes" : "",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (options.input !== undefined) child.stdin.end(options.input);
  else if (!terminal) child.stdin.end();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let status: number | null = null;
  const ended = new Promise<number>((resolve) => {
    child.once("close", (code) => {
      status = code ?? 255;
      resolve(status);
    });
  });
  const first = (): number => firstProcess(child.pid ?? 0);
  sandbox.beforeRemoval(async () => {
    if (status === null) {
      process.kill(first(), "SIGKILL"); // the others of its namespace end with it
      child.kill("SIGKILL");
    }
    await ended;
  });
  return {
    root,
    output: () => output,
    async says(text) {
      const isThere = (): boolean => (typeof text === "string" ? output.includes(text) : text.test(output));
      for (let tries = 0; tries < 500 && status === null && !isThere(); tries++) await sleep(20);
      if (!isThere()) throw new Error(`it did not say ${text}, but:\n${output}`);
    },
    exec: (command, more = {}) =>
      finished("nsenter", ["-t", String(first()), "-m", "-p", "-n", "/usr/sbin/chroot", root, ...command], {
        cwd: "/",
        env: { ...variables, ...more },
      }),
    signal: (name) => process.kill(first(), name),
    type: (text) => void child.stdin.write(text),
    ended,
  };
}

/** The first process of the innermost namespace, as it is numbered here. */
function firstProcess(pid: number): number {
  let at = pid;
  for (;;) {
    const isFirst = /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${at}/status`, "utf8"));
    const [child] = readFileSync(`/proc/${at}/task/${at}/children`, "utf8").trim().split(" ");
    if (isFirst || child === undefined || child === "") return at;
    at = Number(child);
  }
}

function lay(path: string, content: string | Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

const APPLETS =
  "awk basename cat chgrp chmod chown cp cut date dirname env expr false grep head hostname httpd id kill ls mkdir mv nc od printf ps pwd readlink rm sed sh sleep sort stat su tail test touch tr true uname";

function layBusybox(root: string): void {
  mkdirSync(join(root, "bin"), { recursive: true });
  cpSync(BUSYBOX, join(root, "bin", "busybox"));
  for (const applet of APPLETS.split(" ")) symlinkSync("busybox", join(root, "bin", applet));
  lay(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n", 0o644);
  lay(join(root, "etc/group"), "root:x:0:\n", 0o644);
  mkdirSync(join(root, "root"));
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
}
