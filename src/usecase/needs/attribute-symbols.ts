// Which commit brought the definition that a pick misses: of those the line lacks, the one with which the defining file
// has it and before which it had not; where only its shape differs, the one that wrote the line. Definitions that the line has and the file
// merely does not import are told apart.
import { blame } from "../../git/blame.ts";
import { commitsAdding, commitsOfWord } from "../../git/pickaxe.ts";
import type { Scratch } from "../../git/scratch.ts";
import type { BytePath } from "../../object/path.ts";
import type { Finding } from "../../symbol/delta.ts";
import type { FileFacts } from "../../symbol/facts.ts";
import type { FileAt, World } from "../../symbol/language.ts";
import { languageOf } from "../../symbol/languages.ts";

export interface Sides {
  readonly scratch: Scratch;
  /** Commits. */
  readonly source: string;
  readonly onto: string;
  /** Facts of a file in a tree. */
  readonly factsAt: (tree: string, path: string) => Promise<FileFacts | null>;
}

/** The commit that brought what a finding misses; null where none did that the line lacks, or it is the source itself. */
export async function introducing(finding: Finding, sides: Sides): Promise<string | null> {
  const { rule, definition, stranded } = finding;
  if (stranded || ["twice", "unused", "standard"].includes(rule)) return null;
  const { scratch, source, onto } = sides;
  const question = { commit: source, without: [onto], path: definition.path as BytePath };
  const isOther = (oid: string): boolean => oid !== source;
  if (rule === "import") {
    const [added] = (await commitsAdding(scratch, question)).filter(isOther);
    if (added !== undefined && definition.name !== finding.use.name) return added;
    const [named] = (await commitsOfWord(scratch, { ...question, word: lastWord(finding.use.name) })).filter(isOther);
    return named ?? added ?? null;
  }
  const start = definition.line - 1;
  const [blamed] = await blame(scratch, { ...question, ranges: [{ start, end: start + 1 }] });
  const written = blamed === undefined || !isOther(blamed.commit) ? null : blamed.commit;
  // A call fails by the definition's shape, which whoever wrote its line last gave it.
  if (rule === "call") return written;
  if (written !== null && (await brings(written, finding, sides))) return written;
  const spoken = (await commitsOfWord(scratch, { ...question, word: definition.name })).filter(isOther);
  for (const commit of spoken.slice(0, MAX_SPOKEN)) if (await brings(commit, finding, sides)) return commit;
  return spoken[0] ?? written;
}

/** Commits that speak of a name, looked through for the one that defines it. */
const MAX_SPOKEN = 12;

/** Whether the file defines the name with that commit, and did not before. */
async function brings(commit: string, { definition }: Finding, { scratch, factsAt }: Sides): Promise<boolean> {
  const found = await scratch.reader.commit(commit);
  const parent = found?.parents[0] === undefined ? null : await scratch.reader.commit(found.parents[0]);
  if (found === null) return false;
  const { path, name, of } = definition;
  const at = (tree: string | undefined): Promise<FileFacts | null> =>
    tree === undefined ? Promise.resolve(null) : factsAt(tree, path);
  const [after, before] = await Promise.all([at(found.tree), at(parent?.tree)]);
  const defines = (facts: FileFacts | null): boolean =>
    facts?.definitions.some((one) => one.name === name && one.of === of) === true;
  return defines(after) && !defines(before);
}

const lastWord = (name: string): string => name.split(/[./]/).at(-1) ?? name;

/** The import by which the source's file has the name, if what it imports is on the line too; null if it is another matter. */
export async function missingImport(
  { rule, use, near }: Finding,
  source: FileAt | null,
  merged: World,
): Promise<{ readonly module: string; readonly name: string | null } | null> {
  if (rule !== "unbound" || source === null) return null;
  const language = languageOf(use.path);
  // C: the name is declared on the line, in a header that nothing here includes.
  if (language?.id === "c") return near?.path.endsWith(".h") === true ? { module: near.path, name: null } : null;
  const facts = await merged.facts(use.path, "full");
  for (const one of source.facts.imports) {
    const last = lastWord(one.module);
    if (![one.as, one.name, last, one.module.split(".")[0]].includes(use.name) || facts === null) continue;
    const on = language?.id === "python" ? one.module : null;
    const name = on === null ? one.module : (one.name ?? one.module);
    const asked = { kind: "import", name, line: one.line, scope: "", on, call: null } as const;
    const found = await language?.resolve(asked, { path: use.path, facts }, merged);
    if (found?.kind !== "absent") return { module: one.module, name: one.name };
  }
  return null;
}
