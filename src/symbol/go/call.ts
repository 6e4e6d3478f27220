// How Go's functions are called, and how calls call them.
import type { Call, Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { resultTypes } from "./types.ts";

export function shapeOf(syntax: Syntax, parameters: number, result: number): Shape {
  let min = 0;
  let max: number | null = 0;
  for (const parameter of syntax.children(parameters)) {
    const names = [...syntax.children(parameter)].filter((child) => syntax.field(child) === "name").length;
    if (syntax.type(parameter) === "variadic_parameter_declaration") max = null;
    else if (syntax.type(parameter) === "parameter_declaration") {
      min += Math.max(1, names);
      if (max !== null) max += Math.max(1, names);
    }
  }
  return { min, max, keywords: [], results: result < 0 ? 0 : resultTypes(syntax, result).split(",").length };
}

export function callOf(syntax: Syntax, call: number): Call {
  const given = [...syntax.children(syntax.child(call, "arguments"))].filter(
    (child) => syntax.type(child) !== "comment",
  );
  const [only = -1] = given;
  const spread =
    given.some((child) => syntax.type(child) === "variadic_argument") ||
    (given.length === 1 && syntax.type(only) === "call_expression"); // f(g()) passes all that g gives back
  return { positional: given.length, keywords: [], spread, results: taken(syntax, call) };
}

/** How many values the statement around a call takes from it; null where it takes what there is. */
function taken(syntax: Syntax, n: number): number | null {
  const list = syntax.parent(n);
  const isAlone = syntax.type(list) === "expression_list" && list + 1 === n && syntax.after(list) === syntax.after(n);
  if (!isAlone) return null;
  const statement = syntax.parent(list);
  if (["short_var_declaration", "assignment_statement"].includes(syntax.type(statement)))
    return syntax.field(list) === "right" ? [...syntax.children(syntax.child(statement, "left"))].length : null;
  if (syntax.type(statement) !== "var_spec") return null;
  return [...syntax.children(statement)].filter((child) => syntax.field(child) === "name").length;
}
