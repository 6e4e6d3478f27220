// What shall run and what the host has, as an engine's command line: literals in, words out.
import { describe, expect, test } from "vitest";
import {
  containerUser,
  gpuWay,
  runCommand,
  shellWords,
  sshConfig,
  torchrun,
  type HostFacts,
  type RunOptions,
  type RunSpec,
} from "../../src/image/run-command.ts";

const SPEC: RunSpec = {
  name: "app-v2.7",
  image: `registry.example/app@sha256:${"a".repeat(64)}`,
  asked: "registry.example/app:v2.7.1",
  command: [],
  workspace: "/home/ada/work",
  bind: "127.0.0.1",
  ports: { jupyter: 8888, ssh: null },
  more: [],
  gpus: "all",
  shmSize: 8_000_000_000,
  ipc: "private",
  network: null,
  volumes: [],
  env: [],
  authorizedKeys: [],
  keepHostKeys: true,
  workbench: true,
  imageUser: "",
};

const DOCKER: HostFacts = {
  engine: { name: "docker", version: [28, 2, 2], rootless: false, healthchecks: true },
  gpu: { count: 2, cdi: false, toolkit: true },
  uid: 1000,
  gid: 1001,
  selinux: false,
  limits: { mayRaise: true, memlock: -1, stack: -1 },
};

const PODMAN: HostFacts = {
  ...DOCKER,
  engine: { name: "podman", version: [4, 3, 1], rootless: true, healthchecks: false },
  gpu: { count: 2, cdi: true, toolkit: false },
  limits: { mayRaise: false, memlock: 8_388_608, stack: -1 },
};

function words(
  spec: Partial<RunSpec> = {},
  host: HostFacts = DOCKER,
  options: RunOptions = { mode: "interactive", tokenFile: "/state/token" },
): string[] {
  return runCommand({ ...SPEC, ...spec }, host, options);
}

/** The values of an option. */
function values(all: readonly string[], option: string): string[] {
  return all.flatMap((word, at) => (word === option ? [all[at + 1] ?? ""] : []));
}

test("a lab on docker, whole", () => {
  expect(words()).toEqual([
    ...["docker", "run", "--interactive", "--tty", "--rm", "--name", "app-v2.7"],
    ...["--label", "morello.workbench=app-v2.7", "--label", "morello.image=registry.example/app:v2.7.1"],
    ...["--gpus", "all", "--publish", "127.0.0.1:8888:8888", "--shm-size", "8000000000"],
    ...["--ulimit", "memlock=-1:-1", "--ulimit", "stack=67108864:67108864"],
    ...["--env", "MORELLO_UID=1000", "--env", "MORELLO_GID=1001"],
    ...["--volume", "/home/ada/work:/workspace", "--volume", "/state/token:/run/secrets/jupyter-token:ro"],
    ...["--env", "MORELLO_URL=http://127.0.0.1:8888"],
    ...["--health-cmd", "/usr/local/bin/morello-health", "--health-interval", "30s", "--health-start-period", "60s"],
    SPEC.image,
  ]);
});

test("a lab on podman without rights, whole", () => {
  expect(words({}, PODMAN, { mode: "detached", tokenFile: null })).toEqual([
    ...["podman", "run", "--detach", "--name", "app-v2.7"],
    ...["--label", "morello.workbench=app-v2.7", "--label", "morello.image=registry.example/app:v2.7.1"],
    ...["--device", "nvidia.com/gpu=all", "--publish", "127.0.0.1:8888:8888", "--shm-size", "8000000000"],
    ...["--ulimit", "memlock=8388608:8388608", "--ulimit", "stack=67108864:67108864"],
    ...["--env", "MORELLO_UID=0", "--volume", "/home/ada/work:/workspace"],
    ...["--env", "MORELLO_URL=http://127.0.0.1:8888"],
    SPEC.image,
  ]);
});

describe("GPUs", () => {
  test.each<[string, Partial<HostFacts>, RunSpec["gpus"], ReturnType<typeof gpuWay>]>([
    ["docker with the toolkit", DOCKER, "all", "gpus"],
    ["docker 28.2 with CDI alone", { ...DOCKER, gpu: { count: 1, cdi: true, toolkit: false } }, "all", "cdi"],
    [
      "an older docker with CDI alone",
      { engine: { ...DOCKER.engine, version: [27, 5] }, gpu: { count: 1, cdi: true, toolkit: false } },
      "all",
      "unreachable",
    ],
    ["podman with CDI", PODMAN, "all", "cdi"],
    ["podman without", { ...PODMAN, gpu: { count: 1, cdi: false, toolkit: true } }, "all", "unreachable"],
    ["a host without any", { ...DOCKER, gpu: { count: 0, cdi: false, toolkit: true } }, "all", "none"],
    ["nobody wants one", DOCKER, "none", "none"],
  ])("%s", (_what, host, gpus, way) => {
    expect(gpuWay({ gpus }, { ...DOCKER, ...host })).toBe(way);
  });

  test("some of them are named as each engine reads it", () => {
    expect(values(words({ gpus: ["0"] }), "--gpus")).toEqual(["device=0"]);
    expect(values(words({ gpus: ["0", "2"] }), "--gpus")).toEqual(['"device=0,2"']);
    expect(values(words({ gpus: ["0", "2"] }, PODMAN), "--device")).toEqual(["nvidia.com/gpu=0", "nvidia.com/gpu=2"]);
  });

  test("torchrun starts a process for each that is given, and one where none is", () => {
    expect(torchrun(["train.py", "--epochs", "3"], SPEC, DOCKER)).toEqual(
      ["torchrun", "--standalone", "--nproc-per-node=2", "train.py", "--epochs", "3"], // prettier-ignore
    );
    expect(torchrun(["t.py"], { gpus: ["1"] }, DOCKER)[2]).toBe("--nproc-per-node=1");
    expect(torchrun(["t.py"], { gpus: "none" }, DOCKER)[2]).toBe("--nproc-per-node=1");
  });
});

describe("who works", () => {
  const user = (spec: Partial<RunSpec>, host: HostFacts): string[] => {
    const all = words(spec, host);
    const ids = values(all, "--env").filter((entry) => /^MORELLO_[UG]ID=/.test(entry));
    return [...values(all, "--user"), ...values(all, "--userns"), ...ids];
  };

  test.each<[string, Partial<RunSpec>, Partial<HostFacts>, string[]]>([
    ["docker: the start script becomes the caller", {}, DOCKER, ["MORELLO_UID=1000", "MORELLO_GID=1001"]],
    ["podman without rights: root is the caller", {}, PODMAN, ["MORELLO_UID=0"]],
    ["root stays root", {}, { uid: 0, gid: 0 }, ["MORELLO_UID=0"]],
    ["another image on docker", { workbench: false }, DOCKER, ["1000:1001"]],
    ["another image on podman", { workbench: false }, PODMAN, []],
    ["an image with a user on docker", { imageUser: "ada" }, DOCKER, ["1000:1001"]],
    ["an image with a user on podman", { imageUser: "1234" }, PODMAN, ["keep-id"]],
    ["an image whose user is root", { imageUser: "0:0" }, PODMAN, ["MORELLO_UID=0"]],
  ])("%s", (_what, spec, host, wanted) => {
    expect(user(spec, { ...DOCKER, ...host })).toEqual(wanted);
  });

  test("logs in as root where root is the caller, else as morello", () => {
    expect(containerUser(DOCKER)).toBe("morello");
    expect(containerUser(PODMAN)).toBe("root");
  });
});

describe("ports", () => {
  test("an IPv6 address stands in brackets", () => {
    const all = words({ bind: "::1", ports: { jupyter: 9000, ssh: null } });
    expect(values(all, "--publish")).toEqual(["[::1]:9000:8888"]);
    expect(values(all, "--env")).toContain("MORELLO_URL=http://[::1]:9000");
  });

  test("with the host's network nothing is published, and the services are told their ports", () => {
    const all = words({ network: "host", ports: { jupyter: 9000, ssh: 2200 }, authorizedKeys: ["ssh-ed25519 A"] });
    expect(values(all, "--publish")).toEqual([]);
    expect(values(all, "--network")).toEqual(["host"]);
    expect(values(all, "--env")).toEqual(expect.arrayContaining(["JUPYTER_PORT=9000", "SSH_PORT=2200"]));
  });

  test("a command instead of the lab opens none", () => {
    const all = words({ command: ["python", "train.py"], ports: { jupyter: null, ssh: null } });
    expect(values(all, "--publish")).toEqual([]);
    expect(all.slice(-3)).toEqual([SPEC.image, "python", "train.py"]);
    expect(values(all, "--env").some((entry) => entry.startsWith("JUPYTER"))).toBe(false);
  });
});

test("SSH brings the public keys, and a volume in which the host key stays", () => {
  const all = words({ ports: { jupyter: null, ssh: 2222 }, authorizedKeys: ["ssh-ed25519 A ada", "ssh-rsa B"] });
  expect(values(all, "--publish")).toEqual(["127.0.0.1:2222:22"]);
  expect(values(all, "--volume")).toContain("app-v2.7-host-keys:/etc/morello/host-keys");
  expect(values(all, "--env")).toEqual(
    expect.arrayContaining(["SSH=1", "AUTHORIZED_KEYS=ssh-ed25519 A ada\nssh-rsa B", "JUPYTER=0"]),
  );
});

test("the host's shared memory has no size of its own", () => {
  const all = words({ ipc: "host", shmSize: null });
  expect([values(all, "--ipc"), values(all, "--shm-size")]).toEqual([["host"], []]);
});

test("root without the right to raise limits leaves them to the engine", () => {
  const host = { ...PODMAN, uid: 0, engine: { ...PODMAN.engine, rootless: false } };
  expect(values(words({}, host), "--ulimit")).toEqual([]);
});

test("files are labelled where SELinux enforces", () => {
  const mounts = values(words({}, { ...PODMAN, selinux: true }), "--volume");
  expect(mounts).toEqual(["/home/ada/work:/workspace:z", "/state/token:/run/secrets/jupyter-token:ro,z"]);
});

test("another image gets an init, and no health check that it does not have", () => {
  const all = words({ workbench: false, command: ["true"], ports: { jupyter: null, ssh: null } });
  expect(all).toContain("--init");
  expect(all).not.toContain("--health-cmd");
  expect(values(all, "--workdir")).toEqual(["/workspace"]);
});

test("words are quoted so that a shell gives them back", () => {
  expect(shellWords(["a", "it's", "$HOME", "", "x=1"])).toBe(`a 'it'\\''s' '$HOME' '' x=1`);
});

test("the block for ~/.ssh/config", () => {
  const host = { name: "app-v2.7", bind: "0.0.0.0", port: 2222, user: "morello", identity: "/home/ada/my keys/id" };
  expect(sshConfig(host)).toBe(`Host app-v2.7
  HostName 127.0.0.1
  Port 2222
  User morello
  IdentityFile "/home/ada/my keys/id"
  IdentitiesOnly yes
  HostKeyAlias app-v2.7
  StrictHostKeyChecking accept-new
`);
  expect(sshConfig({ ...host, identity: null })).not.toContain("Identit");
});
