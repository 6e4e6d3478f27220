// Base configuration, settings and the environment's layer -> the configuration of an environment image. What engines
// would write into it (their version, times, steps) does not get in, so that it is one whoever built.
import type { ImageConfig } from "../oci/schema.ts";
import type { ImageSettings } from "./settings.ts";

export interface EnvironmentConfigInput {
  /** Null for scratch. */
  readonly base: ImageConfig | null;
  readonly settings: ImageSettings;
  /** `linux/amd64` */
  readonly platform: string;
  readonly variant: string;
  /** Unix seconds. */
  readonly epoch: number;
  /** Of the environment's layer; null where it has none. */
  readonly diffId: string | null;
}

const NANOSECONDS = 1_000_000_000;

export function environmentConfig(input: EnvironmentConfigInput): ImageConfig {
  const { base, settings, platform, variant, epoch, diffId } = input;
  const [os = "linux", architecture = "amd64", detail] = platform.split("/");
  const created = new Date(epoch * 1000).toISOString().replace(".000Z", "Z");
  const { Healthcheck, ...below } = base?.config ?? {};
  const health = settings.healthcheck === null ? Healthcheck : healthcheck(settings.healthcheck);
  const started = settings.entrypoint === null ? {} : { Entrypoint: [...settings.entrypoint], Cmd: [] };
  const ports = Object.fromEntries(settings.ports.map((port) => [`${port}/tcp`, {}]));
  const user = settings.user === null ? {} : { User: settings.user };
  const layer = diffId === null ? [] : [diffId];
  const step = { created, created_by: `morello: environment ${variant}` };
  return {
    ...base,
    created,
    architecture,
    os,
    ...(detail === undefined ? {} : { variant: detail }),
    config: {
      ...below,
      ...user,
      Env: merged(below.Env ?? [], settings.env),
      ...(settings.ports.length === 0 ? {} : { ExposedPorts: { ...below.ExposedPorts, ...ports } }),
      ...started,
      WorkingDir: settings.workingDir,
      ...(health === undefined ? {} : { Healthcheck: health }),
    },
    rootfs: { type: "layers", diff_ids: [...(base?.rootfs.diff_ids ?? []), ...layer] },
    history: [...(base?.history ?? []), diffId === null ? { ...step, empty_layer: true } : step],
  };
}

function healthcheck(command: readonly string[]): unknown {
  return {
    Test: ["CMD", ...command],
    Interval: 30 * NANOSECONDS,
    Timeout: 5 * NANOSECONDS,
    StartPeriod: 30 * NANOSECONDS,
  };
}

/** The base's in its order, each with its last value; new names after them. */
function merged(base: readonly string[], added: ImageSettings["env"]): string[] {
  const values = new Map<string, string>();
  if (base.length === 0) values.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  for (const pair of base) values.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  for (const [name, value] of added) values.set(name, value);
  return [...values].map(([name, value]) => `${name}=${value}`);
}
