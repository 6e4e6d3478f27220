// The commands that the user has allowed to run here, each once and byte by byte. They are kept with the user's own state
// and not in the repository: whoever can write there, or hands it over as an archive, allows nothing.
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readState, STATE_SCHEMA, writeState } from "../apply/state.ts";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import type { Repository } from "../git/repository.ts";

export interface AllowedCommand {
  readonly command: string;
  /** The lines it was the command of, when it was allowed. */
  readonly lines: readonly string[];
  /** The commit of the default branch that it was read from. */
  readonly commit: string;
  /** Unix seconds. */
  readonly time: number;
}

interface AllowedState {
  readonly schema: string;
  readonly kind: "allowed";
  /** The git directory, for a person who looks at the file. */
  readonly repository: string;
  /** Oldest first. */
  readonly commands: readonly AllowedCommand[];
}

/** What was allowed in this repository, oldest first. Throws `state-invalid`. */
export function allowedCommands(repository: Repository): readonly AllowedCommand[] {
  const path = pathOf(repository);
  return path === null ? [] : (readState<AllowedState>(path)?.commands ?? []);
}

/** Throws `consent-needed` if it cannot be remembered. */
export function rememberAllowed(repository: Repository, allowed: AllowedCommand): void {
  const path = pathOf(repository);
  const hint = "export XDG_STATE_HOME=DIR, where DIR is yours to write in";
  if (path === null) throw new AppError("consent-needed", "Cannot remember what you allow: HOME is not set", { hint });
  const commands = [...allowedCommands(repository).filter(({ command }) => command !== allowed.command), allowed];
  const state: AllowedState = { schema: STATE_SCHEMA, kind: "allowed", repository: repository.commonDir, commands };
  try {
    writeState(path, state);
  } catch (cause) {
    throw new AppError("consent-needed", `Cannot remember what you allow in ${path}`, { cause, hint });
  }
}

/** One file a repository, named after where it lies. Null where the user has no place for state. */
function pathOf({ baseEnvironment, commonDir }: Repository): string | null {
  const home = stateHome(baseEnvironment);
  if (home === null) return null;
  const digest = createHash("sha256").update(realpathSync(commonDir)).digest("hex");
  return join(home, "morello", "allowed", `${digest}.json`);
}

/** As the XDG Base Directory specification has it, which lets relative paths count for nothing. */
function stateHome(env: Environment): string | null {
  const { XDG_STATE_HOME: state = "", HOME: home = "" } = env;
  if (isAbsolute(state)) return state;
  return isAbsolute(home) ? join(home, ".local", "state") : null;
}
