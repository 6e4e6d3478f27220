// What tests of the guard's judgement begin with: a repository that holds what is pushed already, as it does in a hook.
import { receivePush } from "../../../src/usecase/guard/receive.ts";
import type { GuardOutcomeOf } from "../../../src/wire/guard.ts";
import type { Environment } from "../../support/environment.ts";
import type { TestRepository } from "../../support/repository.ts";
import { depsOf } from "../setting.ts";

/** Refname to what it would hold; null deletes. What the refs hold now is what the pusher saw. */
export type Pushing = Readonly<Record<string, string | null>>;

export async function receive(
  repository: TestRepository,
  pushing: Pushing,
  env: Environment = {},
): Promise<GuardOutcomeOf<"received">> {
  const zero = "0".repeat(repository.objectFormat === "sha1" ? 40 : 64);
  const lines = await Promise.all(
    Object.entries(pushing).map(async ([refname, to]) => {
      const { stdout } = await repository.gitRun(["rev-parse", "-q", "--verify", refname], { ok: [0, 1] });
      return `${stdout.toString().trim() || zero} ${to ?? zero} ${refname}\n`;
    }),
  );
  return receivePush(depsOf(repository, { env }), { input: lines.join(""), auditOnly: false });
}

/** The rules that refuse it, each once; empty: it goes through. */
export async function refusing(repository: TestRepository, pushing: Pushing, env: Environment = {}): Promise<string[]> {
  const { refusals } = await receive(repository, pushing, env);
  return [...new Set(refusals.map(({ rule }) => rule))];
}
