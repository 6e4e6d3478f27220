// Which names JavaScript and TypeScript bind, wherever they stand: blocks are not told apart.
import type { Syntax } from "../syntax.ts";

const NAMED = [
  "function_declaration",
  "generator_function_declaration",
  "function_expression",
  "function_signature",
  "class_declaration",
  "abstract_class_declaration",
  "class",
  "interface_declaration",
  "type_alias_declaration",
  "enum_declaration",
  "type_parameter",
  "mapped_type_clause",
  "index_signature",
];

/** The names in a pattern: `{ a, b: [c], ...d }`. Defaults and computed keys are no part of it. */
export function* patternNames(syntax: Syntax, n: number): Generator<string, void> {
  switch (syntax.type(n)) {
    case "identifier":
    case "shorthand_property_identifier_pattern":
      yield syntax.text(n);
      return;
    case "pair_pattern":
      yield* patternNames(syntax, syntax.child(n, "value"));
      return;
    case "assignment_pattern":
    case "object_assignment_pattern":
      yield* patternNames(syntax, syntax.child(n, "left"));
      return;
    case "required_parameter":
    case "optional_parameter":
      yield* patternNames(syntax, syntax.child(n, "pattern"));
      return;
    case "object_pattern":
    case "array_pattern":
    case "rest_pattern":
    case "formal_parameters":
      for (const child of syntax.children(n)) yield* patternNames(syntax, child);
  }
}

/** Every name bound at or below a node. */
export function* boundNames(syntax: Syntax, from: number): Generator<string, void> {
  for (let n = from; n < syntax.after(from); n++) {
    const type = syntax.type(n);
    if (NAMED.includes(type)) yield syntax.text(syntax.child(n, "name"));
    else if (type === "variable_declarator") yield* patternNames(syntax, syntax.child(n, "name"));
    else if (type === "formal_parameters") yield* patternNames(syntax, n);
    else if (type === "arrow_function" || type === "catch_clause")
      yield* patternNames(syntax, syntax.child(n, "parameter"));
    else if (type === "for_in_statement") yield* patternNames(syntax, syntax.child(n, "left"));
    else if (type === "infer_type") yield syntax.text(n + 1);
    else if (type === "internal_module" || type === "module") yield firstName(syntax, syntax.child(n, "name"));
    else if (type === "import_require_clause" || type === "import_alias") yield syntax.text(n + 1);
    else if (type === "ERROR") yield* wordsIn(syntax, n); // what could not be made sense of may have bound any of its names
  }
}

/** `N` of `N.M`. */
export function firstName(syntax: Syntax, n: number): string {
  return syntax.text(n).split(".")[0]?.trim() ?? "";
}

function* wordsIn(syntax: Syntax, from: number): Generator<string, void> {
  for (let n = from; n < syntax.after(from); n++)
    if (/^(identifier|type_identifier|shorthand_property_identifier.*)$/.test(syntax.type(n))) yield syntax.text(n);
}
