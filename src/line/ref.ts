// Refs as one `git for-each-ref` gives them -> branches, each joined with its remote-tracking ref.
import { sameLine } from "./name.ts";

export interface RefRecord {
  readonly refname: string;
  readonly oid: string;
  /** The object an annotated tag points at in the end; null for everything else. */
  readonly peeled: string | null;
  /** Committer date of the commit, or of the tag's target; Unix seconds. */
  readonly committerTime: number;
  /** A local branch's configured upstream, full refname. */
  readonly upstream: string | null;
  readonly symref: string | null;
}

/** A branch wherever it is: at least one of the two sides is there. */
export interface Branch {
  /** Short name without remote. */
  readonly name: string;
  /** `refs/heads/<name>`, whether it exists or not. */
  readonly refname: string;
  readonly remoteRefname: string | null;
  readonly localTip: string | null;
  readonly localTime: number | null;
  readonly remoteTip: string | null;
  readonly remoteTime: number | null;
}

export interface RemoteChoice {
  /** Names as `git remote` lists them: tells `a/b` + `c` from `a` + `b/c`. */
  readonly known?: readonly string[];
  /** The order of preference; then come `origin` and the others by name. */
  readonly preferred?: readonly string[];
}

export const HEADS = "refs/heads/";
const REMOTES = "refs/remotes/";
export const TAGS = "refs/tags/";

export interface RemoteBranch {
  readonly remote: string;
  readonly name: string;
}

/** Splits `refs/remotes/<remote>/<name>`; null if it is no such ref. Remote names may hold slashes. */
export function splitRemoteRef(refname: string, known: readonly string[] = []): RemoteBranch | null {
  if (!refname.startsWith(REMOTES)) return null;
  const rest = refname.slice(REMOTES.length);
  const longest = known.filter((remote) => rest.startsWith(`${remote}/`)).sort((a, b) => b.length - a.length)[0];
  const remote = longest ?? rest.slice(0, Math.max(0, rest.indexOf("/")));
  const name = rest.slice(remote.length + 1);
  return remote === "" || name === "" ? null : { remote, name };
}

/** Orders remotes: those preferred, then `origin`, then by name. */
export function remoteOrder(preferred: readonly string[] = []): (a: string, b: string) => number {
  const rank = (remote: string): number => {
    const at = preferred.indexOf(remote);
    if (at !== -1) return at;
    return remote === "origin" ? preferred.length : preferred.length + 1;
  };
  return (a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Joins local branches and remote-tracking refs by name, one branch a name, in no set order. Symbolic refs are left
 * out. A local branch goes with its upstream if that is the same line (a branch made from `origin/main` has main as
 * its upstream, and is no copy of it), else with its namesake on the most preferred remote.
 */
export function collectBranches(refs: readonly RefRecord[], choice: RemoteChoice = {}): Branch[] {
  const locals = new Map<string, RefRecord>();
  const remotes = new Map<string, { remote: string; ref: RefRecord }[]>();
  const byRefname = new Map<string, { name: string; ref: RefRecord }>();
  for (const ref of refs) {
    if (ref.symref !== null) continue;
    if (ref.refname.startsWith(HEADS)) locals.set(ref.refname.slice(HEADS.length), ref);
    const split = splitRemoteRef(ref.refname, choice.known);
    if (!split || split.name === "HEAD") continue;
    byRefname.set(ref.refname, { name: split.name, ref });
    remotes.set(split.name, [...(remotes.get(split.name) ?? []), { remote: split.remote, ref }]);
  }
  const order = remoteOrder(choice.preferred);
  const namesake = (name: string): RefRecord | null =>
    remotes.get(name)?.sort((a, b) => order(a.remote, b.remote))[0]?.ref ?? null;
  const taken = new Set<string>();
  const branches: Branch[] = [];
  for (const [name, local] of locals) {
    const upstream = local.upstream === null ? undefined : byRefname.get(local.upstream);
    const tracked = upstream && sameLine(name, upstream.name) ? upstream : null;
    if (tracked) taken.add(tracked.name);
    branches.push(join(name, local, tracked?.ref ?? namesake(name)));
  }
  for (const name of remotes.keys()) {
    if (!locals.has(name) && !taken.has(name)) branches.push(join(name, null, namesake(name)));
  }
  return branches;
}

function join(name: string, local: RefRecord | null, remote: RefRecord | null): Branch {
  return {
    name,
    refname: `${HEADS}${name}`,
    remoteRefname: remote?.refname ?? null,
    localTip: local?.oid ?? null,
    localTime: local?.committerTime ?? null,
    remoteTip: remote?.oid ?? null,
    remoteTime: remote?.committerTime ?? null,
  };
}
