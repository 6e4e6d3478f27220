// The `image:` section -> the packages that an environment asks for, each with what it is for. Knows no versions.
import type { EnvironmentSection, ImageSection } from "./spec.ts";

export interface WantedPackage {
  /** As the package manager takes it: `tmux`, `tmux=3.3a-3`, `numpy>=2`. */
  readonly requirement: string;
  /** Why it is there: `packages.apt`, `services.ssh`. */
  readonly reason: string;
}

export interface WantedPackages {
  readonly apt: readonly WantedPackage[];
  readonly pip: readonly WantedPackage[];
}

/** What a notebook of numbers expects beside PyTorch. */
const DEFAULT_SET = ["numpy", "scipy", "pandas", "matplotlib", "scikit-learn"];

/** What a person who works in a container looks for: an init that reaps, sessions that outlive a login, `watch`. */
const WORKBENCH = ["tini", "tmux", "screen", "procps"];

/** PEP 503: the name by which an index knows a package. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** The normal name in a requirement; empty where it begins with none. */
export function nameOf(requirement: string): string {
  return normalName(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(requirement)?.[0] ?? "");
}

/** First what is written, then what comes with it; whoever writes a requirement keeps it as written. */
export function wantedPackages({ services }: Pick<ImageSection, "services">, of: EnvironmentSection): WantedPackages {
  const apt = written(of.packages.apt, "packages.apt");
  const pip = written(of.packages.pip, "packages.pip");
  const has = (list: readonly WantedPackage[], name: string): boolean =>
    list.some(({ requirement }) => nameOf(requirement) === name);
  const add = (list: WantedPackage[], names: readonly string[], reason: string): void => {
    for (const name of names) if (!has(list, nameOf(name))) list.push({ requirement: name, reason });
  };
  if (services.ssh) add(apt, ["openssh-server"], "services.ssh");
  if (services.ssh || services.jupyter) add(apt, WORKBENCH, "services");
  if (services.jupyter && !apt.some(({ requirement }) => /^(?:python3-)?(?:jupyter|notebook)/.test(requirement)))
    add(pip, ["jupyterlab"], "services.jupyter");
  if (of.torch !== undefined) {
    add(pip, [`torch==${of.torch}`], "torch");
    if (of.packages.defaults) add(pip, DEFAULT_SET, "packages.defaults");
  }
  return { apt, pip };
}

function written(requirements: readonly string[], reason: string): WantedPackage[] {
  return requirements.map((requirement) => ({ requirement, reason }));
}

/** Whether the base is the whole environment: nothing is installed and nobody is made, so no engine is needed. */
export function isPure(image: Pick<ImageSection, "services" | "user">, of: EnvironmentSection): boolean {
  const { apt, pip } = wantedPackages(image, of);
  return apt.length + pip.length === 0 && !image.services.ssh && !image.services.jupyter && namedUser(image) === null;
}

/** A name has to be made where the base does not know it; null where IDs, or root, need nobody. */
export function namedUser({ user }: Pick<ImageSection, "user">): string | null {
  return user === undefined || user === "root" || /^\d/.test(user) ? null : user;
}
