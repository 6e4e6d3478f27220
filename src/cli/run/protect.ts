// `morello protect`: the tokens of the environment, and the question before a forge's settings are changed.
import { protect } from "../../usecase/protect.ts";
import type { ForgeKind } from "../../usecase/protect.ts";
import type { ProtectOutcome } from "../../wire/protect.ts";
import { tokenAdvice, tokenFor } from "../forge-token.ts";
import { clean } from "../render/clean.ts";
import { renderProtect } from "../render/protect.ts";
import { count } from "../render/view.ts";
import type { Session } from "../session.ts";

export interface ProtectRequest {
  readonly apply: boolean;
  readonly yes: boolean;
  readonly forge: ForgeKind | null;
  readonly remote: string | null;
}

/** Exits with 1 unless all is as it should be. */
export async function runProtect(session: Session, { apply, yes, forge, remote }: ProtectRequest): Promise<number> {
  const { environment } = session.deps;
  const outcome = await protect(session.deps, {
    apply,
    forge,
    remote,
    tokenFor: (kind, host) => tokenFor(environment, kind, host),
    tokenAdvice: (kind, host) => tokenAdvice(environment, kind, host),
    confirm: (found) => (yes ? Promise.resolve(true) : confirm(session, found)),
  });
  session.show(outcome, renderProtect);
  return outcome.ok ? 0 : 1;
}

async function confirm(session: Session, found: ProtectOutcome): Promise<boolean> {
  const what = `${count(found.differences.length, "setting")} of ${clean(found.project)} on ${clean(found.host)} would change`;
  session.needPerson(what, "look at them, then: morello protect --apply --yes");
  session.say(`${renderProtect(session.err, found)}\n`);
  const { ask } = await import("../prompt.ts");
  return ask(`Change ${count(found.differences.length, "setting")} on ${clean(found.host)}?`);
}
