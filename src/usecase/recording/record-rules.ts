// Writes down what guards the refs on a forge: a later record with another digest tells that somebody changed it.
import { withLines } from "../../apply/state.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";
import { appendNow } from "./append-now.ts";
import { openRecorder } from "./recorder.ts";
import { linesWithLedger } from "./recorded-picks.ts";

/** On every line that has a ledger. A shallow clone records nothing. */
export async function recordRules(workspace: Workspace, lines: readonly Line[], rules: string): Promise<void> {
  const known = await linesWithLedger(workspace);
  const asked = lines.filter(({ name }) => known.has(name));
  const recorder = asked.length === 0 ? null : await openRecorder(workspace);
  if (recorder === null) return;
  await withLines(
    workspace.repository,
    asked.map(({ name }) => name),
    async () => {
      for (const line of asked) {
        const body = { tip: null, baseline: null, tips: {}, rules };
        await appendNow(workspace, recorder, line, [
          { kind: "checkpoint", target: line.refname, sources: [], body, parents: [] },
        ]);
      }
    },
  );
}
