// Editors without a terminal: small programs that do to a file what a test says.
import type { Sandbox } from "./sandbox.ts";

export type EditorDeed =
  /** The whole new content. */
  | { readonly write: string }
  | { readonly append: string }
  /** Every occurrence of the first text becomes the second. */
  | { readonly replace: readonly [from: string, to: string] }
  /** Leaves the file as it is and fails. */
  | { readonly exit: number }
  /** Statements of JavaScript with `file` (its path) and `text` in scope; what they return is written. */
  | { readonly script: string };

/** Writes an editor and gives the command for `GIT_EDITOR`. The files it was called with are listed in `<name>.log`. */
export function fakeEditor(sandbox: Sandbox, deed: EditorDeed, name = "editor"): string {
  const log = JSON.stringify(sandbox.path(`${name}.log`));
  const program = `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
const file = process.argv.at(-1);
const text = readFileSync(file, "utf8");
appendFileSync(${log}, file + "\\n");
const edit = (file, text) => { ${statements(deed)} };
writeFileSync(file, edit(file, text));
`;
  const path = sandbox.write(`${name}.mjs`, program);
  return [process.execPath, path].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

function statements(deed: EditorDeed): string {
  if ("write" in deed) return `return ${JSON.stringify(deed.write)};`;
  if ("append" in deed) return `return text + ${JSON.stringify(deed.append)};`;
  if ("replace" in deed) return `return text.replaceAll(...${JSON.stringify(deed.replace)});`;
  return "exit" in deed ? `process.exit(${deed.exit});` : deed.script;
}
