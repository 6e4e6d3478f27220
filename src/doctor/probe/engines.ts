// How containers get GPUs here: engines, NVIDIA's toolkit, the configuration of both, CDI specs; and whether this is one.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../git/environment.ts";
import type { HostFacts } from "../facts.ts";
import { allows, type User } from "./devices.ts";
import { isThere, names, text, within, type Roots } from "./roots.ts";

type Engines = Pick<HostFacts, "engines" | "toolkit" | "docker" | "containerd" | "cdi" | "fabric">;

export async function probeEngines(roots: Roots, user: User): Promise<Engines> {
  const program = (name: string): Promise<boolean> => isThere(roots.usr, "bin", name);
  const [ctk, runtime, hook, oldHook, dockerd, podman, containerd, manager, running, snap] = await Promise.all([
    program("nvidia-ctk"),
    program("nvidia-container-runtime"),
    program("nvidia-container-runtime-hook"),
    program("nvidia-container-toolkit"),
    program("dockerd"),
    program("podman"),
    program("containerd"),
    program("nv-fabricmanager"),
    isThere(roots.run, "nvidia-fabricmanager/nv-fabricmanager.pid"),
    isThere(roots.run, "snap.docker"),
  ]);
  const engines: HostFacts["engines"] = [];
  if (dockerd || snap) engines.push("docker");
  if (podman) engines.push("podman");
  if (containerd) engines.push("containerd");
  return {
    engines,
    toolkit: { ctk, runtime, hook: hook || oldHook },
    docker: { packaging: snap ? "snap" : "usual", runtime: await dockerRuntime(roots) },
    containerd: await containerdRuntime(roots),
    cdi: (await Promise.all([cdiSpecs(roots, "/etc/cdi", user), cdiSpecs(roots, "/run/cdi", user)])).flat(),
    fabric: { installed: manager, running: running || (manager && (await isRunning(roots, "nv-fabricmanager"))) },
  };
}

/** The kernel keeps fifteen characters of a program's name. */
async function isRunning(roots: Roots, program: string): Promise<boolean> {
  const processes = (await names(roots.proc)).filter((name) => /^\d+$/.test(name));
  const programs = await Promise.all(processes.map((id) => text(roots.proc, id, "comm")));
  return programs.some((name) => name?.trim() === program.slice(0, 15));
}

async function dockerRuntime(roots: Roots): Promise<HostFacts["docker"]["runtime"]> {
  const source = await text(roots.etc, "docker/daemon.json");
  if (source === null || source.trim() === "") return "absent";
  const path = runtimePath(source);
  if (path === undefined) return "unreadable";
  if (path === null) return "absent";
  const place = path.startsWith("/") ? within(roots, path) : join(roots.usr, "bin", path);
  return place === null || (await isThere(place)) ? "there" : "broken";
}

/** Null: no such runtime; undefined: no JSON. */
function runtimePath(source: string): string | null | undefined {
  try {
    const read = JSON.parse(source) as { readonly runtimes?: { readonly nvidia?: { readonly path?: unknown } } } | null;
    const path = read?.runtimes?.nvidia?.path;
    return typeof path === "string" ? path : null;
  } catch {
    return undefined;
  }
}

/** containerd's own configuration counts where Kubernetes asks it for containers. */
async function containerdRuntime(roots: Roots): Promise<HostFacts["containerd"]> {
  if (!(await isThere(roots.etc, "kubernetes"))) return "not asked";
  const drops = (await names(roots.etc, "containerd/conf.d")).map((name) => text(roots.etc, "containerd/conf.d", name));
  const sources = await Promise.all([text(roots.etc, "containerd/config.toml"), ...drops]);
  return sources.some((source) => /nvidia-container-runtime/.test(source ?? "")) ? "there" : "absent";
}

async function cdiSpecs(roots: Roots, directory: string, user: User): Promise<HostFacts["cdi"]> {
  const place = within(roots, directory) ?? directory;
  const files = (await names(place)).filter((name) => /\.(?:ya?ml|json)$/.test(name));
  const specs = await Promise.all(
    files.map(async (name) => {
      const [source, about] = await Promise.all([text(place, name), stat(join(place, name))]);
      if (source !== null && !source.includes("nvidia.com/gpu")) return [];
      const driver = /libcuda\.so\.(\d{3,}\.\d+(?:\.\d+)?)/.exec(source ?? "")?.[1] ?? null;
      return [{ path: `${directory}/${name}`, readable: allows(about, user, 0o4), driver }];
    }),
  );
  return specs.flat();
}

/** In a container the files of its engine are mounted over the image's, or its root is one of the engine's overlays. */
export async function placeOf(roots: Roots, env: Environment): Promise<HostFacts["place"]> {
  if (env["KUBERNETES_SERVICE_HOST"] !== undefined) return { kind: "container", engine: "kubernetes" };
  if (await isThere(roots.run, ".containerenv")) return { kind: "container", engine: "podman" };
  const mounts = (await text(roots.proc, "self/mountinfo")) ?? "";
  if (/\/kubelet\/pods\//.test(mounts)) return { kind: "container", engine: "kubernetes" };
  if (/\/docker\/containers\//.test(mounts)) return { kind: "container", engine: "docker" };
  const root = mounts.split("\n").find((line) => / \/ \/ /.test(line)) ?? "";
  if (!/ - overlay /.test(root)) return { kind: "host" };
  return { kind: "container", engine: /containerd/.test(root) ? "containerd" : "other" };
}
