// Outcomes that were computed before. An outcome depends on three trees alone (attributes are in ours) and on the
// version of git, so it holds for ever.
import type { PickOutcome } from "../../wire/plan.ts";
import type { Sides } from "../../apply/decide.ts";
import type { Track } from "./computation.ts";
import type { Workspace } from "../workspace.ts";

/** Raised whenever the engine answers otherwise than before. */
const ENGINE = 1;

/** Larger outcomes (hundreds of conflicts) are computed again. */
const MAX_REMEMBERED = 100_000;

function outcomeKey({ repository }: Workspace, { base, ours, theirs }: Sides): string {
  return `outcome/${ENGINE}/${repository.capabilities.versionText}/${base}${ours}${theirs}`;
}

/** Null: not known, or no longer true because an object that was missing has been fetched. */
export async function recallOutcome(workspace: Workspace, sides: Sides): Promise<PickOutcome | null> {
  const stored = workspace.store.get(outcomeKey(workspace, sides));
  if (stored === undefined) return null;
  const outcome = parse(stored.toString("utf8"));
  if (outcome === null) return null;
  if (outcome.kind !== "refused") return outcome;
  const missing = missingObjects(outcome.detail);
  const found = await Promise.all(missing.map((oid) => workspace.scratch.reader.info(oid)));
  return missing.length > 0 && found.every((object) => object === null) ? outcome : null;
}

export function remember(workspace: Workspace, tracks: readonly Track[]): void {
  const pairs = tracks.flatMap(({ questions, picks }) =>
    questions.flatMap(({ source, sides }): [string, Uint8Array][] => {
      const outcome = picks.find((pick) => pick.source === source)?.outcome;
      if (outcome === undefined) return [];
      const bytes = Buffer.from(JSON.stringify(outcome));
      return bytes.length > MAX_REMEMBERED ? [] : [[outcomeKey(workspace, sides), bytes]];
    }),
  );
  workspace.store.put(pairs);
}

function missingObjects(detail: string): string[] {
  return detail.match(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? [];
}

/** Null for a value that a bad disk has spoilt: it is computed again. */
function parse(text: string): PickOutcome | null {
  try {
    return JSON.parse(text) as PickOutcome;
  } catch {
    return null;
  }
}
