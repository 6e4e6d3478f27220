// What the steps of an upgrade share: the engine, the journal as it stands, and how a step is told.
import { TOKEN_FILE } from "../../../environment/workbench.ts";
import type { Containers } from "../../../image/upgrade/containers.ts";
import type { Container } from "../../../image/upgrade/container.ts";
import { writeJournal, type Journal, type JournalPort } from "../../../image/upgrade/journal.ts";
import { kernelsOf } from "../../../image/upgrade/answers.ts";
import { usesOf, type Use } from "../../../image/upgrade/drain.ts";
import type { Place } from "../../../image/upgrade/place.ts";
import type { UpgradePort } from "../../../wire/image/upgrade.ts";
import type { Deps } from "../../workspace.ts";

/** What a person is told while it goes on. */
export type UpgradeEvent =
  | { readonly kind: "pulling"; readonly image: string }
  | { readonly kind: "pulled"; readonly version: string; readonly pinned: string }
  | { readonly kind: "resumed"; readonly step: Journal["at"]; readonly damaged: boolean }
  | { readonly kind: "started"; readonly container: string }
  | { readonly kind: "healthy"; readonly container: string }
  | { readonly kind: "unhealthy"; readonly container: string; readonly why: string }
  | { readonly kind: "switched"; readonly ports: readonly UpgradePort[]; readonly from: string; readonly to: string }
  | { readonly kind: "waiting"; readonly container: string; readonly uses: readonly Use[] }
  | { readonly kind: "overdue"; readonly container: string; readonly uses: readonly Use[]; readonly seconds: number }
  | { readonly kind: "stopping"; readonly container: string }
  | { readonly kind: "refused"; readonly ports: readonly number[] }
  | { readonly kind: "removed"; readonly container: string }
  | { readonly kind: "kept"; readonly container: string; readonly files: readonly string[] };

export interface UpgradeOptions {
  /** Seconds that the new one has to be healthy. */
  readonly readyTimeout: number;
  /** Seconds after which it is said that the old one is still in use; null: never. Nothing is ever forced. */
  readonly drainTimeout: number | null;
  /** Stays until the old one is gone. */
  readonly wait: boolean;
  /** Computes on the GPU, too, before the ports move. */
  readonly probeGpu: boolean;
  /** Seconds, from any moment on. */
  readonly clock: () => number;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly onEvent: (event: UpgradeEvent) => void;
}

export interface Upgrading {
  readonly deps: Deps;
  readonly options: UpgradeOptions;
  readonly place: Place;
  readonly containers: Containers;
  readonly journal: Journal;
}

/** Writes what is about to be done, before it is. */
export function about(upgrading: Upgrading, change: Partial<Journal>): Upgrading {
  const journal = { ...upgrading.journal, ...change };
  writeJournal(upgrading.place, journal);
  return { ...upgrading, journal };
}

export function wirePorts(ports: readonly JournalPort[]): UpgradePort[] {
  return ports.map(({ service, inside, reached, aside, own }) => ({ service, inside, reached, aside, own }));
}

/** What holds a container; a container that does not run is held by nothing. */
export async function usesIn(
  containers: Containers,
  container: Container | null,
  jupyterPort: number | null,
  startUp: readonly string[],
): Promise<Use[]> {
  if (container === null || !container.running) return [];
  const kernels = jupyterPort === null ? null : await kernelsOf(jupyterPort, await tokenOf(containers, container));
  const processes = await containers.processes(container.name);
  if (processes === null) return [];
  return usesOf({ processes, init: container.init, kernels, startUp });
}

/** Jupyter's token, from what the container was given, else from its start script; null: none is known. */
export async function tokenOf(containers: Containers, { name, env, running }: Container): Promise<string | null> {
  const given = env.find((entry) => entry.startsWith("JUPYTER_TOKEN="))?.slice("JUPYTER_TOKEN=".length);
  if (given !== undefined && given !== "") return given;
  if (!running) return null;
  const { status, stdout } = await containers.inside(name, ["morello-start", "--url"]);
  const found = /[?&]token=([^&\s]+)/.exec(stdout.toString("utf8"))?.[1];
  if (status === 0 && found !== undefined) return decodeURIComponent(found);
  const file = await containers.inside(name, ["cat", TOKEN_FILE]);
  const text = file.stdout.toString("utf8").trim();
  return file.status === 0 && text !== "" ? text : null;
}
