// A command that comes with a repository runs only after the user has allowed that very command. Nobody else can: no
// option of a pick, no file of the repository, no server hook.
import { CONFIG_FILE } from "../../config/default.ts";
import { AppError } from "../../error.ts";
import { allowedCommands, rememberAllowed } from "../../verify/allowed.ts";
import type { Workspace } from "../workspace.ts";

export interface AllowQuestion {
  /** The lines whose command it is. */
  readonly lines: readonly string[];
  readonly command: string;
  /** The file and the commit that it was read from. */
  readonly file: string;
  readonly commit: string;
  /** What was allowed for one of these lines last; null if nothing was. */
  readonly before: string | null;
}

/** Gives false to leave the command alone. Throws `consent-needed` where nobody can be asked. */
export type Allow = (question: AllowQuestion) => Promise<boolean>;

/** The commands that may run. Asks for each that was never allowed, once, in the order given. */
export async function allowCommands(
  workspace: Workspace,
  wanted: readonly { readonly line: string; readonly command: string }[],
  allow: Allow,
): Promise<ReadonlySet<string>> {
  const { repository, environment, configuredAt, now } = workspace;
  if (environment["GIT_QUARANTINE_PATH"] !== undefined) {
    throw new AppError("consent-needed", "A server hook never runs a verify command", { hint: "use --no-verify" });
  }
  const allowed = new Set<string>();
  for (const command of new Set(wanted.map((each) => each.command))) {
    const lines = wanted.filter((each) => each.command === command).map(({ line }) => line);
    const known = allowedCommands(repository);
    if (!known.some((each) => each.command === command)) {
      const before = known.findLast((each) => each.lines.some((line) => lines.includes(line)))?.command ?? null;
      const commit = configuredAt ?? "";
      if (!(await allow({ lines, command, file: CONFIG_FILE, commit, before }))) continue;
      rememberAllowed(repository, { command, lines, commit, time: now });
    }
    allowed.add(command);
  }
  return allowed;
}
