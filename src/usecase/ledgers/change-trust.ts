// `morello ledger trust`: who may sign, and changes of it. A change is a record of the trust log, signed by as many root
// keys as the state before demands; where they are several people's, it goes from hand to hand as a file.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../error.ts";
import { updateRefs } from "../../git/refs.ts";
import { appendEnvelope, propose, type Draft } from "../../ledger/append.ts";
import { countersign, parseEnvelope, serialiseEnvelope } from "../../ledger/dsse.ts";
import { repositoryIdentity } from "../../ledger/identity.ts";
import { openLog, type LedgerContext } from "../../ledger/log.ts";
import { openRecordSigner, type RecordSigner } from "../../ledger/signer.ts";
import { parsePublicKey } from "../../ledger/ssh/public-key.ts";
import { readEnvelope } from "../../ledger/statement.ts";
import { foundTrust, readTrust, rootSigners, type TrustLog } from "../../ledger/trust.ts";
import type { LedgerTrustOutcome } from "../../wire/ledger.ts";
import { RECORD_NAMESPACE, type Envelope, type Role, type Trust } from "../../wire/record.ts";
import { committerOf, missingIdentity } from "../identity.ts";
import { ledgerContext, logTips } from "./open-ledgers.ts";
import { trustReport } from "./trust-report.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";

export interface AddedKey {
  /** A `.pub` file. */
  readonly file: string;
  /** Email address. */
  readonly principal: string;
  readonly roles: readonly Role[];
  /** Unix seconds; what the key signed from then on counts, also before it was added. Null: from now on. */
  readonly since?: number | null;
  /** Unix seconds; it signs nothing from then on. */
  readonly until?: number | null;
}

export interface LedgerTrustInput {
  readonly add: AddedKey | null;
  /** A fingerprint. */
  readonly revoke: string | null;
  /** Root signatures that later changes need. */
  readonly threshold: number | null;
  readonly reason: string | null;
  /** Where to write a change that others must sign. */
  readonly out: string | null;
  /** A change that somebody else proposed: sign it. */
  readonly sign: string | null;
}

/** Throws `unknown-key`, `usage`, `ledger-broken`, `line-busy`. */
export function ledgerTrust(deps: Deps, input: LedgerTrustInput): Promise<LedgerTrustOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const { config, repository } = workspace;
    const context = ledgerContext(workspace);
    const before = await readTrust(context, config.ledger.publish);
    const { add, revoke, threshold, sign } = input;
    if (add === null && revoke === null && threshold === null && sign === null)
      return { kind: "ledger-trust", trust: trustReport(before), changed: false, pending: null };
    const [broken] = before?.findings ?? [];
    if (broken !== undefined)
      throw new AppError("ledger-broken", `The trust log does not hold: ${broken.message}`, { hint: broken.hint });
    const signer = await openRecordSigner(repository);
    if (signer === null)
      throw new AppError(
        "unknown-key",
        "git is not configured to sign with an SSH key, and a change of keys is signed",
        {
          hint: "git config gpg.format ssh && git config user.signingKey ~/.ssh/id_ed25519.pub",
        },
      );
    const envelope =
      sign === null
        ? await proposal(workspace, context, before, input, signer)
        : await countersign(readProposal(resolve(deps.cwd, sign), sign), RECORD_NAMESPACE, signer);
    const file = sign ?? input.out;
    const have = signaturesOn(envelope, before);
    const needed = before?.states.at(-1)?.trust.threshold ?? 1;
    if (have < needed && file !== null) {
      writeFileSync(resolve(deps.cwd, file), serialiseEnvelope(envelope));
      return { kind: "ledger-trust", trust: trustReport(before), changed: false, pending: { file, have, needed } };
    }
    if (have < needed) throw tooFew(have, needed, signer);
    await record(context, config.ledger.publish, envelope);
    const after = await readTrust(context, config.ledger.publish);
    if (after !== null) foundTrust(repository, after);
    return { kind: "ledger-trust", trust: trustReport(after), changed: true, pending: null };
  });
}

async function proposal(
  { repository, scratch, main, detected, config, now }: Workspace,
  context: LedgerContext,
  before: TrustLog | null,
  input: LedgerTrustInput,
  signer: RecordSigner,
): Promise<Envelope> {
  const by = await committerOf(repository);
  if (by === null) throw missingIdentity();
  const state = changed(before?.states.at(-1)?.trust ?? { keys: [], revoked: [], threshold: 1 }, input);
  const tips = await logTips(context, config.ledger.publish);
  const reason = input.reason ?? reasonOf(input);
  const draft: Draft = { kind: "trust", target: "", sources: [], parents: [], body: { state, reason, tips } };
  const roots = main !== null ? [main.tip] : detected.flatMap(({ localTip, remoteTip }) => localTip ?? remoteTip ?? []);
  const log = await openLog(context, "", config.ledger.publish);
  const trust = before?.states.at(-1)?.digest ?? null;
  const identity = await repositoryIdentity(context, roots);
  return propose(scratch, log, draft, { repository: identity, trust, policy: null, time: now, by, signer });
}

/** The state with the change made. Throws `usage` if nobody could change it any more. */
function changed(state: Trust, { add, revoke, threshold }: LedgerTrustInput): Trust {
  const added = add === null ? null : { ...readKey(add.file), principal: add.principal, roles: [...add.roles] };
  const kept = state.keys.filter(({ key }) => key !== added?.key);
  const keys =
    added === null ? kept : [...kept, { ...added, validAfter: add?.since ?? null, validBefore: add?.until ?? null }];
  const fingerprints = new Map(keys.map(({ key }) => [fingerprintOf(key), key]));
  if (revoke !== null && !fingerprints.has(revoke))
    throw new AppError("unknown-key", `No trusted key has the fingerprint ${revoke}`, { hint: "morello ledger trust" });
  const revoked = [...new Set([...state.revoked, ...(revoke === null ? [] : [revoke])])];
  const needed = threshold ?? state.threshold;
  const roots = keys.filter(({ key, roles }) => roles.includes("root") && !revoked.includes(fingerprintOf(key)));
  if (roots.length < needed)
    throw new AppError("usage", `There would be ${roots.length} root keys, and changes would need ${needed}`, {
      hint: "add a root key first: morello ledger trust --add KEY.pub --as EMAIL --role root",
    });
  return { keys, revoked, threshold: needed };
}

function readKey(file: string): { readonly key: string } {
  const parsed = parsePublicKey(read(file));
  if (parsed.kind === "bad")
    throw new AppError("unknown-key", `Cannot read the public key ${file}: ${parsed.why}`, {
      hint: "name a .pub file, as ssh-keygen writes it",
    });
  const [type = "", blob = ""] = read(file).trim().split(/\s+/);
  return { key: `${type} ${blob}` };
}

function fingerprintOf(key: string): string {
  const parsed = parsePublicKey(key);
  return parsed.kind === "bad" ? "" : parsed.fingerprint;
}

function readProposal(path: string, name: string): Envelope {
  const parsed = parseEnvelope(Buffer.from(read(path), "utf8"));
  if (parsed.kind === "envelope") return parsed.envelope;
  throw new AppError("usage", `${name} is no proposed change: ${parsed.why}`, {
    hint: "morello ledger trust --add KEY.pub --as EMAIL --out FILE",
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("unknown-key", `Cannot read ${path}`, { cause, hint: `ls -l ${path}` });
  }
}

/** Root keys that signed, of those that may change the state before; of the first state, its own. */
function signaturesOn(envelope: Envelope, before: TrustLog | null): number {
  const read = readEnvelope(serialiseEnvelope(envelope));
  if (read.kind === "unreadable" || read.record.kind !== "trust") return 0;
  return rootSigners(read, before?.states.at(-1)?.trust ?? read.record.state).length;
}

async function record(context: LedgerContext, published: boolean, envelope: Envelope): Promise<void> {
  const { scratch, repository } = context;
  const log = await openLog(context, "", published);
  const { update } = await appendEnvelope(scratch, log, envelope);
  await scratch.transfer([update.to], log.tip === null ? [] : [log.tip]);
  const moved = await updateRefs(repository, [update], "morello: trust");
  if (moved.kind === "refused")
    throw new AppError("line-busy", "Somebody changed the trust log this moment; nothing was changed", {
      hint: "run this again",
    });
}

function tooFew(have: number, needed: number, { fingerprint }: RecordSigner): AppError {
  const message =
    have === 0
      ? `The key ${fingerprint} is no root key, and a change of keys is signed by ${needed} of them`
      : `The change has ${have} signature of a root key, and ${needed} are needed`;
  return new AppError("unknown-key", message, {
    hint: "--out FILE writes the change; others sign it with: morello ledger trust --sign FILE",
  });
}

function reasonOf({ add, revoke, threshold }: LedgerTrustInput): string {
  const parts = [
    add === null ? null : `added a key of ${add.principal}`,
    revoke === null ? null : `revoked ${revoke}`,
    threshold === null ? null : `changes need ${threshold} root signatures`,
  ];
  return parts.filter((part) => part !== null).join("; ");
}
