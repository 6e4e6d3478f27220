// Who commits and signs, as git knows it.
import { AppError } from "../error.ts";
import { currentIdentity } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { parseIdentity } from "../object/text.ts";
import type { Identity } from "../wire/basic.ts";

/** git's committer, with the date it would use now or `GIT_COMMITTER_DATE`; null if git knows none. */
export async function committerOf(repository: Repository): Promise<Identity | null> {
  const line = await currentIdentity(repository);
  if (line === null) return null;
  const { name, email, seconds, zone } = parseIdentity(Buffer.from(line, "utf8").toString("latin1"));
  return { name, email, date: `${seconds} ${zone}` };
}

export function missingIdentity(): AppError {
  return new AppError("identity-missing", "git knows no name and email to commit with", {
    hint: 'git config user.name "Your Name" && git config user.email you@example.com',
  });
}
