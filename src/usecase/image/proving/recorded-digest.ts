// Whether the ledger says the same of an image as the image itself: by the `image` records of all lines here.
import { openLog } from "../../../ledger/log.ts";
import type { ImageVerdict } from "../../../wire/image/verify.ts";
import type { RecordOf } from "../../../wire/record.ts";
import { ledgerContext, recordedLines } from "../../ledgers/open-ledgers.ts";
import type { Workspace } from "../../workspace.ts";

/** Every `image` record here, oldest first within its line. */
export async function imageRecords(workspace: Workspace): Promise<RecordOf<"image">[]> {
  const context = ledgerContext(workspace);
  const { publish } = workspace.config.ledger;
  const logs = await Promise.all((await recordedLines(context)).map((line) => openLog(context, line, publish)));
  const entries = (await Promise.all(logs.map((log) => log.entries()))).flat();
  return entries.flatMap(({ record }) => (record.kind === "image" ? [record] : []));
}

/**
 * `tag`: what the image was named by; null for one that was named by digest alone. A tag is made once, so another digest
 * under a recorded tag is another image, whoever pushed it.
 */
export function judgeDigest(
  records: readonly Pick<RecordOf<"image">, "digest" | "tag" | "line">[],
  digest: string | null,
  tag: string | null,
): ImageVerdict {
  const proof = (state: ImageVerdict["state"], says: string): ImageVerdict => ({ name: "digest", state, says });
  if (digest === null) return proof("skipped", "the engine knows no manifest that it came from");
  const same = records.find((record) => record.digest === digest);
  if (same !== undefined) return proof("passed", `recorded as ${same.tag} in the ledger of ${same.line}`);
  const named = records.filter((record) => tag !== null && record.tag === tag);
  const [other] = named;
  if (other !== undefined)
    return proof("failed", `${digest}; the ledger of ${other.line} has ${other.digest} for ${tag}`);
  return proof(
    "skipped",
    records.length === 0 ? "no ledger here records an image" : "no ledger here records this image",
  );
}
