// A commit's subject and footers as Conventional Commits 1.0.0 reads them: type, scope, description, breaking or not.
import { subjectOf } from "../object/text.ts";

export interface Conventional {
  /** Lower case; null where the subject begins with no word and colon that the specification would take for a type. */
  readonly type: string | null;
  readonly scope: string | null;
  /** The subject behind type and scope; all of it where there is no type. */
  readonly description: string;
  /** `!` before the colon, or a `BREAKING CHANGE` footer. */
  readonly breaking: boolean;
}

const TYPED = /^\[?([A-Za-z][\w-]*)\]?(?:\(([^()]*)\))?(!)?: +(\S.*)$/;
/** Upper case and at a line's start, as the specification has it; the hyphen is its synonym. */
const FOOTER = /^BREAKING[ -]CHANGE: *\S/m;

export function conventionalOf(message: string): Conventional {
  const subject = subjectOf(message);
  const [, type, scope, mark, description = subject] = TYPED.exec(subject) ?? [];
  const body = message.replace(/^\s+/, "").replace(/^[^\n]*/, "");
  return {
    type: type?.toLowerCase() ?? null,
    scope: scope === undefined || scope.trim() === "" ? null : scope.trim(),
    description,
    breaking: mark !== undefined || FOOTER.test(body),
  };
}
