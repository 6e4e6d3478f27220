// Names looked up without a type: who in the tree defines a member of that name, and who uses one.
import type { Call, Definition, Shape } from "./facts.ts";
import { UNKNOWN, absent, foundAt, type FileAt, type Resolution, type World } from "./language.ts";
import { isTest, isVendored } from "./skip.ts";

/** A word in more files than this is too common to tell anything, and is taken as known. */
const COMMON = 120;

export interface Defined {
  readonly path: string;
  readonly definition: Definition;
}

/** Definitions of that name in files of one's own language; null: too common to say. */
export function definitionsOf(
  name: string,
  world: World,
  owns: (path: string) => boolean,
): Promise<readonly Defined[] | null> {
  return world.once(`definitions ${owns.name} ${name}`, async () => {
    const files = (await world.mentions(name)).filter(owns);
    if (files.length > COMMON) return null;
    const found = await Promise.all(
      files.map(async (path) => {
        const facts = await world.facts(path);
        return (facts?.definitions ?? [])
          .filter((definition) => definition.name === name)
          .map((definition) => ({ path, definition }));
      }),
    );
    return found.flat();
  });
}

/** Whether the tree uses a member of that name: if nothing here defines it, somebody else's code does. */
export function usesMember(name: string, world: World, owns: (path: string) => boolean): Promise<boolean> {
  return world.once(`uses ${owns.name} ${name}`, async () => {
    const files = (await world.mentions(name)).filter((path) => owns(path) && !isVendored(path));
    if (files.length > COMMON) return true;
    const found = await Promise.all(
      files.map(async (path) => {
        const facts = await world.facts(path, "full");
        return facts?.references.some((one) => one.kind === "attribute" && one.name === name) === true;
      }),
    );
    return found.includes(true);
  });
}

/** Whether a file of the tree uses the name without binding it: something outside of files provides it. */
export function usesName(name: string, world: World, owns: (path: string) => boolean): Promise<boolean> {
  return world.once(`unbound ${owns.name} ${name}`, async () => {
    const files = (await world.mentions(name)).filter((path) => owns(path) && !isVendored(path));
    if (files.length > COMMON) return true;
    const found = await Promise.all(
      files.map(async (path) => {
        const facts = await world.facts(path, "full");
        const isBound =
          facts === null ||
          facts.definitions.some((one) => one.name === name && one.of === null) ||
          facts.imports.some((one) => one.as === name) ||
          facts.scopes[""]?.includes(name) === true;
        return !isBound && facts.references.some((one) => one.kind === "name" && one.name === name);
      }),
    );
    return found.includes(true);
  });
}

/** Whether a callable takes a call; true where either cannot be told. */
function accepts(shape: Shape | null, call: Call | null): boolean {
  return mismatch(shape, call) === null;
}

/** Why a callable does not take a call; null if it does, or cannot be told. */
function mismatch(shape: Shape | null, call: Call | null): string | null {
  if (shape === null || call === null) return null;
  const { min, max, keywords, results } = shape;
  if (max !== null && call.positional > max && !call.spread)
    return `takes ${max === min ? max : `at most ${max}`} arguments, not ${call.positional}`;
  const surplus = keywords === null ? [] : call.keywords.filter((keyword) => !keywords.includes(keyword));
  if (surplus.length > 0) return `takes no argument named ${surplus.join(", ")}`;
  if (!call.spread && call.positional + call.keywords.length < min)
    return `takes ${max === min ? min : `at least ${min}`} arguments, not ${call.positional + call.keywords.length}`;
  if (results !== null && call.results !== null && results !== call.results)
    return `gives back ${results} values, not ${call.results}`;
  return null;
}

/** A definition for a call: found if one of them takes it. */
export function callOf(found: readonly Defined[], call: Call | null): Resolution {
  const [first] = found;
  if (first === undefined) return UNKNOWN;
  const fit = found.find(({ definition }) => accepts(definition.shape, call));
  if (fit !== undefined) return foundAt(fit.path, fit.definition);
  const { definition, path } = first;
  const detail = `${definition.name} ${mismatch(definition.shape, call) ?? "differs"}`;
  return absent("call", detail, { path, line: definition.line, name: definition.name, of: definition.of });
}

/**
 * A member of a value whose type cannot be told: found where the project defines one of that name, absent where
 * nothing in the tree does. What only tests or other people's code define is unknown, unless asked for from there.
 */
export async function anyMember(
  name: string,
  call: Call | null,
  file: FileAt,
  world: World,
  owns: (path: string) => boolean,
): Promise<Resolution> {
  const all = await definitionsOf(name, world, owns);
  if (all === null) return UNKNOWN;
  if (all.length === 0) {
    // Used before the pick and defined nowhere: others define it.
    const elsewhere = world.before !== null && (await usesMember(name, world.before, owns));
    return elsewhere ? UNKNOWN : absent("attribute", `${name} is defined nowhere`);
  }
  const own = all.filter(({ path }) => !isVendored(path) && (!isTest(path) || isTest(file.path)));
  if (own.length === 0 || all.some(({ path }) => isVendored(path))) return UNKNOWN;
  const [first] = own;
  // One method of that name is likely the one that is meant, if it was alone before; a plain function need not be.
  const before = world.before === null ? own : await definitionsOf(name, world.before, owns);
  const isAlone = own.length === 1 && before !== null && before.length <= 1;
  if (first !== undefined && isAlone && first.definition.of !== null) return callOf(own, call);
  return first === undefined ? UNKNOWN : foundAt(first.path, first.definition);
}
