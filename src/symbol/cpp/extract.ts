// A parsed C++ or CUDA file as facts. Namespaces are not told apart, templates are read as what they are templates of,
// preprocessor conditions are not decided: what stands under any of them counts.
import type { Extent, FileFacts } from "../facts.ts";
import type { Syntax } from "../syntax.ts";
import { declared, localNames, NAMES, plainName, QUALIFIED, shapeOf } from "./declare.ts";
import { CppReferences } from "./references.ts";

export function extractCpp(syntax: Syntax, extent: Extent): FileFacts {
  return new CppExtractor(syntax).run(extent);
}

/** Kept with an import written `<…>`. */
export const ANGLED = "<>";

const TYPES = ["class_specifier", "struct_specifier", "union_specifier"];

class CppExtractor extends CppReferences {
  /** The innermost class that is walked. */
  #of: string | null = null;
  /** Template parameters in force. */
  #parameters: string[] = [];

  run(extent: Extent): FileFacts {
    this.#outside(0);
    return this.out.facts(extent);
  }

  /** Walks declarations at the level of files, namespaces and classes. */
  #outside(n: number): void {
    for (const child of this.syntax.children(n)) this.#declaration(child);
  }

  #declaration(n: number): void {
    const syntax = this.syntax;
    switch (syntax.type(n)) {
      case "preproc_include":
        this.#include(n);
        return;
      case "preproc_def":
      case "preproc_function_def":
        this.macro(n);
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
        this.walk(syntax.child(n, "value"));
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
        this.walk(n);
        return;
      case "ERROR":
        this.out.silent++;
        this.#outside(n);
        this.out.silent--;
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
    const shape = parameters === null ? null : shapeOf(this.syntax, parameters);
    this.out.define({ name, kind, of: this.#of, line: this.syntax.line(n), shape });
  }

  #include(n: number): void {
    const syntax = this.syntax;
    const path = syntax.child(n, "path");
    const soft = syntax.type(path) === "system_lib_string";
    if (!soft && syntax.type(path) !== "string_literal") return;
    const module = syntax.text(path).slice(1, -1).trim();
    this.out.imports.push({ line: syntax.line(n), module, name: null, as: null, soft, scope: "" });
    this.out.refer("import", module, syntax.line(n), "", soft ? ANGLED : null);
  }

  #template(n: number): void {
    const syntax = this.syntax;
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
    for (const name of names) this.out.bind(this.scope, name);
    if (list >= 0) for (const parameter of syntax.children(list)) this.walk(syntax.child(parameter, "default_value"));
    for (const child of syntax.children(n)) if (child !== list) this.#declaration(child);
    this.#parameters = outer;
  }

  #function(n: number): void {
    const syntax = this.syntax;
    const name = declared(syntax, syntax.child(n, "declarator"));
    const type = syntax.child(n, "type");
    if (TYPES.includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    const outer = { of: this.#of, scope: this.scope };
    if (name?.of !== undefined && name.of !== null) this.#of = name.of;
    // `TEST(Suite, Name) {…}`: a macro that makes a function.
    const isMacro = type < 0 && this.#of === null;
    if (name !== null && !isMacro) this.#define(name.name, "function", n, name.parameters < 0 ? null : name.parameters);
    this.scope = [this.#of, name?.name ?? "()"].filter((part) => part !== null).join("::");
    for (const parameter of this.#parameters) this.out.bind(this.scope, parameter);
    for (const local of localNames(syntax, n)) this.out.bind(this.scope, local);
    for (const child of syntax.children(n)) if (!isMacro || syntax.field(child) === "body") this.walk(child);
    this.#of = outer.of;
    this.scope = outer.scope;
  }

  /** Variables, fields, and functions without a body. */
  #variables(n: number): void {
    const syntax = this.syntax;
    const type = syntax.child(n, "type");
    if ([...TYPES, "enum_specifier"].includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    else this.walk(type);
    for (const child of syntax.children(n)) {
      if (child === type) continue;
      if (syntax.field(child) !== "declarator") {
        this.walk(child);
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
      this.declarator(child);
    }
  }

  #alias(n: number): void {
    const syntax = this.syntax;
    const type = syntax.child(n, "type");
    if ([...TYPES, "enum_specifier"].includes(syntax.type(type)) && syntax.child(type, "body") >= 0) this.#type(type);
    else this.walk(type);
    const name = syntax.child(n, "name");
    if (name >= 0) this.#define(syntax.text(name), "type", n, null);
    for (const child of syntax.children(n))
      if (syntax.field(child) === "declarator") this.#define(declared(syntax, child)?.name ?? "", "type", n, null);
  }

  /** `using a::b;` makes `b` a name of this place. */
  #using(n: number): void {
    const syntax = this.syntax;
    const named = syntax.childOf(n, QUALIFIED);
    if (named < 0) return; // a whole namespace
    this.walk(named);
    this.#define(plainName(syntax, named), "variable", n, null);
  }

  /** A class, struct, union or enum: defined with its members, or only named. */
  #type(n: number): void {
    const syntax = this.syntax;
    const name = plainName(syntax, syntax.child(n, "name"));
    const body = syntax.child(n, "body");
    const clause = syntax.childOf(n, "base_class_clause");
    if (body < 0 && syntax.field(n) === "type") {
      this.walk(syntax.child(n, "name"));
      return;
    }
    const bases = clause < 0 ? [] : this.#bases(clause);
    if (name !== "") {
      const stands = body < 0 ? "forward" : syntax.type(n) === "enum_specifier" ? "enum" : "class";
      this.out.define({ name, kind: "type", of: this.#of, line: syntax.line(n), type: stands, bases });
    }
    const outer = { of: this.#of, scope: this.scope };
    const isScoped = name !== "";
    if (isScoped) this.#of = name;
    if (isScoped && this.scope === "") this.scope = name;
    for (const parameter of this.#parameters) this.out.bind(this.scope, parameter);
    if (clause >= 0) this.walk(clause);
    if (body >= 0) this.#outside(body);
    this.#of = outer.of;
    this.scope = outer.scope;
  }

  #bases(clause: number): string[] {
    const syntax = this.syntax;
    return [...syntax.children(clause)]
      .filter((child) => ["type_identifier", "template_type", QUALIFIED].includes(syntax.type(child)))
      .map((child) => plainName(syntax, child));
  }
}
