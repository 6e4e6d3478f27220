// Who commits, and when.
import { currentIdentity } from "../git/refs.ts";
import { parseIdentity } from "../object/text.ts";
import type { Identity } from "../wire/basic.ts";
import type { Workspace } from "./workspace.ts";

/** git's committer, with the date it would use now or `GIT_COMMITTER_DATE`; null if git knows none. */
export async function committer({ repository }: Workspace): Promise<Identity | null> {
  const line = await currentIdentity(repository);
  if (line === null) return null;
  const { name, email, seconds, zone } = parseIdentity(Buffer.from(line, "utf8").toString("latin1"));
  return { name, email, date: `${seconds} ${zone}` };
}

/** Stands in for a committer where only the result is looked at. */
export function nobody({ now }: Workspace): Identity {
  return { name: "nobody", email: "nobody@localhost", date: `${now} +0000` };
}
