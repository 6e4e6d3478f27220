// Looks up what a JavaScript or TypeScript file refers to.
import { anyMember, callOf, usesName, type Defined } from "../anywhere.ts";
import type { Call, Import, Reference } from "../facts.ts";
import { absent, FOUND, foundAt, UNKNOWN, type FileAt, type Resolution, type World } from "../language.ts";
import { exportOf, locate } from "./modules.ts";

/** Names that places where scripts run provide, and that files bind as well: their import may fall away. */
const GLOBALS = new Set(
  `AbortController AbortSignal Blob BroadcastChannel Buffer CustomEvent DOMException Element Event EventTarget File
  FormData Headers HTMLElement MessageChannel MessagePort Node Performance ReadableStream Request Response TextDecoder
  TextEncoder TransformStream URL URLSearchParams WebAssembly WebSocket Window WritableStream after afterAll afterEach
  assert before beforeAll beforeEach clearImmediate clearInterval clearTimeout console crypto describe document expect
  exports fetch global globalThis it jest module navigator performance process queueMicrotask require setImmediate
  setInterval setTimeout structuredClone suite test vi window __dirname __filename`.split(/\s+/),
);

const ownsScript = (path: string): boolean => /\.([cm]?[jt]s|[jt]sx)$/.test(path);

export async function resolveScript(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return reference.on === null
        ? resolveModule(reference.name, file, world)
        : resolveTaken(reference.on, reference.name, null, file, world);
    case "name":
      return resolveName(reference, file, world);
    case "member":
      return resolveMember(reference, file, world);
    case "attribute":
      return anyMember(reference.name, null, file, world, ownsScript);
  }
}

async function resolveModule(name: string, file: FileAt, world: World): Promise<Resolution> {
  const located = await locate(name, file.path, world);
  switch (located.kind) {
    case "file":
      return { kind: "found", place: { path: located.path, line: 1, name, of: null } };
    case "package":
      return FOUND;
    case "missing":
      return absent("import", located.detail);
    case "elsewhere":
      return UNKNOWN;
  }
}

/** A name taken from a module, or a member of one. */
async function resolveTaken(
  module: string,
  name: string,
  call: Call | null,
  file: FileAt,
  world: World,
): Promise<Resolution> {
  const located = await locate(module, file.path, world);
  if (located.kind !== "file" || !ownsScript(located.path)) return UNKNOWN;
  const exported = await exportOf(located.path, name, world);
  switch (exported.kind) {
    case "definition":
      return callOf([exported], call);
    case "none":
      return absent(call === null ? "import" : "member", `${located.path} exports no ${name}`);
    case "unknown":
      return UNKNOWN;
  }
}

const topLevel = (name: string, { path, facts }: FileAt): Defined[] =>
  facts.definitions.filter((one) => one.name === name && one.of === null).map((definition) => ({ path, definition }));

const importOf = (name: string, scope: string, { facts }: FileAt): Import | undefined =>
  facts.imports.find((one) => one.as === name && (one.scope === "" || one.scope === scope));

async function resolveName({ name, scope, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  if (file.facts.scopes[scope]?.includes(name) === true) return FOUND;
  const defined = topLevel(name, file);
  if (defined.length > 0) return callOf(defined, call);
  const taken = importOf(name, scope, file);
  if (taken !== undefined) {
    if (taken.name === null || taken.name === "*" || call === null) return FOUND;
    const found = await resolveTaken(taken.module, taken.name, call, file, world);
    return found.kind === "absent" && found.rule !== "call" ? FOUND : found; // the import itself says that it is missing
  }
  if (file.facts.scopes[""]?.includes(name) === true) return FOUND;
  if (GLOBALS.has(name)) return UNKNOWN;
  // Used without being bound before the pick: a global of where it runs.
  if (world.before !== null && (await usesName(name, world.before, ownsScript))) return UNKNOWN;
  return absent("unbound", `nothing binds ${name} in ${file.path}`);
}

async function resolveMember(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { name, on, scope, call } = reference;
  const taken = importOf(on ?? "", scope, file);
  if (taken?.name === null) {
    const found = await resolveTaken(taken.module, name, call, file, world);
    // `default` of a module that is taken whole, and what every object has
    return found.kind === "absent" && found.rule === "import" ? { ...found, rule: "member" } : found;
  }
  const isGlobal = taken === undefined && topLevel(on ?? "", file).length === 0;
  if (isGlobal && file.facts.scopes[""]?.includes(on ?? "") !== true) return UNKNOWN;
  const held = taken === undefined ? topLevel(on ?? "", file)[0] : await definitionOf(taken, file, world);
  if (taken !== undefined && held === undefined) return UNKNOWN; // somebody else's value
  const members = held === undefined ? null : await membersOf(held, world);
  if (members === null) return anyMember(name, null, file, world, ownsScript);
  const member = members.find(({ definition }) => definition.name === name);
  if (member !== undefined) return foundAt(member.path, member.definition);
  return absent("member", `${on ?? ""} has no ${name}`);
}

/** What a named import means, where it is defined in the module it is taken from. */
async function definitionOf({ module, name }: Import, file: FileAt, world: World): Promise<Defined | undefined> {
  const located = await locate(module, file.path, world);
  if (located.kind !== "file" || name === null) return undefined;
  const exported = await exportOf(located.path, name, world);
  if (exported.kind !== "definition") return undefined;
  const facts = await world.facts(exported.path);
  return facts === null ? undefined : topLevel(exported.definition.type ?? "", { path: exported.path, facts })[0];
}

/** Members of an enum: of all else more may be added. Null where they cannot be told. */
async function membersOf({ path, definition }: Defined, world: World): Promise<readonly Defined[] | null> {
  if (definition.type !== "enum") return null;
  const facts = await world.facts(path);
  return (facts?.definitions ?? [])
    .filter(({ of }) => of === definition.name)
    .map((one) => ({ path, definition: one }));
}
