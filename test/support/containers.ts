// Real containers with a storage, a configuration and a state of their own, gone with the sandbox; and the smallest image
// that has a shell: Debian's busybox on scratch, written without an engine.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { finished, type Finished } from "./process.ts";
import type { Environment } from "./environment.ts";
import type { Sandbox } from "./sandbox.ts";

export interface Containers {
  /** The sandbox's environment, in which podman, buildah and skopeo keep to storages of their own. */
  readonly env: Environment;
  /** Throws, with its stderr, where the status is not in `ok` (default: 0 alone). */
  run(program: EngineProgram, args: readonly string[], options?: EngineOptions): Promise<Finished>;
  /** What the program wrote to stdout, without the last newline. */
  text(program: EngineProgram, args: readonly string[], options?: EngineOptions): Promise<string>;
  /** Puts the image into the storage that podman and buildah share here, and gives the name they know it by. */
  load(base: TinyImage): Promise<string>;
}

export type EngineProgram = "podman" | "buildah" | "skopeo";

export interface EngineOptions {
  readonly ok?: readonly number[];
  readonly env?: Environment;
  readonly input?: string;
}

/**
 * A storage of its own below the sandbox. `name` tells several "clean storages" of one sandbox apart. Containers that
 * still run at the end are removed and what was mounted is unmounted. Programs run as root; runc, since crun refuses
 * hosts whose cgroups are of both kinds; the host's network, since it needs no set-up.
 */
export function containers(sandbox: Sandbox, name = "containers"): Containers {
  const at = (...parts: string[]): string => sandbox.path(name, ...parts);
  mkdirSync(at("tmp"), { recursive: true });
  const storage = `[storage]
driver = "overlay"
runroot = "${at("run")}"
graphroot = "${at("root")}"
`;
  const engine = `[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
lock_type = "file"
tmp_dir = "${at("tmp", "libpod")}"
[network]
network_backend = "netavark"
network_config_dir = "${at("networks")}"
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
netns = "host"
`;
  const policy = { default: [{ type: "insecureAcceptAnything" }] };
  const env: Environment = {
    ...sandbox.env,
    CONTAINERS_CONF: sandbox.write(join(name, "containers.conf"), engine),
    CONTAINERS_STORAGE_CONF: sandbox.write(join(name, "storage.conf"), storage),
    CONTAINERS_REGISTRIES_CONF: sandbox.write(join(name, "registries.conf"), 'short-name-mode = "disabled"\n'),
    REGISTRY_AUTH_FILE: sandbox.write(join(name, "auth.json"), "{}\n"),
    XDG_RUNTIME_DIR: at("tmp"),
  };
  mkdirSync(sandbox.path("home", ".config", "containers"), { recursive: true });
  writeFileSync(sandbox.path("home", ".config", "containers", "policy.json"), JSON.stringify(policy));

  const run: Containers["run"] = async (program, args, options = {}) => {
    const input = options.input === undefined ? {} : { input: options.input };
    const done = await finished(program, args, { cwd: sandbox.root, env: { ...env, ...options.env }, ...input });
    if (done.status === null || !(options.ok ?? [0]).includes(done.status)) {
      throw new Error(`${program} ${args.join(" ")}: exit ${done.status ?? done.signal}\n${done.stderr.toString()}`);
    }
    return done;
  };
  const text: Containers["text"] = async (program, args, options) =>
    (await run(program, args, options)).stdout.toString("utf8").replace(/\n$/, "");

  sandbox.beforeRemoval(async () => {
    if (existsSync(at("root"))) {
      await run("podman", ["rm", "--all", "--force", "--time", "0", "--volumes"], { ok: ANY }).catch(() => undefined);
      await run("buildah", ["rm", "--all"], { ok: ANY }).catch(() => undefined);
    }
    for (const mount of mountsBelow(at())) await finished("umount", ["--lazy", mount], { cwd: "/", env: sandbox.env });
  });

  return {
    env,
    run,
    text,
    async load(base) {
      // `podman pull oci:` makes a name of the path, and refuses capitals in it.
      const name = `localhost/${base.tag}:${base.digest.slice("sha256:".length, 19)}`;
      await run("skopeo", ["copy", "--quiet", `oci:${base.directory}:${base.tag}`, `containers-storage:${name}`]);
      return name;
    },
  };
}

const ANY = Array.from({ length: 256 }, (_, status) => status);

/** Innermost first. */
function mountsBelow(directory: string): string[] {
  const lines = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const points = lines.map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "));
  return points.filter((point) => point.startsWith(`${directory}/`)).reverse();
}

/** An image in an OCI layout. */
export interface TinyImage {
  readonly directory: string;
  readonly tag: string;
  /** Of its manifest. */
  readonly digest: string;
  readonly diffId: string;
}

/** Files that are laid over the image: path without a leading slash -> content, or `{mode, content}`. */
export type TinyFiles = Readonly<Record<string, string | { readonly mode: number; readonly content: string }>>;

const BUSYBOX = "/bin/busybox"; // of Debian's busybox-static

/**
 * Writes the image into `layout/` (or `name`) below the sandbox: busybox with all its applets as links, root and nobody,
 * /tmp, and the files given. The same bytes give the same digest. `buildah from oci:DIR:TAG` reads it; so does
 * `containers(sandbox).load(image)`.
 */
export async function tinyBase(sandbox: Sandbox, files: TinyFiles = {}, name = "layout"): Promise<TinyImage> {
  const listed = await finished(BUSYBOX, ["--list"], { cwd: "/", env: sandbox.env });
  const applets = listed.stdout
    .toString("utf8")
    .split("\n")
    .filter((applet) => applet !== "" && applet !== "busybox");
  const content: TinyFiles = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    ...files,
  };
  const directories = ["bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "usr/bin", "var", "run"];
  const tar = Buffer.concat([
    ...directories.map((path) => tarEntry({ path: `${path}/`, type: "5", mode: 0o755 })),
    tarEntry({ path: "tmp/", type: "5", mode: 0o1777 }),
    tarEntry({ path: "bin/busybox", type: "0", mode: 0o755, content: readFileSync(BUSYBOX) }),
    ...applets
      .filter((applet) => !(`bin/${applet}` in content))
      .map((applet) => tarEntry({ path: `bin/${applet}`, type: "2", mode: 0o777, link: "busybox" })),
    ...Object.entries(content).map(([path, file]) => {
      const { mode, content: text } = typeof file === "string" ? { mode: 0o644, content: file } : file;
      return tarEntry({ path, type: "0", mode, content: Buffer.from(text) });
    }),
    Buffer.alloc(1024),
  ]);
  return writeLayout(sandbox.path(name), tar);
}

function writeLayout(directory: string, tar: Buffer): TinyImage {
  const blobs = join(directory, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (bytes: Buffer): { digest: string; size: number } => {
    writeFileSync(join(blobs, sha256(bytes)), bytes);
    return { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const diffId = `sha256:${sha256(tar)}`;
  const config = {
    created: CREATED,
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["/bin/sh"] },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created: CREATED, created_by: "busybox" }],
  };
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...put(gzipSync(tar)) };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const described = { mediaType: "application/vnd.oci.image.config.v1+json", ...put(json(config)) };
  const manifest = put(json({ schemaVersion: 2, mediaType, config: described, layers: [layer] }));
  const tag = "tiny";
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const index = { schemaVersion: 2, manifests: [{ mediaType, ...manifest, annotations }] };
  writeFileSync(join(directory, "index.json"), json(index));
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return { directory, tag, digest: manifest.digest, diffId };
}

const CREATED = "2026-01-01T00:00:00Z";

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface TarInput {
  readonly path: string;
  /** ustar's type flag: file, symbolic link, directory. */
  readonly type: "0" | "2" | "5";
  readonly mode: number;
  readonly content?: Buffer;
  readonly link?: string;
}

/** Written here and not with Morello's own writer, which these images are to test. */
function tarEntry({ path, type, mode, content = Buffer.alloc(0), link = "" }: TarInput): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`too long for a ustar header: ${path}`);
  const header = Buffer.alloc(512);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;
  header.write(path, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(Date.parse(CREATED) / 1000, 12), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write("ustar\u000000", 257);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
