// Outcomes that were computed before. An outcome depends on three trees alone (attributes are in ours) and on the
// version of git, so it holds for ever.
import type { PickOutcome } from "../wire/plan.ts";
import type { Sides } from "../apply/decide.ts";
import type { Track } from "./computation.ts";
import type { Workspace } from "./workspace.ts";

/** Larger outcomes (hundreds of conflicts) are computed again. */
const MAX_REMEMBERED = 100_000;

function outcomeKey({ repository }: Workspace, { base, ours, theirs }: Sides): string {
  return `outcome/${repository.capabilities.versionText}/${base}${ours}${theirs}`;
}

export function recallOutcome(workspace: Workspace, sides: Sides): PickOutcome | null {
  const stored = workspace.store.get(outcomeKey(workspace, sides));
  return stored === undefined ? null : (JSON.parse(stored.toString("utf8")) as PickOutcome);
}

export function remember(workspace: Workspace, tracks: readonly Track[]): void {
  const pairs = tracks.flatMap(({ questions, picks }) =>
    questions.flatMap(({ source, sides }): [string, Uint8Array][] => {
      const outcome = picks.find((pick) => pick.source === source)?.outcome;
      if (outcome === undefined || outcome.kind === "refused") return [];
      const bytes = Buffer.from(JSON.stringify(outcome));
      return bytes.length > MAX_REMEMBERED ? [] : [[outcomeKey(workspace, sides), bytes]];
    }),
  );
  workspace.store.put(pairs);
}
