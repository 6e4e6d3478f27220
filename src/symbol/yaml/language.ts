// YAML: aliases and their anchors; in workflows the jobs that others need, and the files of the repository they use.
// What a key means is nobody's knowledge but its reader's, so keys are not judged.
import { Collector } from "../collect.ts";
import type { Extent, FileFacts, Reference } from "../facts.ts";
import { absent, foundAt, UNKNOWN, type FileAt, type Language, type Resolution, type World } from "../language.ts";
import type { Syntax } from "../syntax.ts";

/** Jobs of a workflow are defined in it. */
const JOBS = "jobs";

function extractYaml(syntax: Syntax, extent: Extent): FileFacts {
  const out = new Collector();
  const value = (n: number): string =>
    syntax
      .text(n)
      .trim()
      .replace(/^(["'])(.*)\1$/s, "$2");
  const walk = (n: number, keys: readonly string[]): void => {
    const type = syntax.type(n);
    const line = syntax.line(n);
    if (type === "ERROR") out.silent++;
    if (type === "anchor_name") out.define({ name: syntax.text(n), kind: "variable", line });
    else if (type === "alias_name") out.refer("name", syntax.text(n), line, "");
    else if (type === "block_mapping_pair") {
      const key = value(syntax.child(n, "key"));
      if (keys.join(".") === JOBS) out.define({ name: key, kind: "variable", of: JOBS, line });
      for (const child of syntax.children(n)) walk(child, syntax.field(child) === "value" ? [...keys, key] : keys);
      return;
    } else if (type.endsWith("_scalar") && !syntax.type(syntax.parent(n)).endsWith("_scalar")) {
      const text = value(n);
      const key = keys.at(-1);
      if (key === "uses" && text.startsWith("./")) out.refer("import", text.slice(2), line, "");
      if (key === "needs" && keys[0] === JOBS && keys.length === 3) out.refer("member", text, line, "", JOBS);
    }
    for (const child of syntax.children(n)) walk(child, keys);
    if (type === "ERROR") out.silent--;
  };
  walk(0, []);
  return out.facts(extent);
}

async function resolveYaml({ kind, name, on }: Reference, file: FileAt, world: World): Promise<Resolution> {
  if (kind === "import") {
    if (name.includes("${{")) return UNKNOWN;
    const found = await world.kind(name.replace(/\/$/, ""));
    return found === null
      ? absent("import", `no ${name}`)
      : { kind: "found", place: { path: name, line: 1, name, of: null } };
  }
  const defined = file.facts.definitions.find((one) => one.name === name && one.of === on);
  if (defined !== undefined) return foundAt(file.path, defined);
  return kind === "member"
    ? absent("member", `${file.path} has no job ${name}`)
    : absent("unbound", `no anchor ${name}`);
}

export const YAML: Language = {
  id: "yaml",
  version: 1,
  grammar: "tree-sitter-yaml",
  owns: (path) => /\.ya?ml$/.test(path),
  prune: { definitions: () => false, full: () => false },
  extract: extractYaml,
  resolve: resolveYaml,
};
