// What can stand where a person is typing: lines, revisions, remotes. Reads refs and state files, walks no history.
import { listResolutions } from "../apply/resolution.ts";
import { listPending } from "../apply/pending.ts";
import { CONFIG_FILE } from "../config/default.ts";
import type { Config } from "../config/load.ts";
import { headSymref, listRemotes } from "../git/refs.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import { run } from "../git/run.ts";
import { detectLines } from "../line/detect.ts";
import { detectMain } from "../line/main-branch.ts";
import type { RefRecord } from "../line/ref.ts";
import type { Deps } from "./workspace.ts";

export type Wanted =
  | "lines"
  /** Branches and tags. */
  | "revisions"
  | "remotes"
  /** Lines at which the last pick stopped. */
  | "stopped"
  /** Lines whose conflict is laid out. */
  | "resolutions";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export async function complete(deps: Deps, wanted: Wanted): Promise<Candidate[]> {
  const repository = await openRepository(deps.cwd, deps.environment);
  switch (wanted) {
    case "lines":
      return lines(repository);
    case "revisions":
      return revisions(repository);
    case "remotes":
      return (await listRemotes(repository)).map((value) => ({ value, description: "remote" }));
    case "stopped":
      return listPending(repository).map(({ line }) => ({ value: line.line.name, description: "stopped" }));
    case "resolutions":
      return listResolutions(repository).map(({ line }) => ({ value: line.name, description: "laid out" }));
  }
}

async function lines(repository: Repository): Promise<Candidate[]> {
  const [refs, remotes, head] = await Promise.all([names(repository), listRemotes(repository), headSymref(repository)]);
  const bare = repository.workTree === null;
  const plain = { lines: [], remotes: [] };
  const main = detectMain({ refs, head, config: plain, remotes, bare });
  const at = main?.remoteRefname ?? main?.refname ?? null;
  const config = at === null ? plain : ((await configuration(repository, at)) ?? plain);
  const configured = config === plain ? main : detectMain({ refs, head, config, remotes, bare });
  const found = detectLines({ refs, config, main: configured?.name ?? null, remotes });
  return found.map(({ name, tags }) => ({
    value: name,
    description: tags[0] === undefined ? "release line" : `newest tag ${tags[0].name}`,
  }));
}

/** The reader of YAML is loaded only if there is something to read. */
async function configuration(repository: Repository, refname: string): Promise<Config | null> {
  const found = await run(repository, ["cat-file", "blob", `${refname}:${CONFIG_FILE}`], { ok: [0, 128] });
  if (found.status !== 0) return null;
  const { parseConfig } = await import("../config/load.ts");
  return parseConfig(found.stdout.toString("utf8"), CONFIG_FILE);
}

/** Refs by name alone: dates and types would make git open every object. */
async function names(repository: Repository): Promise<RefRecord[]> {
  const format = "--format=%(refname)%09%(objectname)%09%(symref)";
  const listed = await run(repository, ["for-each-ref", format, "refs/heads", "refs/remotes", "refs/tags"]);
  return listed.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [refname = "", oid = "", symref = ""] = line.split("\t");
      return { refname, oid, peeled: null, committerTime: 0, upstream: null, symref: symref === "" ? null : symref };
    });
}

const KINDS: readonly (readonly [prefix: string, description: string])[] = [
  ["refs/heads/", "branch"],
  ["refs/tags/", "tag"],
  ["refs/remotes/", "remote branch"],
];

async function revisions(repository: Repository): Promise<Candidate[]> {
  const refs = await names(repository);
  const found = KINDS.flatMap(([prefix, description]) =>
    refs.flatMap(({ refname, symref }) =>
      refname.startsWith(prefix) && symref === null ? [{ value: refname.slice(prefix.length), description }] : [],
    ),
  );
  return [{ value: "HEAD", description: "the commit checked out" }, ...found];
}
