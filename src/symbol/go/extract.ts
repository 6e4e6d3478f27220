// A parsed Go file as facts.
import { Collector, NAMELESS } from "../collect.ts";
import type { Call, Extent, FileFacts } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { blockEnd } from "./block.ts";
import { callOf, shapeOf } from "./call.ts";
import { resultTypes, step, typeText, valueText } from "./types.ts";

export function extractGo(syntax: Syntax, extent: Extent): FileFacts {
  return new GoExtractor(syntax).run(extent);
}

class GoExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  #scope = "";
  /** Types of the names bound in the function that is walked; null where they differ or cannot be told. */
  #types = new Map<string, string | null>();
  /** Where the names bound in the function are known, as runs of nodes. */
  #reaches = new Map<string, { readonly from: number; readonly to: number }[]>();

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  run(extent: Extent): FileFacts {
    for (const child of this.#syntax.children(0)) this.#topLevel(child);
    return this.#out.facts(extent);
  }

  #topLevel(n: number): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "comment":
        if (/^\/\/(go:build| ?\+build)\b/.test(syntax.text(n)) && this.#out.package === null)
          this.#out.conditional = true;
        return;
      case "package_clause":
        this.#out.package = syntax.text(n + 1);
        return;
      case "import_declaration":
        this.#imports(n);
        return;
      case "function_declaration":
      case "method_declaration":
        this.#function(n);
        return;
      case "type_declaration":
        for (const spec of syntax.children(n)) this.#typeSpec(spec, true);
        return;
      case "var_declaration":
      case "const_declaration":
        this.#variables(n, true);
        return;
      default:
        this.#walk(n);
    }
  }

  #imports(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n)) {
      if (syntax.type(child) === "import_spec_list") this.#imports(child);
      if (syntax.type(child) !== "import_spec") continue;
      const module = syntax.text(syntax.child(child, "path")).slice(1, -1);
      const alias = syntax.child(child, "name");
      const as = alias < 0 ? null : syntax.text(alias);
      this.#out.imports.push({
        line: syntax.line(child),
        module,
        name: as === "." ? "*" : null,
        as,
        soft: false,
        scope: "",
      });
      this.#out.refer("import", module, syntax.line(child), "");
    }
  }

  #function(n: number): void {
    const syntax = this.#syntax;
    const name = syntax.text(syntax.child(n, "name"));
    const receiver = syntax.child(n, "receiver");
    const of = receiver < 0 ? null : (typeText(syntax, syntax.child(receiver + 1, "type")) ?? "");
    const result = syntax.child(n, "result");
    this.#out.define({
      name,
      kind: "function",
      of,
      line: syntax.line(n),
      shape: shapeOf(syntax, syntax.child(n, "parameters"), result),
      type: resultTypes(syntax, result),
    });
    this.#scope = of === null ? name : `${of}.${name}`;
    this.#types = new Map();
    this.#reaches = new Map();
    this.#signature(n);
    const body = syntax.child(n, "body");
    if (body >= 0) {
      this.#bindAll(body);
      this.#walk(body);
    }
    this.#scope = "";
    this.#types = new Map();
  }

  /** Binds parameters, receiver, results and type parameters; refers to their types. */
  #signature(n: number): void {
    const syntax = this.#syntax;
    for (const field of ["type_parameters", "receiver", "parameters", "result"]) {
      const list = syntax.child(n, field);
      if (list < 0) continue;
      if (!syntax.type(list).endsWith("parameter_list")) {
        this.#walk(list);
        continue;
      }
      for (const parameter of syntax.children(list)) {
        const type = syntax.child(parameter, "type");
        const text = typeText(syntax, type);
        const spread = syntax.type(parameter) === "variadic_parameter_declaration";
        for (const child of syntax.children(parameter)) {
          if (syntax.field(child) !== "name") continue;
          this.#bind(syntax.text(child), text === null ? null : spread ? `[]${text}` : text);
        }
        if (type >= 0) this.#receiverOrType(type, field);
      }
    }
  }

  /** A receiver's type parameters (`func (t *T[K]) …`) are bound, not referred to. */
  #receiverOrType(type: number, field: string): void {
    const syntax = this.#syntax;
    if (field === "receiver")
      for (let n = type; n < syntax.after(type); n++)
        if (syntax.type(n) === "type_identifier" && syntax.type(syntax.parent(n)) === "type_elem")
          this.#bind(syntax.text(n), null);
    this.#walk(type);
  }

  #typeSpec(n: number, top: boolean): void {
    const syntax = this.#syntax;
    if (!["type_spec", "type_alias"].includes(syntax.type(n))) return;
    const name = syntax.text(syntax.child(n, "name"));
    const type = syntax.child(n, "type");
    if (top) {
      const bases = this.#members(name, type);
      const stands = ["struct_type", "interface_type"].includes(syntax.type(type))
        ? syntax.type(type).slice(0, -"_type".length)
        : typeText(syntax, type);
      this.#out.define({ name, kind: "type", line: syntax.line(n), type: stands, bases });
      this.#scope = name;
    } else {
      this.#bind(name, null);
    }
    const parameters = syntax.child(n, "type_parameters");
    if (parameters >= 0) {
      for (const parameter of syntax.children(parameters)) {
        for (const child of syntax.children(parameter))
          if (syntax.field(child) === "name") this.#bind(syntax.text(child), null);
        this.#walk(parameter);
      }
    }
    this.#walk(type);
    if (top) this.#scope = "";
  }

  /** Defines the fields and methods of a struct or interface; gives what it embeds. */
  #members(of: string, type: number): string[] {
    const syntax = this.#syntax;
    const bases: string[] = [];
    const list = syntax.type(type) === "struct_type" ? type + 1 : type;
    if (!["struct_type", "interface_type"].includes(syntax.type(type))) return bases;
    for (const member of syntax.children(list)) {
      const line = syntax.line(member);
      if (syntax.type(member) === "method_elem") {
        const result = syntax.child(member, "result");
        const shape = shapeOf(syntax, syntax.child(member, "parameters"), result);
        const name = syntax.text(syntax.child(member, "name"));
        this.#out.define({ name, kind: "function", of, line, shape, type: resultTypes(syntax, result) });
      } else if (syntax.type(member) === "type_elem") {
        bases.push(typeText(syntax, member + 1) ?? "?");
      } else if (syntax.type(member) === "field_declaration") {
        const text = typeText(syntax, syntax.child(member, "type"));
        const names = [...syntax.children(member)].filter((child) => syntax.field(child) === "name");
        for (const name of names) this.#out.define({ name: syntax.text(name), kind: "field", of, line, type: text });
        if (names.length > 0) continue;
        bases.push(text ?? "?");
        const name = text?.slice(text.lastIndexOf(".") + 1) ?? "";
        this.#out.define({ name, kind: "field", of, line, type: text });
      }
    }
    return bases;
  }

  /** `var` and `const`, at the top or in a function. */
  #variables(n: number, top: boolean): void {
    const syntax = this.#syntax;
    for (const spec of syntax.children(n)) {
      if (syntax.type(spec) === "var_spec_list") this.#variables(spec, top);
      if (!["var_spec", "const_spec"].includes(syntax.type(spec))) continue;
      const names = [...syntax.children(spec)].filter((child) => syntax.field(child) === "name");
      const type = syntax.child(spec, "type");
      const values = [...syntax.children(Math.max(0, syntax.child(spec, "value")))];
      for (const [index, name] of names.entries()) {
        const text = type >= 0 ? typeText(syntax, type) : this.#valueOf(values, index, names.length);
        if (top) this.#out.define({ name: syntax.text(name), kind: "variable", line: syntax.line(name), type: text });
        else this.#bind(syntax.text(name), text, spec);
      }
      if (top) for (const child of syntax.children(spec)) if (!names.includes(child)) this.#walk(child);
    }
  }

  #valueOf(values: readonly number[], index: number, count: number): string | null {
    const [only] = values;
    if (values.length === count) return this.#value(values[index] ?? -1);
    if (values.length !== 1 || only === undefined || this.#syntax.type(only) !== "call_expression") return null;
    return this.#value(only)?.replace(/\(\)0$/, `()${index}`) ?? null;
  }

  #value(n: number): string | null {
    if (n < 0) return null;
    return valueText(this.#syntax, n, (name) =>
      this.#out.isBound(this.#scope, name) ? (this.#types.get(name) ?? null) : undefined,
    );
  }

  /** `at`: the node that declares it, which the name is known from to the end of the block around. */
  #bind(name: string, type: string | null, at = -1): void {
    if (name === "_" || name === "") return;
    const reach = at < 0 ? { from: 0, to: Number.MAX_SAFE_INTEGER } : { from: at, to: blockEnd(this.#syntax, at) };
    this.#reaches.set(name, [...(this.#reaches.get(name) ?? []), reach]);
    const known = this.#types.get(name);
    this.#types.set(name, known === undefined || known === type ? type : null);
    this.#out.bind(this.#scope, name);
  }

  /** Binds everything a function body declares, wherever in it. */
  #bindAll(body: number): void {
    const syntax = this.#syntax;
    for (let n = body; n < syntax.after(body); n++) {
      switch (syntax.type(n)) {
        case "short_var_declaration": {
          const names = [...syntax.children(syntax.child(n, "left"))];
          const values = [...syntax.children(syntax.child(n, "right"))];
          for (const [index, name] of names.entries())
            this.#bind(syntax.text(name), this.#valueOf(values, index, names.length), n);
          break;
        }
        case "var_declaration":
        case "const_declaration":
          this.#variables(n, false);
          break;
        case "range_clause": {
          const [key = -1, value = -1] = [...syntax.children(Math.max(0, syntax.child(n, "left")))];
          if (syntax.child(n, "left") < 0) break;
          this.#bind(syntax.text(key), null, n);
          if (value >= 0) this.#bind(syntax.text(value), step(this.#value(syntax.child(n, "right")), "[]"), n);
          break;
        }
        case "type_switch_statement":
          for (const name of syntax.children(Math.max(0, syntax.child(n, "alias"))))
            if (syntax.child(n, "alias") >= 0) this.#bind(syntax.text(name), null, name);
          break;
        case "receive_statement":
          for (const name of syntax.children(Math.max(0, syntax.child(n, "left"))))
            if (syntax.child(n, "left") >= 0) this.#bind(syntax.text(name), null, name);
          break;
        case "func_literal":
          for (const field of ["parameters", "result"]) {
            const list = syntax.child(n, field);
            if (list < 0 || syntax.type(list) !== "parameter_list") continue;
            for (const parameter of syntax.children(list)) {
              const type = typeText(syntax, syntax.child(parameter, "type"));
              const spread = syntax.type(parameter) === "variadic_parameter_declaration";
              for (const child of syntax.children(parameter))
                if (syntax.field(child) === "name")
                  this.#bind(syntax.text(child), spread && type !== null ? `[]${type}` : type, child);
            }
          }
          break;
        case "type_spec":
        case "type_alias":
          this.#bind(syntax.text(syntax.child(n, "name")), null, n);
          break;
      }
    }
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
        if (
          syntax.field(n) !== "name" ||
          !/^(parameter|variadic|var_spec|const_spec|type_|method)/.test(this.#above(n))
        )
          this.#name(n, null);
        return;
      case "qualified_type":
        this.#member(syntax.child(n, "package"), syntax.text(syntax.child(n, "name")), null);
        return;
      case "selector_expression":
        this.#selector(n, null);
        return;
      case "call_expression":
        this.#call(n);
        return;
      case "composite_literal": {
        const type = syntax.child(n, "type");
        this.#walk(type);
        this.#literal(syntax.child(n, "body"), typeText(syntax, type), syntax.type(type));
        return;
      }
      case "label_name":
      case "field_identifier":
      case "interpreted_string_literal":
      case "raw_string_literal":
      case "comment":
        return;
      case "field_declaration": // of a type without a name
        for (const child of syntax.children(n))
          if (syntax.field(child) === "name") this.#out.bind(NAMELESS, syntax.text(child));
          else this.#walk(child);
        return;
      default:
        for (const child of syntax.children(n)) this.#walk(child);
    }
  }

  #above(n: number): string {
    return this.#syntax.type(this.#syntax.parent(n));
  }

  #name(n: number, call: Call | null): void {
    const name = this.#syntax.text(n);
    if (name === "_") return;
    const isOut = this.#scope !== "" && this.#reaches.get(name)?.every(({ from, to }) => n < from || n >= to) === true;
    this.#out.refer("name", name, this.#syntax.line(n), this.#scope, null, call, isOut);
  }

  #member(base: number, name: string, call: Call | null): void {
    const on = this.#syntax.text(base);
    this.#name(base, null);
    this.#out.refer("member", name, this.#syntax.line(base), this.#scope, on, call);
  }

  #selector(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const operand = syntax.child(n, "operand");
    const field = syntax.child(n, "field");
    const isName = syntax.type(operand) === "identifier";
    if (isName && !this.#out.isBound(this.#scope, syntax.text(operand))) {
      this.#member(operand, syntax.text(field), call);
      return;
    }
    this.#out.refer("attribute", syntax.text(field), syntax.line(field), this.#scope, this.#value(operand), call);
    this.#walk(operand);
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const called = syntax.child(n, "function");
    const call = callOf(syntax, n);
    if (syntax.type(called) === "identifier") this.#name(called, call);
    else if (syntax.type(called) === "selector_expression") this.#selector(called, call);
    else this.#walk(called);
    for (const child of syntax.children(n)) if (child !== called) this.#walk(child);
  }

  /** `{Key: value}` of a type: keys are fields, unless the type is a map or a list. */
  #literal(body: number, type: string | null, kind: string): void {
    const syntax = this.#syntax;
    const isList = /map_type|slice_type|array_type/.test(kind) || type?.startsWith("[]") === true;
    const below = isList ? (type?.slice(2) ?? null) : null;
    if (body < 0) return;
    for (const element of syntax.children(body)) {
      const key = syntax.child(element, "key");
      const value = syntax.type(element) === "keyed_element" ? syntax.child(element, "value") : element;
      if (key >= 0) {
        const isField = !isList && syntax.type(key + 1) === "identifier" && syntax.after(key) === key + 2;
        if (!isField) this.#walk(key);
        else if (type !== null) this.#out.refer("attribute", syntax.text(key), syntax.line(key), this.#scope, type);
      }
      if (syntax.type(value + 1) === "literal_value") this.#literal(value + 1, below, "");
      else this.#walk(value);
    }
  }
}
