import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { expect, test } from "vitest";
import { cliPage } from "../../scripts/reference/cli.ts";
import { configurationPage } from "../../scripts/reference/configuration.ts";
import { errorsPage } from "../../scripts/reference/errors.ts";
import { generatedFiles, GENERATED_FOLDERS } from "../../scripts/reference/files.ts";
import { Config } from "../../src/config/schema.ts";
import { ERROR_CODES, EXIT_STATUS } from "../../src/error.ts";

const ROOT = new URL("../../", import.meta.url);
const files = await generatedFiles();

test.each([...files])("%s is what npm run generate writes", (path, text) => {
  expect(readFileSync(new URL(path, ROOT), "utf8")).toBe(text);
});

test.each(GENERATED_FOLDERS)("%s/ holds nothing else", (folder) => {
  const there = readdirSync(new URL(folder, ROOT)).map((name) => `${folder}/${name}`);
  expect(there.sort()).toEqual([...files.keys()].filter((path) => path.startsWith(`${folder}/`)).sort());
});

test("the command line has a page as soon as there is a program", () => {
  expect(files.has("docs/reference/cli.md")).toBe(existsSync(new URL("src/cli/program.ts", ROOT)));
});

test("the library gives out every module of wire shapes, and so their schemas", () => {
  const library = readFileSync(new URL("src/index.ts", ROOT), "utf8");
  const modules = readdirSync(new URL("src/wire", ROOT), { recursive: true, encoding: "utf8" });
  for (const name of modules.filter((path) => path.endsWith(".ts")))
    expect(library).toContain(`export * from "./wire/${name}";`);
});

test("every key of the configuration has a row and a meaning", () => {
  const page = files.get("docs/reference/configuration.md")!;
  for (const key of Object.keys(Config.shape))
    expect(page).toMatch(new RegExp(`^\\| \`${key}\` \\|.*\\| [^|]{10,} \\|$`, "m"));
});

test("a key that has no default is said to have none, and one that must be given to be required", () => {
  const schema = {
    properties: {
      a: { type: "string", description: "One *star*." },
      b: { type: "integer", default: 3 },
      c: { type: "array", items: { properties: { d: { enum: ["x", "y"] } }, required: ["d"], type: "object" } },
    },
  };
  expect(
    configurationPage(schema)
      .split("\n")
      .filter((line) => line.startsWith("| `")),
  ).toEqual([
    "| `a` | string | none | One \\*star\\*. |",
    "| `b` | integer | `3` |  |",
    "| `c` | list of mapping | none |  |",
    "| `c[].d` | `x` or `y` | required |  |",
  ]);
});

test("every error code stands under the exit status of its kind", () => {
  const sections = errorsPage(ERROR_CODES, EXIT_STATUS).split("\n### ").slice(1);
  for (const [name, [kind, meaning]] of Object.entries(ERROR_CODES)) {
    const section = sections.find((text) => text.includes(`| \`${name}\` | ${meaning} |`));
    expect(section, name).toMatch(new RegExp(`^${kind}: exit status ${EXIT_STATUS[kind]}\n`));
  }
});

test("the page of the command line shows every visible command's help with the texts added to it", () => {
  const program = new Command("morello").description("Carries fixes.");
  const ledger = program.command("ledger").description("The ledger.");
  ledger.command("log").option("--all", "every line").addHelpText("before", "Examples:\n  morello ledger log\n");
  program.command("secret", { hidden: true }).description("Not shown.");
  const page = cliPage(program);
  expect(page.match(/^## .*/gm)).toEqual(["## morello", "## morello ledger", "## morello ledger log"]);
  expect(page).toContain("Examples:\n  morello ledger log\n");
  expect(page).toMatch(/--all +every line/);
  expect(page).not.toContain("secret");
});
