// A parsed JavaScript or TypeScript file as facts. What a module exports are its definitions in EXPORTS, by the name that
// others see; `*` there stands for exports that cannot be told, an import of `*` as EXPORTS for those of another module.
import { Collector } from "../collect.ts";
import type { Call, Extent, FileFacts, Shape } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { boundNames, firstName, patternNames } from "./bind.ts";

export const EXPORTS = "exports";
/** Holds the keys of objects and what is assigned to members, whosever they are. */
const LOOSE = "{}.";

export function extractScript(syntax: Syntax, extent: Extent, typed: boolean): FileFacts {
  return new ScriptExtractor(syntax, typed).run(extent);
}

class ScriptExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  /** Calls are counted in TypeScript only: JavaScript takes any number of arguments. */
  readonly #typed: boolean;
  #scope = "";
  /** Statements around this one that survive what they cannot bring in. */
  #trying = 0;

  constructor(syntax: Syntax, typed: boolean) {
    this.#syntax = syntax;
    this.#typed = typed;
  }

  run(extent: Extent): FileFacts {
    for (const child of this.#syntax.children(0)) this.#statement(child, null);
    return this.#out.facts(extent);
  }

  /** A statement of the module. `exported`: the name it is exported by; "" for its own names. */
  #statement(n: number, exported: string | null): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "import_statement":
        this.#importStatement(n);
        return;
      case "export_statement":
        this.#exportStatement(n);
        return;
      case "ambient_declaration":
        for (const child of syntax.children(n)) this.#statement(child, exported);
        return;
      case "function_declaration":
      case "generator_function_declaration":
      case "function_signature":
      case "class_declaration":
      case "abstract_class_declaration":
      case "interface_declaration":
      case "type_alias_declaration":
      case "enum_declaration": {
        const name = syntax.text(syntax.child(n, "name"));
        const isFunction = syntax.type(n).includes("function");
        const kind = isFunction ? "function" : "type";
        const shape = isFunction ? this.#shape(syntax.child(n, "parameters")) : null;
        const bases = this.#isClosed(n) ? [] : ["?"];
        this.#out.define({
          name,
          kind,
          line: syntax.line(n),
          shape,
          bases,
          type: syntax.type(n).replace(/_declaration$/, ""),
        });
        if (exported !== null) this.#exports(exported || name, n, name, shape);
        this.#within(name, n);
        return;
      }
      case "lexical_declaration":
      case "variable_declaration":
        for (const child of syntax.children(n)) this.#declarator(child, exported);
        return;
      case "expression_statement":
        if (syntax.type(n + 1) === "internal_module") this.#statement(n + 1, exported);
        else {
          this.#commonExports(n + 1);
          this.#within("", n);
        }
        return;
      case "internal_module":
      case "module": {
        const name = firstName(syntax, syntax.child(n, "name"));
        this.#out.define({ name, kind: "type", line: syntax.line(n), type: "open", bases: ["?"] });
        if (exported !== null) this.#exports(exported || name, n, name, null);
        this.#within("", n);
        return;
      }
      default:
        if (exported !== null) this.#exports(exported || "*", n, null, null);
        this.#within("", n);
    }
  }

  #declarator(n: number, exported: string | null): void {
    const syntax = this.#syntax;
    if (syntax.type(n) !== "variable_declarator") return;
    const pattern = syntax.child(n, "name");
    const value = syntax.child(n, "value");
    if (this.#requireCall(n, "")) return;
    const isFunction = ["arrow_function", "function_expression"].includes(syntax.type(value));
    const shape = isFunction && syntax.child(n, "type") < 0 ? this.#shape(syntax.child(value, "parameters")) : null;
    for (const name of patternNames(syntax, pattern)) {
      this.#out.define({ name, kind: shape === null ? "variable" : "function", line: syntax.line(n), shape });
      if (exported !== null) this.#exports(exported || name, n, name, shape);
    }
    this.#within(isFunction ? syntax.text(pattern) : "", n);
  }

  #exports(name: string, n: number, local: string | null, shape: Shape | null): void {
    this.#out.define({ name, kind: "variable", of: EXPORTS, line: this.#syntax.line(n), type: local, shape });
  }

  #within(scope: string, n: number): void {
    this.#scope = scope;
    for (const name of boundNames(this.#syntax, n)) this.#out.bind(scope, name);
    this.#walk(n);
    this.#scope = "";
  }

  #importStatement(n: number): void {
    const syntax = this.#syntax;
    const clause = syntax.childOf(n, "import_clause", "import_require_clause");
    const source = syntax.child(syntax.type(clause) === "import_require_clause" ? clause : n, "source");
    const module = this.#string(source);
    if (module === null) return;
    const line = syntax.line(n);
    this.#out.refer("import", module, line, "");
    if (clause < 0) return;
    for (const child of syntax.children(clause)) {
      if (syntax.type(child) === "identifier")
        this.#take(module, syntax.type(clause) === "import_clause" ? "default" : null, syntax.text(child), child);
      else if (syntax.type(child) === "namespace_import") this.#take(module, null, syntax.text(child + 1), child);
      else if (syntax.type(child) === "named_imports")
        for (const one of syntax.children(child)) {
          const name = syntax.text(syntax.child(one, "name"));
          this.#take(module, name, syntax.text(syntax.child(one, "alias")) || name, one);
        }
    }
  }

  #take(module: string, name: string | null, as: string, n: number, scope = ""): void {
    const line = this.#syntax.line(n);
    this.#out.imports.push({ line, module, name, as, soft: false, scope });
    if (name !== null && this.#trying === 0) this.#out.refer("import", name, line, scope, module);
  }

  /** CommonJS: `const x = …`, `const { a, b: c } = …` of a call of `require`. */
  #requireCall(n: number, scope: string): boolean {
    const syntax = this.#syntax;
    const value = syntax.child(n, "value");
    if (value < 0 || syntax.type(value) !== "call_expression") return false;
    const called = syntax.child(value, "function");
    if (syntax.type(called) !== "identifier" || syntax.text(called) !== "require") return false;
    const module = this.#string(syntax.child(value, "arguments") + 1);
    const pattern = syntax.child(n, "name");
    if (module === null || !["identifier", "object_pattern"].includes(syntax.type(pattern))) return false;
    if (this.#trying === 0) this.#out.refer("import", module, syntax.line(n), scope);
    if (syntax.type(pattern) === "identifier") this.#take(module, null, syntax.text(pattern), n, scope);
    else
      for (const one of syntax.children(pattern)) {
        const [as = ""] = patternNames(syntax, one);
        const isPair = syntax.type(one) === "pair_pattern";
        if (isPair && syntax.type(syntax.child(one, "key")) !== "property_identifier") continue;
        if (syntax.type(one) === "rest_pattern")
          this.#out.imports.push({ line: syntax.line(one), module, name: "*", as, soft: false, scope });
        else this.#take(module, isPair ? syntax.text(syntax.child(one, "key")) : as, as, one, scope);
      }
    return true;
  }

  #exportStatement(n: number): void {
    const syntax = this.#syntax;
    const module = this.#string(syntax.child(n, "source"));
    const line = syntax.line(n);
    if (module !== null) this.#out.refer("import", module, line, "");
    const isDefault = /^export\s+default\b/.test(syntax.text(n));
    for (const child of syntax.children(n)) {
      const type = syntax.type(child);
      if (type === "export_clause")
        for (const one of syntax.children(child)) {
          const name = syntax.text(syntax.child(one, "name"));
          const alias = syntax.text(syntax.child(one, "alias")) || name;
          if (module === null) this.#out.refer("name", name, syntax.line(one), "");
          else this.#out.refer("import", name, syntax.line(one), "", module);
          this.#exports(alias, one, module === null ? name : null, null);
        }
      else if (type === "namespace_export") this.#exports(syntax.text(child + 1), child, null, null);
      else if (type === "decorator") this.#walk(child);
      else if (syntax.field(child) === "declaration") this.#statement(child, isDefault ? "default" : "");
      else if (syntax.field(child) !== "source") {
        // `export default value`, `export = value`
        this.#exports(
          isDefault ? "default" : "*",
          child,
          syntax.type(child) === "identifier" ? syntax.text(child) : null,
          null,
        );
        this.#within("", child);
      }
    }
    const isStar = module !== null && syntax.childOf(n, "export_clause", "namespace_export") < 0;
    if (isStar && module !== null)
      this.#out.imports.push({ line, module, name: "*", as: EXPORTS, soft: false, scope: "" });
  }

  /** `module.exports = …`, `exports.name = …`. */
  #commonExports(n: number): void {
    const syntax = this.#syntax;
    if (syntax.type(n) !== "assignment_expression") {
      if (/\bmodule\.exports\b|\bexports\b/.test(syntax.text(n).slice(0, 200))) this.#exports("*", n, null, null);
      return;
    }
    const left = syntax.text(syntax.child(n, "left"));
    const right = syntax.child(n, "right");
    const [, name] = /^(?:module\.)?exports\.(\w+)$/.exec(left) ?? [];
    if (name !== undefined) this.#exports(name, n, null, null);
    else if (left === "module.exports") {
      this.#exports("default", n, null, null);
      if (syntax.type(right) !== "object") this.#exports("*", n, null, null);
      else for (const child of syntax.children(right)) this.#exports(this.#key(child) ?? "*", child, null, null);
    }
  }

  /** The name of an entry of an object; null where it has none that can be told. */
  #key(n: number): string | null {
    const syntax = this.#syntax;
    if (syntax.type(n) === "shorthand_property_identifier") return syntax.text(n);
    const key = syntax.type(n) === "pair" ? syntax.child(n, "key") : syntax.child(n, "name");
    return syntax.type(key) === "property_identifier" ? syntax.text(key) : this.#string(key);
  }

  #string(n: number): string | null {
    if (n < 0 || this.#syntax.type(n) !== "string") return null;
    return this.#syntax.text(n).slice(1, -1);
  }

  /** An enum, or a class that takes from no other: all it has stands in it. */
  #isClosed(n: number): boolean {
    return this.#syntax.childOf(n, "class_heritage", "extends_type_clause", "extends_clause") < 0;
  }

  #shape(parameters: number): Shape | null {
    const syntax = this.#syntax;
    if (!this.#typed || parameters < 0) return null;
    let min = 0;
    let max: number | null = 0;
    for (const parameter of syntax.children(parameters)) {
      if (syntax.type(parameter) === "comment") continue;
      if (syntax.text(parameter).startsWith("this:")) continue;
      if (syntax.type(syntax.child(parameter, "pattern")) === "rest_pattern") max = null;
      else {
        const isOptional = syntax.type(parameter) === "optional_parameter" || syntax.child(parameter, "value") >= 0;
        if (!isOptional) min++;
        if (max !== null) max++;
      }
    }
    return { min, max, keywords: [], results: null };
  }

  #walk(n: number, of: string | null = null): void {
    const syntax = this.#syntax;
    if (n < 0) return;
    switch (syntax.type(n)) {
      case "ERROR":
        this.#out.silent++;
        for (const child of syntax.children(n)) this.#walk(child);
        this.#out.silent--;
        return;
      case "identifier":
      case "type_identifier":
      case "shorthand_property_identifier":
        this.#out.refer("name", syntax.text(n), syntax.line(n), this.#scope);
        return;
      case "member_expression":
      case "nested_type_identifier":
      case "nested_identifier":
        this.#member(n, null);
        return;
      case "call_expression":
      case "new_expression":
        this.#call(n);
        return;
      case "variable_declarator":
        if (this.#scope !== "" && this.#requireCall(n, this.#scope)) return;
        this.#children(n, of);
        return;
      case "class_body":
      case "interface_body":
      case "enum_body":
      case "object_type":
        this.#children(n, this.#holder(n));
        return;
      case "assignment_expression": {
        const left = syntax.child(n, "left");
        if (syntax.type(left) === "member_expression") this.#loose(syntax.text(syntax.child(left, "property")), left);
        this.#children(n, null);
        return;
      }
      case "object":
        for (const child of syntax.children(n)) this.#loose(this.#key(child) ?? "", child);
        this.#children(n, null);
        return;
      case "property_identifier": // of an enum
        if (syntax.type(syntax.parent(n)) === "enum_body") this.#memberOf(n, of, n);
        return;
      case "enum_assignment":
      case "public_field_definition":
      case "field_definition":
      case "property_signature":
      case "method_signature":
      case "abstract_method_signature":
      case "method_definition":
        this.#memberOf(syntax.child(n, syntax.type(n) === "field_definition" ? "property" : "name"), of, n);
        this.#children(n, null);
        return;
      case "required_parameter":
        // `constructor(private readonly name: Type)` makes a member
        if (syntax.childOf(n, "accessibility_modifier") >= 0 || /^readonly\b/.test(syntax.text(n)))
          this.#loose(syntax.text(syntax.child(n, "pattern")), n);
        this.#children(n, null);
        return;
      case "jsx_opening_element":
      case "jsx_closing_element":
      case "jsx_self_closing_element":
        for (const child of syntax.children(n))
          if (!(syntax.type(child) === "identifier" && /^[a-z]/.test(syntax.text(child)))) this.#walk(child);
        return;
      case "try_statement": // what it brings in may be missing
        this.#trying++;
        this.#children(n, null);
        this.#trying--;
        return;
      case "import_specifier":
      case "export_specifier":
      case "statement_identifier":
      case "comment":
      case "string":
      case "number":
      case "regex":
        return;
      default:
        this.#children(n, of);
    }
  }

  #children(n: number, of: string | null): void {
    for (const child of this.#syntax.children(n)) this.#walk(child, of);
  }

  /** The name of the class, interface or enum whose body it is; loose where it has none. */
  #holder(body: number): string {
    const syntax = this.#syntax;
    return syntax.text(syntax.child(syntax.parent(body), "name")) || LOOSE;
  }

  #memberOf(name: number, of: string | null, n: number): void {
    const text = this.#syntax.text(name).replace(/^["']|["']$/g, "");
    if (text !== "") this.#out.define({ name: text, kind: "field", of: of ?? LOOSE, line: this.#syntax.line(n) });
  }

  #loose(name: string, n: number): void {
    if (name !== "") this.#out.define({ name, kind: "field", of: LOOSE, line: this.#syntax.line(n) });
  }

  #member(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const isType = syntax.type(n) === "nested_type_identifier";
    const object = isType ? syntax.child(n, "module") : syntax.child(n, "object");
    const property = isType ? syntax.child(n, "name") : syntax.child(n, "property");
    const name = syntax.text(property);
    const isName = syntax.type(object) === "identifier";
    if (isName) this.#out.refer("member", name, syntax.line(property), this.#scope, syntax.text(object), call);
    else if (!name.startsWith("#")) this.#out.refer("attribute", name, syntax.line(property), this.#scope, null, null);
    this.#walk(object);
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const called = syntax.child(n, "function");
    const list = syntax.child(n, "arguments");
    const given = list < 0 || syntax.type(list) !== "arguments" ? null : [...syntax.children(list)];
    const counted = given?.filter((child) => syntax.type(child) !== "comment") ?? [];
    const spread = counted.some((child) => ["spread_element", "ERROR"].includes(syntax.type(child)));
    const isCounted = this.#typed && given !== null;
    const call: Call | null = isCounted ? { positional: counted.length, keywords: [], spread, results: null } : null;
    if (syntax.type(called) === "import" || syntax.text(called) === "require") {
      const module = this.#string(counted[0] ?? -1);
      if (module !== null && this.#trying === 0) this.#out.refer("import", module, syntax.line(n), this.#scope);
    } else if (syntax.type(called) === "identifier")
      this.#out.refer("name", syntax.text(called), syntax.line(called), this.#scope, null, call);
    else if (syntax.type(called) === "member_expression") this.#member(called, call);
    else this.#walk(called);
    for (const child of syntax.children(n)) if (child !== called) this.#walk(child);
  }
}
