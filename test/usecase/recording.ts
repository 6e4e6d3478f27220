// What tests of records begin with: reading a line's ledger, people with keys, and whether a ledger holds.
import { writeFileSync } from "node:fs";
import { approve as approveWith, type ApproveInput } from "../../src/usecase/approve.ts";
import { ledgerLog } from "../../src/usecase/ledgers/show-log.ts";
import { ledgerVerify } from "../../src/usecase/ledgers/verify-ledgers.ts";
import type { ApproveOutcome } from "../../src/wire/approve.ts";
import type { LedgerRecord, RecordKind, RecordOf } from "../../src/wire/record.ts";
import type { Environment } from "../support/environment.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeKey, type SshKey } from "../support/ssh.ts";
import { depsOf, type Place } from "./setting.ts";

/** The records of a line, oldest first. */
export async function recordsOn(repository: TestRepository, line = "release/v2.7"): Promise<LedgerRecord[]> {
  const outcome = await ledgerLog(depsOf(repository), { lines: [line], fix: null, limit: 1000 });
  const { lines } = outcome;
  return (lines[0]?.entries ?? []).map(({ record }) => record).reverse();
}

export async function kindsRecorded(repository: TestRepository, line = "release/v2.7"): Promise<RecordKind[]> {
  return (await recordsOn(repository, line)).map(({ kind }) => kind);
}

export async function recordedOf<Kind extends RecordKind>(
  repository: TestRepository,
  kind: Kind,
  line = "release/v2.7",
): Promise<RecordOf<Kind>[]> {
  const records = await recordsOn(repository, line);
  return records.filter((record): record is RecordOf<Kind> => record.kind === kind);
}

/** What does not hold, a line each; `holds` if all does. */
export async function verified(repository: TestRepository, place: Place = {}): Promise<string[]> {
  const { ok, lines, trustFindings } = await ledgerVerify(depsOf(repository, place), { lines: [], from: null });
  const found = [...trustFindings, ...lines.flatMap(({ findings }) => findings)];
  return ok ? ["holds"] : found.map(({ code, message }) => `${code}: ${message}`);
}

export interface Person {
  readonly name: string;
  readonly key: SshKey;
  /** For a run in their name. */
  readonly env: Environment;
}

/** A person with a key of their own, as git is configured for them. */
export async function person(repository: TestRepository, name: string): Promise<Person> {
  const { sandbox } = repository;
  const key = await makeKey(sandbox, `${name}-key`);
  const file = sandbox.path(`${name}-config`);
  writeFileSync(file, `[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = ${key.file}\n`);
  const env = {
    GIT_CONFIG_GLOBAL: file,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: `${name}@example.com`,
  };
  return { name, key, env };
}

/** `morello approve WHAT --yes`. */
export function approve(
  repository: TestRepository,
  input: Partial<ApproveInput> & { readonly line?: string | null },
  place: Place = {},
): Promise<ApproveOutcome> {
  let count = 0;
  return approveWith(depsOf(repository, place), {
    plan: null,
    line: "release/v2.7",
    comment: null,
    days: null,
    nonce: () => `nonce-of-a-test-${count++}`,
    confirm: () => Promise.resolve(true),
    push: false,
    remote: null,
    ...input,
  });
}
