// `morello image run`.
import { readFileSync } from "node:fs";
import { imageRun, imageRunList } from "../../../usecase/image/run.ts";
import type { ImageRunFlags } from "../../command/image/container-options.ts";
import { renderImageRun, renderImageRunList } from "../../render/image/run.ts";
import type { Session } from "../../session.ts";
import { containerFace } from "./container-face.ts";

/** Exits as the container does; with 0 where it goes on or was only planned. */
export async function runImageRun(
  session: Session,
  what: string,
  command: readonly string[],
  flags: ImageRunFlags,
): Promise<number> {
  const mode = flags.print ? "print" : flags.detach ? "detached" : "foreground";
  const outcome = await imageRun(containerFace(session), {
    ...flags,
    what,
    command,
    keys: flags.key,
    volumes: flags.volume,
    mode,
    terminal: session.interactive && process.stdout.isTTY,
    onPull: (image) => session.say(`${image} is not here yet, and is pulled\n`),
    onStart: (planned) => {
      if (mode === "foreground")
        session.say(renderImageRun(session.err, planned, tokenFor(session.err.plain, planned)));
    },
  });
  if (mode === "foreground" && !session.json) return outcome.exitStatus ?? 0;
  session.show(outcome, (view, shown) => renderImageRun(view, shown, tokenFor(view.plain, shown)));
  return outcome.exitStatus ?? 0;
}

/** For people at a terminal alone: what is written to a pipe or a file may be kept. */
function tokenFor(
  plain: boolean,
  { jupyter, state }: { jupyter: { tokenFile: string } | null; state: string },
): string | null {
  if (plain || jupyter === null || state === "ended") return null;
  try {
    return readFileSync(jupyter.tokenFile, "utf8").trim();
  } catch {
    return null; // only planned: there is none yet
  }
}

export async function runImageRunList(session: Session, engine: ImageRunFlags["engine"]): Promise<number> {
  session.show(await imageRunList(containerFace(session), engine), renderImageRunList);
  return 0;
}
