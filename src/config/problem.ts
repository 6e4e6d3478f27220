// A schema's issue -> a sentence: what stands there, what is wanted.
import { nearest } from "../line/nearest.ts";
import type { Path } from "./position.ts";
import { configJsonSchema } from "./schema.ts";

export interface Problem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The part of a zod issue that is read here. */
interface Issue {
  readonly code: string;
  readonly path: PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  /** Of a value that may be one of several: what is wrong with it as each of them. */
  readonly errors?: readonly (readonly Issue[])[];
}

/** Words an issue, one sentence for each unknown key; `source` gives what is written at a path, `known` the JSON Schema. */
export function wording(
  issue: Issue,
  source: (path: Path) => string | null,
  known: () => unknown = configJsonSchema,
): { path: Path; message: string }[] {
  const meant = (issue.errors ?? []).filter((issues) => !issues.some(isAnotherKind));
  const [only] = meant;
  if (only !== undefined && meant.length === 1)
    return only.flatMap((inner) => wording({ ...inner, path: [...issue.path, ...inner.path] }, source, known));
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({
      path: [...issue.path, key],
      message: unknownKey(known, issue.path, key),
    }));
  }
  const written = source(issue.path);
  const where = spell(issue.path) || "the file";
  const stands =
    written === null || written === ""
      ? issue.path.length > 0
        ? `${where} is missing`
        : `${where} is empty`
      : `${where} is ${written}`;
  return [{ path: issue.path, message: `${stands}; wanted: ${issue.message}` }];
}

/** Whether a value is not at all what was wanted, rather than a faulty one. */
function isAnotherKind({ code, path }: Issue): boolean {
  return (code === "invalid_type" || code === "invalid_value") && path.length === 0;
}

function unknownKey(schema: () => unknown, path: Path, key: string): string {
  const known = knownKeys(schema() as JsonSchema, path);
  const meant = nearest(key, known)[0];
  const where = path.length === 0 ? "" : ` in ${spell(path)}`;
  return `unknown key '${key}'${where}; ${meant === undefined ? `known keys: ${known.join(", ")}` : `did you mean '${meant}'?`}`;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function knownKeys(root: JsonSchema, path: Path): string[] {
  let schema: JsonSchema | undefined = root;
  for (const step of path) schema = typeof step === "number" ? schema?.items : schema?.properties?.[String(step)];
  const all = [schema ?? {}, ...(schema?.anyOf ?? [])];
  return all.flatMap(({ properties = {}, propertyNames }) => propertyNames?.enum ?? Object.keys(properties));
}

/** `lines[0].owners[1]` */
function spell(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${String(step)}`))
    .join("");
}
