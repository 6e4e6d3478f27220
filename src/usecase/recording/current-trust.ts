// The keys that hold now. The first key that signs a record in a repository becomes its root: trusted on first use.
import type { RefUpdate } from "../../git/refs.ts";
import { append } from "../../ledger/append.ts";
import { openLog } from "../../ledger/log.ts";
import type { RecordSigner } from "../../ledger/signer.ts";
import { readTrust } from "../../ledger/trust.ts";
import { AppError } from "../../error.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Trust } from "../../wire/record.ts";
import { logTips } from "../ledgers/open-ledgers.ts";
import type { Workspace } from "../workspace.ts";

export interface CurrentTrust {
  /** Of the newest trust record; null where there is no trust log. */
  readonly digest: string | null;
  readonly state: Trust | null;
  /** The trust log's first record, as objects in the scratch repository. */
  readonly begins: RefUpdate | null;
}

interface Writer {
  readonly identity: string;
  readonly signer: RecordSigner | null;
  readonly by: Identity;
}

/** Throws `ledger-broken` where the trust log does not hold: nothing that is written under it could be proved. */
export async function currentTrust(workspace: Workspace, writer: Writer): Promise<CurrentTrust> {
  const { scratch, config, now } = workspace;
  const found = await readTrust(workspace, config.ledger.publish);
  const last = found?.states.at(-1);
  const [broken] = found?.findings ?? [];
  if (broken !== undefined)
    throw new AppError("ledger-broken", `The trust log does not hold: ${broken.message}`, { hint: broken.hint });
  if (last !== undefined) return { digest: last.digest, state: last.trust, begins: null };
  const { signer, by, identity } = writer;
  if (signer === null) return { digest: null, state: null, begins: null };
  const state: Trust = {
    keys: [
      {
        principal: by.email,
        key: signer.key,
        roles: ["root", "writer", "approver"],
        validAfter: null,
        validBefore: null,
      },
    ],
    revoked: [],
    threshold: 1,
  };
  const log = await openLog(workspace, "", config.ledger.publish);
  const body = {
    state,
    tips: await logTips(workspace, config.ledger.publish),
    reason: "the first key that signed a record",
  };
  const appended = await append(scratch, log, [{ kind: "trust", target: "", sources: [], body, parents: [] }], {
    repository: identity,
    trust: null,
    policy: null,
    time: now,
    by,
    signer,
  });
  return { digest: appended.entries[0]?.digest ?? null, state, begins: appended.update };
}
