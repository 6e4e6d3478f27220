// The image that people have: Debian with PyTorch, Jupyter and SSH. Locked from Debian's archive, built, pushed, patched,
// started; beside it the two usual ways, their bytes counted by the same proxy. Prints a table for docs/performance.
import { gzipSync } from "node:zlib";
import { chmodSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { parseLock } from "../../src/environment/lock-text.ts";
import { wantedFiles } from "../../src/image/build-context.ts";
import { fetchFiles } from "../../src/image/fetch.ts";
import { buildImage, type ImageBuildInput } from "../../src/usecase/image/build.ts";
import { lockImage } from "../../src/usecase/image/lock.ts";
import { packageCache } from "../../src/usecase/image/package-cache.ts";
import { containers, type Containers } from "../support/containers.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { countingProxy, registryServer, type CountingProxy } from "../support/registry.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { depsOf } from "../usecase/setting.ts";
import { checkWorkbench } from "./check-workbench.ts";
import { debianBase } from "./debian-base.ts";

const EPOCH = 1_735_689_600;

const PACKAGES = ["python3", "python3-torch", "jupyter-notebook", "openssh-server", "tmux", "screen", "procps", "tini"];

const spec = (host: string, digest: string): string => `image:
  name: ${host}/team/app
  environment:
    base: ${host}/debian@${digest}
    packages: {apt: [${PACKAGES.join(", ")}]}
  source: {path: /opt/app, include: [ptcuda]}
  services: {jupyter: true, ssh: true}
`;

/** Forty modules of some kilobytes. */
const MODULES = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [
    `ptcuda/module_${n}.py`,
    Array.from({ length: 120 }, (_line, line) => `def step_${line}(x):\n    return x * ${line} + ${n}\n`).join("\n"),
  ]),
);

const report: string[] = [];
function say(line: string): void {
  report.push(line);
  process.stdout.write(`${line}\n`);
}

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await act();
  } finally {
    process.stdout.write(`# ${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
}

function build(repository: TestRepository, env: Containers["env"], wanted: string, output: string) {
  const input: ImageBuildInput = {
    wanted,
    output,
    from: null,
    variants: [],
    rebuild: false,
    engine: null,
    dryRun: false,
    record: false,
    attest: false,
    sign: null,
  };
  return buildImage(depsOf(repository, { env }), input);
}

interface Cost {
  readonly up: number;
  readonly seconds: number;
}

async function counted(proxy: CountingProxy, act: () => Promise<unknown>): Promise<Cost> {
  proxy.reset();
  const start = performance.now();
  await act();
  return { up: proxy.up, seconds: (performance.now() - start) / 1000 };
}

test("a patch release of a full image costs what it changed", async () => {
  const sandbox = makeSandbox();
  const { host } = await registryServer(sandbox);
  const proxy = await countingProxy(sandbox, host);
  const engines = containers(sandbox);
  const base = await timed("base by mmdebstrap", () => debianBase(sandbox, EPOCH));
  for (const name of ["debian", "early", "late", "team/app"]) {
    const to = `docker://${host}/${name}:bookworm`;
    await engines.run("skopeo", ["copy", "--dest-tls-verify=false", `oci:${base.directory}:${base.tag}`, to]);
  }

  const first = {
    "morello.yaml": spec(host, base.digest),
    "ptcuda/__init__.py": '__version__ = "2.7.0"\n',
    ...MODULES,
  };
  const repository = await history().commit("base", { files: first }).branch("release/v2.7").create(sandbox);
  const deps = depsOf(repository, { env: engines.env });
  await timed("lock", () => lockImage(deps, { check: false, online: false, offline: false, update: null }));
  await repository.git(["add", "morello.lock"]);
  await repository.git(["commit", "-q", "-m", "lock"]);
  await repository.git(["tag", "-a", "-m", "v2.7.0", "v2.7.0"]);
  repository.sandbox.write(
    `${repository.path.slice(sandbox.root.length)}/ptcuda/__init__.py`,
    '__version__ = "2.7.1"\n',
  );
  await repository.git(["commit", "-q", "-a", "-m", "fix"]);
  await repository.git(["tag", "-a", "-m", "v2.7.1", "v2.7.1"]);
  const lock = parseLock(readFileSync(`${repository.path}/morello.lock`, "utf8"), "morello.lock");
  const { debs } = lock.environments[0]!;
  say(`packages: ${debs.length}, ${debs.reduce((sum, { size }) => sum + size, 0)} bytes`);

  const app = `${proxy.host}/team/app`;
  await timed("ours v2.7.0: fetch, build, push", () => build(repository, engines.env, "v2.7.0", app));
  let built: Awaited<ReturnType<typeof build>> | undefined;
  const ours = await counted(proxy, async () => (built = await build(repository, engines.env, "v2.7.1", app)));
  const image = built!.images[0]!;
  say(`ours: ${ours.up} bytes sent, ${ours.seconds.toFixed(2)} s`);
  say(`ours v2.7.1: ${image.digest}, ${image.platforms[0]!.layers.length} layers`);
  const diff = gzipSync((await repository.gitRun(["diff", "v2.7.0", "v2.7.1"])).stdout).length;
  say(`gzipped diff: ${diff} bytes`);

  await started(sandbox, engines, `${host}/team/app:v2.7.1`);
  say(await checkWorkbench(sandbox, engines, `${host}/team/app:v2.7.1`));

  const fetched = await fetchFiles(wantedFiles(lock.environments[0]!), {
    cache: packageCache(engines.env),
    mirrors: [],
  });
  const ways = await usual(sandbox, engines, repository, { fetched, debs, base: `${host}/debian@${base.digest}` });
  // v2.7.0 of this kind would share the base alone with it: all after the copy is made anew.
  const early = await counted(proxy, async () => {
    await ways.build("early", "v2.7.1");
    await ways.push("early", `${proxy.host}/early`, "v2.7.1");
  });
  say(`COPY . . first: ${early.up} bytes sent, ${early.seconds.toFixed(1)} s`);
  await timed("well ordered v2.7.0", () => ways.build("late", "v2.7.0"));
  await ways.push("late", `${host}/late`, "v2.7.0");
  const ordered = await counted(proxy, async () => {
    await ways.build("late", "v2.7.1");
    await ways.push("late", `${proxy.host}/late`, "v2.7.1");
  });

  say("| way | bytes sent | seconds |\n|---|---:|---:|");
  for (const [name, cost] of Object.entries({ "COPY . . first": early, "well ordered, warm cache": ordered, ours })) {
    say(`| ${name} | ${cost.up} | ${cost.seconds.toFixed(1)} |`);
  }
  say(`COPY . . / ours: ${Math.round(early.up / ours.up)}`);
  expect(ours.up).toBeLessThanOrEqual(diff + 8192);
  expect(early.up / ours.up).toBeGreaterThanOrEqual(50_000);
});

interface Usual {
  build(kind: "early" | "late", tag: string): Promise<void>;
  push(kind: "early" | "late", to: string, tag: string): Promise<void>;
}

interface UsualInput {
  readonly fetched: ReadonlyMap<string, string>;
  readonly debs: readonly { readonly name: string; readonly sha256: string }[];
  readonly base: string;
}

/** The same packages by a Containerfile as people write it. */
async function usual(
  sandbox: Sandbox,
  engines: Containers,
  repository: TestRepository,
  input: UsualInput,
): Promise<Usual> {
  const run = async (program: string, args: readonly string[]): Promise<void> => {
    const done = await finished(program, args, { cwd: sandbox.root, env: engines.env });
    if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${done.stderr.toString()}`);
  };
  await run("mkdir", ["debs"]);
  for (const { name, sha256 } of input.debs) {
    await run("cp", [input.fetched.get(sha256)!, sandbox.path("debs", `${name}.deb`)]);
  }
  const install = "RUN DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /debs/*.deb";
  const copy = "COPY . /opt/app";
  sandbox.write("Containerfile.early", `FROM ${input.base}\n${copy}\n${install}\n`);
  sandbox.write("Containerfile.late", `FROM ${input.base}\n${install}\n${copy}\n`);
  return {
    async build(kind, tag) {
      await repository.git(["checkout", "-q", tag]);
      const options = [
        "--isolation",
        "oci",
        "--network",
        "none",
        "--tls-verify=false",
        ...(kind === "late" ? ["--layers"] : []), // nothing of the other can be kept
        "--ignorefile",
        "/dev/null",
      ];
      const mount = ["--volume", `${sandbox.path("debs")}:/debs:ro`];
      const file = ["--file", sandbox.path(`Containerfile.${kind}`), "--tag", `localhost/${kind}:${tag}`];
      await run("buildah", ["build", ...options, ...mount, ...file, repository.path]);
    },
    push: (kind, to, tag) =>
      run("buildah", ["push", "--quiet", "--tls-verify=false", `localhost/${kind}:${tag}`, `docker://${to}:${tag}`]),
  };
}

/** Starts the image and asks it what people ask: the notebook, a log-in, PyTorch on two ranks. */
async function started(sandbox: Sandbox, engines: Containers, image: string): Promise<void> {
  const key = sandbox.path("key");
  await finished("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { cwd: sandbox.root, env: sandbox.env });
  chmodSync(key, 0o600);
  const [jupyter, ssh] = [18_931, 12_931];
  const variables = {
    JUPYTER_TOKEN: "a-token-of-the-test",
    JUPYTER_PORT: String(jupyter),
    SSH: "1",
    SSH_PORT: String(ssh),
    AUTHORIZED_KEYS: readFileSync(`${key}.pub`, "utf8").trim(),
    MORELLO_UID: "0",
  };
  const env = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  await timed("pull", () => engines.run("podman", ["pull", "--quiet", "--tls-verify=false", image]));
  const id = await engines.text("podman", ["run", "--detach", "--network", "host", ...env, image]);
  const ask = async (token: string): Promise<number> => {
    const headers = token === "" ? {} : { authorization: `token ${token}` };
    return fetch(`http://127.0.0.1:${jupyter}/api/status`, { headers })
      .then(({ status }) => status)
      .catch(() => 0);
  };
  for (let look = 0; look < 600 && (await ask(variables.JUPYTER_TOKEN)) !== 200; look++) await setTimeout(200);
  const logs = await engines.run("podman", ["logs", id], { ok: [0, 125] });
  const statuses = [await ask(variables.JUPYTER_TOKEN), await ask(""), await ask("another")];
  say(`jupyter with the token, without, with another: ${statuses.join(", ")}`);
  expect(statuses, logs.stderr.toString()).toEqual([200, 403, 403]);
  const options = [
    "-i",
    key,
    "-p",
    String(ssh),
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
  ];
  const login = await finished(
    "ssh",
    [...options, "root@127.0.0.1", "python3 -c 'import torch; print(torch.__version__)'"],
    {
      cwd: sandbox.root,
      env: sandbox.env,
    },
  );
  say(`ssh with the key, torch there: ${login.stdout.toString().trim()}`);
  expect(login.stdout.toString(), login.stderr.toString()).toMatch(/^1\.13/);
  const script = `import torch, torch.distributed as d
d.init_process_group("gloo")
x = torch.ones(1) * (d.get_rank() + 1)
d.all_reduce(x)
print("sum", int(x.item()))
`;
  // -r 1 -t 1: Debian's PyTorch 1.13 cannot read its own default on Python 3.11.
  const ranks = `cat >/tmp/job.py && cd /tmp && python3 -m torch.distributed.run -r 1 -t 1 --nproc_per_node 2 /tmp/job.py`;
  const job = await engines.run("podman", ["exec", "--interactive", id, "sh", "-c", ranks], {
    input: script,
    ok: [0, 1],
  });
  const sums = job.stdout.toString().match(/sum 3/g)?.length ?? 0;
  say(`two ranks, all-reduce by gloo: ${sums} of 2`);
  expect(sums, job.stderr.toString()).toBe(2);
  const version = await engines.text("podman", [
    "exec",
    id,
    "python3",
    "-c",
    "import sys; sys.path.insert(0, '/opt/app'); import ptcuda; print(ptcuda.__version__)",
  ]);
  say(`source: ${version}`);
  expect(version).toBe("2.7.1");
  await engines.run("podman", ["rm", "--force", "--time", "1", id]);
}
