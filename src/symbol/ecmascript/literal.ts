// A module that exports plain data -> that data, read and never run. What computes anything has no value.
import type { Syntax } from "../syntax.ts";

/** No value that stands in a program text. */
const UNKNOWN = Symbol("unknown");

/** Stands for a function and the like under one of the keys that may hold code. */
export const CODE = "<code>";

/**
 * The value of `export default …` or `module.exports = …`; constants of the module are followed, patterns become their
 * text. Null unless all of it is data; what stands under `mayHoldCode`, keys of the outermost object, is `CODE` then.
 */
export function literalExport(syntax: Syntax, mayHoldCode: readonly string[]): { readonly value: unknown } | null {
  const reader = new LiteralReader(syntax, mayHoldCode);
  const value = reader.exported();
  return value === UNKNOWN ? null : { value };
}

class LiteralReader {
  readonly #syntax: Syntax;
  readonly #mayHoldCode: readonly string[];
  /** Constants that are being followed: one that names itself has no value. */
  readonly #open = new Set<string>();

  constructor(syntax: Syntax, mayHoldCode: readonly string[]) {
    this.#syntax = syntax;
    this.#mayHoldCode = mayHoldCode;
  }

  exported(): unknown {
    const { type, child, children, text } = bound(this.#syntax);
    for (const statement of children(0)) {
      if (type(statement) === "export_statement" && child(statement, "value") >= 0)
        return this.#value(child(statement, "value"), true);
      if (type(statement) !== "expression_statement") continue;
      for (const assignment of children(statement)) {
        const isExport = /^(?:module\s*\.\s*)?exports$/.test(text(child(assignment, "left")));
        if (type(assignment) === "assignment_expression" && isExport)
          return this.#value(child(assignment, "right"), true);
      }
    }
    return UNKNOWN;
  }

  #value(n: number, outermost = false): unknown {
    const { type, child, childOf, children, text } = bound(this.#syntax);
    switch (type(n)) {
      case "object":
        return this.#object(n, outermost);
      case "array":
        return this.#all([...children(n)]);
      case "string":
        return unescaped(text(n).slice(1, -1));
      case "template_string":
        return childOf(n, "template_substitution") < 0 ? unescaped(text(n).slice(1, -1)) : UNKNOWN;
      case "number":
      case "unary_expression":
        return numberOf(text(n));
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      case "undefined":
        return undefined;
      case "regex":
        return text(n);
      case "identifier":
        return this.#constant(text(n), outermost);
      case "member_expression":
        return SEVERITIES.get(text(n).replace(/\s/g, "")) ?? UNKNOWN;
      case "parenthesized_expression":
      case "as_expression":
      case "satisfies_expression": {
        const [inner] = children(n);
        return inner === undefined ? UNKNOWN : this.#value(inner, outermost);
      }
      case "call_expression": {
        if (!/^define\w*Config$/.test(text(child(n, "function")))) return UNKNOWN;
        const [argument, ...more] = children(child(n, "arguments"));
        return argument === undefined || more.length > 0 ? UNKNOWN : this.#value(argument, outermost);
      }
      default:
        return UNKNOWN;
    }
  }

  #all(nodes: readonly number[]): unknown {
    const values = nodes.filter((n) => this.#syntax.type(n) !== "comment").map((n) => this.#value(n));
    return values.includes(UNKNOWN) ? UNKNOWN : values;
  }

  #object(n: number, outermost: boolean): unknown {
    const { type, child, children, text } = bound(this.#syntax);
    const found: [string, unknown][] = [];
    for (const member of children(n)) {
      if (type(member) === "comment") continue;
      const isPair = type(member) === "pair";
      const isMethod = type(member) === "method_definition";
      if (!isPair && !isMethod) return UNKNOWN; // spread, shorthand
      const key = child(member, isPair ? "key" : "name");
      if (!["property_identifier", "string", "number"].includes(type(key))) return UNKNOWN;
      const name = type(key) === "string" ? unescaped(text(key).slice(1, -1)) : text(key);
      const value = isPair ? this.#value(child(member, "value")) : UNKNOWN;
      if (value === UNKNOWN && !(outermost && this.#mayHoldCode.includes(name))) return UNKNOWN;
      found.push([name, value === UNKNOWN ? CODE : value]);
    }
    return Object.fromEntries(found);
  }

  /** A top-level `const`, which nothing assigns anew. */
  #constant(name: string, outermost: boolean): unknown {
    const { type, child, children, text } = bound(this.#syntax);
    if (this.#open.has(name)) return UNKNOWN;
    for (const statement of children(0)) {
      if (type(statement) !== "lexical_declaration" || !text(statement).startsWith("const")) continue;
      for (const declared of children(statement)) {
        if (type(declared) !== "variable_declarator" || text(child(declared, "name")) !== name) continue;
        this.#open.add(name);
        const value = this.#value(child(declared, "value"), outermost);
        this.#open.delete(name);
        return value;
      }
    }
    return UNKNOWN;
  }
}

/** commitlint's enumeration, the one name that its configurations take from elsewhere. Source: @commitlint/types. */
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ["RuleConfigSeverity.Disabled", 0],
  ["RuleConfigSeverity.Warning", 1],
  ["RuleConfigSeverity.Error", 2],
]);

function bound(syntax: Syntax) {
  return {
    type: (n: number): string => (n < 0 ? "" : syntax.type(n)),
    text: (n: number): string => syntax.text(n),
    child: (n: number, field: string): number => syntax.child(n, field),
    childOf: (n: number, ...types: readonly string[]): number => syntax.childOf(n, ...types),
    children: (n: number): number[] => (n < 0 ? [] : [...syntax.children(n)]),
  };
}

function numberOf(text: string): unknown {
  const number = Number(text.replaceAll("_", "").replace(/\s/g, ""));
  return text !== "" && Number.isFinite(number) ? number : UNKNOWN;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "n": "\n",
  "t": "\t",
  "r": "\r",
  "b": "\b",
  "f": "\f",
  "v": "\v",
  "0": "\0",
};

function unescaped(text: string): string {
  return text.replace(/\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r?\n|([^]))/g, (...found) => {
    const [, braced, four, two, single = ""] = found as (string | undefined)[];
    const code = braced ?? four ?? two;
    return code === undefined ? (ESCAPES[single] ?? single) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}
