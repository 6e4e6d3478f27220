// Looks up what a C file refers to: in what its includes reach, not in what exists somewhere.
import { anyMember, callOf, definitionsOf, type Defined } from "../anywhere.ts";
import type { Reference } from "../facts.ts";
import { absent, FOUND, foundAt, UNKNOWN, type FileAt, type Place, type Resolution, type World } from "../language.ts";
import { headerPath, reachOf, visible, type Reach } from "./reach.ts";
import { isSystemHeader, standardHeaders } from "./standard.ts";

export const ownsC = (path: string): boolean => /\.[ch]$/.test(path);

export async function resolveC(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  const found = await lookUp(reference, file, world);
  return found.kind === "absent" && (await isLeftOut(reference, world)) ? UNKNOWN : found;
}

/** Whether the line stands under a condition that nothing spoke of before the pick: then it is never compiled. */
async function isLeftOut({ under }: Reference, { before }: World): Promise<boolean> {
  if (under === undefined || before === null) return false;
  return (await Promise.all(under.map((name) => before.mentions(name)))).some((files) => files.length === 0);
}

async function lookUp(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return resolveInclude(reference, file, world);
    case "name":
      return resolveName(reference, file, world);
    case "attribute":
      return resolveField(reference, file, world);
    case "member":
      return UNKNOWN;
  }
}

async function resolveInclude({ name, on }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const path = await headerPath({ module: name, soft: on === "<>" }, file.path, world);
  if (path !== null) return { kind: "found", place: { path, line: 1, name, of: null } };
  return absent("import", `no file ${name}`);
}

async function resolveName({ name, scope, call, line }: Reference, file: FileAt, world: World): Promise<Resolution> {
  if (file.facts.scopes[scope]?.includes(name) === true) return FOUND;
  const reach = await reachOf(file.path, file.facts, world);
  const found = visible(reach, name);
  const [below] = found;
  // Only calls: what the parser misreads may look like a declaration at any place.
  const isBelow = call !== null && found.every((one) => one.path === file.path && isFunctionBelow(one, line));
  if (below !== undefined && !isBelow) return callOf(preferBodies(found), call);
  if (below !== undefined) {
    const near = { path: below.path, line: below.definition.line, name, of: null };
    return absent("unbound", `${name} is declared only below, in line ${below.definition.line}`, near);
  }
  const headers = standardHeaders(name);
  if (headers.length > 0) {
    if (headers.some((header) => reach.outside.has(header))) return FOUND;
    return absent("unbound", `${name} of <${headers[0]}> is not reached by the includes`);
  }
  if (await isStandIn(name, file.path, reach, world)) return UNKNOWN;
  const near = await elsewhere(name, world);
  const detail =
    near === null ? `nothing declares ${name}` : `${name} is declared in ${near.path}, which no include reaches`;
  return absent("unbound", detail, near);
}

/** Whether the line's file saw the name as a macro beside headers of other people's: it stood in for what those bring. */
async function isStandIn(name: string, path: string, { outside }: Reach, { before }: World): Promise<boolean> {
  if (before === null || [...outside].every(isSystemHeader)) return false;
  const facts = await before.facts(path);
  if (facts === null) return false;
  return visible(await reachOf(path, facts, before), name).some(({ definition }) => definition.kind === "macro");
}

function isFunctionBelow({ definition }: Defined, line: number): boolean {
  return definition.kind === "function" && definition.line > line;
}

/** A macro stands before a function of its name. */
function preferBodies(found: readonly Defined[]): readonly Defined[] {
  return [...found].sort((a, b) => Number(b.definition.kind === "macro") - Number(a.definition.kind === "macro"));
}

/** A header that declares the name, though it is not included. */
async function elsewhere(name: string, world: World): Promise<Place | null> {
  const all = (await definitionsOf(name, world, ownsC)) ?? [];
  const found = all.filter(({ definition }) => definition.of === null);
  const first = found.find(({ path }) => path.endsWith(".h")) ?? found[0];
  return first === undefined ? null : { path: first.path, line: first.definition.line, name, of: null };
}

async function resolveField({ name, on, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const reach = await reachOf(file.path, file.facts, world);
  const type = on === null ? null : typeOf(on, reach);
  const members = type === null ? null : membersOf(type, reach);
  if (members !== null && type !== null) {
    const [found] = visible(reach, name, members);
    if (found !== undefined) return foundAt(found.path, found.definition);
    if (visible(reach, name).some(({ definition }) => definition.kind === "macro")) return UNKNOWN;
    return absent("attribute", `${type} has no member ${name}`);
  }
  return anyMember(name, call, file, world, ownsC);
}

/** Follows the steps of a value's text; null where one cannot be told. */
function typeOf(text: string, reach: Reach): string | null {
  const [start = "", ...steps] = text.split(">");
  let type: string | null = start;
  if (start.startsWith("@")) {
    const found = visible(reach, start.slice(1)).map(({ definition }) => definition);
    const wanted = steps[0] === "()" ? "function" : "variable";
    const [first] = found;
    if (first === undefined || found.some(({ kind, type: one }) => kind !== wanted || one !== first.type)) return null;
    type = first.type;
    if (wanted === "function") steps.shift();
  }
  for (const step of steps) {
    const members: string | null = type === null || step === "()" ? null : membersOf(type, reach);
    type = members === null ? null : (visible(reach, step, members)[0]?.definition.type ?? null);
  }
  return type;
}

const MAX_ALIASES = 8;

/** The struct whose fields a type has; null where it is not in sight or cannot be told whole. */
function membersOf(type: string, reach: Reach): string | null {
  let name = type;
  for (let n = 0; n < MAX_ALIASES; n++) {
    const definitions = visible(reach, name).map(({ definition }) => definition);
    const whole = definitions.find(({ kind, type: stands }) => kind === "type" && stands === "struct");
    if (whole !== undefined) {
      const isOpen =
        whole.bases?.includes("?") === true ||
        visible(reach, name, name).some(({ definition }) => definition.type === "?");
      return isOpen ? null : name;
    }
    const alias = definitions.find(({ kind, type: stands }) => kind === "type" && stands !== null && stands !== name);
    if (alias?.type === undefined || alias.type === null) return null;
    name = alias.type;
  }
  return null;
}
