// The JSON Schemas that scripts and editors may rely on: one for the configuration, one for the plan file, and one for
// what each verb prints with `--json`.
import { z } from "zod";
import { configJsonSchema } from "../../src/config/schema.ts";
import * as library from "../../src/index.ts";

/** Named `…Outcome`, but part of a plan and not what a verb prints. */
const PARTS = ["PickOutcome"];

/** `PlanOutcome` -> `plan-outcome.json`. Parts that have a name of their own stand under `$defs`. */
export function publishedSchemas(): Map<string, object> {
  const exported: [string, unknown][] = Object.entries(library);
  const named = exported.filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType);
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const published = named.filter(([name]) => name === "Plan" || (name.endsWith("Outcome") && !PARTS.includes(name)));
  return new Map([
    ["morello.yaml.json", configJsonSchema()],
    ...published.map(([name, schema]) => [fileName(name), jsonSchema(name, schema, registry)] as const),
  ]);
}

function jsonSchema(title: string, schema: z.ZodType, metadata: z.core.$ZodRegistry<{ id: string }>): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    metadata,
    override: ({ jsonSchema }) => void delete jsonSchema.id, // a draft-4 keyword; the name stands in `$defs`
  });
  return { $schema, title, ...rest };
}

function fileName(name: string): string {
  return `${name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.json`;
}
