// What a C++ or CUDA file refers to: the walk through types, expressions and the insides of declarators.
import { Collector } from "../collect.ts";
import type { Call } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { macroShape, NAMES, plainName, QUALIFIED } from "./declare.ts";

export class CppReferences {
  protected readonly syntax: Syntax;
  protected readonly out = new Collector();
  /** The function that is walked, or the class; "" outside. */
  protected scope = "";

  constructor(syntax: Syntax) {
    this.syntax = syntax;
  }

  protected macro(n: number): void {
    const syntax = this.syntax;
    const parameters = syntax.child(n, "parameters");
    const shape = parameters < 0 ? null : macroShape(syntax, parameters);
    this.out.define({ name: syntax.text(syntax.child(n, "name")), kind: "macro", line: syntax.line(n), shape });
  }

  /** Refers to what stands in a declarator beside the name: types of parameters, sizes, values. */
  protected declarator(n: number): void {
    const syntax = this.syntax;
    for (const child of syntax.children(n)) {
      const type = syntax.type(child);
      if (syntax.field(child) === "declarator" || type.endsWith("_declarator")) this.declarator(child);
      else if (syntax.field(child) === "size" || !(NAMES.includes(type) || type === QUALIFIED)) this.walk(child);
      else if (["value", "default_value"].includes(syntax.field(child) ?? "")) this.walk(child);
    }
  }

  protected walk(n: number): void {
    const syntax = this.syntax;
    if (n < 0) return;
    switch (syntax.type(n)) {
      case "ERROR":
        this.out.silent++;
        for (const child of syntax.children(n)) this.walk(child);
        this.out.silent--;
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
          else this.walk(child);
        }
        return;
      case "field_designator":
        this.out.refer("attribute", syntax.text(n + 1), syntax.line(n), this.scope);
        return;
      case "declaration":
      case "field_declaration":
      case "parameter_declaration":
      case "optional_parameter_declaration":
      case "variadic_parameter_declaration":
      case "for_range_loop":
        for (const child of syntax.children(n))
          if (syntax.field(child) === "declarator" && child !== syntax.child(n, "type")) this.declarator(child);
          else this.walk(child);
        return;
      case "function_declarator":
      case "pointer_declarator":
      case "reference_declarator":
      case "array_declarator":
      case "init_declarator":
        this.declarator(n);
        return;
      case "using_declaration":
        this.walk(syntax.childOf(n, QUALIFIED));
        return;
      case "preproc_if":
      case "preproc_ifdef":
      case "preproc_elif":
        for (const child of syntax.children(n))
          if (!["name", "condition"].includes(syntax.field(child) ?? "")) this.walk(child);
        return;
      case "preproc_def":
      case "preproc_function_def":
        this.macro(n);
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
        for (const child of syntax.children(n)) this.walk(child);
    }
  }

  #name(n: number, call: Call | null): void {
    this.out.refer("name", this.syntax.text(n), this.syntax.line(n), this.scope, null, call);
  }

  /** `a::b::c`: a name of the last scope. Names of the standard library are nobody's here. */
  #qualified(n: number, call: Call | null): void {
    const syntax = this.syntax;
    const scopes: number[] = [];
    let at = n;
    for (; syntax.type(at) === QUALIFIED; at = syntax.child(at, "name")) scopes.push(syntax.child(at, "scope"));
    for (const scope of scopes) if (scope >= 0 && syntax.type(scope) !== "namespace_identifier") this.walk(scope);
    const named = syntax.type(at).startsWith("template_") ? syntax.child(at, "name") : at;
    if (named !== at) this.#arguments(at);
    const [first = -1] = scopes;
    if (first >= 0 && syntax.text(first) === "std") return;
    const on = plainName(syntax, scopes.at(-1) ?? -1);
    if (NAMES.includes(syntax.type(named)))
      this.out.refer(
        on === "" ? "name" : "member",
        syntax.text(named),
        syntax.line(named),
        this.scope,
        on || null,
        call,
      );
  }

  #templated(n: number, call: Call | null): void {
    const syntax = this.syntax;
    const name = syntax.child(n, "name");
    if (syntax.type(name) === "field_identifier")
      this.out.refer("attribute", syntax.text(name), syntax.line(name), this.scope);
    else if (!/^(static|dynamic|const|reinterpret)_cast$/.test(syntax.text(name))) this.#name(name, call);
    this.#arguments(n);
  }

  #arguments(n: number): void {
    const list = this.syntax.child(n, "arguments");
    if (list >= 0) this.walk(list);
  }

  #field(n: number, call: Call | null): void {
    const syntax = this.syntax;
    this.walk(syntax.child(n, "argument"));
    let field = syntax.child(n, "field");
    if (syntax.type(field) === "dependent_name") field = field + 1;
    if (syntax.type(field) === "template_method") {
      this.#arguments(field);
      field = syntax.child(field, "name");
    }
    if (syntax.type(field) === "field_identifier")
      this.out.refer("attribute", syntax.text(field), syntax.line(field), this.scope, null, call);
  }

  #call(n: number): void {
    const syntax = this.syntax;
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
        this.walk(called);
    }
    for (const child of syntax.children(n)) if (child !== called) this.walk(child);
  }
}
