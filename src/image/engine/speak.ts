// Runs an engine's command to its end: what it says goes by line, the last lines are kept for a failure.
import { createInterface } from "node:readline";
import { AppError } from "../../error.ts";
import { redact, start, type GitContext } from "../../git/run.ts";

/** Lines that a failure shows: enough for a package manager's own words. */
const LAST_LINES = 12;

export interface Said {
  readonly status: number;
  /** Of stdout and stderr as they came, without credentials; at most `LAST_LINES`. */
  readonly lastLines: readonly string[];
  /** All of stdout. Of a build: small, since packages are installed quietly or in a few thousand lines. */
  readonly stdout: string;
}

export interface SpeakOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Lines that are not kept for a failure. */
  readonly noise?: RegExp | undefined;
}

/** Throws `engine-missing` where the program cannot be started; what its status means is the caller's to say. */
export async function speak(
  context: GitContext,
  program: string,
  args: readonly string[],
  { env, signal, onLine, noise }: SpeakOptions = {},
): Promise<Said> {
  const child = start(context, args, { program, ...(env && { env }), ...(signal && { signal }) });
  const lastLines: string[] = [];
  const stdout: string[] = [];
  const take = (line: string): void => {
    if (line.trim() !== "" && noise?.test(line) !== true) lastLines.push(redact(shortened(line.trimEnd())));
    if (lastLines.length > LAST_LINES) lastLines.shift();
    onLine?.(line);
  };
  child.stdin?.on("error", () => undefined).end(); // EPIPE: the status says more
  const ended = [child.stdout, child.stderr].map(async (stream) => {
    if (stream === null) return;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (stream === child.stdout) stdout.push(line);
      take(line);
    }
  });
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(signal?.aborted === true ? cause : cannotStart(program, cause)));
    child.once("close", (code) => resolve(code ?? 128));
  });
  await Promise.all(ended);
  return { status, lastLines, stdout: stdout.join("\n") };
}

function cannotStart(program: string, cause: Error): AppError {
  return new AppError("engine-missing", `Cannot run ${program}: it is not on the PATH`, {
    cause,
    hint: `apt-get install ${program}`,
  });
}

/** Characters of a line that are shown. */
const WIDEST = 200;

export function shortened(line: string, widest: number = WIDEST): string {
  return line.length > widest ? `${line.slice(0, widest - 1)}…` : line;
}

/** A failure of an engine, with its own last words. `what`: the verb phrase, such as `read the base`. */
export function engineFailure(
  engine: string,
  what: string,
  { status, lastLines }: Said,
  hint = "morello image build --engine NAME, with another engine: buildah, podman or docker",
): AppError {
  const words = lastLines.join("\n");
  const data = { engine, status, lastLines };
  if (/no space left on device|disk quota exceeded/i.test(words)) {
    const message = `There is no space left on the disk: ${engine} cannot ${what}`;
    return new AppError("disk-full", message, { hint: freeSpace(engine), data });
  }
  const said = lastLines.length === 0 ? "" : `\n${lastLines.map((line) => `  ${line}`).join("\n")}`;
  return new AppError("engine-failed", `${engine} cannot ${what} (status ${status})${said}`, { hint, data });
}

function freeSpace(engine: string): string {
  if (engine === "docker") return "docker system df; docker image prune";
  return engine === "mmdebstrap" ? "df -h ${TMPDIR:-/tmp}" : `podman system df; ${engine} rmi --prune`;
}
