// `morello waive`: lets a violation of a rule pass, on the record: who, why, until when.
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { resolveRevisions } from "../git/revisions.ts";
import { standingOf } from "../ledger/trust.ts";
import { selectLines } from "../line/select.ts";
import { RULES } from "../policy/rules.ts";
import type { WaiveOutcome } from "../wire/approve.ts";
import { appendNow } from "./recording/append-now.ts";
import { openRecorder } from "./recording/recorder.ts";
import { withReconciled } from "./reconciled.ts";
import { historyOf, linesOf, type Deps } from "./workspace.ts";

export interface WaiveInput {
  readonly rule: string;
  readonly line: string;
  /** The landed or source commit that it is for; null for all of the line. */
  readonly revision: string | null;
  readonly reason: string;
  /** Unix seconds. */
  readonly until: number;
}

/** Throws `usage` for an unknown rule or a moment that is past, `unknown-key` where the key may not waive. */
export function waive(deps: Deps, { rule, line: wanted, revision, reason, until }: WaiveInput): Promise<WaiveOutcome> {
  const ids = RULES.map(({ id }) => id);
  if (!ids.some((id) => id === rule))
    throw new AppError("usage", `There is no rule ${rule}`, { hint: `one of: ${ids.join(", ")}` });
  if (until <= deps.now)
    throw new AppError("usage", "The moment until which it is waived is past", { hint: "--until 30d" });
  return withReconciled(deps, async (workspace) => {
    const { repository, now } = workspace;
    const lines = linesOf(workspace, await historyOf(workspace, []));
    const [line, ...more] = selectLines(lines, [wanted]).selected;
    if (line === undefined || more.length > 0)
      throw new AppError("usage", `'${wanted}' names several lines`, { hint: "name one line" });
    const commit = revision === null ? null : ((await resolveRevisions(repository, [revision]))[0]?.at(-1) ?? null);
    if (revision !== null && commit === null)
      throw new AppError("unknown-revision", `${revision} names no commit`, { hint: "git log --oneline --all" });
    const recorder = await openRecorder(workspace);
    if (recorder === null)
      throw new AppError("object-missing", "Nothing can be recorded in a shallow clone", {
        hint: "git fetch --unshallow",
      });
    const { signer, trust, by } = recorder;
    if (trust.state !== null) {
      const standing = signer === null ? null : standingOf(trust.state, signer, "approver", now);
      if (standing?.kind !== "holds")
        throw new AppError("unknown-key", `Cannot waive: ${standing?.message ?? "git is configured with no SSH key"}`, {
          hint: `morello ledger trust --add KEY.pub --as ${by.email} --role approver   (by somebody with a root key)`,
        });
    }
    const sources = commit === null ? [] : [commit];
    const body = { rule, commit, reason, until };
    const [entry] = await withLines(repository, [line.name], () =>
      appendNow(workspace, recorder, line, [{ kind: "waiver", target: line.refname, sources, body, parents: sources }]),
    );
    return {
      kind: "waived",
      line: line.name,
      rule,
      commit,
      reason,
      by: by.email,
      until,
      record: entry?.record.key ?? "",
    };
  });
}
