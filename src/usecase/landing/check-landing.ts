// Whether policy lets a run's commits onto their lines: asked of the commits themselves, before anything moves.
import { policyOf } from "../../line/settings.ts";
import { policyDigest } from "../../policy/digest.ts";
import { isMet, neededFacts, refusingOnly } from "../../policy/evaluate.ts";
import type { Need } from "../../policy/rule.ts";
import type { Violation } from "../../wire/check.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import { checkClassed } from "../checking/check-commits.ts";
import { landingContext, type LandingContext } from "../checking/landing-context.ts";
import { Reaches } from "../classing/reach.ts";
import { summary } from "../picks/find-sources.ts";
import type { Landing, LandedPick } from "../recording/landing.ts";
import { openRecorder } from "../recording/recorder.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";

export interface CheckedLanding {
  readonly landing: Landing;
  readonly violations: readonly Violation[];
  /** Nothing refuses. */
  readonly met: boolean;
}

/** What was looked at before: the plan, the checks of a resolution; the line's verify command runs on the result. */
const ELSEWHERE: readonly Need[] = ["duplicateOf", "verify", "resurrected"];

/**
 * In the order of the landings, each with how its sources are reached and the approvals it relies on. `sign`: as for the
 * records that will be made of them.
 */
export async function checkLandings(
  workspace: Workspace,
  landings: readonly Landing[],
  sign: boolean | null,
): Promise<CheckedLanding[]> {
  if (landings.length === 0) return [];
  const sources = landings.flatMap(({ picks }) => picks.map(({ source }) => source));
  const graph = await historyOf(workspace, sources);
  const lines = new Map(linesOf(workspace, graph).map((line) => [line.name, line]));
  const wanted = landings.some((landing) => policyOf(workspace.config, landing.line).signed);
  const signed = wanted && (await willBeSigned(workspace, sign));
  const checked: CheckedLanding[] = [];
  for (const landing of landings) {
    const line = lines.get(landing.line);
    if (line === undefined) continue;
    const settings = policyOf(workspace.config, line.name);
    const context = await landingContext(workspace, line, landing, policyDigest(settings));
    const reaches = new Reaches(workspace, graph, settings);
    const classed = await Promise.all(landing.picks.map((pick) => classedOf(workspace, reaches, context, pick)));
    const exact = landing.picks.every((pick) => pick.class === "exact");
    // An exact pick holds what its source holds, and the source is no business of the line's.
    const free: readonly Need[] = exact ? [...ELSEWHERE, "markers"] : ELSEWHERE;
    const needs = new Set([...neededFacts(refusingOnly(settings))].filter((need) => !free.includes(need)));
    const records = landing.picks.map(
      ({ commit, reason, conflicted }) => [commit, { signed, reason, conflicted }] as const,
    );
    const checking = { workspace, graph, line, context: { ...context.check, records: new Map(records) } };
    const { violations } = await checkClassed(checking, classed, settings, needs);
    const picks = landing.picks.map((pick, n) => ({ ...pick, reach: classed[n]?.source?.reach ?? pick.reach }));
    checked.push({
      landing: { ...landing, picks, approvals: context.approvals, waivers: waiversOf(violations) },
      violations,
      met: isMet(violations),
    });
  }
  return checked;
}

/** Whether the records of what lands will be signed by a key that may. */
async function willBeSigned(workspace: Workspace, sign: boolean | null): Promise<boolean> {
  const signing = (await openRecorder(workspace, sign))?.signing ?? null;
  return signing !== null && signing.key !== null && signing.warning === null;
}

function waiversOf(violations: readonly Violation[]): string[] {
  return [...new Set(violations.flatMap(({ waiver }) => waiver?.key ?? []))];
}

async function classedOf(
  { scratch }: Workspace,
  reaches: Reaches,
  { recorded }: LandingContext,
  { commit, source, conflicted, ...pick }: LandedPick,
): Promise<ClassedCommit> {
  const [landed, origin] = await Promise.all([scratch.reader.commit(commit), scratch.reader.commit(source)]);
  const reach = await reaches.ofAll([source], [...recorded]);
  const about = (oid: string, found: typeof landed): ReturnType<typeof summary> =>
    found === null ? { commit: oid, subject: "", author: "", date: "" } : summary(oid, found);
  return {
    ...about(commit, landed),
    class: pick.class,
    source: { ...about(source, origin), evidence: "claimed", reach },
    moreSources: [],
    kept: { author: true, date: true, message: true },
    reverts: [],
    lies: false,
    conflicted: [...conflicted],
    beyond: [],
    rangeDiff: "",
    merge: false,
  };
}
