// Go's types and values as short texts that can be looked up later, in whichever tree: `pkg.T`, `[]T`, and for what
// only a look-up can tell a path of steps: `@pkg.New>()0>Field>[]`. `@` begins with a value's name instead of a type.
import type { Syntax } from "../syntax.ts";

/** Steps beyond which nothing is told. */
const MAX_STEPS = 6;

/** A type without pointers and type arguments; null where it has no name to look up. */
export function typeText(syntax: Syntax, n: number): string | null {
  switch (syntax.type(n)) {
    case "type_identifier":
    case "qualified_type":
      return syntax.text(n).replace(/\s/g, "");
    case "pointer_type":
    case "parenthesized_type":
      return typeText(syntax, n + 1);
    case "generic_type":
      return typeText(syntax, syntax.child(n, "type"));
    case "slice_type":
    case "array_type":
      return within("[]", typeText(syntax, syntax.child(n, "element")));
    case "implicit_length_array_type":
      return within("[]", typeText(syntax, syntax.child(n, "element")));
    case "map_type":
      return within("[]", typeText(syntax, syntax.child(n, "value")));
    case "channel_type":
      return within("[]", typeText(syntax, syntax.child(n, "value")));
    case "function_type":
      return within("()", resultTypes(syntax, syntax.child(n, "result")) || null);
    default:
      return null;
  }
}

function within(prefix: string, text: string | null): string | null {
  return text === null ? null : `${prefix}${text}`;
}

/** The types of a function's results, joined by commas; an empty place where a type has no name. */
export function resultTypes(syntax: Syntax, result: number): string {
  if (result < 0) return "";
  if (syntax.type(result) !== "parameter_list") return typeText(syntax, result) ?? "";
  const types: string[] = [];
  for (const parameter of syntax.children(result)) {
    const text = typeText(syntax, syntax.child(parameter, "type")) ?? "";
    const names = [...syntax.children(parameter)].filter((child) => syntax.field(child) === "name").length;
    for (let n = 0; n < Math.max(1, names); n++) types.push(text);
  }
  return types.join(",");
}

export function step(base: string | null, ...steps: readonly string[]): string | null {
  if (base === null) return null;
  const text = [base, ...steps].join(">");
  return text.split(">").length > MAX_STEPS ? null : text;
}

/**
 * What an expression gives. `local`: the text of a name bound in the function, null where it is bound and cannot be
 * told, undefined where it is not bound there.
 */
export function valueText(
  syntax: Syntax,
  n: number,
  local: (name: string) => string | null | undefined,
): string | null {
  const value = (child: number): string | null => (child < 0 ? null : valueText(syntax, child, local));
  switch (syntax.type(n)) {
    case "identifier": {
      const known = local(syntax.text(n));
      return known === undefined ? `@${syntax.text(n)}` : known;
    }
    case "selector_expression": {
      const operand = syntax.child(n, "operand");
      const field = syntax.text(syntax.child(n, "field"));
      if (syntax.type(operand) === "identifier" && local(syntax.text(operand)) === undefined)
        return `@${syntax.text(operand)}.${field}`;
      return step(value(operand), field);
    }
    case "call_expression": {
      const called = syntax.child(n, "function");
      if (syntax.type(called) === "identifier" && ["new", "make"].includes(syntax.text(called))) {
        const argument = syntax.child(n, "arguments") + 1;
        return syntax.type(argument) === "identifier" ? syntax.text(argument) : typeText(syntax, argument);
      }
      return step(value(called), "()0");
    }
    case "composite_literal":
      return typeText(syntax, syntax.child(n, "type"));
    case "type_assertion_expression":
      return typeText(syntax, syntax.child(n, "type"));
    case "type_conversion_expression":
      return typeText(syntax, syntax.child(n, "type"));
    case "index_expression":
      return step(value(syntax.child(n, "operand")), "[]");
    case "slice_expression":
      return value(syntax.child(n, "operand"));
    case "unary_expression":
      return ["&", "*"].includes(syntax.source[syntax.start(n)] ?? "") ? value(syntax.child(n, "operand")) : null;
    case "parenthesized_expression":
      return value(n + 1);
    default:
      return null;
  }
}
