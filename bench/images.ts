// A patch release's image, three ways side by side: `COPY . .` before the packages, a well-ordered Containerfile with a
// warm cache (both by buildah), and one layer appended by Morello. A real registry; its bytes are counted by a proxy.
import { appendFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { containers, tinyBase, type Containers } from "../test/support/containers.ts";
import { history } from "../test/support/history.ts";
import { finished } from "../test/support/process.ts";
import { countingProxy, registryServer, type CountingProxy } from "../test/support/registry.ts";
import type { TestRepository } from "../test/support/repository.ts";
import { withSandbox, type Sandbox } from "../test/support/sandbox.ts";
import type { BenchOptions } from "./options.ts";

const CLI = resolve("dist/cli.js");
const LINE = "release/v2.7";
/** Files of the source, and megabytes that no compression makes smaller: what stands for the packages. */
const FILES = 400;
const MEGABYTES = 40;

/** `--limit`: megabytes of packages. `--runs`: of the patch release. */
export async function benchImages(options: BenchOptions): Promise<void> {
  await withSandbox(async (sandbox) => {
    const megabytes = options.limit ?? MEGABYTES;
    const registry = await registryServer(sandbox);
    const proxy = await countingProxy(sandbox, registry.host);
    const engine = containers(sandbox);
    const base = await engine.load(await tinyBase(sandbox));
    const way: Way = { sandbox, proxy, engine, base, megabytes };
    const rows: Row[] = [];
    for (const method of METHODS) rows.push(...(await method(way, options.runs)));
    for (const row of rows) {
      process.stdout.write(`${JSON.stringify(row)}\n`);
      if (options.out !== undefined) appendFileSync(options.out, `${JSON.stringify(row)}\n`);
    }
    process.stdout.write(summary(rows));
  });
}

interface Way {
  readonly sandbox: Sandbox;
  readonly proxy: CountingProxy;
  readonly engine: Containers;
  readonly base: string;
  readonly megabytes: number;
}

interface Row {
  readonly method: string;
  readonly version: string;
  /** Milliseconds from the tag to the pushed tag: build and push. */
  readonly build: number;
  readonly push: number;
  /** Bytes through the proxy, headers and all. */
  readonly up: number;
  readonly down: number;
  readonly requests: number;
  /** Bytes of the gzipped layer that carries the change; 0 where that is not one layer. */
  readonly layer: number;
}

const METHODS = [copyFirst, copyLast, morello];

/** What the engine has installed is other bytes each time, as packages are without a lock and an epoch. */
const PACKAGES = (megabytes: number): string =>
  `RUN dd if=/dev/urandom of=/var/packages bs=1M count=${megabytes} 2>/dev/null`;

async function copyFirst(way: Way, runs: number): Promise<Row[]> {
  const text = `FROM ${way.base}\nCOPY . /opt/app\n${PACKAGES(way.megabytes)}\n`;
  return byEngine(way, "COPY . . first", text, Math.min(runs, 3));
}

async function copyLast(way: Way, runs: number): Promise<Row[]> {
  const text = `FROM ${way.base}\n${PACKAGES(way.megabytes)}\nCOPY app /opt/app/app\n`;
  return byEngine(way, "packages first, warm cache", text, runs);
}

async function byEngine(way: Way, method: string, containerfile: string, runs: number): Promise<Row[]> {
  const { engine, proxy } = way;
  const slug = method.replace(/[^a-z]+/gi, "-").toLowerCase();
  const repository = await project(way.sandbox, slug, "scratch");
  const file = join(way.sandbox.root, `${slug}.containerfile`);
  writeFileSync(file, containerfile);
  const rows: Row[] = [];
  for (let patch = 0; patch <= runs; patch += 1) {
    if (patch > 0) await release(repository, patch);
    const version = `v2.7.${patch}`;
    const image = `localhost/${slug}:${version}`;
    const built = await timed(() =>
      engine.run("buildah", [
        "build",
        "--isolation",
        "chroot",
        "--layers",
        "-q",
        "-f",
        file,
        "-t",
        image,
        repository.path,
      ]),
    );
    proxy.reset();
    const place = `docker://${proxy.host}/${slug}:${version}`;
    const pushed = await timed(() => engine.run("buildah", ["push", "--tls-verify=false", "-q", image, place]));
    rows.push({ method, version, build: built, push: pushed, ...counted(proxy), layer: 0 });
  }
  return rows;
}

/** The environment is an image that was pushed before, with the same packages. */
async function morello(way: Way, runs: number): Promise<Row[]> {
  const { sandbox, engine, proxy } = way;
  const file = join(sandbox.root, "environment.containerfile");
  writeFileSync(file, `FROM ${way.base}\n${PACKAGES(way.megabytes)}\n`);
  const name = "localhost/environment:1";
  await engine.run("buildah", [
    "build",
    "--isolation",
    "chroot",
    "--layers",
    "-q",
    "-f",
    file,
    "-t",
    name,
    sandbox.root,
  ]);
  const digest = sandbox.path("environment.digest");
  const place = `docker://${proxy.host}/environment:1`;
  await engine.run("buildah", ["push", "--tls-verify=false", "-q", "--digestfile", digest, name, place]);
  const described = await engine.text("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", place]);
  const repository = await project(sandbox, "morello", `${proxy.host}/environment@${described}`);
  const rows: Row[] = [];
  for (let patch = 0; patch <= runs; patch += 1) {
    if (patch > 0) await release(repository, patch);
    const version = `v2.7.${patch}`;
    proxy.reset();
    let said = "";
    const build = await timed(async () => {
      const args = [CLI, "image", "build", version, "--output", `${proxy.host}/app`, "--json"];
      const done = await finished(process.execPath, args, { cwd: repository.path, env: sandbox.env });
      if (done.status !== 0) throw new Error(done.stderr.toString() + done.stdout.toString());
      said = done.stdout.toString();
    });
    const outcome = JSON.parse(said) as { images: { platforms: { layers: { size: number }[] }[] }[] };
    const layer = outcome.images[0]?.platforms[0]?.layers.at(-1)?.size ?? 0;
    rows.push({ method: "morello", version, build, push: 0, ...counted(proxy), layer });
  }
  return rows;
}

async function project(sandbox: Sandbox, name: string, base: string): Promise<TestRepository> {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, n) => [`app/part${n % 20}/module${n}.py`, `VALUE = ${n}\n`.repeat(40)]),
  );
  const spec = `image:\n  name: registry.example.com/app\n  environment: {base: '${base}'}\n  source: {path: /opt/app, include: [app]}\n`;
  return history()
    .commit("base", { files: { ...files, "morello.yaml": spec } })
    .branch(LINE)
    .annotatedTag("v2.7.0")
    .create(sandbox, { name, head: LINE });
}

/** Two files of Python are fixed, and tagged. */
async function release(repository: TestRepository, patch: number): Promise<void> {
  for (const n of [3, 5])
    writeFileSync(join(repository.path, `app/part${n}/module${n}.py`), `VALUE = -${patch}\n`.repeat(40));
  await repository.git(["commit", "-qam", `fix ${patch}`]);
  await repository.git(["tag", "-a", "-m", `v2.7.${patch}`, `v2.7.${patch}`]);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return Math.round(performance.now() - started);
}

function counted({ up, down, requests }: CountingProxy): Pick<Row, "up" | "down" | "requests"> {
  return { up, down, requests };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function summary(rows: readonly Row[]): string {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const lines = methods.map((method) => {
    const patches = rows.filter((row) => row.method === method && row.version !== "v2.7.0");
    const of = (key: "build" | "push" | "up" | "down" | "requests" | "layer"): number =>
      median(patches.map((row) => row[key]));
    return `| ${method} | ${of("build")} ms | ${of("push")} ms | ${of("up")} | ${of("down")} | ${of("requests")} | ${of("layer")} |\n`;
  });
  return `\n| method | build | push | bytes up | bytes down | requests | layer |\n|---|---|---|---|---|---|---|\n${lines.join("")}`;
}
