// A parsed Rust file as facts. What stands in a macro's brackets is not parsed: items there are told by their keyword, so
// that they count as defined, and nothing there refers to anything.
import { Collector } from "../collect.ts";
import type { Call, Extent, FileFacts, Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";

export function extractRust(syntax: Syntax, extent: Extent): FileFacts {
  return new RustExtractor(syntax).run(extent);
}

/** Holds what macros define. */
export const MADE = "macro!";

const NAMED: Readonly<Record<string, "function" | "type" | "variable" | "macro">> = {
  function_item: "function",
  function_signature_item: "function",
  struct_item: "type",
  enum_item: "type",
  union_item: "type",
  trait_item: "type",
  type_item: "type",
  associated_type: "type",
  const_item: "variable",
  static_item: "variable",
  mod_item: "type",
  macro_definition: "macro",
};
const ITEMS_IN_MACRO =
  /\b(?:fn|struct|enum|union|trait|type|const|static|mod|macro_rules!)\s+(?:mut\s+)?(\w+)|\b(\w+)\s*:(?!:)/g;

class RustExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  /** The function that is walked; "" outside. */
  #scope = "";
  /** The type whose body or `impl` is walked. */
  #of: string | null = null;

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  run(extent: Extent): FileFacts {
    this.#children(0);
    return this.#out.facts(extent);
  }

  #children(n: number): void {
    for (const child of this.#syntax.children(n)) this.#walk(child);
  }

  #walk(n: number): void {
    const syntax = this.#syntax;
    if (n < 0) return;
    const type = syntax.type(n);
    const kind = NAMED[type];
    if (kind !== undefined) {
      this.#item(n, kind);
      return;
    }
    switch (type) {
      case "ERROR":
        this.#out.silent++;
        this.#children(n);
        this.#out.silent--;
        return;
      case "use_declaration":
        this.#use(syntax.child(n, "argument"), []);
        return;
      case "extern_crate_declaration":
        this.#out.bind(this.#scope, syntax.text(syntax.child(n, "alias")) || syntax.text(syntax.child(n, "name")));
        return;
      case "impl_item":
        this.#impl(n);
        return;
      case "field_declaration":
      case "enum_variant":
        this.#out.define({
          name: syntax.text(syntax.child(n, "name")),
          kind: "field",
          of: this.#of,
          line: syntax.line(n),
        });
        this.#children(n);
        return;
      case "macro_invocation":
        this.#out.refer("name", `${syntax.text(syntax.child(n, "macro"))}!`, syntax.line(n), this.#scope);
        this.#made(n);
        return;
      case "token_tree":
        this.#made(n);
        return;
      case "identifier":
      case "type_identifier":
        if (!["name", "pattern"].includes(syntax.field(n) ?? ""))
          this.#out.refer("name", syntax.text(n), syntax.line(n), this.#scope);
        return;
      case "scoped_identifier":
      case "scoped_type_identifier":
        this.#scoped(n, null);
        return;
      case "field_expression":
        this.#field(n, null);
        return;
      case "field_initializer":
        this.#out.refer("attribute", syntax.text(syntax.child(n, "field")), syntax.line(n), this.#scope);
        this.#walk(syntax.child(n, "value"));
        return;
      case "call_expression":
        this.#call(n);
        return;
      case "attribute_item":
      case "inner_attribute_item":
      case "lifetime":
      case "label":
      case "line_comment":
      case "block_comment":
      case "type_binding":
        return;
      default:
        this.#children(n);
    }
  }

  #item(n: number, kind: "function" | "type" | "variable" | "macro"): void {
    const syntax = this.#syntax;
    const plain = syntax.text(syntax.child(n, "name"));
    const name = kind === "macro" ? `${plain}!` : plain;
    const isNested = this.#scope !== "";
    if (isNested) this.#out.bind(this.#scope, name);
    this.#out.define({
      name,
      kind,
      of: syntax.type(n) === "mod_item" ? null : this.#of,
      line: syntax.line(n),
      shape: kind === "function" ? this.#shape(syntax.child(n, "parameters")) : null,
    });
    if (kind === "macro") return;
    const outer = { of: this.#of, scope: this.#scope };
    if (kind === "type") this.#of = syntax.type(n) === "mod_item" ? null : name;
    if (kind === "function" && !isNested) this.#scope = this.#of === null ? name : `${this.#of}::${name}`;
    if (this.#scope !== "" || kind === "type") this.#bindAll(n, this.#scope || name);
    if (kind === "type" && this.#scope === "" && syntax.type(n) !== "mod_item") this.#scope = name;
    this.#children(n);
    this.#of = outer.of;
    this.#scope = outer.scope;
  }

  #impl(n: number): void {
    const syntax = this.#syntax;
    const outer = { of: this.#of, scope: this.#scope };
    this.#of = this.#plain(syntax.child(n, "type")) || "?";
    this.#scope = `impl ${this.#of}`;
    this.#bindAll(syntax.child(n, "type_parameters"), this.#scope);
    for (const field of ["trait", "type", "type_parameters"]) this.#walk(syntax.child(n, field));
    const types = [...this.#parameterNames(syntax.child(n, "type_parameters"))];
    this.#scope = outer.scope;
    const body = syntax.child(n, "body");
    if (body >= 0)
      for (const child of syntax.children(body)) {
        // Type parameters of the `impl` are bound in each of its functions.
        const name = syntax.text(syntax.child(child, "name"));
        for (const type of types) this.#out.bind(this.#scope || `${this.#of}::${name}`, type);
        this.#walk(child);
      }
    this.#of = outer.of;
    this.#scope = outer.scope;
  }

  *#parameterNames(list: number): Generator<string, void> {
    if (list >= 0)
      for (const child of this.#syntax.children(list)) yield this.#syntax.text(this.#syntax.child(child, "name"));
  }

  /** `use` as one import a name; refers to each. */
  #use(n: number, path: readonly string[]): void {
    const syntax = this.#syntax;
    if (n < 0) return;
    const line = syntax.line(n);
    const take = (segments: readonly string[], as: string): void => {
      const isItself = segments.at(-1) === "self";
      const whole = isItself ? segments.slice(0, -1) : segments;
      const name = whole.at(-1) ?? "";
      const module = whole.slice(0, -1).join("::");
      const bound = as === "self" ? name : as;
      this.#out.imports.push({ line, module, name, as: bound, soft: false, scope: this.#scope });
      this.#out.refer("import", name, line, this.#scope, module);
    };
    switch (syntax.type(n)) {
      case "scoped_use_list":
        for (const child of syntax.children(syntax.child(n, "list")))
          this.#use(child, [...path, ...this.#segments(syntax.child(n, "path"))]);
        return;
      case "use_list":
        for (const child of syntax.children(n)) this.#use(child, path);
        return;
      case "use_as_clause":
        take([...path, ...this.#segments(syntax.child(n, "path"))], syntax.text(syntax.child(n, "alias")));
        return;
      case "use_wildcard": {
        const module = [...path, ...this.#segments(n + 1 < syntax.after(n) ? n + 1 : -1)].join("::");
        this.#out.imports.push({ line, module, name: "*", as: null, soft: false, scope: this.#scope });
        return;
      }
      case "identifier":
      case "self":
      case "crate":
      case "scoped_identifier": {
        const segments = [...path, ...this.#segments(n)];
        take(segments, segments.at(-1) ?? "");
      }
    }
  }

  #segments(n: number): string[] {
    return n < 0
      ? []
      : this.#syntax
          .text(n)
          .split("::")
          .map((part) => part.trim());
  }

  /** `A::b`: a name in the last segment before it. What the path begins with is referred to as well. */
  #scoped(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const path = syntax.child(n, "path");
    const name = syntax.child(n, "name");
    if (["identifier", "type_identifier", "scoped_identifier", "generic_type"].includes(syntax.type(path))) {
      const whole = syntax.text(path).replace(/::<.*|<.*/s, "");
      this.#out.refer("member", syntax.text(name), syntax.line(name), this.#scope, whole.replaceAll(/\s/g, ""), call);
      this.#walk(path);
    } else if (syntax.type(path) === "crate") {
      this.#out.refer("member", syntax.text(name), syntax.line(name), this.#scope, "crate", call);
    } else this.#walk(path);
  }

  #field(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const field = syntax.child(n, "field");
    if (syntax.type(field) === "field_identifier")
      this.#out.refer("attribute", syntax.text(field), syntax.line(field), this.#scope, null, call);
    this.#walk(syntax.child(n, "value"));
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const list = syntax.child(n, "arguments");
    const given = [...syntax.children(list)].filter((child) => !/comment|attribute_item/.test(syntax.type(child)));
    const spread = given.some((child) => syntax.type(child) === "ERROR");
    const call: Call = { positional: given.length, keywords: [], spread, results: null };
    let called = syntax.child(n, "function");
    if (syntax.type(called) === "generic_function") {
      this.#walk(syntax.child(called, "type_arguments"));
      called = syntax.child(called, "function");
    }
    if (syntax.type(called) === "identifier")
      this.#out.refer("name", syntax.text(called), syntax.line(called), this.#scope, null, call);
    else if (syntax.type(called) === "scoped_identifier") this.#scoped(called, call);
    else if (syntax.type(called) === "field_expression") this.#field(called, call);
    else this.#walk(called);
    this.#walk(list);
  }

  /** A method takes one argument less when it is called on a value: both counts are allowed. */
  #shape(parameters: number): Shape | null {
    const syntax = this.#syntax;
    if (parameters < 0) return null;
    const given = [...syntax.children(parameters)].filter((child) =>
      /^(parameter|self_parameter|variadic_parameter)$/.test(syntax.type(child)),
    );
    const own = given.some((child) => syntax.type(child) === "self_parameter") ? 1 : 0;
    const isOpen = given.some((child) => syntax.type(child) === "variadic_parameter");
    return { min: given.length - own, max: isOpen ? null : given.length, keywords: [], results: null };
  }

  #plain(n: number): string {
    const syntax = this.#syntax;
    if (n < 0) return "";
    if (syntax.type(n) === "type_identifier") return syntax.text(n);
    if (syntax.type(n) === "scoped_type_identifier") return syntax.text(syntax.child(n, "name"));
    return syntax.type(n) === "generic_type" ? this.#plain(syntax.child(n, "type")) : "";
  }

  /** Binds everything that an item declares, wherever in it: blocks are not told apart. */
  #bindAll(from: number, scope: string): void {
    const syntax = this.#syntax;
    if (from < 0) return;
    for (let n = from; n < syntax.after(from); n++) {
      const type = syntax.type(n);
      if (/^(type_parameter|const_parameter|lifetime_parameter)$/.test(type))
        this.#out.bind(scope, syntax.text(syntax.child(n, "name")));
      else if (
        syntax.field(n) === "pattern" ||
        type === "closure_parameters" ||
        type === "match_pattern" ||
        type === "ERROR"
      )
        this.#pattern(n, scope);
      else if (type === "token_tree")
        for (const [word] of syntax.text(n).matchAll(/[A-Za-z_]\w*/g)) this.#out.bind(scope, word);
    }
  }

  /** Every name in a pattern, those of constants and of variants too. */
  #pattern(from: number, scope: string): void {
    const syntax = this.#syntax;
    for (let n = from; n < syntax.after(from); n++) {
      const isType = syntax.field(n) === "type" || syntax.type(syntax.parent(n)).startsWith("scoped_");
      if (["identifier", "shorthand_field_identifier"].includes(syntax.type(n)) && !isType)
        this.#out.bind(scope, syntax.text(n));
    }
  }

  /** Items that a macro's brackets hold, told by their keyword; fields by their colon. */
  #made(n: number): void {
    for (const [, item, field] of this.#syntax.text(n).matchAll(ITEMS_IN_MACRO)) {
      const name = item ?? field;
      if (name !== undefined) this.#out.define({ name, kind: "variable", of: MADE, line: this.#syntax.line(n) });
    }
  }
}
