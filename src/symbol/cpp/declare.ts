// What C++ declarators declare, and how functions may be called.
import type { Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";

export interface Declared {
  readonly name: string;
  /** The class before `::`, without its template arguments. */
  readonly of: string | null;
  /** The parameter list, where a function is declared and not a pointer to one. */
  readonly parameters: number;
}

export const NAMES = ["identifier", "type_identifier", "field_identifier"];
/** `a::b`; its name may be one again. */
export const QUALIFIED = "qualified_identifier";
const DECLARED = [...NAMES, "operator_name", "destructor_name", "operator_cast"];

/** The name a declarator declares; null where it has none (`int (int)`, structured bindings). */
export function declared(syntax: Syntax, n: number): Declared | null {
  let parameters = -1;
  let of: string | null = null;
  for (let at = n; at >= 0;) {
    const type = syntax.type(at);
    if (DECLARED.includes(type)) return { name: syntax.text(at), of, parameters };
    switch (type) {
      case QUALIFIED:
        of = plainName(syntax, syntax.child(at, "scope")) || of;
        at = syntax.child(at, "name");
        break;
      case "template_function":
      case "template_method":
      case "template_type":
        at = syntax.child(at, "name");
        break;
      case "function_declarator":
        parameters = syntax.child(at, "parameters");
        at = syntax.child(at, "declarator");
        break;
      case "parenthesized_declarator":
        parameters = -1; // `(*name)(…)`: a variable that holds a function
        at = at + 1;
        break;
      case "reference_declarator":
      case "pointer_declarator":
      case "array_declarator":
      case "init_declarator":
      case "attributed_declarator":
      case "variadic_declarator": {
        const inner = syntax.child(at, "declarator");
        at = inner >= 0 ? inner : syntax.after(at) > at + 1 ? at + 1 : -1;
        break;
      }
      default:
        return null;
    }
  }
  return null;
}

/** The last name of a possibly qualified, possibly templated name; "" where there is none. */
export function plainName(syntax: Syntax, n: number): string {
  for (let at = n; at >= 0;) {
    const type = syntax.type(at);
    if (type === "namespace_identifier" || DECLARED.includes(type)) return syntax.text(at);
    if (type === "nested_namespace_specifier") {
      const parts = [...syntax.children(at)];
      at = parts.at(-1) ?? -1;
    } else if (type === "dependent_name") at = at + 1;
    else at = syntax.child(at, "name");
  }
  return "";
}

export function shapeOf(syntax: Syntax, parameters: number): Shape {
  let min = 0;
  let max: number | null = 0;
  // C's `...` has no node of its own.
  if (/\.\.\.\s*\)$/.test(syntax.text(parameters))) max = null;
  const given = [...syntax.children(parameters)];
  for (const parameter of given) {
    const type = syntax.type(parameter);
    if (type === "comment" || (type === "parameter_declaration" && syntax.text(parameter) === "void")) continue;
    if (type === "variadic_parameter_declaration") max = null;
    else if (type === "parameter_declaration" || type === "optional_parameter_declaration") {
      if (type === "parameter_declaration") min++;
      if (max !== null) max++;
    } else return { min: 0, max: null, keywords: null, results: null }; // a macro, or what was misread
  }
  return { min, max, keywords: [], results: null };
}

export function macroShape(syntax: Syntax, parameters: number): Shape {
  const names = [...syntax.children(parameters)].length;
  const isOpen = /\.\.\.\s*\)$/.test(syntax.text(parameters));
  return { min: isOpen ? 0 : names, max: isOpen ? null : names, keywords: [], results: null };
}

/** Every name that a function declares, wherever in it: blocks are not told apart. */
export function* localNames(syntax: Syntax, from: number): Generator<string, void> {
  const nameOf = (n: number): string => declared(syntax, n)?.name ?? "";
  for (let n = from; n < syntax.after(from); n++) {
    switch (syntax.type(n)) {
      case "declaration":
      case "parameter_declaration":
      case "optional_parameter_declaration":
      case "variadic_parameter_declaration":
      case "for_range_loop":
      case "type_definition":
      case "field_declaration":
        for (const child of syntax.children(n)) if (syntax.field(child) === "declarator") yield nameOf(child);
        break;
      case "structured_binding_declarator":
      case "type_parameter_declaration":
      case "variadic_type_parameter_declaration":
      case "optional_type_parameter_declaration":
        for (const child of syntax.children(n)) if (NAMES.includes(syntax.type(child))) yield syntax.text(child);
        break;
      case "ERROR": // what could not be made sense of may have declared any of its names
        for (let within = n; within < syntax.after(n); within++)
          if (NAMES.includes(syntax.type(within))) yield syntax.text(within);
        break;
      case "lambda_capture_initializer":
        yield syntax.text(syntax.child(n, "left"));
        break;
      case "alias_declaration":
      case "class_specifier":
      case "struct_specifier":
      case "enum_specifier":
      case "enumerator":
      case "namespace_alias_definition":
        yield plainName(syntax, syntax.child(n, "name"));
        break;
      case "using_declaration":
        yield plainName(syntax, syntax.childOf(n, QUALIFIED));
        break;
      case "function_definition": // of a local class
        if (n !== from) yield nameOf(syntax.child(n, "declarator"));
        break;
    }
  }
}
