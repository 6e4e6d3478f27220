// GitHub's own OpenAPI description as a judge: does this request or answer of an operation fit it? Nothing is assumed
// of GitHub that it does not say.
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

type Json = Record<string, unknown>;

interface Operation {
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

const FILE = new URL("../../../vendor/github-openapi/api.github.com.json", import.meta.url);

let description: Description | undefined;
const compiled = new Map<string, ValidateFunction | null>();

export interface Verdict {
  /** What does not fit; empty if all does. */
  readonly errors: readonly string[];
}

/** `path` is the description's own: `/repos/{owner}/{repo}/rulesets`. Requests may hold nothing that is not described. */
export function judgeRequest(method: string, path: string, query: URLSearchParams, body: unknown): Verdict {
  const operation = operationOf(method, path);
  const known = (operation.parameters ?? []).map(resolve).map(({ name }) => name);
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  const errors = unknown.map((name) => `${method} ${path} has no parameter ${name}`);
  const content = operation.requestBody === undefined ? null : contentOf(resolve(operation.requestBody));
  if (content === null) return { errors: body === undefined ? errors : [...errors, `${method} ${path} takes no body`] };
  const fits = compile(`request ${method} ${path}`, content, true);
  return { errors: [...errors, ...complaints(fits, body)] };
}

/** Statuses that the operation does not list are judged as GitHub's plain errors. */
export function judgeAnswer(method: string, path: string, status: number, body: unknown): Verdict {
  const listed = operationOf(method, path).responses[String(status)];
  const content = listed === undefined ? { $ref: "#/components/schemas/basic-error" } : contentOf(resolve(listed));
  if (content === null) return { errors: body === null ? [] : [`${method} ${path} ${status} has no body`] };
  if (listed === undefined && status < 400) return { errors: [`${method} ${path} never answers ${status}`] };
  return { errors: complaints(compile(`answer ${method} ${path} ${status}`, content, false), body) };
}

/** GitHub's own example of an answer. */
export function exampleAnswer(method: string, path: string, status: number): Json {
  const listed = resolve(operationOf(method, path).responses[String(status)] ?? {});
  const content = listed["content"] as Record<string, { examples?: Record<string, Json> }> | undefined;
  const [example] = Object.values(content?.["application/json"]?.examples ?? {});
  return resolve(example ?? {})["value"] as Json;
}

function operationOf(method: string, path: string): Operation {
  const found = load().paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`vendor/github-openapi has no ${method} ${path}`);
  return found;
}

function load(): Description {
  description ??= JSON.parse(readFileSync(FILE, "utf8")) as Description;
  return description;
}

function contentOf(holder: Json): Json | null {
  const content = holder["content"] as Record<string, { schema: Json }> | undefined;
  return content?.["application/json"]?.schema ?? null;
}

function resolve(value: Json): Json {
  const ref = value["$ref"];
  return typeof ref === "string" ? resolve(lookUp(ref)) : value;
}

function lookUp(ref: string): Json {
  const [, , section = "", name = ""] = ref.split("/");
  const found = load().components[section]?.[name];
  if (found === undefined) throw new Error(`The description lacks ${ref}`);
  return found;
}

/** A schema of its own: what it refers to stands in its `$defs`. */
function compile(key: string, schema: Json, closed: boolean): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  const defs: Record<string, unknown> = {};
  const root = convert(schema, closed, defs);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile({ ...(root as Json), $defs: defs });
  compiled.set(key, validate);
  return validate;
}

/** OpenAPI 3.0 -> JSON Schema: `nullable`, and where `closed`, no property that is not described. */
function convert(value: unknown, closed: boolean, defs: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, closed, defs));
  if (typeof value !== "object" || value === null) return value;
  const { nullable, example: _example, examples: _examples, $ref, ...rest } = value as Json;
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    if (!(name in defs)) {
      defs[name] = true; // stands for itself while it is converted
      defs[name] = convert(lookUp($ref), closed, defs);
    }
    return { $ref: `#/$defs/${name}` };
  }
  const converted = Object.fromEntries(
    Object.entries(rest).map(([key, item]) => [
      key,
      key === "properties"
        ? Object.fromEntries(Object.entries(item as Json).map(([name, each]) => [name, convert(each, closed, defs)]))
        : convert(item, closed, defs),
    ]),
  );
  const shut = closed && "properties" in converted && !("additionalProperties" in converted);
  const schema = shut ? { ...converted, additionalProperties: false } : converted;
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

function complaints(validate: ValidateFunction, body: unknown): string[] {
  if (validate(body)) return [];
  return (validate.errors ?? [])
    .slice(0, 8)
    .map(({ instancePath, message }) => `${instancePath || "/"} ${message ?? ""}`);
}
