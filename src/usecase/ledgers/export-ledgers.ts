// `morello ledger export`: the ledgers as files that `ssh-keygen -Y verify` and git can check without Morello.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../../error.ts";
import { exportBundle, signersOf, signersSeen, type NamedEnvelope } from "../../ledger/export-bundle.ts";
import { openLog } from "../../ledger/log.ts";
import { readTrust } from "../../ledger/trust.ts";
import type { LedgerExportOutcome } from "../../wire/ledger.ts";
import { ledgerContext, namedLines } from "./open-ledgers.ts";
import { withWorkspace, type Deps } from "../workspace.ts";

export interface LedgerExportInput {
  /** Names or patterns; empty: every line that has a ledger. The trust log is always with them. */
  readonly lines: readonly string[];
  /** A directory that is empty or not there. */
  readonly directory: string;
}

/** Throws `usage` if the directory holds something, `unknown-line`, `ledger-broken`. */
export async function ledgerExport(deps: Deps, { lines, directory }: LedgerExportInput): Promise<LedgerExportOutcome> {
  const root = resolve(deps.cwd, directory);
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new AppError("usage", `${directory} is not empty`, { hint: "name a directory that is not there" });
  return withWorkspace(deps, async (workspace) => {
    const context = ledgerContext(workspace);
    const { publish } = workspace.config.ledger;
    const trust = await readTrust(context, publish);
    const envelopes: NamedEnvelope[] = [];
    let signed = 0;
    for (const line of ["", ...(await namedLines(workspace, context, lines))]) {
      for (const { record, envelope, bytes } of await (await openLog(context, line, publish)).entries()) {
        const folder = line === "" ? "trust" : line.replaceAll("/", "-");
        envelopes.push({ name: `${folder}/${String(record.seq).padStart(6, "0")}-${record.kind}`, bytes });
        if (envelope.signatures.length > 0) signed += 1;
      }
    }
    const signers = trust === null ? signersSeen(envelopes) : signersOf(trust.states);
    write(root, exportBundle(envelopes, signers));
    return { kind: "ledger-export", directory: root, records: envelopes.length, signed };
  });
}

function write(root: string, files: readonly { readonly path: string; readonly bytes: Buffer }[]): void {
  try {
    for (const { path, bytes } of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    }
  } catch (cause) {
    throw new AppError("repository-read-only", `Cannot write to ${root}`, { cause, hint: "check who owns it" });
  }
}
