// Whether git itself takes an annotated tag for signed, by the keys and the trust of whoever runs it.
import { run, type GitContext } from "./run.ts";

/** For OpenPGP and X.509: git knows the keyring. Never throws for a signature that does not hold. */
export async function verifyTag(context: GitContext, tag: string): Promise<{ good: boolean; detail: string }> {
  // A good signature by a key that nobody trusts would do otherwise.
  const args = ["-c", "gpg.minTrustLevel=fully", "verify-tag", tag];
  const done = await run(context, args, { ok: [0, 1, 128] });
  const said = done.stderr.trim().split("\n").at(-1) ?? "";
  return { good: done.status === 0, detail: said };
}
