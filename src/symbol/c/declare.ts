// C's declarations: the name a declarator declares, the type it has as a text that can be looked up, and the shape of
// a function. Pointers and arrays are left out of types: what a member is looked up in does not depend on them.
import type { Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";

/** `client`, `struct client`; null where the type has no name. */
export function typeText(syntax: Syntax, n: number): string | null {
  switch (syntax.type(n)) {
    case "type_identifier":
    case "primitive_type":
      return syntax.text(n);
    case "struct_specifier":
    case "union_specifier":
    case "enum_specifier":
      return tagText(syntax, n);
    case "type_descriptor":
      return typeText(syntax, syntax.child(n, "type"));
    default:
      return null;
  }
}

/** `struct name` of a struct, union or enum; null where it has no name. */
export function tagText(syntax: Syntax, n: number): string | null {
  const name = syntax.child(n, "name");
  return name < 0 ? null : `${syntax.type(n).slice(0, -"_specifier".length)} ${syntax.text(name)}`;
}

export interface Declared {
  readonly name: string;
  readonly node: number;
  /** The parameter list, where a function is declared. */
  readonly parameters: number;
  /** A variable that holds a function. */
  readonly pointer: boolean;
}

const WRAPPERS = [
  "pointer_declarator",
  "array_declarator",
  "parenthesized_declarator",
  "init_declarator",
  "attributed_declarator",
  "function_declarator",
  "reference_declarator",
];
/** Nodes that are a name. */
export const NAMES = ["identifier", "field_identifier", "type_identifier"];

/** Finds the name in a declarator; null where there is none. */
export function declared(syntax: Syntax, n: number): Declared | null {
  let parameters = -1;
  let pointer = false;
  for (let at = n; at >= 0;) {
    const type = syntax.type(at);
    if (NAMES.includes(type)) return { name: syntax.text(at), node: at, parameters, pointer };
    if (!WRAPPERS.includes(type)) return null;
    if (type === "function_declarator") parameters = syntax.child(at, "parameters");
    if (type === "pointer_declarator" && parameters >= 0) pointer = true;
    const inner = syntax.child(at, "declarator");
    at = inner >= 0 ? inner : syntax.childOf(at, ...WRAPPERS, ...NAMES);
  }
  return null;
}

/** Names in a statement outside of functions, where `type (*name)(void);` is read as a call of `type`. */
export function misread(syntax: Syntax, statement: number): number[] {
  const found: number[] = [];
  for (let n = statement; n < syntax.after(statement); n++)
    if (syntax.type(n) === "pointer_expression" && syntax.type(n + 1) === "identifier") found.push(n + 1);
  return found;
}

/** The declarators of a declaration, field or typedef. */
export function declarators(syntax: Syntax, n: number): number[] {
  return [...syntax.children(n)].filter((child) => syntax.field(child) === "declarator");
}

export function shapeOf(syntax: Syntax, parameters: number): Shape {
  let min = 0;
  let max: number | null = 0;
  const given = [...syntax.children(parameters)].filter((child) => syntax.type(child) !== "comment");
  for (const parameter of given) {
    const type = syntax.type(parameter);
    if (type === "variadic_parameter") max = null;
    else if (type === "optional_parameter_declaration" && max !== null) max++;
    else {
      const isVoid = given.length === 1 && syntax.text(parameter) === "void";
      if (isVoid) continue;
      min++;
      if (max !== null) max++;
    }
  }
  if (given.length === 0) max = null; // `f()` says nothing about parameters
  return { min, max, keywords: [], results: null };
}

/** A macro with parameters. */
export function macroShape(syntax: Syntax, parameters: number): Shape {
  const names = [...syntax.children(parameters)].length;
  const open = /\.\.\.\s*\)$/.test(syntax.text(parameters));
  return { min: names, max: open ? null : names, keywords: [], results: null };
}

/** Nodes in a function that refer to nothing, or are taken elsewhere. */
export const LEFT_OUT: ReadonlySet<string> = new Set(
  `preproc_include preproc_def preproc_function_def preproc_defined offsetof_expression type_definition
  statement_identifier field_identifier comment string_literal`.split(/\s+/),
);
