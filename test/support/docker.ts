// A docker daemon of its own, from Debian's packages unpacked beside the test: nothing is installed, no network is set up.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Environment } from "./environment.ts";
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

const PACKAGES = ["docker.io", "containerd"];

/** Downloads 62 MB. Gives the environment in which `docker` speaks to the daemon; it ends with the sandbox. */
export async function dockerDaemon(sandbox: Sandbox): Promise<Environment> {
  const directory = sandbox.path("docker");
  const must = async (program: string, args: readonly string[]): Promise<void> => {
    const done = await finished(program, args, { cwd: directory, env: { ...sandbox.env, PATH: process.env["PATH"] } });
    if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${done.stderr.toString()}`);
  };
  sandbox.write("docker/config/config.json", "{}\n");
  await must("apt-get", ["download", "-o", "APT::Sandbox::User=root", ...PACKAGES]);
  await must("sh", ["-c", "for deb in *.deb; do dpkg-deb -x $deb unpacked; done"]);
  const programs = ["usr/bin", "usr/sbin"].map((path) => sandbox.path("docker", "unpacked", path));
  const env = {
    ...sandbox.env,
    PATH: [...programs, sandbox.env["PATH"]].join(delimiter),
    DOCKER_HOST: `unix://${directory}/d.sock`,
    DOCKER_CONFIG: sandbox.path("docker", "config"),
  };
  const state = [
    "--data-root",
    `${directory}/root`,
    "--exec-root",
    `${directory}/exec`,
    "--pidfile",
    `${directory}/pid`,
  ];
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false"];
  const daemon = spawn("dockerd", [...state, "--host", env.DOCKER_HOST, ...network], { env, stdio: "ignore" });
  const ended = new Promise((resolve) => daemon.once("close", resolve));
  sandbox.beforeRemoval(async () => {
    if (existsSync(`${directory}/pid`)) process.kill(Number(readFileSync(`${directory}/pid`, "utf8")), "SIGTERM");
    await ended;
    const mounts = readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "");
    for (const mount of mounts.filter((each) => each.startsWith(directory)).reverse()) {
      await finished("umount", ["--lazy", mount], { cwd: "/", env: sandbox.env });
    }
  });
  for (let look = 0; look < 300 && daemon.exitCode === null; look++) {
    const asked = await finished("docker", ["version"], { cwd: directory, env });
    if (asked.status === 0) return env;
    await setTimeout(100);
  }
  throw new Error("dockerd did not start");
}
