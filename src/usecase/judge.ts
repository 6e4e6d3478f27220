// What a person says of a fix and other commits: the same, or another one, or nothing any more. It is written down
// before anything is compared, and counts from then on.
import { forgetJudgement, recordJudgement } from "../apply/judgements.ts";
import { AppError } from "../error.ts";
import { currentIdentity } from "../git/refs.ts";
import { resolveRevisions } from "../git/revisions.ts";
import type { FindOutcome } from "../wire/find.ts";
import type { Source } from "../wire/plan.ts";
import { missingIdentity } from "./identity.ts";
import type { Workspace } from "./workspace.ts";

/** Revisions, one commit each. */
export interface Said {
  readonly same: readonly string[];
  readonly different: readonly string[];
  /** What was said of them is taken back. */
  readonly forget: readonly string[];
  readonly reason: string;
}

export const NOTHING_SAID: Said = { same: [], different: [], forget: [], reason: "" };

/** Throws `usage` for several sources, `unknown-revision`, `identity-missing`. Nothing is written unless all can be. */
export async function recordSaid(
  { repository, now }: Workspace,
  sources: readonly Source[],
  { same, different, forget, reason }: Said,
): Promise<FindOutcome["judged"]> {
  const wanted = [
    ...same.map((revision) => ({ revision, said: "same" as const })),
    ...different.map((revision) => ({ revision, said: "different" as const })),
    ...forget.map((revision) => ({ revision, said: "forgotten" as const })),
  ];
  const [source, ...more] = sources;
  if (source === undefined || more.length > 0)
    throw new AppError("usage", `A judgement is about one commit, and there are ${sources.length}`, {
      hint: "morello find REV --same COMMIT --reason 'why'",
    });
  const resolved = await resolveRevisions(
    repository,
    wanted.map(({ revision }) => revision),
  );
  const judged = wanted.map(({ revision, said }, n) => {
    const [commit, ...others] = resolved[n] ?? [];
    if (commit !== undefined && others.length === 0) return { commit, said };
    throw new AppError("unknown-revision", `Revision '${revision}' names no single commit of this repository`, {
      hint: "morello find shows the commits of every line",
      data: { revision },
    });
  });
  const identity = await currentIdentity(repository);
  if (identity === null) throw missingIdentity();
  const by = identity.replace(/ \d+ [+-]\d{4}$/, "");
  for (const { commit, said } of judged) {
    if (said === "forgotten") forgetJudgement(repository, [source.commit, commit]);
    else recordJudgement(repository, [source.commit, commit], { same: said === "same", reason, by, time: now });
  }
  return judged;
}
