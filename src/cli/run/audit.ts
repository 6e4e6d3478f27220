// `morello audit`.
import { audit, type AuditInput } from "../../usecase/audit.ts";
import { renderAudit } from "../render/audit.ts";
import type { Session } from "../session.ts";

export async function runAudit(session: Session, input: AuditInput): Promise<number> {
  const outcome = await audit(session.deps, input);
  session.show(outcome, renderAudit);
  return outcome.ok ? 0 : 1;
}
