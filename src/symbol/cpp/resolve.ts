// Looks up what a C++ file refers to: in what its includes reach, whichever namespace or class it stands in there.
import { callOf, definitionsOf, usesMember, type Defined } from "../anywhere.ts";
import { headerPath, reachOf, type Reach } from "../c/reach.ts";
import { standardHeaders } from "../c/standard.ts";
import type { Call, Reference } from "../facts.ts";
import { absent, FOUND, foundAt, UNKNOWN, type FileAt, type Place, type Resolution, type World } from "../language.ts";
import { isTest, isVendored } from "../skip.ts";
import { ANGLED } from "./extract.ts";

/** All that a C++ file may find its names in. */
const ownsFamily = (path: string): boolean =>
  /\.([ch]|cc|cpp|cxx|c\+\+|hh|hpp|hxx|h\+\+|inl|ipp|tpp|tcc|cu|cuh)$/.test(path);

export async function resolveCpp(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return resolveInclude(reference, file, world);
    case "name":
      return resolveName(reference, file, world);
    case "member":
      return resolveMember(reference, file, world);
    case "attribute":
      return resolveAttribute(reference, file, world);
  }
}

async function resolveInclude({ name, on }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const path = await headerPath({ module: name, soft: on === ANGLED }, file.path, world);
  if (path !== null) return { kind: "found", place: { path, line: 1, name, of: null } };
  return absent("import", `no file ${name}`);
}

async function resolveName({ name, scope, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  if (file.facts.scopes[scope]?.includes(name) === true) return FOUND;
  const found = visible(await reachOf(file.path, file.facts, world), name);
  return found.length > 0 ? chosen(found, call) : beyond(name, world);
}

/** `on::name`, where `on` may be a namespace, a class or an enum. */
async function resolveMember({ name, on, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const reach = await reachOf(file.path, file.facts, world);
  const found = visible(reach, name);
  const inside = found.filter(({ definition }) => definition.of === on);
  if (inside.length > 0) return chosen(inside, call);
  const types = visible(reach, on ?? "").filter(({ definition }) => definition.kind === "type");
  const [whole] = types.filter(({ definition }) => definition.type === "class" || definition.type === "enum");
  // A class without bases, and one of that name only: what it does not hold it does not have.
  if (
    whole !== undefined &&
    types.every(({ definition }) => isClosed(definition.bases) && definition.type !== null) &&
    holdsAny(reach, on ?? "")
  )
    return absent("member", `${on} has no ${name}`, placeOf(whole));
  return found.length > 0 ? chosen(found, call) : beyond(name, world);
}

const isClosed = (bases: readonly string[] | undefined): boolean => (bases ?? []).length === 0;

const holdsAny = (reach: Reach, of: string): boolean =>
  reach.files.some(({ facts }) => facts.definitions.some((definition) => definition.of === of));

/** A member of a value whose type is not told. */
async function resolveAttribute({ name, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const all = await definitionsOf(name, world, ownsFamily);
  if (all === null) return UNKNOWN;
  if (all.length === 0) {
    const elsewhere = world.before !== null && (await usesMember(name, world.before, ownsFamily));
    return elsewhere ? UNKNOWN : absent("attribute", `${name} is defined nowhere`);
  }
  const own = all.filter(({ path }) => !isVendored(path) && (!isTest(path) || isTest(file.path)));
  if (own.length === 0 || own.length < all.length) return UNKNOWN;
  // `reset` and `insert` are the standard library's as well as ours: only names that could not be are counted for calls.
  return chosen(own, /[A-Z]/.test(name) ? call : null);
}

/** A call must fit one of the overloads, where all of them are functions. */
function chosen(found: readonly Defined[], call: Call | null): Resolution {
  const [first] = found;
  if (first === undefined) return UNKNOWN;
  const other = found.find(({ definition }) => definition.shape === null || definition.kind === "macro");
  if (other !== undefined) return foundAt(other.path, other.definition);
  return callOf(found, call);
}

/** What no include reaches. */
async function beyond(name: string, world: World): Promise<Resolution> {
  const all = await definitionsOf(name, world, ownsFamily);
  if (all === null || standardHeaders(name).length > 0 || all.some(({ path }) => isVendored(path))) return UNKNOWN;
  const [near] = all.filter(({ definition }) => definition.of === null);
  if (near === undefined) return all.length > 0 ? UNKNOWN : absent("unbound", `nothing declares ${name}`);
  return absent("unbound", `${name} is declared in ${near.path}, which no include reaches`, placeOf(near));
}

function placeOf({ path, definition: { line, name, of } }: Defined): Place {
  return { path, line, name, of };
}

const INDEXES = new WeakMap<Reach, Map<string, Defined[]>>();

/** What the file sees under a name, as a member of whatever. */
function visible(reach: Reach, name: string): readonly Defined[] {
  let index = INDEXES.get(reach);
  if (index === undefined) {
    index = new Map();
    for (const { path, facts } of reach.files)
      for (const definition of facts.definitions) {
        const plain = definition.name.replace(/^(struct|union|enum) /, ""); // in a header that was read as C
        const known = index.get(plain);
        if (known === undefined) index.set(plain, [{ path, definition }]);
        else known.push({ path, definition });
      }
    INDEXES.set(reach, index);
  }
  return index.get(name) ?? [];
}
