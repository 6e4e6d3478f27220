// Puts on record which image a release has: one record for each variant, and none where the ledger says it already.
import { withLines } from "../../../apply/state.ts";
import { AppError } from "../../../error.ts";
import { TAGS } from "../../../line/ref.ts";
import type { Draft } from "../../../ledger/append.ts";
import type { ImageRecorded } from "../../../wire/image/build.ts";
import { appendNow } from "../../recording/append-now.ts";
import { openRecorder } from "../../recording/recorder.ts";
import type { Workspace } from "../../workspace.ts";
import { newest, openLedgerImages, type ImageRecord, type ImageRole } from "./ledger-images.ts";
import type { Subject } from "../subject.ts";

export interface RecordedImage {
  readonly role: ImageRole;
  /** `default` where there is but one. */
  readonly variant: string;
  /** What the tag stands for: a manifest, or an index. */
  readonly digest: string;
  /** `registry.example/team/app:v2.7.1` */
  readonly reference: string;
  /** The image's tag. */
  readonly tag: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** Throws `image-refused` where the ledger has another digest for the version. */
export function compareWithRecord(
  records: readonly ImageRecord[],
  image: Pick<RecordedImage, "variant" | "digest" | "tag">,
): void {
  const known = newest(records, "built", image.variant);
  if (known === null || known.digest === image.digest) return;
  throw new AppError(
    "image-refused",
    `The ledger has ${known.digest} for ${image.tag}, and this image is ${image.digest}; nothing was published`,
    {
      hint: `morello image diff ${known.reference.replace(/:[^:/]*$/, "")}@${known.digest} …; the record is in: morello ledger log`,
      data: { tag: image.tag, recorded: known.digest, found: image.digest },
    },
  );
}

/** A shallow clone, and a version without a line, record nothing and say so. */
export async function recordImages(
  workspace: Workspace,
  { tag, commit, line }: Subject,
  images: readonly RecordedImage[],
  sign: boolean | null,
): Promise<ImageRecorded> {
  const nothing = (reason: string): ImageRecorded => ({
    appended: 0,
    reason,
    key: null,
    firstUse: false,
    warning: null,
  });
  if (tag === null) return nothing("a build between releases is not recorded");
  if (line === null) return nothing(`no branch here is the line of ${tag}, so there is no ledger to record in`);
  const recorder = await openRecorder(workspace, sign);
  if (recorder === null) return nothing("this clone is shallow, and cannot record: git fetch --unshallow --tags");
  return withLines(workspace.repository, [line.name], async () => {
    const records = await (await openLedgerImages(workspace, line.name)).of(tag);
    const fresh = images.filter(({ role, variant, digest }) => newest(records, role, variant)?.digest !== digest);
    for (const image of fresh) if (image.role === "built") compareWithRecord(records, image);
    const drafts = fresh.map(({ role, variant, digest, reference, tag: named, detail }): Draft => ({
      kind: "image",
      target: `${TAGS}${tag}`,
      sources: [],
      body: { digest, reference, tag: named, detail: { role, variant, ...detail } },
      parents: [commit],
    }));
    const tip = line.localTip ?? line.remoteTip ?? commit;
    if (drafts.length > 0)
      await appendNow(workspace, recorder, { name: line.name, refname: line.refname, tip }, drafts);
    const { key, firstUse, warning } = recorder.signing;
    return { appended: drafts.length, reason: null, key, firstUse, warning };
  });
}
