// `morello apply PLAN`.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../error.ts";
import { readPlan } from "../../usecase/plan-file.ts";
import { applyPlan } from "../../usecase/apply-plan.ts";
import { renderApply } from "../render/apply.ts";
import type { Session } from "../session.ts";
import { consent, statusOf, type Consent } from "./consent.ts";
import { verifyOptions } from "./verify.ts";

export interface ApplyRequest extends Consent {
  /** `-` is standard input. */
  readonly file: string;
  readonly remote: string | null;
  readonly sign: boolean | null;
  readonly verify: boolean;
  readonly container: boolean;
}

export async function runApply(session: Session, request: ApplyRequest): Promise<number> {
  const plan = readPlan(textOf(session, request.file), request.file);
  const outcome = await applyPlan(session.deps, {
    ...request,
    plan,
    confirm: consent(session, request, false),
    verify: verifyOptions(session, request),
  });
  session.show(outcome, renderApply);
  return statusOf(outcome);
}

function textOf(session: Session, file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : resolve(session.deps.cwd, file), "utf8");
  } catch (cause) {
    throw new AppError("plan-invalid", `Cannot read ${file} as a plan`, {
      cause,
      hint: "morello plan REV --onto LINE --out plan.json",
      data: { file },
    });
  }
}
