// What an engine tells of a container or an image (`inspect`) -> what it was started with, so that the next version can be
// started alike. Nothing is run here; what podman and docker spell differently is one value afterwards.
import { z } from "zod";
import { AppError } from "../../error.ts";
import type { Engine } from "../engine.ts";

export interface PublishedPort {
  /** In the container. */
  readonly inside: number;
  /** An address of the host; `0.0.0.0` for all. */
  readonly bind: string;
  readonly port: number;
}

export interface Mount {
  readonly kind: "bind" | "volume";
  /** A path of the host, or a volume's name. */
  readonly source: string;
  readonly at: string;
  readonly writable: boolean;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  /** As it was asked for; may be a bare ID. */
  readonly image: string;
  readonly imageId: string;
  readonly running: boolean;
  /** `running`, `exited`, `created` … */
  readonly status: string;
  readonly exitCode: number;
  /** The first process, as `top` numbers it. */
  readonly init: number;
  /** `healthy`, `unhealthy`, `starting`; null without a health check. */
  readonly health: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** `KEY=VALUE`, the image's own among them. */
  readonly env: readonly string[];
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly user: string;
  readonly ports: readonly PublishedPort[];
  /** `bridge`, `host`, `slirp4netns` … */
  readonly network: string;
  readonly mounts: readonly Mount[];
  /** Bytes. */
  readonly shmSize: number;
  /** As `--ulimit` takes them. */
  readonly ulimits: readonly string[];
  /** Arguments that give it its GPUs. */
  readonly gpus: readonly string[];
  readonly ipc: string;
  readonly capabilities: readonly string[];
  readonly security: readonly string[];
  readonly hasInit: boolean;
  readonly restart: string;
  readonly tty: boolean;
}

export interface Image {
  readonly id: string;
  /** `repository@sha256:…`; empty for one that came from no registry. */
  readonly digests: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly env: readonly string[];
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly user: string;
}

const words = z
  .union([z.array(z.string()), z.string(), z.null()])
  .optional()
  .transform((value): string[] => (value === null || value === undefined || value === "" ? [] : [value].flat()));
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const strings = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  ImageName: z.string().optional(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Pid: z.number(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().optional(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
  NetworkSettings: z.object({
    Ports: z
      .record(z.string(), z.array(z.object({ HostIp: z.string().optional(), HostPort: z.string() })).nullable())
      .nullish(),
  }),
  Config: z.object({
    Image: z.string().optional(),
    Env: strings,
    Cmd: words,
    Entrypoint: words,
    Labels: labels,
    User: z.string().optional(),
    Tty: z.boolean().optional(),
    CreateCommand: strings,
  }),
  HostConfig: z.object({
    NetworkMode: z.string().optional(),
    PortBindings: z
      .record(z.string(), z.array(z.object({ HostIp: z.string().optional(), HostPort: z.string() })).nullable())
      .nullish(),
    ShmSize: z.number().optional(),
    Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
    DeviceRequests: z
      .array(
        z.object({
          Driver: z.string().optional(),
          Count: z.number().optional(),
          DeviceIDs: strings,
          Capabilities: z.array(z.array(z.string())).nullish(),
        }),
      )
      .nullish(),
    IpcMode: z.string().optional(),
    CapAdd: strings,
    SecurityOpt: strings,
    Init: z.boolean().nullish(),
    RestartPolicy: z.object({ Name: z.string() }).nullish(),
  }),
});
type Inspected = z.infer<typeof Inspected>;

const InspectedImage = z.object({
  Id: z.string(),
  RepoDigests: strings,
  Config: z
    .object({ Env: strings, Cmd: words, Entrypoint: words, Labels: labels, User: z.string().optional() })
    .nullish(),
  Labels: labels,
});

/** Reads `inspect --type container`. Throws `engine-failed` for what is none. */
export function readContainer(engine: Engine, text: string): Container {
  const { Config: config, HostConfig: host, State: state, ...found } = only(Inspected, engine, text);
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ""),
    image: found.ImageName ?? config.Image ?? found.Image,
    imageId: bare(found.Image),
    running: state.Running,
    status: state.Status,
    exitCode: state.ExitCode,
    init: engine === "docker" ? state.Pid : 1,
    health: state.Health?.Status === undefined || state.Health.Status === "" ? null : state.Health.Status,
    labels: config.Labels,
    env: config.Env,
    command: config.Cmd,
    entrypoint: config.Entrypoint,
    user: config.User ?? "",
    ports: portsOf(found.NetworkSettings.Ports ?? host.PortBindings ?? {}, host.PortBindings ?? {}),
    network: host.NetworkMode ?? "",
    mounts: (found.Mounts ?? []).flatMap((mount): Mount[] => {
      const at = { at: mount.Destination, writable: mount.RW };
      if (mount.Type === "bind") return [{ kind: "bind", source: mount.Source ?? "", ...at }];
      return mount.Type === "volume" ? [{ kind: "volume", source: mount.Name ?? "", ...at }] : [];
    }),
    shmSize: host.ShmSize ?? 0,
    ulimits:
      engine === "docker"
        ? (host.Ulimits ?? []).map((one) => `${one.Name}=${one.Soft}:${one.Hard}`)
        : asked(config.CreateCommand, "--ulimit"),
    gpus: gpusOf(config.CreateCommand, host.DeviceRequests ?? []),
    ipc: host.IpcMode ?? "",
    capabilities: host.CapAdd,
    security: host.SecurityOpt,
    hasInit: host.Init ?? false,
    restart: host.RestartPolicy?.Name ?? "",
    tty: config.Tty ?? false,
  };
}

export function readImage(engine: Engine, text: string): Image {
  const found = only(InspectedImage, engine, text);
  return {
    id: bare(found.Id),
    digests: found.RepoDigests,
    labels: { ...found.Labels, ...found.Config?.Labels },
    env: found.Config?.Env ?? [],
    command: found.Config?.Cmd ?? [],
    entrypoint: found.Config?.Entrypoint ?? [],
    user: found.Config?.User ?? "",
  };
}

function only<T>(schema: z.ZodType<T>, engine: Engine, text: string): T {
  try {
    return schema.parse((JSON.parse(text) as unknown[])[0]);
  } catch (cause) {
    throw new AppError("engine-failed", `${engine} inspect said what Morello cannot read`, {
      cause,
      hint: `${engine} --version`,
    });
  }
}

/** Engines write IDs with and without the algorithm. */
function bare(id: string): string {
  return id.replace(/^sha256:/, "");
}

type Bindings = Readonly<
  Record<string, readonly { readonly HostIp?: string | undefined; readonly HostPort: string }[] | null>
>;

/** A container that does not run has no ports now, but was asked to have some. IPv6 twins are left to the engine. */
function portsOf(now: Bindings, wanted: Bindings): PublishedPort[] {
  const source = Object.values(now).some((bound) => bound !== null && bound.length > 0) ? now : wanted;
  const found = Object.entries(source).flatMap(([key, bound]): PublishedPort[] => {
    const inside = /^(\d+)\/tcp$/.exec(key)?.[1];
    const first = bound?.find(({ HostIp }) => !(HostIp ?? "").includes(":")) ?? bound?.[0];
    if (inside === undefined || first === undefined || first.HostPort === "") return [];
    const bind = first.HostIp === undefined || first.HostIp === "" || first.HostIp === "::" ? "0.0.0.0" : first.HostIp;
    return [{ inside: Number(inside), bind, port: Number(first.HostPort) }];
  });
  return found.toSorted((a, b) => a.inside - b.inside);
}

/** Docker tells what it was asked for; podman keeps the command line that made the container. */
function gpusOf(made: readonly string[], requests: NonNullable<Inspected["HostConfig"]["DeviceRequests"]>): string[] {
  const flags = asked(made, "--gpus").flatMap((value) => ["--gpus", value]);
  const devices = asked(made, "--device").filter((value) => value.includes("=") && value.includes("/gpu"));
  return [
    ...flags,
    ...devices.flatMap((value) => ["--device", value]),
    ...requests.flatMap(({ Driver, Count, DeviceIDs }): string[] => {
      if (Driver === "cdi") return DeviceIDs.flatMap((id) => ["--device", id]);
      if (DeviceIDs.length > 0) return ["--gpus", `"device=${DeviceIDs.join(",")}"`]; // docker reads CSV: quoted
      return ["--gpus", Count === undefined || Count < 0 ? "all" : String(Count)];
    }),
  ];
}

/** The values of a flag, `--flag value` and `--flag=value`, before the image's own command is of no interest. */
function asked(made: readonly string[], flag: string): string[] {
  return made.flatMap((word, at): string[] => {
    if (word === flag) return made[at + 1] === undefined ? [] : [made[at + 1] ?? ""];
    return word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [];
  });
}
