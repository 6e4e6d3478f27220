// `morello plan`: the table first, the causes of conflicts as they are found, then what to do next.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../error.ts";
import { explainConflicts, explainNeeds, plan, type PlanInput } from "../../usecase/plan.ts";
import { judgeAlarms, type AlarmJudgement } from "../../usecase/needs/judge-alarms.ts";
import { verifyPlan } from "../../usecase/verifying/verify-plan.ts";
import type { Plan } from "../../wire/plan.ts";
import { isFit, type VerifyResult } from "../../wire/verify.ts";
import { json } from "../render/clean.ts";
import { renderCauses } from "../render/conflict.ts";
import { renderNeeds } from "../render/needs.ts";
import { renderNext, renderPlan, stoppedLines } from "../render/plan.ts";
import { renderVerdicts } from "../render/verify.ts";
import type { Session } from "../session.ts";
import { verifyOptions } from "./verify.ts";

export interface PlanRequest extends PlanInput {
  readonly verify: boolean;
  readonly container: boolean;
  readonly causes: boolean;
  readonly needs: boolean;
  /** Show all that shows a need. */
  readonly explain: boolean;
  readonly judgements: readonly AlarmJudgement[];
  /** The file to write the plan to. */
  readonly out: string | null;
}

/** Exits with 1 if a line stops, or is verified and does not pass. */
export async function runPlan(session: Session, request: PlanRequest): Promise<number> {
  const outcome = await plan(session.deps, request);
  if (!session.json) session.print(renderPlan(session.out, outcome.plan));
  const verdicts = request.verify ? await verifyLines(session, outcome.plan, request) : [];
  const caused = request.causes ? await explain(session, outcome.plan) : outcome.plan;
  const explained = request.needs ? await lookForNeeds(session, caused, request) : caused;
  if (request.out !== null) await write(resolve(session.deps.cwd, request.out), explained);
  if (session.json) session.print(json({ ...outcome, plan: explained, written: request.out, verify: verdicts }));
  else if (verdicts.every(isFit)) session.print(renderNext(session.out, explained, request.onto, request.out));
  return stoppedLines(explained).length === 0 && verdicts.every(isFit) ? 0 : 1;
}

async function verifyLines(session: Session, planned: Plan, { container }: PlanRequest): Promise<VerifyResult[]> {
  const options = verifyOptions(session, { verify: true, container, yes: false });
  const verdicts = await verifyPlan(session.deps, planned, options);
  if (!session.json && verdicts.length > 0)
    session.print(`${session.out.plain ? "" : "\n"}${renderVerdicts(session.out, verdicts)}`);
  return verdicts;
}

function explain(session: Session, planned: Plan): Promise<Plan> {
  let first = true;
  return explainConflicts(session.deps, planned, (line, _source, path) => {
    if (session.json) return;
    session.print(renderCauses(session.out, line, path, first));
    first = false;
  });
}

async function lookForNeeds(session: Session, planned: Plan, request: PlanRequest): Promise<Plan> {
  let first = true;
  const found = await explainNeeds(session.deps, planned, (line, pick) => {
    if (session.json) return;
    const text = renderNeeds(session.out, line, pick, first, request.explain);
    session.print(text);
    if (text !== "") first = false;
  });
  return judgeAlarms(session.deps, found, request.judgements);
}

async function write(file: string, planned: Plan): Promise<void> {
  const { writePlan } = await import("../../usecase/plan-file.ts");
  try {
    writeFileSync(file, writePlan(planned));
  } catch (cause) {
    const full = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
    throw new AppError(full ? "disk-full" : "usage", `Cannot write the plan to ${file}`, {
      cause,
      hint: "name another file with --out",
    });
  }
}
