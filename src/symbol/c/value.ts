// What a C expression is, as a text that can be looked up later: a type, or `@name` of a value, with `>field` and `>()`
// as steps. And how a call calls.
import type { Call } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { typeText } from "./declare.ts";

/** Steps beyond which nothing is told. */
const MAX_STEPS = 6;

/**
 * What an expression gives. `local`: the type of a name bound in the function, null where it is bound and cannot be
 * told, undefined where it is not bound there.
 */
export function valueText(
  syntax: Syntax,
  n: number,
  local: (name: string) => string | null | undefined,
): string | null {
  const text = follow(syntax, n, local);
  return text === null || text.split(">").length > MAX_STEPS ? null : text;
}

function follow(syntax: Syntax, n: number, local: (name: string) => string | null | undefined): string | null {
  const below = (field: string): string | null => follow(syntax, syntax.child(n, field), local);
  switch (syntax.type(n)) {
    case "identifier": {
      const known = local(syntax.text(n));
      return known === undefined ? `@${syntax.text(n)}` : known;
    }
    case "field_expression": {
      const base = below("argument");
      return base === null ? null : `${base}>${syntax.text(syntax.child(n, "field"))}`;
    }
    case "call_expression": {
      const base = below("function");
      return base === null ? null : `${base}>()`;
    }
    case "cast_expression":
      return typeText(syntax, syntax.child(n, "type"));
    case "parenthesized_expression":
      return follow(syntax, n + 1, local);
    case "pointer_expression":
    case "subscript_expression":
      return below("argument");
    default:
      return null;
  }
}

export function callOf(syntax: Syntax, list: number): Call {
  const given = [...syntax.children(list)].filter((child) => syntax.type(child) !== "comment");
  const spread = given.some((child) => ["ERROR", "preproc_if", "preproc_ifdef"].includes(syntax.type(child)));
  return { positional: given.length, keywords: [], spread, results: null };
}
