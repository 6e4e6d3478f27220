// A parsed C++ or CUDA file as facts. Namespaces are not told apart, templates are read as what they are templates of,
// preprocessor conditions are not decided: what stands under any of them counts.
import { Collector } from "../collect.ts";
import type { Call, Extent, FileFacts } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { declared, localNames, macroShape, NAMES, plainName, QUALIFIED, shapeOf } from "./declare.ts";

export function extractCpp(syntax: Syntax, extent: Extent): FileFacts {
  return new CppExtractor(syntax).run(extent);
}

/** Kept with an import written `<…>`. */
export const ANGLED = "<>";

const TYPES = ["class_specifier", "struct_specifier", "union_specifier"];

class CppExtractor {
  readonly #syntax: Syntax;
  readonly #out = new Collector();
  /** The function that is walked, or the class; "" outside. */
  #scope = "";
  /** The innermost class that is walked. */
  #of: string | null = null;
  /** Template parameters in force. */
  #parameters: string[] = [];

  constructor(syntax: Syntax) {
    this.#syntax = syntax;
  }

  run(extent: Extent): FileFacts {
    this.#outside(0);
    return this.#out.facts(extent);
  }

  /** Walks declarations at the level of files, namespaces and classes. */
  #outside(n: number): void {
    for (const child of this.#syntax.children(n)) this.#declaration(child);
  }

  #declaration(n: number): void {
    const syntax = this.#syntax;
    switch (syntax.type(n)) {
      case "preproc_include":
        this.#include(n);
        return;
      case "preproc_def":
      case "preproc_function_def":
        this.#macro(n);
        return;
      case "template_declaration":
        this.#template(n);
        return;
      case "function_definition":
        this.#function(n);
        return;
      case "declaration":
      case "field_declaration":
        this.#variables(n);
        return;
      case "type_definition":
      case "alias_declaration":
      case "concept_definition":
        this.#alias(n);
        return;
      case "using_declaration":
        this.#using(n);
        return;
      case "enumerator":
        this.#define(syntax.text(syntax.child(n, "name")), "variable", n, null);
        this.#walk(syntax.child(n, "value"));
        return;
      case "class_specifier":
      case "struct_specifier":
      case "union_specifier":
      case "enum_specifier":
        this.#type(n);
        return;
      case "namespace_alias_definition":
        this.#define(syntax.text(syntax.child(n, "name")), "variable", n, null);
        return;
      case "friend_declaration":
      case "access_specifier":
      case "comment":
      case "preproc_call":
      case "expression_statement": // a macro that declares: what it makes of its words cannot be told
        return;
      case "static_assert_declaration":
        this.#walk(n);
        return;
      case "ERROR":
        this.#out.silent++;
        this.#outside(n);
        this.#out.silent--;
        return;
      default: // namespaces, linkage, conditions of the preprocessor, what was misread
        for (const child of syntax.children(n)) if (syntax.field(child) !== "name") this.#declaration(child);
    }
  }

  #define(
    name: string,
    kind: "function" | "type" | "field" | "variable" | "macro",
    n: number,
    parameters: number | null,
  ): void {
    if (name === "") return;
    const shape = parameters === null ? null : shapeOf(this.#syntax, parameters);
    this.#out.define({ name, kind, of: this.#of, line: this.#syntax.line(n), shape });
  }

  #include(n: number): void {
    const syntax = this.#syntax;
    const path = syntax.child(n, "path");
    const soft = syntax.type(path) === "system_lib_string";
    if (!soft && syntax.type(path) !== "string_literal") return;
    const module = syntax.text(path).slice(1, -1).trim();
    this.#out.imports.push({ line: syntax.line(n), module, name: null, as: null, soft, scope: "" });
    this.#out.refer("import", module, syntax.line(n), "", soft ? ANGLED : null);
  }

  #macro(n: number): void {
    const syntax = this.#syntax;
    const parameters = syntax.child(n, "parameters");
    const shape = parameters < 0 ? null : macroShape(syntax, parameters);
    this.#out.define({ name: syntax.text(syntax.child(n, "name")), kind: "macro", line: syntax.line(n), shape });
  }

  #template(n: number): void {
    const syntax = this.#syntax;
    const outer = this.#parameters;
    const names: string[] = [];
    const list = syntax.child(n, "parameters");
    if (list >= 0) {
      for (const parameter of syntax.children(list)) {
        const named = syntax.child(parameter, "declarator");
        const name =
          named >= 0 ? (declared(syntax, named)?.name ?? "") : plainName(syntax, syntax.childOf(parameter, ...NAMES));
        if (/type_parameter|template_template/.test(syntax.type(parameter)) || named >= 0) names.push(name);
      }
    }
    this.#parameters = [...outer, ...names];
    for (const name of names) this.#out.bind(this.#scope, name);
    if (list >= 0) for (const parameter of syntax.children(list)) this.#walk(syntax.child(parameter, "default_value"));
    for (const child of syntax.children(n)) if (child !== list) this.#declaration(child);
    this.#parameters = outer;
  }

  #function(n: number): void {
    const syntax = this.#syntax;
    const name = declared(syntax, syntax.child(n, "declarator"));
    const type = syntax.child(n, "type");
    if (TYPES.includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    const outer = { of: this.#of, scope: this.#scope };
    if (name?.of !== undefined && name.of !== null) this.#of = name.of;
    // `TEST(Suite, Name) {…}`: a macro that makes a function.
    const isMacro = type < 0 && this.#of === null;
    if (name !== null && !isMacro) this.#define(name.name, "function", n, name.parameters < 0 ? null : name.parameters);
    this.#scope = [this.#of, name?.name ?? "()"].filter((part) => part !== null).join("::");
    for (const parameter of this.#parameters) this.#out.bind(this.#scope, parameter);
    for (const local of localNames(syntax, n)) this.#out.bind(this.#scope, local);
    for (const child of syntax.children(n)) if (!isMacro || syntax.field(child) === "body") this.#walk(child);
    this.#of = outer.of;
    this.#scope = outer.scope;
  }

  /** Variables, fields, and functions without a body. */
  #variables(n: number): void {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    if ([...TYPES, "enum_specifier"].includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    else this.#walk(type);
    for (const child of syntax.children(n)) {
      if (child === type) continue;
      if (syntax.field(child) !== "declarator") {
        this.#walk(child);
        continue;
      }
      const name = declared(syntax, child);
      if (name !== null) {
        const isFunction = name.parameters >= 0;
        // The definition of a static member names its class.
        if (name.of === null)
          this.#define(
            name.name,
            isFunction ? "function" : this.#of === null ? "variable" : "field",
            child,
            isFunction ? name.parameters : null,
          );
      }
      this.#declarator(child);
    }
  }

  /** Refers to what stands in a declarator beside the name: types of parameters, sizes, values. */
  #declarator(n: number): void {
    const syntax = this.#syntax;
    for (const child of syntax.children(n)) {
      const type = syntax.type(child);
      if (syntax.field(child) === "declarator" || type.endsWith("_declarator")) this.#declarator(child);
      else if (syntax.field(child) === "size" || !(NAMES.includes(type) || type === QUALIFIED)) this.#walk(child);
      else if (["value", "default_value"].includes(syntax.field(child) ?? "")) this.#walk(child);
    }
  }

  #alias(n: number): void {
    const syntax = this.#syntax;
    const type = syntax.child(n, "type");
    if ([...TYPES, "enum_specifier"].includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    else this.#walk(type);
    const name = syntax.child(n, "name");
    if (name >= 0) this.#define(syntax.text(name), "type", n, null);
    for (const child of syntax.children(n))
      if (syntax.field(child) === "declarator") this.#define(declared(syntax, child)?.name ?? "", "type", n, null);
  }

  /** `using a::b;` makes `b` a name of this place. */
  #using(n: number): void {
    const syntax = this.#syntax;
    const named = syntax.childOf(n, QUALIFIED);
    if (named < 0) return; // a whole namespace
    this.#walk(named);
    this.#define(plainName(syntax, named), "variable", n, null);
  }

  /** A class, struct, union or enum: defined with its members, or only named. */
  #type(n: number): void {
    const syntax = this.#syntax;
    const name = plainName(syntax, syntax.child(n, "name"));
    const body = syntax.child(n, "body");
    const clause = syntax.childOf(n, "base_class_clause");
    if (body < 0 && syntax.field(n) === "type") {
      this.#walk(syntax.child(n, "name"));
      return;
    }
    const bases = clause < 0 ? [] : this.#bases(clause);
    if (name !== "") {
      const stands = body < 0 ? "forward" : syntax.type(n) === "enum_specifier" ? "enum" : "class";
      this.#out.define({ name, kind: "type", of: this.#of, line: syntax.line(n), type: stands, bases });
    }
    const outer = { of: this.#of, scope: this.#scope };
    const isScoped = name !== "";
    if (isScoped) this.#of = name;
    if (isScoped && this.#scope === "") this.#scope = name;
    for (const parameter of this.#parameters) this.#out.bind(this.#scope, parameter);
    if (clause >= 0) this.#walk(clause);
    if (body >= 0) this.#outside(body);
    this.#of = outer.of;
    this.#scope = outer.scope;
  }

  #bases(clause: number): string[] {
    const syntax = this.#syntax;
    return [...syntax.children(clause)]
      .filter((child) => ["type_identifier", "template_type", QUALIFIED].includes(syntax.type(child)))
      .map((child) => plainName(syntax, child));
  }

  #walk(n: number): void {
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
        if (
          !/^(enumerator|class_specifier|struct_specifier|enum_specifier|attribute)$/.test(
            syntax.type(syntax.parent(n)),
          )
        )
          this.#name(n, null);
        return;
      case QUALIFIED:
        this.#qualified(n, null);
        return;
      case "template_function":
      case "template_type":
      case "template_method":
        this.#templated(n, null);
        return;
      case "field_expression":
        this.#field(n, null);
        return;
      case "call_expression":
        this.#call(n);
        return;
      case "field_initializer":
        for (const child of syntax.children(n)) {
          if (syntax.type(child) === "field_identifier") this.#name(child, null);
          else this.#walk(child);
        }
        return;
      case "field_designator":
        this.#out.refer("attribute", syntax.text(n + 1), syntax.line(n), this.#scope);
        return;
      case "declaration":
      case "field_declaration":
      case "parameter_declaration":
      case "optional_parameter_declaration":
      case "variadic_parameter_declaration":
      case "for_range_loop":
        for (const child of syntax.children(n))
          if (syntax.field(child) === "declarator" && child !== syntax.child(n, "type")) this.#declarator(child);
          else this.#walk(child);
        return;
      case "function_declarator":
      case "pointer_declarator":
      case "reference_declarator":
      case "array_declarator":
      case "init_declarator":
        this.#declarator(n);
        return;
      case "using_declaration":
        this.#walk(syntax.childOf(n, QUALIFIED));
        return;
      case "preproc_if":
      case "preproc_ifdef":
      case "preproc_elif":
        for (const child of syntax.children(n))
          if (!["name", "condition"].includes(syntax.field(child) ?? "")) this.#walk(child);
        return;
      case "preproc_def":
      case "preproc_function_def":
        this.#macro(n);
        return;
      case "preproc_include":
      case "preproc_call":
      case "preproc_defined":
      case "attribute_declaration":
      case "statement_identifier":
      case "namespace_identifier":
      case "structured_binding_declarator":
      case "lambda_capture_specifier":
      case "operator_name":
      case "destructor_name":
      case "string_literal":
      case "comment":
        return;
      default:
        for (const child of syntax.children(n)) this.#walk(child);
    }
  }

  #name(n: number, call: Call | null): void {
    this.#out.refer("name", this.#syntax.text(n), this.#syntax.line(n), this.#scope, null, call);
  }

  /** `a::b::c`: a name of the last scope. Names of the standard library are nobody's here. */
  #qualified(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const scopes: number[] = [];
    let at = n;
    for (; syntax.type(at) === QUALIFIED; at = syntax.child(at, "name")) scopes.push(syntax.child(at, "scope"));
    for (const scope of scopes) if (scope >= 0 && syntax.type(scope) !== "namespace_identifier") this.#walk(scope);
    const named = syntax.type(at).startsWith("template_") ? syntax.child(at, "name") : at;
    if (named !== at) this.#arguments(at);
    const [first = -1] = scopes;
    if (first >= 0 && syntax.text(first) === "std") return;
    const on = plainName(syntax, scopes.at(-1) ?? -1);
    if (NAMES.includes(syntax.type(named)))
      this.#out.refer(
        on === "" ? "name" : "member",
        syntax.text(named),
        syntax.line(named),
        this.#scope,
        on || null,
        call,
      );
  }

  #templated(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    const name = syntax.child(n, "name");
    if (syntax.type(name) === "field_identifier")
      this.#out.refer("attribute", syntax.text(name), syntax.line(name), this.#scope);
    else if (!/^(static|dynamic|const|reinterpret)_cast$/.test(syntax.text(name))) this.#name(name, call);
    this.#arguments(n);
  }

  #arguments(n: number): void {
    const list = this.#syntax.child(n, "arguments");
    if (list >= 0) this.#walk(list);
  }

  #field(n: number, call: Call | null): void {
    const syntax = this.#syntax;
    this.#walk(syntax.child(n, "argument"));
    let field = syntax.child(n, "field");
    if (syntax.type(field) === "dependent_name") field = field + 1;
    if (syntax.type(field) === "template_method") {
      this.#arguments(field);
      field = syntax.child(field, "name");
    }
    if (syntax.type(field) === "field_identifier")
      this.#out.refer("attribute", syntax.text(field), syntax.line(field), this.#scope, null, call);
  }

  #call(n: number): void {
    const syntax = this.#syntax;
    const called = syntax.child(n, "function");
    const list = syntax.child(n, "arguments");
    const given = [...syntax.children(list)].filter((child) => syntax.type(child) !== "comment");
    const spread = given.some((child) => /^(parameter_pack_expansion|ERROR|preproc_.*)$/.test(syntax.type(child)));
    const call: Call = { positional: given.length, keywords: [], spread, results: null };
    switch (syntax.type(called)) {
      case "identifier":
        this.#name(called, call);
        break;
      case QUALIFIED:
        this.#qualified(called, call);
        break;
      case "template_function":
        this.#templated(called, call);
        break;
      case "field_expression":
        this.#field(called, call);
        break;
      default:
        this.#walk(called);
    }
    for (const child of syntax.children(n)) if (child !== called) this.#walk(child);
  }
}
