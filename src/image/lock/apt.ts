// Names of Debian packages -> every .deb that they need, by version and hash. apt itself decides, in a root of its own: its
// lists, its status, its keys; nothing of the host's configuration is read, and nothing of it is touched. apt checks
// InRelease with gpgv, and the hashes from there down to Packages.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LockedDeb } from "../../environment/lock.ts";
import { AppError } from "../../error.ts";
import type { Environment } from "../../git/environment.ts";
import { redact, run, type RunResult } from "../../git/run.ts";

export interface AptRequest {
  /** As apt takes them: `tmux`, `tmux=3.3a-3`. */
  readonly packages: readonly string[];
  /** Debian's name: `amd64`. */
  readonly architecture: string;
  /** Lines of sources.list. */
  readonly sources: readonly string[];
  /** Paths of keyrings, binary or armoured. */
  readonly keyrings: readonly string[];
  /** /var/lib/dpkg/status of the base; empty for scratch, where what every system must have comes with it. */
  readonly status: Buffer;
  /** Versions to keep where the archive still has them, by name. */
  readonly keep: ReadonlyMap<string, string>;
}

export interface AptDeps {
  readonly env: Environment;
  /** Where lists are kept between runs. */
  readonly cache: string;
  /** Takes the lists that are there, and asks nobody. */
  readonly offline: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface AptSolution {
  /** In order of name. */
  readonly debs: readonly LockedDeb[];
  /** Unix seconds: the newest date that an archive gives itself. */
  readonly date: number | null;
}

/** Throws `engine-missing` without apt, `lock-invalid` where apt cannot satisfy it, `registry-failed` for the archive. */
export async function resolveDebs(request: AptRequest, deps: AptDeps): Promise<AptSolution> {
  return withApt(request, deps, async (apt, lists) => {
    const all = [...(request.status.length === 0 ? await essentials(apt) : []), ...request.packages];
    const args = ["install", "--yes", "--print-uris", "--no-install-recommends", "--", ...all];
    const said = await apt("apt-get", args);
    if (said.status !== 0) throw await unsatisfied(said, request, apt);
    return { debs: parsePrintUris(said.stdout.toString("utf8")), date: newestDate(lists) };
  });
}

/** What every system must have, and scratch has not. */
async function essentials(apt: Apt): Promise<string[]> {
  // Where it is there, a new system needs no usrmerge, which brings all of Perl to move an old one's files.
  const merged = "usr-is-merged";
  const known = await apt("apt-cache", ["show", merged]);
  return known.status === 0 ? ["?essential", merged] : ["?essential"];
}

export interface MissingDeb {
  readonly deb: LockedDeb;
  /** Newest first; the same version is there with another hash where the list begins with it. */
  readonly available: readonly string[];
}

/** The packages of a lock that the archive no longer has, byte for byte. In the lock's order. */
export async function missingDebs(
  debs: readonly LockedDeb[],
  request: Omit<AptRequest, "packages" | "keep">,
  deps: AptDeps,
): Promise<MissingDeb[]> {
  return withApt({ ...request, packages: [], keep: new Map() }, deps, async (apt) => {
    const names = [...new Set(debs.map(({ name }) => name))];
    const said = await apt("apt-cache", ["show", "--no-all-versions=false", "--", ...names]);
    const there = new Set(said.stdout.toString("utf8").match(/(?<=^SHA256: )[0-9a-f]{64}$/gm) ?? []);
    const gone = debs.filter(({ sha256 }) => !there.has(sha256));
    return Promise.all(
      gone.map(async (deb) => ({ deb, available: madison(await apt("apt-cache", ["madison", "--", deb.name])) })),
    );
  });
}

/** In a root of its own, gone afterwards; only the lists stay, for requests with the same sources. */
async function withApt<T>(
  request: AptRequest,
  deps: AptDeps,
  use: (apt: Apt, lists: string) => Promise<T>,
): Promise<T> {
  const { directory, lists, config } = aptRoot(request, deps.cache);
  const env = { ...deps.env, APT_CONFIG: config, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  const signal = deps.signal === undefined ? {} : { signal: deps.signal };
  const apt: Apt = (program, args) =>
    run({ cwd: directory, env }, args, { program, ok: [0, 1, 100], ...signal }).catch(missingApt);
  try {
    if (!deps.offline) await update(apt);
    else if (newestDate(lists) === null) throw noLists(request);
    return await use(apt, lists);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function madison(said: RunResult): string[] {
  const lines = said.stdout.toString("utf8").split("\n");
  return [...new Set(lines.map((line) => line.split("|")[1]?.trim() ?? "").filter((version) => version !== ""))];
}

interface AptRoot {
  readonly directory: string;
  readonly lists: string;
  readonly config: string;
}

/** The lists' place is shared by requests with the same sources, keys and architecture. */
function aptRoot({ architecture, sources, keyrings, status, keep }: AptRequest, cache: string): AptRoot {
  const hash = createHash("sha256").update(JSON.stringify([architecture, sources]));
  const keys = keyrings.map((path) => readFileSync(path));
  for (const key of keys) hash.update(key);
  const lists = join(cache, "apt", hash.digest("hex").slice(0, 24));
  mkdirSync(join(lists, "partial"), { recursive: true });
  const directory = mkdtempSync(join(cache, "apt", "run-"));
  for (const each of ["cache/archives/partial", "trusted.gpg.d"]) mkdirSync(join(directory, each), { recursive: true });
  const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(directory, name), text);
  for (const [index, key] of keys.entries()) {
    const isArmoured = key.subarray(0, 5).toString("latin1") === "-----";
    write(`trusted.gpg.d/${index}.${isArmoured ? "asc" : "gpg"}`, key);
  }
  write("sources.list", `${sources.join("\n")}\n`);
  write("status", status);
  write(
    "preferences",
    [...keep].map(([name, version]) => `Package: ${name}\nPin: version ${version}\nPin-Priority: 990\n`).join("\n"),
  );
  write("apt.conf", aptConf(directory, lists, architecture));
  return { directory, lists, config: join(directory, "apt.conf") };
}

function aptConf(directory: string, lists: string, architecture: string): string {
  const settings: Readonly<Record<string, string>> = {
    "Dir": directory,
    "Dir::Etc": directory,
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::sourcelist": "sources.list",
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "preferences",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::Etc::trusted": "/dev/null",
    "Dir::Etc::trustedparts": "trusted.gpg.d/",
    "Dir::State": directory,
    "Dir::State::lists": lists,
    "Dir::State::status": join(directory, "status"),
    "Dir::Cache": join(directory, "cache"),
    "Dir::Log": join(directory, "log"),
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "", // else apt gives its rights away and cannot read these directories
    "APT::Install-Recommends": "false",
    "APT::Get::AllowUnauthenticated": "false",
    "Acquire::AllowInsecureRepositories": "false",
    "Acquire::AllowDowngradeToInsecureRepositories": "false",
    "Acquire::Check-Valid-Until": "false", // a snapshot's validity has passed by its nature
    "Acquire::Languages": "none",
    "Acquire::ForceHash": "sha256",
    "Acquire::Retries": "3",
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join("");
}

type Apt = (program: "apt-get" | "apt-cache", args: readonly string[]) => Promise<RunResult>;

/** apt-get update ends with 0 although a source failed; only what it says tells. */
async function update(apt: Apt): Promise<void> {
  const said = await apt("apt-get", ["update", "--error-on=any"]);
  if (said.status === 0) return;
  const lines = problems(said);
  const unsigned = lines.find((line) => /NO_PUBKEY|is not signed|signature|KEYEXPIRED|EXPKEYSIG|BADSIG/i.test(line));
  throw new AppError(
    unsigned === undefined ? "registry-failed" : "lock-invalid",
    unsigned === undefined
      ? `The package archive cannot be read: ${lines[0] ?? "apt-get update failed"}`
      : `The package archive's signature does not hold: ${unsigned}`,
    {
      hint:
        unsigned === undefined
          ? "check environment.indexes.apt of morello.yaml; without a network: morello image lock --offline"
          : "name the archive's keyring in environment.indexes.keys of morello.yaml, as a path of the repository",
      data: { stderr: said.stderr.trim() },
    },
  );
}

function problems({ stderr, stdout }: RunResult): string[] {
  const lines = `${stderr}\n${redact(stdout.toString("utf8"))}`.split("\n");
  return lines.filter((line) => /^(?:E|Err):?/.test(line)).map((line) => line.replace(/^E: /, "").trim());
}

async function unsatisfied(said: RunResult, { packages }: AptRequest, apt: Apt): Promise<AppError> {
  const lines = problems(said);
  const unknown = lines.flatMap((line) => /Unable to locate package (\S+)/.exec(line)?.[1] ?? []);
  const names = packages.map((wanted) => wanted.split("=")[0] ?? "");
  const gone = lines.flatMap((line) => {
    const found = /Version '(.*)' for '(.*)' was not found/.exec(line);
    return found === null ? [] : [{ name: found[2] ?? "", version: found[1] ?? "" }];
  });
  const told = await Promise.all(
    gone.map(async ({ name, version }) => {
      const there = madison(await apt("apt-cache", ["madison", "--", name]));
      return `${name} ${version} is not in the archive; it has ${there.length === 0 ? "none" : there.join(", ")}`;
    }),
  );
  const detail = [
    ...unknown.map((name) => `there is no package ${name}`),
    ...told,
    ...(unknown.length + told.length === 0
      ? said.stdout
          .toString("utf8")
          .split("\n")
          .filter((line) => /Depends:|Conflicts:|Breaks:/.test(line))
          .map((line) => line.trim())
      : []),
  ];
  return new AppError(
    "lock-invalid",
    `apt cannot install ${names.join(" ")}: ${detail.length === 0 ? (lines[0] ?? "no reason given") : detail.join("; ")}`,
    {
      hint: "correct environment.packages.apt of morello.yaml, or indexes.apt: a component such as contrib may be missing",
    },
  );
}

function noLists({ sources }: AptRequest): AppError {
  return new AppError("lock-invalid", `No lists of these archives are in the cache: ${sources.join("; ")}`, {
    hint: "morello image lock, once with a network",
  });
}

function missingApt(cause: unknown): never {
  if (cause instanceof Error && /ENOENT/.test(String(cause.cause)))
    throw new AppError("engine-missing", "Debian packages are resolved by apt, and apt-get is not on the PATH", {
      hint: "run it where apt is: podman run --rm -v .:/work -w /work debian:stable morello image lock",
      cause,
    });
  throw cause;
}

/** Lines such as `'http://…/tmux_3.3a-3_amd64.deb' tmux_3.3a-3_amd64.deb 454536 SHA256:6bd1…`. */
export function parsePrintUris(text: string): LockedDeb[] {
  const debs = text.split("\n").flatMap((line): LockedDeb[] => {
    const found = /^'([^']+)' (\S+)_(\S+)_(\S+)\.deb (\d+) SHA256:([0-9a-f]{64})$/.exec(line);
    if (found === null) {
      if (line.startsWith("'")) throw new AppError("lock-invalid", `apt names no SHA-256: ${redact(line)}`);
      return [];
    }
    const [, url = "", name = "", version = "", architecture = "", size = "", sha256 = ""] = found;
    return [
      { name, version: decodeURIComponent(version), architecture, url: withoutUser(url), sha256, size: Number(size) },
    ];
  });
  return debs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A lock is public: what somebody logs in to an index with does not go into it. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, "$1");
}

function newestDate(lists: string): number | null {
  const dates = readdirSync(lists)
    .filter((name) => name.endsWith("InRelease") || name.endsWith("Release"))
    .map((name) => /^Date: (.+)$/m.exec(readFileSync(join(lists, name), "utf8"))?.[1] ?? "")
    .map((date) => Date.parse(date) / 1000)
    .filter((seconds) => Number.isFinite(seconds));
  return dates.length === 0 ? null : Math.max(...dates);
}

/** Where Debian's own packages put the archive's keys. */
export function hostKeyrings(distribution: string): string[] {
  return [`/usr/share/keyrings/${distribution}-archive-keyring.gpg`].filter((path) => existsSync(path));
}
