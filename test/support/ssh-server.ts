// git over SSH on the loopback address: openssh-server as a process of this user's, and one key that may do nothing but
// what git-shell lets it.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Sandbox } from "./sandbox.ts";
import { keyPair } from "./ssh-keys.ts";

const SSHD = "/usr/sbin/sshd"; // it wants to be called by its full path

export interface SshServer {
  /** `ssh://<user>@127.0.0.1:<port>`; a repository is `url/<its full path>`. */
  readonly url: string;
  /** For `GIT_SSH_COMMAND`: with the key, and with nothing of the person's. */
  readonly command: string;
}

/** It serves whatever its user can reach, and goes with the sandbox. */
export async function sshServer(sandbox: Sandbox): Promise<SshServer> {
  const [host, pusher] = [await keyPair(sandbox, "ssh-host"), await keyPair(sandbox, "ssh-pusher")];
  const env = Object.entries(sandbox.env).flatMap(([name, value]) =>
    value !== undefined &&
    /^(PATH|HOME|XDG_CONFIG_HOME|TMPDIR|GIT_CONFIG_NOSYSTEM|GIT_ATTR_NOSYSTEM|LC_ALL)$/.test(name)
      ? [`${name}='${value}'`]
      : [],
  );
  const forced = `env ${env.join(" ")} git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"`;
  const authorized = sandbox.write("ssh/authorized_keys", `restrict,command="${forced}" ${pusher.text}\n`, 0o600);
  const port = await freePort();
  const settings = [
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${host.file}`,
    `AuthorizedKeysFile ${authorized}`,
    `PidFile none`,
    "StrictModes no", // the sandbox lies in a directory that everybody may write to
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
  ];
  const configuration = sandbox.write("ssh/sshd_config", `${settings.join("\n")}\n`);
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 }); // root's sshd wants it
  const child = spawn(SSHD, ["-D", "-e", "-f", configuration], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  sandbox.beforeRemoval(async () => {
    child.kill();
    await ended;
  });
  for (let look = 0; !said.includes("Server listening"); look++) {
    if (look > 200 || child.exitCode !== null) throw new Error(`sshd does not start: ${said}`);
    await setTimeout(25);
  }
  const hosts = sandbox.write("ssh/known_hosts", `[127.0.0.1]:${port} ${host.text}\n`);
  const options = [
    "-F none",
    `-i ${pusher.file}`,
    "-o IdentitiesOnly=yes",
    "-o BatchMode=yes",
    `-o UserKnownHostsFile=${hosts}`,
  ];
  return { url: `ssh://${userInfo().username}@127.0.0.1:${port}`, command: `ssh ${options.join(" ")}` };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
