// Images in an engine's own storage: what it says of one, and how one gets there.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../error.ts";
import { run } from "../git/run.ts";
import type { Reference } from "../oci/reference.ts";
import type { ContainerDeps } from "./container.ts";

export interface LocalImage {
  /** What the engine starts it by. */
  readonly id: string;
  /** `sha256:…` of manifests that it is known to have come from. */
  readonly digests: readonly string[];
  /** TCP ports that it declares, ascending. */
  readonly exposed: readonly number[];
  readonly entrypoint: readonly string[];
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}

const words = z.union([z.array(z.string()), z.string(), z.null()]).optional();

const Inspected = z.array(
  z.object({
    Id: z.string(),
    Digest: z.string().optional(),
    RepoDigests: z.array(z.string()).nullish(),
    Config: z.object({
      Entrypoint: words,
      User: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    }),
  }),
);

/** What `podman image inspect` and `docker image inspect` print. Null: it is not readable. */
export function readInspected(text: string): LocalImage | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const image = Inspected.safeParse(json).data?.[0];
  if (image === undefined) return null;
  const { Config, Digest, RepoDigests } = image;
  const digests = [Digest ?? "", ...(RepoDigests ?? []).map((name) => name.slice(name.indexOf("@") + 1))];
  return {
    id: image.Id,
    digests: [...new Set(digests.filter((digest) => digest.startsWith("sha256:")))],
    exposed: Object.keys(Config.ExposedPorts ?? {})
      .filter((port) => /^\d+(?:\/tcp)?$/.test(port))
      .map((port) => Number.parseInt(port, 10))
      .toSorted((a, b) => a - b),
    entrypoint: [Config.Entrypoint ?? []].flat(),
    user: Config.User ?? "",
    labels: Config.Labels ?? {},
  };
}

const ANY = Array.from({ length: 256 }, (_, status) => status);

/** Null: the engine does not have it. */
export async function localImage(deps: ContainerDeps, name: string): Promise<LocalImage | null> {
  const asked = await run(deps, ["image", "inspect", name], { program: deps.engine, ok: ANY });
  return asked.status === 0 ? readInspected(asked.stdout.toString("utf8")) : null;
}

/** Gives the name that the engine has it by then. Throws `engine-failed` with the engine's words. */
export async function pullImage(deps: ContainerDeps, reference: Reference, text: string): Promise<string> {
  if (reference.kind === "layout") return pullLayout(deps, resolve(deps.cwd, reference.directory), reference.tag, text);
  const pulled = await run(deps, ["pull", "--quiet", text], { program: deps.engine, ok: ANY });
  if (pulled.status !== 0) throw pullFailure(deps, text, pulled.stderr);
  return text;
}

/** podman makes a name of the path, and refuses one with capitals: so it gets a path of ours. */
async function pullLayout(deps: ContainerDeps, directory: string, tag: string | null, text: string): Promise<string> {
  if (deps.engine === "docker") {
    throw new AppError("engine-failed", `docker reads no image layout, and ${text} is one`, {
      hint: `skopeo copy ${text} docker-daemon:NAME:TAG, and name that`,
    });
  }
  const name = `morello-${createHash("sha256").update(directory).digest("hex").slice(0, 12)}`;
  const aside = mkdtempSync(join(tmpdir(), "morello-layout-"));
  try {
    symlinkSync(directory, join(aside, name));
    const source = `oci:${name}${tag === null ? "" : `:${tag}`}`;
    const pulled = await run({ ...deps, cwd: aside }, ["pull", "--quiet", source], { program: deps.engine, ok: ANY });
    if (pulled.status !== 0) throw pullFailure(deps, text, pulled.stderr);
    return pulled.stdout.toString("utf8").trim();
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function pullFailure({ engine }: ContainerDeps, text: string, stderr: string): AppError {
  const why = stderr.trim().split("\n").at(-1) ?? "";
  return new AppError("engine-failed", `${engine} cannot get ${text}${why === "" ? "" : `: ${why}`}`, {
    hint: `${engine} pull ${text}`,
    data: { image: text, stderr },
  });
}
