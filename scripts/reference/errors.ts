import type { ErrorKind } from "../../src/error.ts";
import { code, page, table } from "./markdown.ts";

const KINDS: Readonly<Record<ErrorKind | "done", string>> = {
  done: "Done, already there, or nothing left to do.",
  refused:
    "The answer is no: a conflict, a policy, or a state that must not be disturbed. Nothing moved that is not told.",
  usage: "The command line, the configuration or a file is wrong.",
  external: "git, the disk, a remote or another program failed.",
  internal: "A defect in Morello. Please report it.",
};

/** Every exit status and every code, in the order of the table in `src/error.ts`. */
export function errorsPage(
  codes: Readonly<Record<string, readonly [ErrorKind, string]>>,
  statuses: Readonly<Record<ErrorKind | "done", number>>,
): string {
  const kinds = Object.keys(statuses) as (ErrorKind | "done")[];
  const failures = kinds.filter((kind): kind is ErrorKind => kind !== "done");
  return page(
    "Errors and exit statuses",
    "Tell errors apart by exit status and code, never by their text: messages may change between releases, codes do not.",
    "## Exit statuses",
    table(
      ["status", "kind", "meaning"],
      kinds.map((kind) => [String(statuses[kind]), kind, KINDS[kind]]),
    ),
    "## Codes",
    ...failures.flatMap((kind) => [
      `### ${kind}: exit status ${statuses[kind]}`,
      table(
        ["code", "meaning"],
        Object.entries(codes)
          .filter(([, [of]]) => of === kind)
          .map(([name, [, meaning]]) => [code(name), meaning]),
      ),
    ]),
  );
}
