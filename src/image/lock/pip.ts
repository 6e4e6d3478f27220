// Python requirements -> every wheel that they need, by version, URL and hash. pip itself decides, for the target's Python
// and platform; no source distribution is taken, since building one runs its code and gives other bytes each time.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LockedWheel } from "../../environment/lock.ts";
import { normalName } from "../../environment/wanted.ts";
import { AppError } from "../../error.ts";
import type { Environment } from "../../git/environment.ts";
import { redact, run, type RunResult } from "../../git/run.ts";
import { withoutUser } from "./apt.ts";
import { markerEnvironment, PIP_DRIVER, platformTags, type PipTarget } from "./pip-driver.ts";
import { stubWheel, type Stub } from "./stub-wheel.ts";

export interface PipRequest {
  readonly requirements: readonly string[];
  readonly target: PipTarget;
  /** URLs of indexes; the first is asked first. */
  readonly indexes: readonly string[];
  /** Versions to keep, by name. */
  readonly keep: ReadonlyMap<string, string>;
  /** What the base has, and pip must neither replace nor fetch. */
  readonly held: readonly Stub[];
}

export interface PipDeps {
  readonly env: Environment;
  /** Where pip keeps what it fetched. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
}

/** In order of name. Throws `engine-missing` without pip, `lock-invalid` where pip finds no set of wheels. */
export async function resolveWheels(request: PipRequest, deps: PipDeps): Promise<LockedWheel[]> {
  mkdirSync(join(deps.cache, "pip"), { recursive: true });
  const directory = mkdtempSync(join(deps.cache, "pip", "run-"));
  try {
    for (const stub of request.held) {
      const { file, bytes } = stubWheel(stub);
      writeFileSync(join(directory, file), bytes);
    }
    const held = request.held.map(({ name, version }) => `${name}==${version}`);
    const kept = [...request.keep].map(([name, version]) => `${name}==${version}`);
    writeFileSync(join(directory, "constraints.txt"), [...held, ...kept, ""].join("\n"));
    writeFileSync(join(directory, "requirements.txt"), [...request.requirements, ""].join("\n"));
    const said = await pip(request, directory, deps);
    if (said.status !== 0) throw refusal(said, request);
    const names = new Set(request.held.map(({ name }) => normalName(name)));
    const report = readReport(readFileSync(join(directory, "report.json"), "utf8"));
    const wheels = report.filter(({ name }) => !names.has(name));
    return await Promise.all(wheels.map((wheel) => withHash(wheel)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function pip({ target, indexes }: PipRequest, directory: string, deps: PipDeps): Promise<RunResult> {
  const [index, ...others] = indexes;
  // prettier-ignore: an option and its value stand on one line
  const args = [
    "--isolated", // no pip.conf, no PIP_*: what counts stands in morello.yaml
    "--disable-pip-version-check",
    "--no-input",
    "--no-color",
    "--retries",
    "1",
    "install",
    "--dry-run",
    "--ignore-installed",
    "--only-binary=:all:",
    "--no-warn-conflicts",
    "--report",
    "report.json",
    "--target",
    "target", // pip demands it with --platform, and writes nothing there
    "--cache-dir",
    join(deps.cache, "pip", "http"),
    "--python-version",
    target.python,
    "--implementation",
    "cp",
    "--abi",
    `cp${target.python.replace(".", "")}`,
    "--abi",
    "abi3",
    "--abi",
    "none",
    ...platformTags(target).flatMap((tag) => ["--platform", tag]),
    ...(index === undefined ? ["--no-index"] : ["--index-url", index]),
    ...others.flatMap((each) => ["--extra-index-url", each]),
    ...indexes.flatMap((each) => (each.startsWith("http://") ? ["--trusted-host", new URL(each).host] : [])),
    "--find-links",
    directory,
    "--constraint",
    "constraints.txt",
    "--requirement",
    "requirements.txt",
  ];
  const env = {
    ...deps.env,
    PYTHONDONTWRITEBYTECODE: "1",
    MORELLO_PIP: JSON.stringify({ environment: markerEnvironment(target), arguments: args }),
  };
  const signal = deps.signal === undefined ? {} : { signal: deps.signal };
  return run({ cwd: directory, env }, ["-c", PIP_DRIVER], { program: "python3", ok: [0, 1, 2, 23], ...signal }).catch(
    (cause: unknown) => {
      throw noPip(cause);
    },
  );
}

function noPip(cause: unknown): AppError {
  return new AppError(
    "engine-missing",
    "Python packages are resolved by pip, and there is no python3 with pip on the PATH",
    {
      hint: "run it where pip is: podman run --rm -v .:/work -w /work python:3 …, or: apt install python3-pip",
      cause,
    },
  );
}

const Report = z.looseObject({
  install: z.array(
    z.looseObject({
      download_info: z.looseObject({
        url: z.string(),
        archive_info: z.looseObject({ hashes: z.record(z.string(), z.string()).optional() }).optional(),
      }),
      metadata: z.looseObject({ name: z.string(), version: z.string() }),
    }),
  ),
});

interface FoundWheel {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string | null;
}

/** pip's `--report`, in order of name. */
function readReport(text: string): FoundWheel[] {
  const { install } = Report.parse(JSON.parse(text));
  return install
    .map(({ download_info: { url, archive_info }, metadata }) => ({
      name: normalName(metadata.name),
      version: metadata.version,
      url: withoutUser(url.replace(/#.*$/, "")),
      sha256: archive_info?.hashes?.["sha256"] ?? null,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An index that gives no hash gives its wheel: the hash is of what it gave. */
async function withHash({ sha256, ...wheel }: FoundWheel): Promise<LockedWheel> {
  if (sha256 !== null) return { ...wheel, sha256 };
  const answer = await fetch(wheel.url).catch(() => null);
  if (answer?.ok !== true || answer.body === null)
    throw new AppError("registry-failed", `${wheel.url} cannot be fetched (${answer?.status ?? "no answer"})`);
  const hash = createHash("sha256");
  for await (const chunk of answer.body) hash.update(chunk as Uint8Array);
  return { ...wheel, sha256: hash.digest("hex") };
}

/** pip's own sentence, and what to do about it. */
function refusal(said: RunResult, { requirements, held, keep }: PipRequest): AppError {
  if (/No module named '?pip/.test(said.stderr)) return noPip(said.stderr);
  const lines = redact(`${said.stderr}\n${said.stdout.toString("utf8")}`)
    .split("\n")
    .map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("ERROR: ")).map((line) => line.slice("ERROR: ".length));
  const conflict = lines.filter((line) => /^(?:The user requested|\S+ \S+ depends on )/.test(line));
  const stuck = held.find(({ name }) => [...conflict, ...errors].some((line) => mentions(line, name)));
  const isOffline = /Connection|NewConnectionError|timed out|Temporary failure/i.test(said.stderr);
  if (isOffline && !errors.some((line) => line.startsWith("ResolutionImpossible")))
    return new AppError(
      "registry-failed",
      `A package index cannot be reached: ${lines.find((line) => /Connection|timed out|failure/i.test(line)) ?? ""}`,
      {
        hint: "check environment.indexes.pip of morello.yaml: the index of your mirror stands there",
      },
    );
  const why = [...conflict, ...errors.filter((line) => conflict.length === 0 || !line.startsWith("Cannot install"))];
  return new AppError(
    "lock-invalid",
    stuck === undefined
      ? `pip finds no set of wheels for ${requirements.join(" ")}: ${why.slice(0, 6).join("; ")}`
      : `The base brings ${stuck.name} ${stuck.version}, which pip must not replace: ${why.slice(0, 6).join("; ")}`,
    {
      hint:
        stuck !== undefined
          ? "leave out what wants another version, or take a base without PyTorch and set environment.torch"
          : keep.size > 0
            ? "morello image lock --update"
            : "correct environment.packages.pip of morello.yaml; a package without wheels needs an index that has one",
      data: { stderr: redact(said.stderr).trim().slice(-4000) },
    },
  );
}

function mentions(line: string, name: string): boolean {
  return new RegExp(`(?<![\\w.-])${name}(?![\\w-])`, "i").test(line);
}
