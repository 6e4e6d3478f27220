import type { Verb } from "../verb.ts";

interface Flags {
  readonly fetch: boolean;
}

export function auditVerb(verb: Verb): Verb {
  return verb
    .description("what happened to recorded fixes since they landed: reverts, follow-ups, moved tags")
    .argument("[line...]", "lines and patterns; every line with a ledger unless given")
    .option("-f, --fetch", "fetch all remotes first", false)
    .examples("morello audit", "morello audit release/v2.7 --fetch")
    .does<Flags>(async (session, lines, flags) => {
      const { runAudit } = await import("../run/audit.ts");
      return runAudit(session, { ...flags, lines });
    });
}
