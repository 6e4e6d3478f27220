// Runs a Containerfile in an engine and gives the tars of the layers that it made above the base. Chooses the engine
// and how it keeps steps apart by trying; leaves no image behind in the engine's storage.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, isAppError } from "../../error.ts";
import type { GitContext } from "../../git/run.ts";
import { readArchive, writeArchive, type BaseImage, type FileRange } from "../docker-archive.ts";
import { ENGINE_NAMES, type EngineAdapter, type EngineName, type Isolation } from "./adapter.ts";
import { buildah } from "./buildah.ts";
import { docker } from "./docker.ts";
import { podman } from "./podman.ts";
import { engineFailure, shortened, speak, type Said } from "./speak.ts";

const ADAPTERS: Readonly<Record<EngineName, EngineAdapter>> = { buildah, podman, docker };

/** What built, for people and for the record of provenance. */
export interface UsedEngine {
  /** `buildah`, `podman`, `docker`, `mmdebstrap`; `morello` where nothing had to run. */
  readonly name: string;
  /** As the program says it. */
  readonly version: string;
  /** How steps were kept apart from the machine; null where there were none. */
  readonly isolation: string | null;
}

export interface EngineBuildRequest {
  /** Null: the first that works. */
  readonly engine: EngineName | null;
  readonly base: BaseImage;
  /** Its `FROM` line is replaced by the base as the engine knows it. */
  readonly containerfile: string;
  /** The build context. */
  readonly context: string;
  /** For what is written meanwhile; its last name must be nobody else's, for it names the base. */
  readonly directory: string;
  readonly env: GitContext["env"];
  readonly signal?: AbortSignal | undefined;
  readonly onStep: (step: string) => void;
}

export interface EngineBuild {
  readonly layers: readonly FileRange[];
  readonly engine: UsedEngine;
}

/**
 * Throws `engine-missing` where there is no engine, and `engine-failed` where none can build, saying why of each, or where
 * a step fails, with its last lines; `disk-full`.
 */
export async function buildInEngine(request: EngineBuildRequest): Promise<EngineBuild> {
  const wanted = request.engine === null ? ENGINE_NAMES : [request.engine];
  const reasons: string[] = [];
  for (const name of wanted) {
    const session = new Session(ADAPTERS[name], request);
    try {
      const ready = await session.prepare();
      if (typeof ready === "string") reasons.push(`${name}: ${ready}`);
      else return await session.build(ready);
    } finally {
      await session.close();
    }
  }
  const code = reasons.every((reason) => reason.endsWith(MISSING)) ? "engine-missing" : "engine-failed";
  throw new AppError(code, `No container engine can build here: ${reasons.join("; ")}`, {
    hint: request.engine === null ? "apt-get install buildah runc" : "morello image build, without --engine",
    data: { reasons },
  });
}

const MISSING = "it is not on the PATH";

interface Ready {
  readonly version: string;
  readonly isolation: Isolation;
}

class Session {
  readonly #adapter: EngineAdapter;
  readonly #request: EngineBuildRequest;
  readonly #base: string;
  readonly #images: string[] = [];
  readonly #directory: string;

  constructor(adapter: EngineAdapter, request: EngineBuildRequest) {
    this.#adapter = adapter;
    this.#request = request;
    const unique = request.directory
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
    this.#base = `localhost/morello-base:${unique.slice(-100)}`;
    this.#directory = join(request.directory, adapter.name);
    mkdirSync(this.#directory, { recursive: true });
  }

  /** A text: why the engine cannot build here. */
  async prepare(): Promise<Ready | string> {
    const { name, version: ask, load, isolations } = this.#adapter;
    const asked = await this.#ask(ask);
    if (typeof asked === "string") return asked;
    if (asked.status !== 0) return lastWords(asked);
    this.#request.onStep(`giving ${name} the base`);
    const archive = join(this.#directory, "base.tar");
    await writeArchive(this.#request.base, this.#base, archive);
    const loaded = await this.#speak(load(archive));
    if (isDiskFull(loaded)) throw engineFailure(name, "read the base", loaded);
    if (loaded.status !== 0) return `it cannot read the base (${lastWords(loaded)})`;
    this.#images.push(this.#base);
    const version = /\d+(?:\.\d+)+\S*/.exec(asked.stdout)?.[0] ?? asked.stdout.trim();
    const reasons: string[] = [];
    for (const isolation of isolations) {
      const tried = await this.#run("RUN :\n", isolation, "trial");
      if (typeof tried === "string") return { version, isolation };
      if (isDiskFull(tried)) throw engineFailure(name, "run a step on the base", tried);
      reasons.push(`${isolation.name}: ${lastWords(tried)}`);
    }
    return `it cannot run a step on the base (${reasons.join("; ")})`;
  }

  async build({ version, isolation }: Ready): Promise<EngineBuild> {
    const { name, save, step } = this.#adapter;
    let current = "";
    const steps = this.#request.containerfile.replace(/^(?:\s*#.*\n|\s*\n)*FROM .*\n/, "");
    const built = await this.#run(steps, isolation, "build", (line) => {
      const begun = step.exec(line)?.[1];
      if (begun === undefined) return;
      current = begun.replace(/\s+/g, " ");
      this.#request.onStep(`${name}: ${shortened(current, 60)}`);
    });
    if (typeof built !== "string") {
      throw engineFailure(
        name,
        `build the environment${current === "" ? "" : `: step ${shortened(current, 100)} failed`}`,
        built,
      );
    }
    this.#request.onStep(`reading what ${name} built`);
    const archive = join(this.#directory, "built.tar");
    await this.#must(save(built, archive), "save what it built");
    const { layers, config } = await readArchive(archive);
    const below = this.#request.base.config.rootfs.diff_ids;
    if (below.some((diffId, index) => config.rootfs.diff_ids[index] !== diffId)) {
      throw new AppError("engine-failed", `${name} ${version} did not build on the base: its lower layers are others`);
    }
    return { layers: layers.slice(below.length), engine: { name, version, isolation: isolation.name } };
  }

  /** Takes the images out of the engine's storage; what it says about that is no failure of the build. */
  async close(): Promise<void> {
    const { name, remove, env } = this.#adapter;
    const context = { cwd: this.#request.directory, env: this.#request.env };
    for (const image of this.#images.reverse()) await speak(context, name, remove(image), { env }); // also after a signal
  }

  /** The image's ID, or what was said where the build failed. */
  async #run(
    steps: string,
    isolation: Isolation,
    what: string,
    onLine?: (line: string) => void,
  ): Promise<string | Said> {
    const containerfile = join(this.#directory, `Containerfile.${what}`);
    const idFile = join(this.#directory, `${what}.id`);
    writeFileSync(containerfile, `FROM ${this.#base}\n${steps}`);
    const args = this.#adapter.build({ containerfile, context: this.#request.context, idFile }, isolation);
    const said = await this.#speak(args, onLine);
    if (said.status !== 0 || !existsSync(idFile)) return said;
    const id = readFileSync(idFile, "utf8").trim();
    this.#images.push(id);
    return id;
  }

  async #must(args: readonly string[], what: string): Promise<void> {
    const said = await this.#speak(args);
    if (said.status !== 0) throw engineFailure(this.#adapter.name, what, said);
  }

  async #ask(args: readonly string[]): Promise<Said | string> {
    try {
      return await this.#speak(args);
    } catch (error) {
      if (isAppError(error, "engine-missing")) return MISSING;
      throw error;
    }
  }

  #speak(args: readonly string[], onLine?: (line: string) => void): Promise<Said> {
    const { env, signal, context } = this.#request;
    const { env: own, noise } = this.#adapter;
    return speak({ cwd: context, env }, this.#adapter.name, args, { env: own, noise, signal, onLine });
  }
}

function lastWords({ lastLines, status }: Said): string {
  return lastLines.at(-1) ?? `status ${status}`;
}

function isDiskFull({ lastLines }: Said): boolean {
  return lastLines.some((line) => /no space left on device|disk quota exceeded/i.test(line));
}
