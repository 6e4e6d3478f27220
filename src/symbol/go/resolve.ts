// Looks up what a Go file refers to.
import { anyMember, callOf, type Defined } from "../anywhere.ts";
import type { Import, Reference } from "../facts.ts";
import { absent, FOUND, UNKNOWN, type FileAt, type Resolution, type World } from "../language.ts";
import { languageVersion, locate, newestGo, packageAt, presumedNames, type Package } from "./modules.ts";
import { sinceVersion } from "./standard.ts";

const UNIVERSE = new Set(
  `bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint
  uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex copy delete imag len make new panic print println real recover _`.split(
    /\s+/,
  ),
);

/** Names of the universe block that came later, by minor version. */
const UNIVERSE_SINCE: Readonly<Record<string, number>> = { any: 18, comparable: 18, clear: 21, max: 21, min: 21 };

export const ownsGo = (path: string): boolean => path.endsWith(".go");

export async function resolveGo(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return resolveImport(reference.name, world);
    case "name":
      return resolveName(reference, file, world);
    case "member":
      return resolveMember(reference, file, world);
    case "attribute":
      return resolveAttribute(reference, file, world);
  }
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const ownPackage = ({ path, facts }: FileAt, world: World): Promise<Package> =>
  packageAt(directoryOf(path), facts.package, world);

async function resolveImport(module: string, world: World): Promise<Resolution> {
  const located = await locate(module, world);
  switch (located.kind) {
    case "directory":
      return { kind: "found", place: { path: located.path, line: 1, name: module, of: null } };
    case "missing":
      return absent("import", `${located.path} is not there`);
    case "standard":
      return standard(module, null, world);
    case "elsewhere":
      return located.manifest === null
        ? UNKNOWN
        : { kind: "found", place: { path: located.manifest, line: 1, name: module, of: null } };
  }
}

/** A package of the standard library, or a name of it, by the newest version that the tree names. */
async function standard(module: string, name: string | null, world: World): Promise<Resolution> {
  const since = sinceVersion(module, name);
  const version = await newestGo(world);
  if (since === null || version === null) return UNKNOWN;
  if (version >= since) return FOUND;
  const what = name === null ? module : `${module}.${name}`;
  return absent("standard", `${what} came with Go 1.${since}; the newest Go that this tree names is 1.${version}`);
}

/** The import that binds a name in the file. A package at hand tells its name; of others it is presumed. */
async function importOf(name: string, { facts }: FileAt, world: World): Promise<Import | null> {
  for (const one of facts.imports) {
    if (one.as !== null) {
      if (one.as === name) return one;
      continue;
    }
    const located = await locate(one.module, world);
    const names = located.kind === "directory" ? (await packageAt(located.path, null, world)).names : new Set<string>();
    if (names.size > 0 ? names.has(name) : presumedNames(one).includes(name)) return one;
  }
  return null;
}

async function resolveName(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, scope, call } = reference;
  if (reference.free !== true && file.facts.scopes[scope]?.includes(name) === true) return FOUND;
  const defined = (await ownPackage(file, world)).top.get(name);
  if (defined !== undefined) return callOf(defined, call);
  const since = UNIVERSE_SINCE[name];
  if (since !== undefined) {
    const version = await languageVersion(file.path, world);
    if (version === null || version >= since) return FOUND;
    return absent("standard", `${name} came with Go 1.${since}; go.mod asks for Go 1.${version}`);
  }
  if (UNIVERSE.has(name) || (await importOf(name, file, world)) !== null) return FOUND;
  // A dot import can bind anything; a package whose other half is made by a tool too.
  if (file.facts.imports.some((one) => one.name === "*")) return UNKNOWN;
  return absent("unbound", `nothing binds ${name} in ${file.path} or its package`);
}

async function resolveMember(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, on, scope, call } = reference;
  if (on === null || file.facts.scopes[scope]?.includes(on) === true) return UNKNOWN;
  const from = await importOf(on, file, world);
  if (from === null) return resolveAttribute({ ...reference, kind: "attribute", on: `@${on}` }, file, world);
  const located = await locate(from.module, world);
  if (located.kind === "standard") return standard(from.module, name, world);
  if (located.kind === "elsewhere" && located.manifest !== null)
    return { kind: "found", place: { path: located.manifest, line: 1, name: from.module, of: null } };
  if (located.kind !== "directory") return UNKNOWN;
  const defined = (await packageAt(located.path, null, world)).top.get(name);
  if (defined !== undefined) return callOf(defined, call);
  return absent("member", `${located.path} defines no ${name}`);
}

/** A type or value in the terms of one file. */
interface Typed {
  readonly text: string;
  readonly file: FileAt;
}

async function resolveAttribute(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, on, call } = reference;
  const typed = on === null ? null : await typeOf(on, file, world);
  const found = typed === null ? null : await memberOf(typed, name, world, 0);
  if (found === null && typed !== null) {
    const known = await foreignMember(typed, name, world);
    if (known !== null) return known;
  }
  if (found === null) return anyMember(name, call, file, world, ownsGo);
  const [first] = found;
  if (first === undefined)
    return absent("attribute", `${typed?.text ?? ""} has no field or method ${name}`, null, true);
  return first.definition.shape === null
    ? { kind: "found", place: { path: first.path, ...pick(first) } }
    : callOf(found, call);
}

/** A member of a type of the standard library or of another module; null where the type is neither's. */
async function foreignMember({ text, file }: Typed, name: string, world: World): Promise<Resolution | null> {
  const [, base, type] = /^(\w+)\.(\w+)$/.exec(text) ?? [];
  const from = base === undefined ? null : await importOf(base, file, world);
  if (from === null) return null;
  const located = await locate(from.module, world);
  if (located.kind === "elsewhere") return UNKNOWN;
  return located.kind === "standard" ? standard(from.module, `${type}.${name}`, world) : null;
}

function pick({ definition: { line, name, of } }: Defined): { line: number; name: string; of: string | null } {
  return { line, name, of };
}

/** Follows the steps of a value's text; null where one cannot be told. */
async function typeOf(text: string, file: FileAt, world: World): Promise<Typed | null> {
  const [start = "", ...steps] = text.split(">");
  let typed: Typed | null = start.startsWith("@")
    ? await valueType(start.slice(1), steps, file, world)
    : { text: start, file };
  for (const one of steps) {
    if (typed === null) return null;
    if (one === "[]") typed = await element(typed, world);
    else if (one.startsWith("()")) typed = result(typed, Number(one.slice(2)));
    else typed = await fieldType(typed, one, world);
  }
  return typed;
}

/** The type of a package-level value or function; a conversion takes its own step away. */
async function valueType(name: string, steps: string[], file: FileAt, world: World): Promise<Typed | null> {
  const found = await topLevel(name, file, world);
  if (found === null) return null;
  const { definition, path } = found;
  if (definition.kind === "type") {
    if (steps[0] === "()0") steps.shift();
    return { text: name, file };
  }
  const facts = await world.facts(path);
  if (facts === null || definition.type === null) return null;
  const at = { path, facts };
  if (definition.kind === "function") return { text: `()${definition.type}`, file: at };
  return definition.type.includes(">") || definition.type.startsWith("@")
    ? typeOf(definition.type, at, world)
    : { text: definition.type, file: at };
}

async function topLevel(name: string, file: FileAt, world: World): Promise<Defined | null> {
  const [base = "", below] = name.split(".");
  if (below === undefined) return (await ownPackage(file, world)).top.get(base)?.[0] ?? null;
  const from = await importOf(base, file, world);
  const located = from === null ? null : await locate(from.module, world);
  if (located?.kind !== "directory") return null;
  return (await packageAt(located.path, null, world)).top.get(below)?.[0] ?? null;
}

async function element(typed: Typed, world: World): Promise<Typed | null> {
  if (typed.text.startsWith("[]")) return { ...typed, text: typed.text.slice(2) };
  const named = await standsFor(typed, world);
  return named?.text.startsWith("[]") === true ? { ...named, text: named.text.slice(2) } : null;
}

function result({ text, file }: Typed, index: number): Typed | null {
  if (!text.startsWith("()")) return null;
  const one = text.slice(2).split(",")[index] ?? "";
  return one === "" ? null : { text: one, file };
}

async function fieldType(typed: Typed, name: string, world: World): Promise<Typed | null> {
  const found = (await memberOf(typed, name, world, 0))?.[0];
  if (found === undefined || found.definition.type === null) return null;
  const facts = await world.facts(found.path);
  if (facts === null) return null;
  const text = found.definition.kind === "function" ? `()${found.definition.type}` : found.definition.type;
  return { text, file: { path: found.path, facts } };
}

/** What a named type stands for, where that is another type. */
async function standsFor({ text, file }: Typed, world: World): Promise<Typed | null> {
  if (!/^[\w.]+$/.test(text)) return null;
  const found = await topLevel(text, file, world);
  if (found === null || found.definition.kind !== "type") return null;
  const facts = await world.facts(found.path);
  const stands = found.definition.type;
  return facts === null || stands === null ? null : { text: stands, file: { path: found.path, facts } };
}

const MAX_EMBEDDING = 5;

/** A member of a type, embedded ones too; empty: it has none such; null: cannot be told. */
async function memberOf(typed: Typed, name: string, world: World, depth: number): Promise<readonly Defined[] | null> {
  if (!/^[\w.]+$/.test(typed.text) || depth > MAX_EMBEDDING) return null;
  const found = await topLevel(typed.text, typed.file, world);
  if (found === null || found.definition.kind !== "type") return null;
  const { definition, path } = found;
  const facts = await world.facts(path);
  if (facts === null) return null;
  const at = { path, facts };
  const members = (await ownPackage(at, world)).members.get(definition.name);
  const own = members?.get(name);
  if (own !== undefined) return own;
  if (definition.type !== "struct" && definition.type !== "interface") {
    return definition.type === null ? null : memberOf({ text: definition.type, file: at }, name, world, depth + 1);
  }
  for (const base of definition.bases ?? []) {
    const inherited = await memberOf({ text: base, file: at }, name, world, depth + 1);
    if (inherited === null || inherited.length > 0) return inherited;
  }
  return [];
}
