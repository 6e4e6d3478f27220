// What an environment says of itself -> the image configuration of one that is made without an engine.
import type { ImageConfig } from "../oci/schema.ts";
import type { ImageSettings } from "./settings.ts";

/** Lays the settings on the base's configuration as a Containerfile's ENV, WORKDIR, EXPOSE, USER and ENTRYPOINT would. */
export function configured(base: ImageConfig, settings: ImageSettings): ImageConfig {
  const { pathFirst, workingDir, ports, user, healthcheck, entrypoint } = settings;
  const before = base.config ?? {};
  const path = before.Env?.find((line) => line.startsWith("PATH="))?.slice("PATH=".length) ?? USUAL_PATH;
  const env = [...(pathFirst === null ? [] : [["PATH", `${pathFirst}:${path}`] as const]), ...settings.env];
  const names = new Set(env.map(([name]) => name));
  const kept = (before.Env ?? []).filter((line) => !names.has(line.split("=")[0] ?? ""));
  const Env = [...kept, ...env.map(([name, value]) => `${name}=${value}`)];
  const exposed = { ...before.ExposedPorts, ...Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])) };
  return {
    ...base,
    config: {
      ...before,
      ...(Env.length === 0 ? {} : { Env }),
      ...(Object.keys(exposed).length === 0 ? {} : { ExposedPorts: exposed }),
      WorkingDir: workingDir,
      ...(user === null ? {} : { User: user }),
      ...(healthcheck === null ? {} : { Healthcheck: { Test: ["CMD", ...healthcheck], ...HEALTH } }),
      ...(entrypoint === null ? {} : { Entrypoint: [...entrypoint], Cmd: [] }),
    },
  };
}

/** What engines take where an image names none. */
const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const SECOND = 1_000_000_000;
/** Nanoseconds, as image configurations have it; the same times as in the Containerfile. */
const HEALTH = { Interval: 30 * SECOND, Timeout: 5 * SECOND, StartPeriod: 30 * SECOND };
