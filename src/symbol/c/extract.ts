// A parsed C file as facts. Preprocessor conditions are not decided: what stands under any of them counts.
import { Collector, NAMELESS } from "../collect.ts";
import type { Call, Extent, FileFacts } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { declarators, declared, LEFT_OUT, macroShape, misread, NAMES, shapeOf, tagText, typeText } from "./declare.ts";
import { callOf, valueText } from "./value.ts";

export function extractC(syntax: Syntax, extent: Extent): FileFacts {
  return new CExtractor(syntax).run(extent);
}

class CExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  #scope = "";
  #types = new Map<string, string | null>();

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  run(extent: Extent): FileFacts {
    this.#topLevel(0);
    return this.#out.facts(extent);
  }

  #topLevel(n: number): void {
    for (const child of this.#syntax.children(n)) this.#topLevelItem(child);
  }

  #topLevelItem(n: number): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "preproc_include":
        this.#include(n);
        return;
      case "preproc_def":
      case "preproc_function_def":
        this.#macro(n);
        return;
      case "function_definition":
        this.#function(n);
        return;
      case "declaration":
        this.#declaration(n);
        return;
      case "type_definition":
        this.#typedef(n);
        return;
      case "struct_specifier":
      case "union_specifier":
      case "enum_specifier":
        this.#tagged(n, null);
        return;
      case "ERROR":
        this.#out.silent++;
        this.#topLevel(n);
        this.#out.silent--;
        return;
      case "expression_statement":
        for (const one of misread(syntax, n))
          this.#out.define({ name: syntax.text(one), kind: "variable", line: syntax.line(one) });
        this.#walk(n);
        return;
      case "preproc_ifdef":
        this.#conditional(n, (child) => this.#topLevelItem(child));
        return;
      default: // conditions of the preprocessor, linkage, what was misread
        this.#topLevel(n);
    }
  }

  #include(n: number): void {
    const syntax = this.#syntax;
    const path = syntax.child(n, "path");
    const soft = syntax.type(path) === "system_lib_string";
    if (!soft && syntax.type(path) !== "string_literal") return;
    const module = syntax.text(path).slice(1, -1).trim();
    this.#out.imports.push({ line: syntax.line(n), module, name: null, as: null, soft, scope: "" });
    this.#out.refer("import", module, syntax.line(n), "", soft ? "<>" : null);
  }

  #macro(n: number): void {
    const syntax = this.#syntax;
    const parameters = syntax.child(n, "parameters");
    const shape = parameters < 0 ? null : macroShape(syntax, parameters);
    this.#out.define({ name: syntax.text(syntax.child(n, "name")), kind: "macro", line: syntax.line(n), shape });
  }

  #function(n: number): void {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    const name = declared(syntax, syntax.child(n, "declarator"));
    this.#tagged(type, null);
    if (name === null) {
      this.#topLevel(n);
      return;
    }
    if (name.parameters >= 0) {
      const shape = shapeOf(syntax, name.parameters);
      this.#out.define({
        name: name.name,
        kind: "function",
        line: syntax.line(name.node),
        shape,
        type: typeText(syntax, type),
      });
    }
    this.#scope = name.name;
    this.#types = new Map();
    this.#parameters(name.parameters);
    // Types of parameters named before the body (`f(a) int a; {`).
    for (const child of syntax.children(n)) if (syntax.type(child) === "declaration") this.#local(child);
    const body = syntax.child(n, "body");
    if (body >= 0) this.#bindAll(body);
    for (const child of syntax.children(n)) this.#walk(child);
    this.#scope = "";
  }

  #parameters(list: number): void {
    const syntax = this.#syntax;
    if (list < 0) return;
    for (const parameter of syntax.children(list)) {
      if (syntax.type(parameter) === "identifier") this.#bind(syntax.text(parameter), null);
      else this.#local(parameter);
    }
  }

  /** Binds what a declaration in a function, or a parameter, declares. */
  #local(n: number): void {
    const syntax = this.#syntax;
    const type = typeText(syntax, syntax.child(n, "type"));
    for (const declarator of declarators(syntax, n)) {
      const found = declared(syntax, declarator);
      if (found === null) continue;
      this.#bind(found.name, found.parameters >= 0 ? null : type);
    }
  }

  #bind(name: string, type: string | null): void {
    const known = this.#types.get(name);
    this.#types.set(name, known === undefined || known === type ? type : null);
    this.#out.bind(this.#scope, name);
  }

  #bindAll(body: number): void {
    const syntax = this.#syntax;
    for (let n = body; n < syntax.after(body); n++) {
      const type = syntax.type(n);
      if (type === "declaration") this.#local(n);
      else if (type === "type_definition")
        for (const one of declarators(syntax, n)) this.#bind(declared(syntax, one)?.name ?? "", null);
      else if (type === "enumerator") this.#bind(syntax.text(syntax.child(n, "name")), null);
      else if (type === "preproc_def" || type === "preproc_function_def") this.#macro(n);
      else if (/^(struct|union)_specifier$/.test(type)) this.#tagged(n, null);
    }
  }

  #declaration(n: number): void {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    this.#tagged(type, null);
    const text = typeText(syntax, type);
    for (const declarator of declarators(syntax, n)) {
      const found = declared(syntax, declarator);
      if (found === null) continue;
      const line = syntax.line(found.node);
      const isFunction = found.parameters >= 0 && !found.pointer;
      const shape = isFunction ? shapeOf(syntax, found.parameters) : null;
      this.#out.define({ name: found.name, kind: isFunction ? "function" : "variable", line, shape, type: text });
      this.#initialiser(declarator, text);
    }
    for (const child of syntax.children(n)) if (syntax.field(child) !== "declarator") this.#walk(child);
  }

  /** Refers to what stands in a declarator: types of parameters, sizes, the value. */
  #initialiser(declarator: number, type: string | null): void {
    const syntax = this.#syntax;
    const value = syntax.type(declarator) === "init_declarator" ? syntax.child(declarator, "value") : -1;
    if (value >= 0) {
      if (syntax.type(value) === "initializer_list") this.#literal(value, type);
      else this.#walk(value);
    }
    const inner = value >= 0 ? syntax.child(declarator, "declarator") : declarator;
    this.#declaratorParts(inner);
  }

  #declaratorParts(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n)) {
      if (syntax.type(child) === "parameter_list")
        for (const parameter of syntax.children(child)) this.#walkParameter(parameter);
      else if (syntax.field(child) === "declarator" || syntax.type(child).endsWith("declarator"))
        this.#declaratorParts(child);
      else if (!NAMES.includes(syntax.type(child))) this.#walk(child);
      else if (syntax.field(child) === "size") this.#walk(child);
    }
  }

  #walkParameter(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n))
      if (syntax.field(child) === "declarator") this.#declaratorParts(child);
      else if (syntax.type(child) !== "identifier") this.#walk(child);
  }

  #typedef(n: number): void {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    const names = declarators(syntax, n)
      .map((one) => declared(syntax, one))
      .filter((one) => one !== null);
    // A struct without a tag takes the name of its typedef.
    this.#tagged(type, names[0]?.name ?? null);
    for (const { name, node, parameters } of names) {
      const text = parameters >= 0 ? null : typeText(syntax, type);
      this.#out.define({
        name,
        kind: "type",
        line: syntax.line(node),
        type: text ?? (syntax.child(type, "body") >= 0 ? "struct" : null),
      });
    }
    if (syntax.child(type, "body") < 0) this.#walk(type);
    for (const one of declarators(syntax, n)) this.#declaratorParts(one);
  }

  /** Defines a struct, union or enum that is given here with its body. */
  #tagged(n: number, otherwise: string | null): void {
    const syntax = this.#syntax;
    if (n < 0 || !/^(struct|union|enum)_specifier$/.test(syntax.type(n))) return;
    const body = syntax.child(n, "body");
    if (body < 0) return;
    const tag = tagText(syntax, n);
    const of = tag ?? otherwise ?? NAMELESS;
    if (syntax.type(n) === "enum_specifier") {
      for (const one of syntax.children(body)) this.#enumerator(one);
      if (tag !== null) this.#out.define({ name: tag, kind: "type", line: syntax.line(n), type: null });
      return;
    }
    const open = this.#fields(body, of);
    if (tag !== null)
      this.#out.define({ name: tag, kind: "type", line: syntax.line(n), type: "struct", bases: open ? ["?"] : [] });
    else if (open && otherwise !== null)
      this.#out.define({ name: otherwise, kind: "field", of, line: syntax.line(n), type: "?" });
  }

  #enumerator(n: number): void {
    const syntax = this.#syntax;
    if (syntax.type(n) !== "enumerator") {
      for (const child of syntax.children(n)) this.#enumerator(child);
      return;
    }
    this.#out.define({ name: syntax.text(syntax.child(n, "name")), kind: "variable", line: syntax.line(n) });
    const value = syntax.child(n, "value");
    if (value >= 0) this.#walk(value);
  }

  /** Defines the fields of a body; true where something in it may add fields that cannot be told. */
  #fields(body: number, of: string): boolean {
    const syntax = this.#syntax;
    let open = false;
    for (const child of syntax.children(body)) {
      const kind = syntax.type(child);
      if (kind === "comment" || kind === "preproc_def" || kind === "preproc_function_def") {
        if (kind !== "comment") this.#macro(child);
      } else if (kind.startsWith("preproc_")) {
        if (this.#fields(child, of)) open = true;
      } else if (kind === "field_declaration") {
        if (this.#field(child, of)) open = true;
      } else if (syntax.field(child) !== "name" && syntax.field(child) !== "condition") open = true;
    }
    return open;
  }

  #field(n: number, of: string): boolean {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    const list = declarators(syntax, n);
    const isNameless = syntax.child(type, "body") >= 0 && tagText(syntax, type) === null;
    if (list.length === 0) {
      if (isNameless) return this.#fields(syntax.child(type, "body"), of); // its fields are the outer one's
      return true;
    }
    this.#tagged(type, isNameless ? NAMELESS : null);
    for (const declarator of list) {
      const found = declared(syntax, declarator);
      if (found === null) continue;
      const text = found.parameters >= 0 ? null : typeText(syntax, type);
      this.#out.define({ name: found.name, kind: "field", of, line: syntax.line(found.node), type: text });
      this.#declaratorParts(declarator);
    }
    if (syntax.child(type, "body") < 0) this.#walk(type);
    return false;
  }

  #walk(n: number): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "ERROR":
        this.#out.silent++;
        for (const child of syntax.children(n)) this.#walk(child);
        this.#out.silent--;
        return;
      case "identifier":
      case "type_identifier":
        if (!["struct_specifier", "union_specifier", "enum_specifier"].includes(syntax.type(syntax.parent(n))))
          this.#name(n, null);
        return;
      case "declaration":
      case "parameter_declaration":
        this.#walk(syntax.child(n, "type"));
        for (const one of declarators(syntax, n)) this.#initialiser(one, typeText(syntax, syntax.child(n, "type")));
        return;
      case "function_declarator":
      case "pointer_declarator":
      case "array_declarator":
        this.#declaratorParts(n);
        return;
      case "compound_literal_expression":
        this.#literal(syntax.child(n, "value"), typeText(syntax, syntax.child(n, "type")));
        return;
      case "field_expression":
        this.#field_(n, null);
        return;
      case "call_expression":
        this.#call(n);
        return;
      case "preproc_if":
      case "preproc_elif":
      case "preproc_ifdef":
        this.#conditional(n, (child) => this.#walk(child));
        return;
      default:
        if (n < 0 || LEFT_OUT.has(syntax.type(n))) return;
        for (const child of syntax.children(n)) this.#walk(child);
    }
  }

  /** What stands under a condition. `#ifdef NAME` is remembered: without the name the lines mean nothing. */
  #conditional(n: number, walk: (child: number) => void): void {
    const syntax = this.#syntax;
    const isDefined =
      syntax.type(n) === "preproc_ifdef" &&
      /^#\s*ifdef\b/.test(syntax.source.slice(syntax.start(n), syntax.start(n) + 20));
    if (isDefined) this.#out.under.push(syntax.text(syntax.child(n, "name")));
    for (const child of syntax.children(n)) {
      if (["name", "condition", "alternative"].includes(syntax.field(child) ?? "")) continue;
      walk(child);
    }
    if (isDefined) this.#out.under.pop();
    const alternative = syntax.child(n, "alternative");
    if (alternative >= 0) walk(alternative);
  }

  #name(n: number, call: Call | null): void {
    this.#out.refer("name", this.#syntax.text(n), this.#syntax.line(n), this.#scope, null, call);
  }

  #field_(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const argument = syntax.child(n, "argument");
    const field = syntax.child(n, "field");
    this.#out.refer("attribute", syntax.text(field), syntax.line(field), this.#scope, this.#value(argument), call);
    this.#walk(argument);
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const called = syntax.child(n, "function");
    const list = syntax.child(n, "arguments");
    const call = callOf(syntax, list);
    if (syntax.type(called) === "identifier") this.#name(called, call);
    else this.#walk(called);
    this.#walk(list);
  }

  /** `{ .field = value }` of a type. */
  #literal(list: number, type: string | null): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(list)) {
      const designator = syntax.child(child, "designator");
      const value = syntax.type(child) === "initializer_pair" ? syntax.child(child, "value") : child;
      const isField = syntax.type(designator) === "field_designator";
      const name = isField ? syntax.text(designator + 1) : "";
      if (isField && type !== null) this.#out.refer("attribute", name, syntax.line(designator), this.#scope, type);
      // A list in a list is of an element of an array, or of a field.
      const below = type === null ? null : isField ? `${type}>${name}` : designator < 0 ? null : type;
      if (syntax.type(value) === "initializer_list") this.#literal(value, below);
      else this.#walk(value);
    }
  }

  #value(n: number): string | null {
    return valueText(this.#syntax, n, (name) =>
      this.#out.isBound(this.#scope, name) ? (this.#types.get(name) ?? null) : undefined,
    );
  }
}
