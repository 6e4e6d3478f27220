// Plan files: JSON with a schema that says which version wrote it.
import { AppError } from "../error.ts";
import { Plan, PLAN_SCHEMA } from "../wire/plan.ts";

export function writePlan(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** Reads a plan file's text; `file` is only named in messages. Takes `--json` output too. Throws `plan-invalid`. */
export function readPlan(text: string, file: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, "it is not JSON", cause);
  }
  const plan = isRecord(value) && value["kind"] === "plan" && isRecord(value["plan"]) ? value["plan"] : value;
  const schema = isRecord(plan) ? plan["schema"] : undefined;
  if (schema !== PLAN_SCHEMA)
    throw invalid(file, `its schema is ${JSON.stringify(schema) ?? "not named"}, wanted ${PLAN_SCHEMA}`);
  const parsed = Plan.safeParse(plan);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "it does not fit its schema"}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, why: string, cause?: unknown): AppError {
  return new AppError("plan-invalid", `Cannot read ${file} as a plan: ${why}`, {
    cause,
    hint: "morello plan REV --onto LINE --out plan.json",
    data: { file },
  });
}
