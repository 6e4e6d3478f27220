// `morello waive`.
import { waive } from "../../usecase/waive.ts";
import { renderWaive } from "../render/approve.ts";
import type { Session } from "../session.ts";

export interface WaiveRequest {
  readonly rule: string;
  readonly line: string;
  readonly commit: string | null;
  readonly reason: string;
  readonly until: { readonly in: number } | { readonly at: number };
}

export async function runWaive(
  session: Session,
  { commit: revision, until, ...request }: WaiveRequest,
): Promise<number> {
  const at = "at" in until ? until.at : session.deps.now + until.in;
  session.show(await waive(session.deps, { ...request, revision, until: at }), renderWaive);
  return 0;
}
