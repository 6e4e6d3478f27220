// `morello approve`: shows what the signature covers, asks, signs.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { approve } from "../../usecase/approve.ts";
import { readPlan } from "../../usecase/plan-file.ts";
import { askSign } from "../prompt.ts";
import { renderApprove, renderPreviews } from "../render/approve.ts";
import type { Session } from "../session.ts";

export interface ApproveRequest {
  readonly what: string;
  readonly line: string | null;
  readonly comment: string | null;
  readonly days: number | null;
  readonly yes: boolean;
  readonly push: boolean;
  readonly remote: string | null;
}

export async function runApprove(session: Session, request: ApproveRequest): Promise<number> {
  const { what, yes } = request;
  const file = resolve(session.deps.cwd, what);
  const isFile = existsSync(file) && statSync(file).isFile();
  const outcome = await approve(session.deps, {
    ...request,
    plan: isFile ? readPlan(readFileSync(file, "utf8"), what) : null,
    line: isFile ? request.line : what,
    nonce: () => randomUUID(),
    confirm: async (previews) => {
      if (yes) return true;
      session.needPerson("An approval is to be signed", "morello approve … --yes signs without asking");
      session.say(renderPreviews(session.err, previews));
      return askSign("Sign this?");
    },
  });
  session.show(outcome, renderApprove);
  return outcome.kind === "declined" ? 1 : 0;
}
