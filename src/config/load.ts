// The text of morello.yaml -> Config, or one error that names every problem with its line and column.
import { LineCounter, parseDocument, type Document } from "yaml";
import { z, type ZodType } from "zod";
import { ProbeManifest } from "../environment/probe-manifest.ts";
import { ImageSection } from "../environment/spec.ts";
import { AppError, type ErrorCode } from "../error.ts";
import { locate, sourceAt, type Path } from "./position.ts";
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
  const refuse: Refuse = (problems) =>
    invalid("config-invalid", file, problems, `Correct ${file} on the default branch; ${REFERENCE}.`);
  const { document, source, lines } = open(text, refuse);
  return judged(Config, [], { document, source, lines, value: plain(document, refuse) ?? {} }, refuse);
}

/**
 * Reads the `image` key alone, as a tag's own morello.yaml has it; what else the file says is not judged. Null: it has
 * none. Throws `image-spec`, worded like `parseConfig`; `file` is named with the revision: `morello.yaml of v2.7.1`.
 */
export function parseImageSection(text: string, file: string): ImageSection | null {
  const refuse: Refuse = (problems) =>
    invalid("image-spec", file, problems, `Correct image in morello.yaml and release again; ${REFERENCE}.`);
  const { document, source, lines } = open(text, refuse);
  const value = plain(document, refuse);
  if (typeof value !== "object" || value === null || !("image" in value)) return null;
  return judged(ImageSection, ["image"], { document, source, lines, value: value.image }, refuse);
}

/** Reads a file of probes. Throws `probe-manifest`, worded like `parseConfig`. */
export function parseProbeManifest(text: string, file: string): ProbeManifest {
  const refuse: Refuse = (problems) =>
    invalid("probe-manifest", file, problems, `Correct ${file}; every key is described in docs/guide/probes.md.`);
  const { document, source, lines } = open(text, refuse);
  const known = (): unknown => z.toJSONSchema(ProbeManifest, { io: "input" });
  return judged(ProbeManifest, [], { document, source, lines, value: plain(document, refuse) ?? {} }, refuse, known);
}

const REFERENCE = "every key is described in docs/reference/configuration.md";

type Refuse = (problems: readonly Problem[]) => AppError;

interface Opened {
  readonly document: Document;
  readonly source: string;
  readonly lines: LineCounter;
}

function open(text: string, refuse: Refuse): Opened {
  if (text.length > MAX_LENGTH)
    throw refuse([{ line: 1, column: 1, message: `the file is larger than ${MAX_LENGTH} characters` }]);
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
    throw refuse(
      broken.map((error) => ({ ...at(lines, error.pos[0]), message: yamlProblem(error.code, error.message) })),
    );
  }
  return { document, source, lines };
}

/** What the schema makes of a value that stands at a path of the document. */
function judged<T>(
  schema: ZodType<T>,
  above: Path,
  { document, source, lines, value }: Opened & { readonly value: unknown },
  refuse: Refuse,
  known?: () => unknown,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) =>
    wording({ ...issue, path: [...above, ...issue.path] }, (path) => sourceAt(document, source, path), known).map(
      ({ path, message }): Problem => ({ ...at(lines, locate(document, path)), message }),
    ),
  );
  throw refuse(problems);
}

function plain(document: Document, refuse: Refuse): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refuse([{ line: 1, column: 1, message: `anchors and aliases cannot be resolved (${message})` }]);
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

function invalid(code: ErrorCode, file: string, problems: readonly Problem[], hint: string): AppError {
  const shown = problems
    .slice(0, MAX_SHOWN)
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  if (problems.length > MAX_SHOWN) shown.push(`and ${problems.length - MAX_SHOWN} more`);
  return new AppError(code, shown.join("\n"), { hint, data: { file, problems } });
}
