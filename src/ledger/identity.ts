// The repository's identity: what tells its records from another repository's. Never a URL or a path.
import { AppError } from "../error.ts";
import { run, text } from "../git/run.ts";
import { readEntry } from "./entry.ts";
import type { LedgerContext } from "./log.ts";
import { LOG_PATTERNS, remoteLogRefname } from "./place.ts";

/**
 * What the first record of any log here fixed; before there is one, the smallest root commit that `tips` reach (the
 * main branch's, else the line's). Throws `object-missing` in a shallow clone, which does not know its roots.
 */
export async function repositoryIdentity(context: LedgerContext, tips: readonly string[]): Promise<string> {
  return (await recordedIdentity(context)) ?? smallestRoot(context, tips);
}

async function recordedIdentity({ repository, scratch, remotes }: LedgerContext): Promise<string | null> {
  const fetched = remotes.flatMap((remote) => [
    remoteLogRefname("", remote),
    remoteLogRefname("x", remote).replace(/\/x$/, ""),
  ]);
  const args = ["for-each-ref", "--count=1", "--format=%(objectname)", ...LOG_PATTERNS, ...fetched];
  const tip = await text(repository, args);
  if (tip === "") return null;
  const read = await readEntry(scratch.reader, tip);
  if (read.kind === "entry") return read.entry.record.repository;
  throw new AppError("ledger-broken", `Cannot read the ledger at ${tip.slice(0, 12)}: ${read.why}`, {
    hint: "morello ledger verify",
  });
}

async function smallestRoot({ repository, scratch }: LedgerContext, tips: readonly string[]): Promise<string> {
  if (repository.shallow) {
    throw new AppError("object-missing", "Cannot begin a ledger in a shallow clone: its root commit is not here", {
      hint: "git fetch --unshallow",
    });
  }
  const args = ["rev-list", "--max-parents=0", "--stdin"];
  const listed = await run(scratch, args, { input: `${tips.join("\n")}\n` });
  const [smallest] = listed.stdout.toString("latin1").trimEnd().split("\n").sort();
  if (smallest === undefined || smallest === "")
    throw new AppError("ledger-broken", "Cannot begin a ledger: the repository has no commit", {
      hint: "git log --all",
    });
  return smallest;
}
