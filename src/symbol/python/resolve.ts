// Looks up what a Python file refers to.
import { anyMember, callOf, usesName, type Defined } from "../anywhere.ts";
import type { Import, Reference } from "../facts.ts";
import { absent, FOUND, foundAt, UNKNOWN, type FileAt, type Resolution, type World } from "../language.ts";
import { BUILTINS } from "./builtins.ts";
import { locate, nameIn, nameOfFile, type Located, type Named } from "./modules.ts";

export const ownsPython = (path: string): boolean => path.endsWith(".py");

export async function resolvePython(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return resolveImport(reference, file, world);
    case "name":
      return resolveName(reference, file, world);
    case "member":
      return isSpecial(reference.name) ? UNKNOWN : resolveMember(reference, file, world);
    case "attribute":
      return isSpecial(reference.name) ? UNKNOWN : resolveAttribute(reference, file, world);
  }
}

/** Names that Python gives a meaning are there on everything. */
const isSpecial = (name: string): boolean => /^__\w+__$/.test(name);

async function resolveImport({ name, on }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const located = await locate(on ?? "", file.path, world);
  if (located.kind === "missing") return absent("import", `${located.path} is not there`);
  if (located.kind === "elsewhere") return fromElsewhere(on ?? "", world);
  if (located.kind === "opaque") return UNKNOWN;
  if (name === on || name === "*")
    return { kind: "found", place: { path: located.path, line: 1, name: on ?? "", of: null } };
  return ofNamed(await nameIn(located, name, world), null, `${located.path} has no ${name}`, "import");
}

/** A package that is not in the tree: other people's, unless the line never spoke of it and the source holds it. */
async function fromElsewhere(module: string, { before }: World): Promise<Resolution> {
  const [root = ""] = module.split(".");
  if (before === null || root === "") return UNKNOWN;
  const files = (await before.mentions(root)).filter(ownsPython);
  const facts = await Promise.all(files.slice(0, MAX_IMPORTERS).map((path) => before.facts(path)));
  const isKnown = facts.some((one) => one?.imports.some((other) => other.module.split(".")[0] === root) === true);
  return isKnown ? UNKNOWN : absent("import", `${root} is not in the tree, and nothing on the line imports it`);
}

/** Files that are looked through for an import. */
const MAX_IMPORTERS = 40;

function ofNamed(named: Named, call: Reference["call"], detail: string, rule: "import" | "member"): Resolution {
  if (named === null) return UNKNOWN;
  if (named.kind === "none") return absent(rule, detail);
  if (named.kind === "module")
    return "path" in named.at
      ? { kind: "found", place: { path: named.at.path, line: 1, name: named.at.path, of: null } }
      : UNKNOWN;
  return callOf([named.at], call);
}

/** Scopes whose names are seen from a scope: its own, and within a class body the class's. */
function isBound(name: string, { scope }: Reference, { facts }: FileAt): boolean {
  return facts.scopes[scope]?.includes(name) === true;
}

/** The imports that bind a name for a scope. */
function importsOf(name: string, scope: string, { facts }: FileAt): Import[] {
  return facts.imports.filter(
    (one) =>
      (one.scope === "" || one.scope === scope) &&
      (one.as ?? (one.name === null ? one.module.split(".")[0] : null)) === name,
  );
}

async function resolveName(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, scope, call } = reference;
  if (isBound(name, reference, file)) return FOUND;
  const own = file.facts.definitions.filter((one) => one.of === null && one.name === name);
  if (own.length > 0)
    return callOf(
      own.map((definition) => ({ path: file.path, definition })),
      call,
    );
  const [from] = importsOf(name, scope, file);
  if (from !== undefined) {
    const origin = call === null ? null : await originOf(from, file, world, 0);
    return origin === null ? FOUND : callOf([origin], call);
  }
  if (BUILTINS.has(name)) return FOUND;
  const named = await nameOfFile(file.path, file.facts, name, world);
  if (named === null) return UNKNOWN;
  if (named.kind !== "none") return FOUND;
  // Nothing else could bind it, unless something puts it among the built-in names.
  const isCertain = world.before !== null && !(await usesName(name, world.before, ownsPython));
  return absent("unbound", `nothing binds ${name} in ${file.path}`, null, isCertain);
}

const MAX_HOPS = 4;

/** The definition behind an import of a name, through files that only pass it on. */
async function originOf(from: Import, file: FileAt, world: World, hops: number): Promise<Defined | null> {
  if (from.name === null || from.name === "*" || hops > MAX_HOPS) return null;
  const named = await nameIn(await locate(from.module, file.path, world), from.name, world);
  if (named?.kind !== "defined") return null;
  const facts = await world.facts(named.at.path);
  if (facts === null) return null;
  const all = facts.definitions.filter((one) => one.of === null && one.name === from.name);
  if (all.length === 1 && all[0] !== undefined) return { path: named.at.path, definition: all[0] };
  if (all.length > 1) return null; // several, by condition
  const [next] = importsOf(from.name, "", { path: named.at.path, facts });
  return next === undefined ? null : originOf(next, { path: named.at.path, facts }, world, hops + 1);
}

/** `on` is a dotted path whose root no function binds. */
async function resolveMember(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, on, scope, call } = reference;
  const path = (on ?? "").split(".");
  const root = path[0] ?? "";
  if (isBound(root, reference, file)) return UNKNOWN;
  const untyped = (): Promise<Resolution> => anyMember(name, call, file, world, ownsPython);
  const candidates = importsOf(root, scope, file);
  const [from] = candidates;
  if (from === undefined) {
    const type = path.length === 1 ? classNamed(root, file) : null;
    return type === null ? untyped() : resolveAttribute({ ...reference, kind: "attribute", on: root }, file, world);
  }
  if (candidates.some((one) => one.soft) || file.facts.definitions.some((one) => one.of === null && one.name === root))
    return UNKNOWN;
  let at: Located;
  let rest: string[];
  if (from.name === null) {
    at = await locate(from.as === null ? root : from.module, file.path, world);
    rest = path.slice(1);
  } else {
    const named = await nameIn(await locate(from.module, file.path, world), from.name, world);
    if (named?.kind !== "module") return named === null ? UNKNOWN : untyped();
    at = named.at;
    rest = path.slice(1);
  }
  for (const part of rest) {
    const named = await nameIn(at, part, world);
    if (named?.kind !== "module") return named === null || named.kind === "none" ? UNKNOWN : untyped();
    at = named.at;
  }
  if (at.kind !== "file" && at.kind !== "namespace") return UNKNOWN;
  return ofNamed(await nameIn(at, name, world), call, `${at.path} has no ${name}`, "member");
}

function classNamed(name: string, { facts }: FileAt): Defined["definition"] | null {
  return facts.definitions.find((one) => one.of === null && one.kind === "type" && one.name === name) ?? null;
}

/** `on` is a class of the file. */
async function resolveAttribute(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, on, call } = reference;
  if (on !== null) {
    const members = await membersOf(on, name, file, world, 0);
    if (members?.length === 0) {
      // Others may set it from outside.
      const loose = await anyMember(name, call, file, world, ownsPython);
      return loose.kind === "absent" ? absent("attribute", `${on} and its bases have no ${name}`) : loose;
    }
    const [first] = members ?? [];
    if (members?.length === 1 && first !== undefined && first.definition.kind === "function")
      return callOf(members, call);
    if (first !== undefined) return foundAt(first.path, first.definition);
  }
  return anyMember(name, call, file, world, ownsPython);
}

/** Members of that name of a class and its bases; null where not all of them can be seen. */
async function membersOf(
  type: string,
  name: string,
  file: FileAt,
  world: World,
  depth: number,
): Promise<Defined[] | null> {
  const { path, facts } = file;
  const found = facts.definitions.filter((one) => one.of === type && one.name === name);
  if (found.length > 0) return found.map((definition) => ({ path, definition }));
  const declared = facts.definitions.find((one) => one.kind === "type" && fullName(one) === type);
  if (declared === undefined || depth > MAX_HOPS) return null;
  if (facts.definitions.some((one) => one.of === type && /^__(getattr|getattribute)__$/.test(one.name))) return null;
  for (const base of declared.bases ?? []) {
    if (base === "object") continue;
    const at = await baseOf(base, file, world);
    const inherited = at === null ? null : await membersOf(at.type, name, at.file, world, depth + 1);
    if (inherited === null || inherited.length > 0) return inherited;
  }
  return [];
}

const fullName = ({ name, of }: { name: string; of: string | null }): string => (of === null ? name : `${of}.${name}`);

async function baseOf(base: string, file: FileAt, world: World): Promise<{ type: string; file: FileAt } | null> {
  if (classNamed(base, file) !== null) return { type: base, file };
  const [from] = importsOf(base, "", file);
  const origin = from === undefined ? null : await originOf(from, file, world, 0);
  const facts = origin?.definition.kind === "type" ? await world.facts(origin.path) : null;
  return origin === null || facts === null
    ? null
    : { type: origin.definition.name, file: { path: origin.path, facts } };
}
