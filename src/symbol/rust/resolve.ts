// Looks up what a Rust file refers to: what the file binds, and for the rest whether the tree defines the name anywhere.
// Modules are not followed: re-exports, `cfg` and macros make their contents a matter of the compiler.
import { anyMember, callOf, definitionsOf, usesName, type Defined } from "../anywhere.ts";
import type { Reference } from "../facts.ts";
import { absent, FOUND, foundAt, UNKNOWN, type FileAt, type Resolution, type World } from "../language.ts";
import { isVendored } from "../skip.ts";
import { MADE } from "./extract.ts";

export const ownsRust = (path: string): boolean => path.endsWith(".rs");

export async function resolveRust(reference: Reference, file: FileAt, world: World): Promise<Resolution> {
  switch (reference.kind) {
    case "import":
      return resolveUse(reference, world);
    case "name":
      return resolveName(reference, file, world);
    case "member":
      return resolveMember(reference, file, world);
    case "attribute":
      return anyMember(reference.name, reference.call, file, world, ownsRust);
  }
}

/** `use crate::a::Name`: somewhere in the tree the name is defined, or is a module's file. Other crates are not looked into. */
async function resolveUse({ name, on }: Reference, world: World): Promise<Resolution> {
  if (on === null || !/^(crate|self|super)\b/.test(on)) return UNKNOWN;
  return somewhere(name, "import", world);
}

async function somewhere(name: string, rule: "import" | "member", world: World): Promise<Resolution> {
  const found = await definitionsOf(name, world, ownsRust);
  if (found === null || found.some(({ path }) => isVendored(path))) return UNKNOWN;
  const [first] = found.filter(({ definition }) => definition.of !== MADE);
  if (first !== undefined) return foundAt(first.path, first.definition);
  if (found.length > 0 || (await isModule(name, world))) return FOUND;
  return absent(rule, `${name} is defined nowhere`);
}

function isModule(name: string, world: World): Promise<boolean> {
  return world.once(`rust module ${name}`, async () =>
    (await world.paths()).some((path) => path.endsWith(`/${name}.rs`) || path.endsWith(`/${name}/mod.rs`)),
  );
}

async function resolveName({ name, scope, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const { facts } = file;
  if (facts.scopes[scope]?.includes(name) === true) return FOUND;
  const defined = facts.definitions.filter((one) => one.name === name && one.kind !== "field");
  if (defined.some(({ of }) => of === MADE)) return FOUND;
  const plain: Defined[] = defined
    .filter(({ of }) => of === null)
    .map((definition) => ({ path: file.path, definition }));
  if (plain.length > 0) return callOf(plain, call);
  if (name.endsWith("!")) return resolveMacro(name, file, world);
  if (facts.imports.some((one) => one.as === name)) return FOUND;
  // A glob can bind anything.
  if (facts.imports.some((one) => one.name === "*")) return UNKNOWN;
  if (world.before !== null && (await usesName(name, world.before, ownsRust))) return UNKNOWN;
  return absent("unbound", `nothing binds ${name} in ${file.path}`);
}

/** Macros are in force by where they stand in the text, or by `#[macro_use]`: somewhere is enough. */
async function resolveMacro(name: string, file: FileAt, world: World): Promise<Resolution> {
  const plain = name.slice(0, -1);
  if (plain.includes("::") || file.facts.imports.some((one) => one.as === plain || one.name === "*")) return FOUND;
  const all = (await definitionsOfMacro(plain, world)) ?? [];
  const [first] = all;
  if (first !== undefined) return foundAt(first.path, first.definition);
  if (world.before !== null && (await usesName(name, world.before, ownsRust))) return UNKNOWN;
  return absent("unbound", `no macro ${name} is defined`);
}

async function definitionsOfMacro(plain: string, world: World): Promise<readonly Defined[] | null> {
  return world.once(`rust macro ${plain}`, async () => {
    const files = (await world.mentions(plain)).filter(ownsRust);
    const found = await Promise.all(
      files.map(async (path) => {
        const facts = await world.facts(path);
        return (facts?.definitions ?? [])
          .filter((one) => one.name === `${plain}!`)
          .map((definition) => ({ path, definition }));
      }),
    );
    return found.flat();
  });
}

/** `on::name` of a type or module that the tree has. */
async function resolveMember({ name, on, call }: Reference, file: FileAt, world: World): Promise<Resolution> {
  const last = on?.split("::").at(-1) ?? "";
  if (/^(crate|self|super)$/.test(last)) return somewhere(name, "member", world);
  const holders = await definitionsOf(last, world, ownsRust);
  const isOurs =
    holders !== null && holders.some(({ definition }) => definition.kind === "type" && definition.of !== MADE);
  if (!isOurs || file.facts.imports.some((one) => one.as === last && !/^(crate|self|super)\b/.test(one.module)))
    return UNKNOWN;
  const all = await definitionsOf(name, world, ownsRust);
  const inside = (all ?? []).filter(({ definition }) => definition.of === last && definition.shape !== null);
  return inside.length > 0 ? callOf(inside, call) : somewhere(name, "member", world);
}
