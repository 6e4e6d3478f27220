// Where the token of a workbench is kept on the host: a file that its user alone can read.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";

/** `XDG_STATE_HOME/morello/workbench/NAME/jupyter-token`. Throws `usage` where there is no home either. */
export function tokenPlace(name: string, env: Environment): string {
  const state = env["XDG_STATE_HOME"] ?? "";
  const home = env["HOME"] ?? "";
  if (!isAbsolute(state) && home === "") {
    throw new AppError("usage", "Neither XDG_STATE_HOME nor HOME says where to keep the token", {
      hint: "XDG_STATE_HOME=/var/lib morello image run …",
    });
  }
  const base = isAbsolute(state) ? state : join(home, ".local", "state");
  return join(base, "morello", "workbench", encodeURIComponent(name), "jupyter-token");
}

export function writeToken(file: string, token: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, token, { mode: 0o600 });
    chmodSync(file, 0o600); // also where it was there before
  } catch (cause) {
    throw new AppError("state-invalid", `Cannot write ${file}`, { cause, hint: `check who owns '${dirname(file)}'` });
  }
}
