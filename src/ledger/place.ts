// Where a ledger's log and each of its records stand: refnames and paths. Line "" is the trust log, one a repository.

const LOCAL = "refs/morello";
const PUBLISHED = "refs/heads/morello";

/** Patterns of `git for-each-ref` for all logs of a repository, wherever they are kept. */
export const LOG_PATTERNS: readonly string[] = [
  `${LOCAL}/ledger`,
  `${LOCAL}/trust`,
  `${PUBLISHED}-ledger`,
  `${PUBLISHED}-trust`,
];

/** The ref of a line's log: a branch once the ledger is published, for hosts guard branches and clones bring them. */
export function logRefname(line: string, published: boolean): string {
  const separator = published ? "-" : "/";
  return `${published ? PUBLISHED : LOCAL}${separator}${line === "" ? "trust" : `ledger/${line}`}`;
}

export function remoteLogRefname(line: string, remote: string): string {
  return logRefname(line, true).replace(/^refs\/heads\//, `refs/remotes/${remote}/`);
}

/** The line of a log's local refname; null if it is no log's. */
export function lineOfLog(refname: string): string | null {
  if (refname === logRefname("", true) || refname === logRefname("", false)) return "";
  return /^refs\/(?:heads\/morello-|morello\/)ledger\/(.+)$/.exec(refname)?.[1] ?? null;
}

/** The command that brings the published ledgers of a remote. */
export function fetchLedgers(remote: string): string {
  return `git fetch ${remote} '+refs/heads/morello-*:refs/remotes/${remote}/morello-*'`;
}

/** The path of a record in the tree of its log. */
export function recordPath(key: string): string {
  return `records/${key.slice(0, 2)}/${key}.json`;
}

/** The path at which a release keeps the bytes of its tag object. `target`: the tag's full refname. */
export function tagPath(target: string): string {
  return target.replace(/^refs\//, "");
}

/** The path of a record's further file. A second attempt keeps its own: no refname holds a `~`. */
export function attemptPath(path: string, attempt: number): string {
  return attempt === 1 ? path : `${path}~${attempt}`;
}
