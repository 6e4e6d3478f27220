// The text of morello.yaml -> Config, or one error that names every problem with its line and column.
import { LineCounter, parseDocument, type Document } from "yaml";
import { AppError } from "../error.ts";
import { locate, sourceAt } from "./position.ts";
import { wording, type Problem } from "./problem.ts";
import { Config } from "./schema.ts";

export type { Config } from "./schema.ts";

/** More than any person writes; beyond it the file is somebody's mistake or attack. */
const MAX_LENGTH = 1 << 20;
const MAX_ALIASES = 100;
const MAX_SHOWN = 10;

/**
 * Reads the file's text; `file` is only named in messages. An empty file is the default configuration.
 * Throws `config-invalid`: one line a problem, `file:line:column: what is wrong`; `data.problems` has them in parts.
 */
export function parseConfig(text: string, file: string): Config {
  if (text.length > MAX_LENGTH)
    throw invalid(file, [{ line: 1, column: 1, message: `the file is larger than ${MAX_LENGTH} characters` }]);
  const lines = new LineCounter();
  const source = text.replace(/^\uFEFF/, "");
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    version: "1.2",
  });
  const broken = [...document.errors, ...document.warnings]; // a warning is an unknown tag: not to be guessed at
  if (broken.length > 0) {
    throw invalid(
      file,
      broken.map((error) => ({ ...at(lines, error.pos[0]), message: yamlProblem(error.code, error.message) })),
    );
  }
  const result = Config.safeParse(plain(document, file) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) =>
    wording(issue, (path) => sourceAt(document, source, path)).map(({ path, message }): Problem => {
      return { ...at(lines, locate(document, path)), message };
    }),
  );
  throw invalid(file, problems);
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw invalid(file, [{ line: 1, column: 1, message: `anchors and aliases cannot be resolved (${message})` }]);
  }
}

function at(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function yamlProblem(code: string, message: string): string {
  if (code === "TAB_AS_INDENT") return "a tab indents the line; YAML wants spaces";
  if (code === "DUPLICATE_KEY") return "the key stands here a second time; once is wanted";
  if (code === "MULTIPLE_DOCS") return "a second document starts here; one is wanted";
  return `not YAML: ${message}`;
}

function invalid(file: string, problems: readonly Problem[]): AppError {
  const shown = problems
    .slice(0, MAX_SHOWN)
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  if (problems.length > MAX_SHOWN) shown.push(`and ${problems.length - MAX_SHOWN} more`);
  return new AppError("config-invalid", shown.join("\n"), {
    hint: `Correct ${file} on the default branch; every key is described in docs/reference/configuration.md.`,
    data: { file, problems },
  });
}
