// The pick as a commit: a pure function of the source, the tree, the parent and the plan.
import { serialiseCommit, type Commit } from "../object/commit.ts";
import { inUtf8 } from "../object/text.ts";
import { pickMessage, type Trailer } from "../plan/message.ts";
import type { Identity } from "../wire/basic.ts";

export interface PickCommit {
  /** Object ID of the commit whose patch is carried, for the `-x` line. */
  readonly from: string;
  readonly source: Commit;
  readonly tree: string;
  readonly parent: string;
  readonly committer: Identity;
  readonly signoff: boolean;
  readonly trailers: readonly Trailer[];
  /** A message that a person wrote instead, UTF-8 text. Gets its `-x` line and trailers all the same. */
  readonly message: string | null;
}

/** The commit's bytes, unsigned. */
export function pickCommit(pick: PickCommit): Buffer {
  const { author, message } = inUtf8(pick.source);
  const who = Buffer.from(`${pick.committer.name} <${pick.committer.email}>`, "utf8").toString("latin1");
  const written = pick.message === null ? message : Buffer.from(pick.message, "utf8").toString("latin1");
  return serialiseCommit({
    tree: pick.tree,
    parents: [pick.parent],
    author,
    committer: `${who} ${pick.committer.date}`,
    message: pickMessage(written, {
      source: pick.from,
      trailers: pick.trailers.map(({ key, value }) => ({ key, value: Buffer.from(value, "utf8").toString("latin1") })),
      signoff: pick.signoff ? who : null,
    }),
  });
}
