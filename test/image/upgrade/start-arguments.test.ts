import { describe, expect, test } from "vitest";
import { readContainer, readImage, type Container, type Image } from "../../../src/image/upgrade/container.ts";
import {
  changedPaths,
  doorCommand,
  startCommand,
  writtenFiles,
  type Next,
} from "../../../src/image/upgrade/start-arguments.ts";

/** What docker says of `docker run -it --gpus all -p 8888:8888 -v $(pwd):/workspace …`; what nobody reads is left out. */
const DOCKER = {
  Id: "0f1e",
  Name: "/lab",
  Image: "sha256:aaaa",
  State: { Status: "running", Running: true, Pid: 4711, ExitCode: 0, Health: { Status: "healthy" } },
  Mounts: [
    { Type: "bind", Source: "/home/ada/work", Destination: "/workspace", Mode: "", RW: true, Propagation: "rprivate" },
    {
      Type: "volume",
      Name: "keys",
      Source: "/var/lib/docker/volumes/keys/_data",
      Destination: "/etc/morello/host-keys",
      RW: true,
    },
    { Type: "bind", Source: "/data", Destination: "/data", RW: false },
  ],
  NetworkSettings: {
    Ports: {
      "8888/tcp": [
        { HostIp: "0.0.0.0", HostPort: "8888" },
        { HostIp: "::", HostPort: "8888" },
      ],
      "6006/tcp": null,
    },
  },
  Config: {
    Image: "registry.example/app:v2.7.0",
    Env: ["JUPYTER_TOKEN=secret", "HTTPS_PROXY=http://proxy.example", "PATH=/usr/bin", "PYTHONPATH=/opt/app"],
    Cmd: null,
    Entrypoint: ["/usr/local/bin/morello-start"],
    Labels: { "org.opencontainers.image.version": "v2.7.0", "team": "vision" },
    User: "",
    Tty: true,
  },
  HostConfig: {
    NetworkMode: "default",
    PortBindings: { "8888/tcp": [{ HostIp: "", HostPort: "8888" }] },
    ShmSize: 8_589_934_592,
    Ulimits: [{ Name: "memlock", Soft: -1, Hard: -1 }],
    DeviceRequests: [{ Driver: "", Count: -1, DeviceIDs: null, Capabilities: [["gpu"]], Options: {} }],
    IpcMode: "private",
    CapAdd: null,
    SecurityOpt: null,
    Init: null,
    RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
  },
};

const DOCKER_IMAGE = {
  Id: "sha256:aaaa",
  RepoDigests: [`registry.example/app@sha256:${"a".repeat(64)}`],
  Config: {
    Env: ["PATH=/usr/bin", "PYTHONPATH=/opt/app"],
    Cmd: null,
    Entrypoint: ["/usr/local/bin/morello-start"],
    Labels: { "org.opencontainers.image.version": "v2.7.0" },
  },
};

function docker(change: object = {}): Container {
  return readContainer("docker", JSON.stringify([{ ...DOCKER, ...change }]));
}

function hostConfig(change: object): Container {
  return docker({ HostConfig: { ...DOCKER.HostConfig, ...change } });
}

const image: Image = readImage("docker", JSON.stringify([DOCKER_IMAGE]));

const next: Next = {
  name: "lab-v2.7.1",
  image: `registry.example/app@sha256:${"b".repeat(64)}`,
  ports: [{ inside: 8888, port: 41_000 }],
  labels: { "morello.workbench": "lab" },
  mounts: [],
  env: [],
};

describe("what docker tells of a container", () => {
  test("is what it was started with", () => {
    expect(docker()).toMatchObject({
      name: "lab",
      image: "registry.example/app:v2.7.0",
      imageId: "aaaa",
      init: 4711,
      health: "healthy",
      command: [],
      ports: [{ inside: 8888, bind: "0.0.0.0", port: 8888 }],
      gpus: ["--gpus", "all"],
      ulimits: ["memlock=-1:-1"],
      restart: "unless-stopped",
      tty: true,
    });
  });

  test.each([
    ["some by their index", [{ Driver: "", Count: 0, DeviceIDs: ["0", "1"] }], ["--gpus", '"device=0,1"']],
    ["a number of them", [{ Driver: "", Count: 2, DeviceIDs: null }], ["--gpus", "2"]],
    ["by CDI", [{ Driver: "cdi", DeviceIDs: ["nvidia.com/gpu=0"] }], ["--device", "nvidia.com/gpu=0"]],
    ["none", null, []],
  ])("are its GPUs: %s", (_what, DeviceRequests, gpus) => {
    expect(hostConfig({ DeviceRequests }).gpus).toEqual(gpus);
  });

  test("are the ports that it asked for, where it does not run", () => {
    expect(docker({ NetworkSettings: { Ports: {} } }).ports).toEqual([{ inside: 8888, bind: "0.0.0.0", port: 8888 }]);
  });

  test("is an error where it is something else", () => {
    for (const text of ["", "[]", '[{"Id":1}]']) expect(() => readContainer("docker", text)).toThrow("docker inspect");
  });
});

describe("the next version", () => {
  const { args, env } = startCommand("docker", docker(), image, next);
  const line = args.join(" ");

  test("is started as the old one was", () => {
    expect(line).toContain("run --detach --name lab-v2.7.1");
    expect(line).toContain("--volume /home/ada/work:/workspace");
    expect(line).toContain("--volume keys:/etc/morello/host-keys");
    expect(line).toContain("--volume /data:/data:ro");
    expect(line).toContain("--gpus all");
    expect(line).toContain("--shm-size 8589934592");
    expect(line).toContain("--ulimit memlock=-1:-1");
    expect(line).toContain("--restart unless-stopped");
    expect(line).toContain("--label team=vision");
    expect(args.at(-1)).toBe(next.image);
  });

  test("is reached by the door alone", () => {
    expect(args.filter((_, at) => args[at - 1] === "--publish")).toEqual(["127.0.0.1:41000:8888"]);
  });

  test("keeps what it was given from lists of processes, and from changing the engine", () => {
    expect(line).not.toContain("secret");
    expect(env).toEqual({ JUPYTER_TOKEN: "secret" });
    expect(line).toContain("--env HTTPS_PROXY=http://proxy.example");
  });

  test("has its own image's variables and labels, not the old one's", () => {
    expect(line).not.toContain("PYTHONPATH");
    expect(line).not.toContain("org.opencontainers.image.version");
  });

  test("has what is laid over the old one's", () => {
    const laid = startCommand("docker", docker(), image, {
      ...next,
      env: ["JUPYTER_TOKEN=other"],
      mounts: [{ kind: "bind", source: "/state/keys", at: "/etc/morello/host-keys", writable: true }],
    });
    expect(laid.env).toEqual({ JUPYTER_TOKEN: "other" });
    expect(laid.args.filter((word) => word.includes("host-keys"))).toEqual(["/state/keys:/etc/morello/host-keys"]);
  });

  test("gets a network of its own where the old one had the host's: both would want the same ports", () => {
    expect(startCommand("docker", hostConfig({ NetworkMode: "host" }), image, next).args).not.toContain("--network");
    expect(startCommand("docker", hostConfig({ NetworkMode: "team" }), image, next).args.join(" ")).toContain(
      "--network team",
    );
  });
});

describe("podman", () => {
  const podman = (made: readonly string[]): Container =>
    readContainer(
      "podman",
      JSON.stringify([
        {
          ...DOCKER,
          Name: "lab",
          ImageName: "registry.example/app:v2.7.0",
          Config: { ...DOCKER.Config, Entrypoint: "/usr/local/bin/morello-start", CreateCommand: made },
          HostConfig: { ...DOCKER.HostConfig, DeviceRequests: undefined },
        },
      ]),
    );

  test("tells of GPUs and limits by the command that made the container", () => {
    const made = ["podman", "run", "--device", "nvidia.com/gpu=all", "--device=/dev/fuse", "--ulimit=stack=1:1", "app"];
    expect(podman(made)).toMatchObject({
      init: 1,
      entrypoint: ["/usr/local/bin/morello-start"],
      gpus: ["--device", "nvidia.com/gpu=all"],
      ulimits: ["stack=1:1"],
    });
  });

  test("gets the health check on its command line", () => {
    expect(startCommand("podman", podman([]), image, next).args.join(" ")).toContain(
      "--health-cmd /usr/local/bin/morello-health",
    );
  });
});

describe("the door", () => {
  const door = { workbench: "lab", name: "lab-door", image: "app@sha256:ab", directory: "/state/door" };

  test("has the host's network and nothing else: no rights, no GPU, no files but its own", () => {
    const line = doorCommand("docker", door, { uid: 1000, gid: 100 }).join(" ");
    expect(line).toContain("--network host --restart unless-stopped --user 1000:100");
    expect(line).toContain("--read-only --cap-drop all --security-opt no-new-privileges");
    expect(line).not.toContain("gpu");
    expect(line.match(/--volume/g)).toHaveLength(1);
    expect(line).toMatch(/--entrypoint python3 app@sha256:ab -I -S \/door\/door\.py$/);
  });

  test("is the caller's also where podman maps users", () => {
    expect(doorCommand("podman", door, { uid: 1000, gid: 100 }).join(" ")).toContain("--user 0:0");
  });
});

describe("files that a person wrote in a container", () => {
  const mounts = docker().mounts;

  test("are those that nothing else holds", () => {
    const diff = ["C /root", "A /root/notes.ipynb", "C /opt/app/train.py", "C /opt", "C /opt/app", "D /opt/app/old.py"];
    expect(writtenFiles(diff.join("\n"), mounts, [])).toEqual(["/opt/app/train.py", "/root/notes.ipynb"]);
  });

  test("are not what is mounted, temporary, or written by the start", () => {
    const diff = [
      "A /workspace/model.pt",
      "A /workspace",
      "C /etc",
      "A /etc/morello/host-keys/ed25519",
      "C /etc/hosts",
      "A /tmp/x",
      "A /run/morello/jupyter/token",
      "A /root/.cache/pip/x",
      "A /opt/app/__pycache__/train.cpython-311.pyc",
      "A /root/.bash_history",
      "A /root/.jupyter/lab/workspaces/default",
    ];
    expect(writtenFiles(diff.join("\n"), mounts, ["/root/.jupyter/lab/workspaces/default"])).toEqual([]);
  });

  test("may have odd names", () => {
    expect(changedPaths("A /root/a b\nA /root/ä\nA /root/a\nA /root/a/c\n")).toEqual([
      "/root/a b",
      "/root/a",
      "/root/a/c",
      "/root/ä",
    ]);
  });
});
