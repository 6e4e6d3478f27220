// Everything under docs/reference/ and schemas/, as path -> text. Reads and writes nothing.
import { createProgram } from "../../src/cli/program.ts";
import { configJsonSchema } from "../../src/config/schema.ts";
import { LINT_RULES } from "../../src/environment/lint/lint.ts";
import { RULES as CAUSES } from "../../src/doctor/judge.ts";
import { ERROR_CODES, EXIT_STATUS } from "../../src/error.ts";
import { RULES } from "../../src/policy/rules.ts";
import { cliPage } from "./cli.ts";
import { compatibilityPage } from "./compatibility.ts";
import { configurationPage } from "./configuration.ts";
import { containerfileRulesPage } from "./containerfile-rules.ts";
import { errorsPage } from "./errors.ts";
import { gpuCausesPage } from "./gpu-causes.ts";
import { rulesPage } from "./rules.ts";
import { publishedSchemas } from "./schemas.ts";

/** Hold nothing but generated files. */
export const GENERATED_FOLDERS = ["docs/reference", "schemas"];

/** Paths from the repository's root. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  files.set("docs/reference/cli.md", cliPage(createProgram()));
  files.set("docs/reference/errors.md", errorsPage(ERROR_CODES, EXIT_STATUS));
  files.set("docs/reference/configuration.md", configurationPage(configJsonSchema()));
  files.set("docs/reference/rules.md", rulesPage(RULES));
  files.set("docs/reference/gpu-causes.md", gpuCausesPage(CAUSES));
  files.set("docs/reference/compatibility.md", compatibilityPage());
  files.set("docs/reference/containerfile-rules.md", containerfileRulesPage(LINT_RULES));
  for (const [name, schema] of publishedSchemas()) files.set(`schemas/${name}`, `${JSON.stringify(schema, null, 2)}\n`);
  return files;
}
