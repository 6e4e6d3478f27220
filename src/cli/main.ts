// The program: parses, runs one verb, and turns whatever happens into words and an exit status. Loads little itself.
import { CommanderError } from "commander";
import { isAppError } from "../error.ts";
import { json } from "./render/clean.ts";
import { errorReport, renderError, statusOf } from "./render/error.ts";
import { createProgram, styleHelp } from "./program.ts";
import { stopMeter, stopRun } from "./session.ts";
import { facts, viewOf } from "./terminal.ts";
import { usageError } from "./usage.ts";

const INTERRUPTED = 130;
/** Milliseconds that a run has after Ctrl-C to put away what it made; what it leaves is put away by the next run. */
const GRACE = 400;

let interrupted = false;

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  process.on("SIGINT", onInterrupt);
  const options = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const program = createProgram();
  styleHelp(program, viewOf(facts(process.stdout), process.env, !options.includes("--no-color")));
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    stopMeter();
    fail(error, options, program.commands.find((verb) => verb.name() === program.args[0])?.name() ?? null);
  }
  process.removeListener("SIGINT", onInterrupt);
}

function fail(thrown: unknown, options: readonly string[], verb: string | null): void {
  if (interrupted || (thrown instanceof Error && thrown.name === "Interrupted")) {
    process.exitCode = INTERRUPTED;
    return;
  }
  const error = thrown instanceof CommanderError ? usageError(thrown, verb, options) : thrown;
  if (error === null) return;
  process.exitCode = statusOf(error);
  if (options.includes("--json")) {
    process.stdout.write(json(errorReport(error)));
    if (isAppError(error)) return;
  }
  process.stderr.write(renderError(viewOf(facts(process.stderr), process.env, !options.includes("--no-color")), error));
}

/** `| head` has read enough: what is under way goes on, unheard. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** The first Ctrl-C reaches git too, so the run fails and cleans up; it is not waited for long. */
function onInterrupt(): void {
  stopRun();
  if (interrupted) process.exit(INTERRUPTED);
  interrupted = true;
  process.exitCode = INTERRUPTED;
  setTimeout(() => process.exit(INTERRUPTED), GRACE).unref();
}
