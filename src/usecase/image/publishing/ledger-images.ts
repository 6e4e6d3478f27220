// What a line's ledger says of images: which digest a release's image has, and which image was adopted for it.
import { openLog, type Log } from "../../../ledger/log.ts";
import { recordKey } from "../../../ledger/key.ts";
import { TAGS } from "../../../line/ref.ts";
import type { RecordOf } from "../../../wire/record.ts";
import type { Workspace } from "../../workspace.ts";

export type ImageRecord = RecordOf<"image">;

/** `built`: made by Morello and published. `adopted`: made elsewhere, compared with the tag's tree. */
export type ImageRole = "built" | "adopted";

export interface LedgerImages {
  /** Records about a release's images, oldest first. `tag`: git's, short. */
  of(tag: string): Promise<readonly ImageRecord[]>;
}

const NONE: LedgerImages = { of: () => Promise.resolve([]) };

/** `line`: its name; null: no line, so no ledger. Throws `ledger-broken`. */
export async function openLedgerImages(workspace: Workspace, line: string | null): Promise<LedgerImages> {
  if (line === null) return NONE;
  const log = await openLog(workspace, line, workspace.config.ledger.publish);
  const repository = (await log.last())?.record.repository ?? null;
  if (repository === null) return NONE;
  const known = new Map<string, Promise<readonly ImageRecord[]>>();
  return {
    of: (tag) => {
      const found = known.get(tag) ?? recordsOf(log, repository, tag);
      known.set(tag, found);
      return found;
    },
  };
}

async function recordsOf(log: Log, repository: string, tag: string): Promise<ImageRecord[]> {
  const found: ImageRecord[] = [];
  for (let attempt = 1; ; attempt++) {
    const key = recordKey({ repository, target: `${TAGS}${tag}`, sources: [], kind: "image", attempt });
    const record = (await log.find(key))?.record;
    if (record?.kind !== "image") return found;
    found.push(record);
  }
}

/** The newest record of that role about a variant (`default` where there is but one). */
export function newest(records: readonly ImageRecord[], role: ImageRole, variant: string): ImageRecord | null {
  return records.findLast(({ detail }) => detail["role"] === role && detail["variant"] === variant) ?? null;
}
