// What an image with services is started as: the part of its configuration that goes with the files of workbench/.
import type { ImageConfig } from "../oci/schema.ts";
import type { ImageSection } from "./spec.ts";

/** Where the caller's directory is mounted, and where work begins. */
export const WORKSPACE = "/workspace";

/** Ports inside the container. */
export const JUPYTER_PORT = 8888;
export const SSH_PORT = 22;

/** As engines take it: exit status 0 when all that was started answers. */
export const HEALTH_COMMAND = "/usr/local/bin/morello-health";

/**
 * Entry point, working directory and ports of an image with services; empty without. Commands that are given at the
 * start are run by the entry point, so `docker run IMAGE python train.py` does what it says.
 */
export function workbenchConfig({ services }: Pick<ImageSection, "services">): NonNullable<ImageConfig["config"]> {
  if (!services.jupyter && !services.ssh) return {};
  const ports = [...(services.ssh ? [SSH_PORT] : []), ...(services.jupyter ? [JUPYTER_PORT] : [])];
  return {
    Entrypoint: ["/usr/local/bin/morello-start"],
    WorkingDir: WORKSPACE,
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
    // An extension of Docker's, which others pass over. Nanoseconds.
    Healthcheck: {
      Test: ["CMD", HEALTH_COMMAND],
      Interval: 30_000_000_000,
      Timeout: 10_000_000_000,
      StartPeriod: 60_000_000_000,
      Retries: 3,
    },
  };
}

/** Debian packages that the services and the start script need. JupyterLab itself comes from pip, or the base. */
export function workbenchPackages({ services }: Pick<ImageSection, "services">): string[] {
  if (!services.jupyter && !services.ssh) return [];
  return [...(services.ssh ? ["openssh-server"] : []), "procps", "screen", "tini", "tmux"];
}
