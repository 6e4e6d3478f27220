// Shell scripts (sh, bash): functions that are called, scripts that are sourced or run. Whether a program is installed is
// nobody's knowledge here, so a command alarms only where the source defines a function of its name.
import { definitionsOf, usesName } from "../anywhere.ts";
import { Collector } from "../collect.ts";
import type { Extent, FileFacts, Reference } from "../facts.ts";
import {
  absent,
  FOUND,
  foundAt,
  UNKNOWN,
  type FileAt,
  type Language,
  type Resolution,
  type World,
} from "../language.ts";
import type { Syntax } from "../syntax.ts";

const ownsShell = (path: string): boolean => /\.(sh|bash)$/.test(path);

/** The part of a path that no variable or command makes, from a `/` or the start on; null where too little is left. */
function fixedEnd(text: string): string | null {
  const plain = text.replace(/^(["'])(.*)\1$/s, "$2");
  const end = plain.slice(Math.max(plain.lastIndexOf("}"), plain.lastIndexOf(")"), plain.lastIndexOf("`")) + 1);
  const [path] = /[\w.-]+(?:\/[\w.-]+)*$/.exec(end.replace(/^.*\$\w+/s, "")) ?? [];
  return path !== undefined && ownsShell(path) ? path.replace(/^(\.{1,2}\/)+/, "") : null;
}

function extractShell(syntax: Syntax, extent: Extent): FileFacts {
  const out = new Collector();
  let scope = "";
  const refer = (n: number): void => {
    const path = fixedEnd(syntax.text(n));
    if (path !== null) out.refer("import", path, syntax.line(n), scope);
  };
  const walk = (n: number): void => {
    const type = syntax.type(n);
    if (type === "comment" || type === "heredoc_body") return;
    const outer = scope;
    if (type === "ERROR") out.silent++;
    if (type === "function_definition") {
      const name = syntax.text(syntax.child(n, "name"));
      out.define({ name, kind: "function", line: syntax.line(n) });
      if (outer === "") scope = name;
    } else if (type === "command") {
      const named = syntax.child(n, "name");
      const name = syntax.text(named);
      const [first = -1] = [...syntax.children(n)].filter((child) => syntax.field(child) === "argument");
      if (/^[A-Za-z_][\w-]*$/.test(name)) out.refer("name", name, syntax.line(named), scope);
      else refer(named);
      if (["source", ".", "bash", "sh", "exec"].includes(name) && first >= 0) refer(first);
      if (name === "alias") out.bind("", syntax.text(first).split("=")[0] ?? "");
    }
    for (const child of syntax.children(n)) walk(child);
    scope = outer;
    if (type === "ERROR") out.silent--;
  };
  walk(0);
  return out.facts(extent);
}

async function resolveShell({ kind, name }: Reference, file: FileAt, world: World): Promise<Resolution> {
  if (kind === "import") {
    const paths = await world.once(`shell file ${name}`, async () =>
      (await world.paths()).filter((path) => path === name || path.endsWith(`/${name}`)),
    );
    const [path] = paths;
    return path === undefined
      ? absent("import", `no file ${name}`)
      : { kind: "found", place: { path, line: 1, name, of: null } };
  }
  if (file.facts.scopes[""]?.includes(name) === true) return FOUND;
  const own = file.facts.definitions.find((one) => one.name === name);
  if (own !== undefined) return foundAt(file.path, own);
  const all = await definitionsOf(name, world, ownsShell);
  if (all === null) return UNKNOWN;
  const [first] = all;
  if (first !== undefined) return foundAt(first.path, first.definition);
  // Run before the pick and defined nowhere: a program.
  if (world.before !== null && (await usesName(name, world.before, ownsShell))) return UNKNOWN;
  return absent("unbound", `no script defines ${name}`);
}

export const SHELL: Language = {
  id: "shell",
  version: 1,
  grammar: "tree-sitter-bash",
  owns: ownsShell,
  prune: { definitions: (type) => type === "command", full: () => false },
  extract: extractShell,
  resolve: resolveShell,
};
