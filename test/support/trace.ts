// Which git commands a program ran, by git's own trace: for tests of what must not be run, and for kills in time.
import { existsSync, readFileSync } from "node:fs";
import type { Environment } from "./environment.ts";
import type { Sandbox } from "./sandbox.ts";

export interface GitTrace {
  /** To be laid over the environment of the program that is watched. */
  readonly env: Environment;
  /** The commands started so far, in their order; the first word is `git`. */
  commands(): string[][];
}

export function gitTrace(sandbox: Sandbox, name = "trace.json"): GitTrace {
  const file = sandbox.path(name);
  const commands = (): string[][] => {
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n");
    lines.pop(); // nothing, or a line that is still being written
    return lines.flatMap((line) => {
      const event = JSON.parse(line) as { event: string; argv?: string[] };
      return event.event === "start" && event.argv !== undefined ? [event.argv] : [];
    });
  };
  return { env: { GIT_TRACE2_EVENT: file }, commands };
}
