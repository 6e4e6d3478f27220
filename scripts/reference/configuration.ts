import { code, page, plain, table } from "./markdown.ts";

/** The part of a JSON Schema that the configuration uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** One row a key; keys of list entries are written `lines[].pattern`. */
export function configurationPage(schema: object): string {
  const root: Schema = schema;
  return page(
    "Configuration",
    plain(root.description ?? ""),
    "The file is `morello.yaml` at the repository's root. Unknown keys are errors. Editors check it as they type with `schemas/morello.yaml.json`.",
    table(["key", "type", "default", "meaning"], rows(root, "")),
  );
}

function rows(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = prefix + key;
    const required = schema.required?.includes(key) === true;
    const forms = value.anyOf ?? [value];
    const below = forms.flatMap((form) =>
      form.items?.properties === undefined ? rows(form, `${name}.`) : rows(form.items, `${name}[].`),
    );
    return [[code(name), typeOf(value), defaultOf(value, required), plain(value.description ?? "")], ...below];
  });
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(" or ");
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.type === "array") return schema.items ? `list of ${typeOf(schema.items)}` : "list";
  if (schema.type === "object") return "mapping";
  return schema.type ?? "anything";
}

function defaultOf(schema: Schema, required: boolean): string {
  if (required) return "required";
  return schema.default === undefined ? "none" : code(JSON.stringify(schema.default));
}
