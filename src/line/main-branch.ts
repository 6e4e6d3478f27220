// Which branch is the main one: where fixes are made before they are carried to lines.
import type { Config } from "../config/schema.ts";
import { AppError } from "../error.ts";
import { parseLineName } from "./name.ts";
import { nearest } from "./nearest.ts";
import { collectBranches, HEADS, remoteOrder, splitRemoteRef, type Branch, type RefRecord } from "./ref.ts";

/** Names that are nobody's topic branch, in order of trust. `unstable` is Redis's. */
const USUAL = ["main", "master", "trunk", "develop", "development", "devel", "unstable", "default"];

export interface MainInput {
  readonly refs: readonly RefRecord[];
  /** What HEAD points at, `refs/heads/…`; null if detached. */
  readonly head: string | null;
  readonly config: Pick<Config, "main" | "remotes">;
  readonly remotes?: readonly string[];
  /** In a bare repository HEAD names the default branch; in a clone, only what somebody works on. */
  readonly bare?: boolean;
}

/**
 * Finds the main branch: the one configured, else where a remote's HEAD points (`origin` first), else HEAD's branch if
 * its name is a usual one or the repository is bare, else the first usual name there is, else HEAD's branch unless it
 * is a line; null if all fail. HEAD's branch comes late because people stand on the fix they are about to carry.
 * Throws `config-invalid` if the configured branch is not there.
 */
export function detectMain({ refs, head, config, remotes = [], bare = false }: MainInput): Branch | null {
  const branches = new Map(
    collectBranches(refs, { known: remotes, preferred: config.remotes }).map((branch) => [branch.name, branch]),
  );
  if (config.main !== undefined) return branches.get(config.main) ?? missing(config.main, [...branches.keys()]);
  const headName = head?.startsWith(HEADS) ? head.slice(HEADS.length) : null;
  const candidates = [
    remoteHead(refs, config.remotes, remotes),
    headName !== null && (bare || USUAL.includes(headName)) ? headName : null,
    ...USUAL,
    headName !== null && parseLineName(headName) === null ? headName : null,
  ];
  const name = candidates.find((candidate) => candidate !== null && branches.has(candidate));
  return name === undefined || name === null ? null : branches.get(name)!;
}

function remoteHead(refs: readonly RefRecord[], preferred: readonly string[], known: readonly string[]): string | null {
  const order = remoteOrder(preferred);
  const heads = refs.flatMap((ref) => {
    const split = splitRemoteRef(ref.refname, known);
    const target = ref.symref === null ? null : splitRemoteRef(ref.symref, known);
    return split?.name === "HEAD" && target ? [{ remote: split.remote, name: target.name }] : [];
  });
  return heads.sort((a, b) => order(a.remote, b.remote))[0]?.name ?? null;
}

function missing(name: string, known: readonly string[]): never {
  const meant = nearest(name, known)[0];
  throw new AppError(
    "config-invalid",
    `morello.yaml says that the main branch is '${name}', and there is no branch of that name`,
    {
      hint:
        meant === undefined
          ? "Fetch the branch, or set main to one of `git branch --all`."
          : `Did you mean '${meant}'?`,
      data: { main: name, nearest: nearest(name, known) },
    },
  );
}
